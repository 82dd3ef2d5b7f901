"""A long text in paragraphs, and which of them became which."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# Of more, only those at the beginning and at the end that are alike are told apart from what changed: comparing
# thousands of the same would take minutes.
MOST_COMPARED = 400
# A paragraph of which so much stayed is the same one, reworded.
ALIKE = 0.5
# Of a paragraph that is longer, only its beginning is looked at.
LETTERS_COMPARED = 2_000


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a text, parted by blank lines, without blanks at their ends."""
    return [part.strip() for part in BLANK_LINES.split(text.replace("\r\n", "\n").strip()) if part.strip()]


def joined(paragraphs: Sequence[str]) -> str:
    """A text of paragraphs, a blank line between two."""
    return "\n\n".join(paragraphs)


@dataclass(frozen=True, slots=True)
class Added:
    """A paragraph that stands where none stood: a new one, or one that was moved there.

    `origin` is which paragraph it was, from nought on.
    """

    text: str
    origin: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """What became of each paragraph of a text, and what was put around them.

    `kept` has an entry for each paragraph as it was: its words now, wherever they stand, or None if it was taken out.
    `added` has one more entry than that: what was put before each paragraph, and behind the last. `moved` names those
    that stand elsewhere now, among what was added.
    """

    kept: list[str | None]
    added: list[list[Added]]
    moved: frozenset[int]

    @classmethod
    def changed(cls, was: Sequence[str], now: Sequence[str]) -> Paragraphs:
        """Compare two states of a text."""
        kept: list[str | None] = [None] * len(was)
        added: list[list[Added]] = [[] for _ in range(len(was) + 1)]
        for start, end, first, last in _stretches(was, now):
            if list(was[start:end]) == list(now[first:last]):
                kept[start:end] = now[first:last]
                continue
            pairs = dict(_reworded(was[start:end], now[first:last]))
            place = 0
            for number, text in enumerate(now[first:last]):
                if number in pairs:
                    kept[start + pairs[number]] = text
                    place = pairs[number] + 1
                else:
                    added[start + place].append(Added(text))
        moved = _find_moved(was, kept, added)
        return cls(kept, added, frozenset(moved))


def _find_moved(was: Sequence[str], kept: list[str | None], added: list[list[Added]]) -> set[int]:
    """Find among what was added what had been taken out elsewhere: as it was, or else reworded."""
    moved: set[int] = set()

    def is_here_now(group: list[Added], at: int, origin: int) -> None:
        group[at] = Added(group[at].text, origin)
        kept[origin] = group[at].text
        moved.add(origin)

    gone: dict[str, list[int]] = defaultdict(list)
    for number in reversed(range(len(was))):
        if kept[number] is None:
            gone[was[number]].append(number)
    new = [(group, at) for group in added for at in range(len(group))]
    for group, at in new:
        if same := gone.get(group[at].text):
            is_here_now(group, at, same.pop())
    new = [(group, at) for group, at in new if group[at].origin is None]
    left = sorted(number for numbers in gone.values() for number in numbers)
    if len(left) * len(new) > MOST_COMPARED:
        return moved
    for group, at in new:
        alike = (number for number in left if number not in moved and is_alike(was[number], group[at].text))
        if (origin := next(alike, None)) is not None:
            is_here_now(group, at, origin)
    return moved


def is_alike(was: str, now: str) -> bool:
    """Whether a paragraph is another one reworded: one stands in the other, or most of it stayed."""
    if was in now or now in was:
        return True
    one, other = _words(was), _words(now)
    return 2 * (one & other).total() > ALIKE * (one.total() + other.total())


@lru_cache(maxsize=4 * MOST_COMPARED)
def _words(text: str) -> Counter[str]:
    """How often each word stands in the beginning of a paragraph: to compare letters took seconds on hostile ones."""
    return Counter(text[:LETTERS_COMPARED].split())


def _stretches(was: Sequence[str], now: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that are alike or changed, as begin and end in both."""
    head = 0
    while head < min(len(was), len(now)) and was[head] == now[head]:
        head += 1
    tail = 0
    while tail < min(len(was), len(now)) - head and was[-1 - tail] == now[-1 - tail]:
        tail += 1
    yield 0, head, 0, head
    middle, other = was[head : len(was) - tail], now[head : len(now) - tail]
    if max(len(middle), len(other)) > MOST_COMPARED:
        yield head, head + len(middle), head, head + len(other)
    else:
        for _what, start, end, first, last in SequenceMatcher(None, middle, other, autojunk=False).get_opcodes():
            yield head + start, head + end, head + first, head + last
    yield len(was) - tail, len(was), len(now) - tail, len(now)


def _reworded(was: Sequence[str], now: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Which paragraph of a changed stretch is which one reworded: (now, was), in order and none twice.

    As many on both sides are taken for each other one by one; else only those that are alike.
    """
    if len(was) == len(now):
        yield from ((number, number) for number in range(len(now)))
        return
    if len(was) * len(now) > MOST_COMPARED:
        return
    begin = 0
    for number, text in enumerate(now):
        for place in range(begin, len(was)):
            if is_alike(was[place], text):
                yield number, place
                begin = place + 1
                break
