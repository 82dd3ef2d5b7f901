"""From the words people type to the terms of the library: the ways to say each thing, looked up by stems.

They are the vocabularies' own labels and synonyms, and the editors' rules. They help to find and are
never shown: what a hit says of why it was found uses the term's own label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .text import is_glue, is_small, stem, stems_of, words_of
from .vocabularies import TermInfo, Vocabularies, vocabularies

# No expression is longer, the words that only hold it together left out.
LONGEST = 6
Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A term that was meant by some typed words, or is only near to what was."""

    facet: str
    term_id: int
    ids: tuple[int, ...]
    slug: str
    label: str
    label_stems: Stems
    is_near: bool = False


@dataclass(slots=True)
class Known:
    """What an expression means: terms, other words for the same, and words that are only near to it."""

    meanings: list[Meaning] = field(default_factory=list)
    others: list[Stems] = field(default_factory=list)
    near: list[Stems] = field(default_factory=list)

    def add(self, meanings: Iterable[Meaning], others: Iterable[Stems], near: Iterable[Stems]) -> None:
        self.meanings += [each for each in meanings if each not in self.meanings]
        self.others += [each for each in others if each and each not in self.others]
        self.near += [each for each in near if each and each not in self.near]


class Thesaurus:
    """The ways to say each term and each thing that editors named, by the stems of their telling words."""

    def __init__(self, terms: Vocabularies) -> None:
        self.key = terms.key
        self.known: dict[Stems, Known] = {}
        self.label_stems: set[str] = set()
        # Every word, and whether it may be shown as a spelling: 1 for those of labels, 0 for what only helps to find.
        self.words: dict[str, int] = {}
        self._phrases: dict[Stems, None] = {}
        for term in terms.terms:
            self._add_term(term)
        for rule in terms.rules:
            meanings = [_meaning(terms.by_slug[name]) for name in rule.means if name in terms.by_slug]
            meanings += [_meaning(terms.by_slug[name], is_near=True) for name in rule.near if name in terms.by_slug]
            others = [stems_of(other) for other in rule.words]
            for way in rule.says:
                self._add(way, meanings, others)
            if rule.both_ways:
                for way in rule.words:
                    self._add(way, meanings, [stems_of(each) for each in rule.says])

    def _add_term(self, term: TermInfo) -> None:
        meaning = _meaning(term)
        self.label_stems |= {each for each in meaning.label_stems if not is_small(each)}
        also = [stems_of(way) for way in term.also]
        # A label means all that is said for it. What is said for it means the label, and is only near to the
        # rest: a debt is no benefit, though both are about money.
        self._add(term.label, [meaning], also)
        self.words.update((word.lower(), 1) for word in words_of(term.label) if not is_small(word))
        for way in term.also:
            self._add(way, [meaning], near=also)
        for stems in (meaning.label_stems, *also):
            if len(stems) > 1:
                self._phrases[stems] = None

    def _add(
        self, way: str, meanings: Iterable[Meaning], others: Iterable[Stems] = (), near: Iterable[Stems] = ()
    ) -> None:
        found = expression(words_of(way))
        if not found or len(found) > LONGEST:
            return
        own = stems_of(way)
        others = [other for other in others if other != own]
        near = [other for other in near if other != own]
        for word in words_of(way):
            if not is_small(word):
                self.words.setdefault(word.lower(), 0)
        self.known.setdefault(found, Known()).add(meanings, others, near)
        if len(found) == 2:
            # "Foodbank" is said for "food bank" as often as the other way round.
            joined = expression(["".join(words_of(way))])
            self.known.setdefault(joined, Known()).add(meanings, [own, *others], near)

    def meant_by(self, stems: Stems) -> Known | None:
        """What an expression means, given as `expression` makes it."""
        return self.known.get(stems)

    @property
    def phrases(self) -> Iterable[Stems]:
        """The ways to say a term that take more than one word, as they stand in a text."""
        return self._phrases


def expression(words: Sequence[str]) -> Stems:
    """Words as expressions are compared: stems without apostrophes, and without what only holds them together.

    So "can't pay the gas bill" and "cant pay her gas bill" are one.
    """
    stems = (stem(word) for word in words if not is_glue(word))
    return tuple(each.replace("'", "").replace("’", "") for each in stems if each)


def _meaning(term: TermInfo, *, is_near: bool = False) -> Meaning:
    return Meaning(term.facet, term.id, term.ids, term.slug, term.label, stems_of(term.label), is_near)


_kept: Thesaurus | None = None


def thesaurus(terms: Vocabularies | None = None) -> Thesaurus:
    """Kept in the process for as long as the vocabularies are the same."""
    global _kept  # noqa: PLW0603 (one thesaurus for the process, swapped whole)
    terms = terms or vocabularies()
    kept = _kept
    if kept is None or kept.key != terms.key:
        kept = _kept = Thesaurus(terms)
    return kept
