"""From the words people type to what the library calls it: one place for all engines.

The synonyms are those of the vocabularies. They help to find and are never shown: what a hit
says of why it was found uses the term's own label.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .text import Piece, read_pieces, stems_of, stems_with_spellings
from .vocabularies import Vocabularies, vocabularies

LONGEST = 6
Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A term that was meant by some typed words, and the other ways to say it."""

    facet: str
    term_id: int
    ids: tuple[int, ...]
    label: str
    label_stems: Stems
    near: tuple[Stems, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that a hit has to answer: as it was typed, or by a term that means it."""

    typed: str
    says: tuple[Stems, ...]
    telling: bool
    meanings: tuple[Meaning, ...] = ()
    quoted: bool = False
    in_a_label: bool = False

    @property
    def says_much(self) -> bool:
        """Whether it names something the library knows of: such a word is let go of last."""
        return bool(self.meanings) or self.quoted or self.in_a_label


@dataclass(frozen=True, slots=True)
class WordPlan:
    """What an engine is asked to find: every telling slot, and neighbours as a bonus."""

    slots: tuple[Slot, ...] = ()

    @property
    def telling(self) -> tuple[Slot, ...]:
        """What has to be there. If everything typed is a small word, all of it has to."""
        return tuple(slot for slot in self.slots if slot.telling) or self.slots

    def without(self, dropped: set[str]) -> WordPlan:
        return WordPlan(tuple(slot for slot in self.slots if slot.typed not in dropped))

    @property
    def neighbours(self) -> list[tuple[str, str]]:
        """Stems of telling words that were typed one after the other."""
        single = [slot.says[0][0] if slot.telling and len(slot.says[0]) == 1 else "" for slot in self.slots]
        return [pair for pair in pairwise(single) if all(pair)]


class Thesaurus:
    """The ways to say each term, looked up by stems."""

    def __init__(self, terms: Vocabularies) -> None:
        self.key = terms.key
        self.by_stems: dict[Stems, list[Meaning]] = {}
        self.label_stems: set[str] = set()
        for term in terms.terms:
            label = stems_of(term.label)
            self.label_stems |= set(label)
            ways = dict.fromkeys(way for way in map(stems_of, (term.label, *term.also)) if way)
            for way in ways:
                near = tuple(other for other in ways if other not in (way, label))
                meaning = Meaning(term.facet, term.id, term.ids, term.label, label, near)
                self.by_stems.setdefault(way, []).append(meaning)

    def meanings(self, stems: Stems) -> tuple[Meaning, ...]:
        return tuple(self.by_stems.get(stems, ()))

    @property
    def phrases(self) -> Iterable[Stems]:
        """The ways to say a term that take more than one word."""
        return (way for way in self.by_stems if len(way) > 1)


_kept: Thesaurus | None = None


def thesaurus(terms: Vocabularies | None = None) -> Thesaurus:
    """Kept in the process for as long as the vocabularies are the same."""
    global _kept  # noqa: PLW0603 (one thesaurus for the process, swapped whole)
    terms = terms or vocabularies()
    kept = _kept
    if kept is None or kept.key != terms.key:
        kept = _kept = Thesaurus(terms)
    return kept


def plan_words(text: str, known: Thesaurus) -> WordPlan:
    """What was typed, with the terms it means. The longest way to say a term wins over one inside it."""
    pieces = [piece for piece in read_pieces(text) if all(map(stems_with_spellings, piece.words))]
    flat = [(number, stems_with_spellings(word)) for number, piece in enumerate(pieces) for word in piece.words]
    meanings: dict[int, list[Meaning]] = {}
    telling = {number for number, piece in enumerate(pieces) if piece.telling}
    taken: list[tuple[int, int]] = []
    for length in range(min(LONGEST, len(flat)), 0, -1):
        for start in range(len(flat) - length + 1):
            end = start + length
            if any(begin <= start and end <= stop for begin, stop in taken):
                continue
            span = flat[start:end]
            found = () if _splits(span, flat, start, end) else known.meanings(tuple(stems[0] for _, stems in span))
            if found:
                taken.append((start, end))
                numbers = {number for number, _ in span}
                telling |= numbers if not numbers & telling else set()
                for number in numbers & telling:
                    meanings.setdefault(number, []).extend(m for m in found if m not in meanings.get(number, ()))
    slots = []
    for number, piece in enumerate(pieces):
        says = _says(pieces, number)
        in_a_label = len(says[0]) == 1 and says[0][0] in known.label_stems
        meant = tuple(meanings.get(number, ()))
        slots.append(Slot(piece.typed, says, number in telling, meant, piece.quoted, in_a_label))
    return WordPlan(tuple(slots))


def _splits(span: list, flat: list, start: int, end: int) -> bool:
    """Whether a span would cut a hyphenated word or a phrase in quotes in two."""
    before = start > 0 and flat[start - 1][0] == span[0][0]
    after = end < len(flat) and flat[end][0] == span[-1][0]
    return before or after


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
