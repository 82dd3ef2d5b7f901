"""What an engine takes in of a practice: the same for every engine, read in batches.

A batch costs the same number of queries whatever its size, so that a rebuild of a large library
and the update of one page run the same code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from practices.models import Kind, Nation, Part, PracticePage, practice_models

from .text import joined_compounds

BATCH = 250
ABOUT_THE_KIND = "kind"
Named = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """One practice as an index keeps it. `parts` are (part of the page, text) in the page's order."""

    id: int
    slug: str
    title: str
    summary: str
    labels: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    facets: dict[str, tuple[str, ...]]
    outcomes: tuple[Named, ...]
    groups: tuple[Named, ...]
    principles: tuple[Named, ...]
    changed: int
    sort_title: str

    @property
    def text(self) -> str:
        """Everything there is to find, with hyphenated words written as one at the end."""
        everything = "\n".join((self.title, self.summary, *self.labels, *(text for _, text in self.parts)))
        return "\n".join((everything, " ".join(dict.fromkeys(joined_compounds(everything)))))


def visible_ids() -> list[int]:
    """The ids of all that anybody may read, in order."""
    return list(PracticePage.objects.visible().order_by("pk").values_list("pk", flat=True))


def documents_for(ids: Iterable[int]) -> Iterator[Document]:
    """The documents of those among the ids that anybody may read, in order of id."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), BATCH):
        yield from _batch(wanted[start : start + BATCH])


def _batch(ids: list[int]) -> Iterator[Document]:
    pages = list(PracticePage.objects.visible().filter(pk__in=ids).for_index().order_by("pk"))
    kinds, extras = {}, {}
    for model in practice_models():
        if model is PracticePage:
            continue
        for row in model._base_manager.filter(pk__in=ids).only("pk", *model.kind_fields) if model.kind_fields else ():
            kinds[row.pk] = str(model.kind)
            extras[row.pk] = _kind_text(row)
    for page in pages:
        yield _document(page, kinds.get(page.pk, str(Kind.OTHER)), extras.get(page.pk, ""))


def _kind_text(row: PracticePage) -> str:
    """The fields that only this kind has, as they read on the page."""
    lines = []
    for name in row.kind_fields:
        value = getattr(row, f"get_{name}_display")() if hasattr(row, f"get_{name}_display") else getattr(row, name)
        if value not in (None, ""):
            lines.append(f"{row._meta.get_field(name).verbose_name}: {value}")
    return "\n".join(lines)


def _document(page: PracticePage, kind: str, extra: str) -> Document:
    changes = list(page.changes.all())
    outcomes, groups = list(page.outcomes.all()), list(page.beneficiary_groups.all())
    uses = list(page.principles.all())
    reported = page.reported_outcome_ids
    nations = [nation for nation in page.nations if nation in Nation.values] if isinstance(page.nations, list) else []
    labels = [term.label for term in (*outcomes, *groups)] + [use.principle.label for use in uses]
    labels += [str(Kind(kind).label)] if kind != Kind.OTHER else []
    labels += [page.place, page.organisation, *(str(Nation(nation).label) for nation in nations)]
    return Document(
        id=page.pk,
        slug=page.slug,
        title=_plain(page.title),
        summary=_plain(page.summary),
        labels=tuple(_plain(label) for label in labels if label),
        parts=tuple((part, _plain(text)) for part, text in _parts(page, changes, uses, extra) if text),
        facets={
            "outcome": _strings({term.pk for term in outcomes} | reported),
            "reported": _strings(reported),
            "group": _strings({term.pk for term in groups}),
            "principle": _strings({use.principle_id for use in uses}),
            "kind": (kind,),
            "aim": (page.aim,),
            "nation": tuple(sorted(set(nations))),
            "status": (page.status,),
            "cost": (page.cost_band,),
            "evidence": tuple(sorted({change.basis for change in changes})),
        },
        outcomes=_named(outcomes),
        groups=_named(groups),
        principles=_named(use.principle for use in uses),
        changed=int(page.last_published_at.timestamp() * 1_000_000) if page.last_published_at else 0,
        sort_title=page.sort_title,
    )


def _parts(page: PracticePage, changes: list, uses: list, extra: str) -> list[tuple[str, str]]:
    """The text of each part of the page; rows one to a line."""
    return [
        (Part.WHAT_IT_IS, page.what_it_is),
        (Part.WHY_IT_WORKS, page.why_it_works),
        (Part.PRINCIPLES, _lines(use.how for use in uses)),
        (Part.ESSENTIALS, _lines(row.text for row in page.essentials.all())),
        (Part.LOCAL_FORM, page.local_form),
        (Part.STEPS, _lines(row.text for row in page.steps.all())),
        (Part.TAKES, _lines((page.people_needed, page.time_needed, page.cost))),
        (Part.CHANGES, _lines(_lines((row.claim, row.figure)) for row in changes)),
        (Part.DID_NOT_WORK, page.did_not_work),
        (Part.VOICES, _lines(_lines((row.quote, row.said_by)) for row in page.voices.all())),
        (Part.QUESTIONS, _lines(row.text for row in page.questions.all())),
        (Part.WHERE, page.adaptation_added),
        (ABOUT_THE_KIND, extra),
    ]


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text)


def _plain(text: Any) -> str:
    return unicodedata.normalize("NFC", str(text)).replace("\x00", " ").encode("utf-8", "ignore").decode()


def _strings(ids: Iterable[int]) -> tuple[str, ...]:
    return tuple(str(each) for each in sorted(ids))


def _named(terms: Iterable[Any]) -> tuple[Named, ...]:
    return tuple((term.pk, term.slug, term.label) for term in terms)
