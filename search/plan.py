"""What was typed, as an engine is asked for it: one place for all engines."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from .text import MAX_WORDS, Piece, is_glue, read_pieces, stems_with_spellings
from .thesaurus import LONGEST, Known, Meaning, Stems, Thesaurus, expression
from .weights import ENOUGH, SOME

# Said anywhere on a page, and said where it counts: in title, summary or terms.
MOST_POINTS = 2
# Of a longer description so many words are read, and so many things taken from it.
MOST_WORDS_TOLD = 400
MOST_TOLD = 16


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that a hit has to answer: as it was typed, by a term that means it, or by other words for it.

    An expression that means something is one slot, however many words it has.
    """

    typed: str
    says: tuple[Stems, ...]
    telling: bool
    meanings: tuple[Meaning, ...] = ()
    others: tuple[Stems, ...] = ()
    near: tuple[Stems, ...] = ()
    quoted: bool = False
    in_a_label: bool = False
    small: bool = False

    def meant(self, *, takes_near: bool) -> list[Meaning]:
        """The terms by which it can be answered."""
        return [each for each in self.meanings if takes_near or not each.is_near]

    def said_otherwise(self, *, takes_near: bool) -> tuple[Stems, ...]:
        """The other words by which it can be answered."""
        return (*self.others, *self.near) if takes_near else self.others

    @property
    def has_near(self) -> bool:
        """Whether something is near to it that does not answer it."""
        return bool(self.near) or any(each.is_near for each in self.meanings)

    @property
    def says_much(self) -> bool:
        """Whether it names something the library knows of: such a word is let go of last."""
        return bool(self.meanings or self.others) or self.quoted or self.in_a_label


@dataclass(frozen=True, slots=True)
class WordPlan:
    """What an engine is asked to find.

    Without `needed`, every telling slot has to be answered. With it, a hit needs so many points: one for
    each telling slot that it answers anywhere, and one more where it does so in title, summary or terms.
    Terms that are only near to what was typed count where the plan takes them.
    """

    slots: tuple[Slot, ...] = ()
    needed: int | None = None
    takes_near: bool = False

    @property
    def telling(self) -> tuple[Slot, ...]:
        """What counts. If nothing typed is telling, the words of any talk do; and if there are none, all of it."""
        return (
            tuple(slot for slot in self.slots if slot.telling)
            or tuple(slot for slot in self.slots if not slot.small)
            or self.slots
        )

    @property
    def hints(self) -> tuple[Slot, ...]:
        """What need not be there and still helps to rank."""
        telling = self.telling
        return tuple(slot for slot in self.slots if not (slot.small or slot in telling))

    def without(self, dropped: set[str]) -> WordPlan:
        return WordPlan(tuple(slot for slot in self.slots if slot.typed not in dropped))

    def without_ends(self) -> WordPlan:
        """The same without small words at its ends, which held something together that is no longer there."""
        telling = [number for number, slot in enumerate(self.slots) if slot.telling]
        return WordPlan(self.slots[telling[0] : telling[-1] + 1]) if telling else self

    def only(self, typed: str) -> WordPlan:
        return WordPlan(tuple(slot for slot in self.slots if slot.typed == typed))

    def for_most_of_it(self) -> WordPlan:
        """The same, content with most of what was asked: the more was typed, the smaller the share."""
        number = len(self.telling)
        share = ENOUGH[min(number, len(ENOUGH)) - 1] if number else 1.0
        return replace(self, needed=math.ceil(round(share * MOST_POINTS * number, 6)))

    def for_some_of_it(self) -> WordPlan:
        """The same, content with what is near to it and does not answer it."""
        return replace(self, needed=math.ceil(SOME * MOST_POINTS * len(self.telling)), takes_near=True)

    @property
    def neighbours(self) -> list[tuple[str, str]]:
        """Stems of telling words that were typed one after the other."""
        single = [slot.says[0][0] if slot.telling and len(slot.says[0]) == 1 else "" for slot in self.slots]
        return [pair for pair in pairwise(single) if all(pair)]


def plan_description(text: str, known: Thesaurus) -> WordPlan:
    """What the description of a person asks for: what it says in expressions, each once; its other words rank.

    A story names many things, and no practice answers them all: one that answers one of them in full is shown.
    """
    told: dict[object, Slot] = {}
    for slot in plan_words(text, known, most_words=MOST_WORDS_TOLD).slots:
        told.setdefault(slot.meanings or slot.says, slot)
    much = [slot for slot in told.values() if slot.meanings or slot.others][:MOST_TOLD]
    if not much:
        return WordPlan(tuple(slot for slot in told.values() if slot.telling)[:MOST_TOLD]).for_some_of_it()
    hints = [replace(slot, telling=False) for slot in told.values() if slot.telling and slot not in much]
    needed = max(MOST_POINTS, math.ceil(SOME * MOST_POINTS * len(much)))
    return WordPlan((*much, *hints[:MOST_TOLD]), needed=needed)


@dataclass(frozen=True, slots=True)
class Span:
    """Pieces that say something the thesaurus knows, from one to before another."""

    start: int
    end: int
    known: Known


def plan_words(text: str, known: Thesaurus, *, most_words: int = MAX_WORDS) -> WordPlan:
    """What was typed, with what it means. The longest expression wins over one inside it."""
    pieces = [
        piece for piece in read_pieces(text, most_words=most_words) if all(map(stems_with_spellings, piece.words))
    ]
    spans = {span.start: span for span in _spans(pieces, known)}
    slots: list[Slot] = []
    number = 0
    while number < len(pieces):
        span = spans.get(number)
        if span is None:
            slots.append(_slot(pieces, number, number + 1, None, known))
            number += 1
        else:
            slots.append(_slot(pieces, span.start, span.end, span.known, known))
            number = span.end
    return WordPlan(tuple(slots))


def _spans(pieces: list[Piece], known: Thesaurus) -> Iterable[Span]:
    """The expressions in it, none over another. A hyphenated word or a phrase in quotes is never cut in two."""
    flat = [(number, word) for number, piece in enumerate(pieces) for word in piece.words if not is_glue(word)]
    taken: set[int] = set()
    for length in range(min(LONGEST, len(flat)), 0, -1):
        for first in range(len(flat) - length + 1):
            last = first + length - 1
            start, end = flat[first][0], flat[last][0] + 1
            if taken & set(range(start, end)) or _splits(pieces, flat, first, last):
                continue
            found = known.meant_by(expression([word for _, word in flat[first : last + 1]]))
            if found:
                taken |= set(range(start, end))
                yield Span(start, end, found)


def _splits(pieces: list[Piece], flat: list[tuple[int, str]], first: int, last: int) -> bool:
    start, end = flat[first][0], flat[last][0]
    before = first > 0 and flat[first - 1][0] == start
    after = last + 1 < len(flat) and flat[last + 1][0] == end
    return before or after or (start != end and any(piece.quoted for piece in pieces[start : end + 1]))


def _slot(pieces: list[Piece], start: int, end: int, found: Known | None, known: Thesaurus) -> Slot:
    if end - start == 1:
        piece = pieces[start]
        says, typed, quoted, telling, small = (
            _says(pieces, start),
            piece.typed,
            piece.quoted,
            piece.telling,
            piece.small,
        )
    else:
        inside = pieces[start:end]
        typed, quoted, telling, small = " ".join(piece.typed for piece in inside), False, True, False
        says = (tuple(stems_with_spellings(word)[0] for piece in inside for word in piece.words),)
    in_a_label = len(says[0]) == 1 and says[0][0] in known.label_stems
    meanings = tuple(found.meanings) if found else ()
    others = tuple(found.others) if found else ()
    near = tuple(found.near) if found else ()
    return Slot(typed, says, telling or bool(found), meanings, others, near, quoted, in_a_label, small)


def _says(pieces: list[Piece], number: int) -> tuple[Stems, ...]:
    """The ways to find a piece as it was typed: other spellings, and joined to itself or a neighbour."""
    piece = pieces[number]
    if len(piece.words) > 1:
        says = [tuple(stems_with_spellings(word)[0] for word in piece.words)]
        if not piece.quoted:
            says += [(stem,) for stem in stems_with_spellings("".join(piece.words))]
        return tuple(says)
    says = [(stem,) for stem in stems_with_spellings(piece.words[0])]
    if piece.telling and not piece.quoted:
        for left, right in ((number - 1, number), (number, number + 1)):
            if left >= 0 and right < len(pieces) and _joins(pieces[left]) and _joins(pieces[right]):
                says += [(stem,) for stem in stems_with_spellings(pieces[left].words[0] + pieces[right].words[0])]
    return tuple(dict.fromkeys(says))


def _joins(piece: Piece) -> bool:
    return len(piece.words) == 1 and piece.telling and not piece.quoted and piece.words[0].isalpha()
