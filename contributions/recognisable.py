"""Words by which somebody could be recognised: shown to whoever writes, with the question whether they said yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from practices.recognisable import telling_parts

from .content import Change
from .merging import KEY

# What tells of people. Titles of sources, addresses of websites and places of organisations are public.
TELLING = {
    "summary": (), "what_it_is": (), "local_form": (), "did_not_work": (), "why_it_works": (), "people_needed": (),
    "adaptation_added": (), "steps": ("text",), "title": (), "essentials": ("text",), "questions": ("text",),
    "principles": ("how",), "adaptation": ("how",), "changes": ("claim",), "voices": ("quote", "said_by"),
}  # fmt: skip
LONGEST = 60_000


@dataclass(frozen=True, slots=True)
class Recognisable:
    """Words of one passage that could tell who somebody is.

    Args:
        name: the field.
        parts: the passage in stretches; of each, whether it is one of those words.
    """

    name: str
    parts: list[tuple[str, bool]]

    @property
    def words(self) -> list[str]:
        return [text for text, is_telling in self.parts if is_telling]


def recognisable_words(changes: dict[str, Change]) -> list[Recognisable]:
    """The passages that somebody wrote or changed in which words stand that could tell who a person is."""
    found, letters = [], 0
    for name, change in changes.items():
        for passage in _new_passages(name, change):
            letters += len(passage)
            if letters > LONGEST:
                break
            if parts := telling_parts(passage):
                found.append(Recognisable(name, parts))
    return found


def _new_passages(name: str, change: Change) -> Iterator[str]:
    """The paragraphs, or rows, that were not there before."""
    columns = TELLING.get(name)
    if columns is None:
        return
    if columns:
        was = {row[KEY]: row for row in change.base or []}
        for row in change.mine or []:
            before = was.get(row[KEY], {})
            if any(row.get(column) != before.get(column) for column in columns):
                yield ". ".join(str(row.get(column) or "") for column in columns)[:LONGEST]
        return
    known = {part.strip() for part in str(change.base or "").split("\n")}
    for part in str(change.mine or "")[:LONGEST].split("\n"):
        if part.strip() and part.strip() not in known:
            yield part.strip()
