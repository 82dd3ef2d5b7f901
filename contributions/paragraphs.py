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
        pairing = Pairing(was, now)
        added: list[list[Added]] = [[] for _ in range(len(was) + 1)]
        for start, first, last in pairing.blocks():
            place = start
            for number in range(first, last):
                origin = pairing.origin.get(number)
                if origin is not None and origin not in pairing.moved:
                    place = origin + 1
                else:
                    added[place].append(Added(now[number], origin))
        kept: list[str | None] = [None] * len(was)
        for number, origin in pairing.origin.items():
            kept[origin] = now[number]
        return cls(kept, added, frozenset(pairing.moved))


class Pairing:
    """Which paragraph of a text is which of the text as it was: what is surest is found first.

    `origin` says it for each that was found, and `moved` names those that stand elsewhere than they stood.
    """

    def __init__(self, was: Sequence[str], now: Sequence[str]) -> None:
        self.was, self.now = was, now
        self.origin: dict[int, int] = {}
        self.moved: set[int] = set()
        self._blocks: list[tuple[int, int, int, int]] = []
        for start, end, first, last in _stretches(was, now):
            if list(was[start:end]) == list(now[first:last]):
                self.origin.update(zip(range(first, last), range(start, end), strict=True))
            else:
                self._blocks.append((start, end, first, last))
        self._find_moved_as_they_were()
        for block in self._blocks:
            self._find_reworded_in_place(*block)
        self._find_moved_and_reworded()
        for block in self._blocks:
            self._take_the_rest_one_by_one(*block)

    def blocks(self) -> Iterator[tuple[int, int, int]]:
        """The stretches that changed: where they begin in the text as it was, and their begin and end now."""
        for start, _end, first, last in self._blocks:
            yield start, first, last

    def _open(self, block: tuple[int, int, int, int] | None = None) -> tuple[list[int], list[int]]:
        """Those that are not found yet, of the text as it was and of the text now; of one block, or of all."""
        taken = set(self.origin.values())
        blocks = [block] if block else self._blocks
        old = [number for start, end, _first, _last in blocks for number in range(start, end) if number not in taken]
        new = [number for *_ends, first, last in blocks for number in range(first, last) if number not in self.origin]
        return old, new

    def _find_moved_as_they_were(self) -> None:
        old, new = self._open()
        gone: dict[str, list[int]] = defaultdict(list)
        for number in reversed(old):
            gone[self.was[number]].append(number)
        for number in new:
            if same := gone.get(self.now[number]):
                self._pair(number, same.pop(), moved=True)

    def _find_reworded_in_place(self, *block: int) -> None:
        old, new = self._open(block)  # type: ignore[arg-type]  # four numbers
        if len(old) * len(new) > MOST_COMPARED:
            return
        begin = 0
        for number in new:
            alike = (at for at in range(begin, len(old)) if is_alike(self.was[old[at]], self.now[number]))
            if (at := next(alike, None)) is not None:
                self._pair(number, old[at], moved=False)
                begin = at + 1

    def _find_moved_and_reworded(self) -> None:
        old, new = self._open()
        if len(old) * len(new) > MOST_COMPARED:
            return
        for number in new:
            alike = (origin for origin in old if is_alike(self.was[origin], self.now[number]))
            if (origin := next(alike, None)) is not None:
                self._pair(number, origin, moved=True)
                old.remove(origin)

    def _take_the_rest_one_by_one(self, *block: int) -> None:
        """As many on both sides are taken for each other, where that crosses nothing that was found."""
        old, new = self._open(block)  # type: ignore[arg-type]  # four numbers
        if len(old) != len(new):
            return
        for number, origin in zip(new, old, strict=True):
            self.origin[number] = origin
        in_place = [self.origin[each] for each in range(block[2], block[3]) if self._stays(each)]
        if in_place != sorted(in_place):
            for number in new:
                del self.origin[number]

    def _stays(self, number: int) -> bool:
        return number in self.origin and self.origin[number] not in self.moved

    def _pair(self, number: int, origin: int, *, moved: bool) -> None:
        self.origin[number] = origin
        if moved:
            self.moved.add(origin)


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
