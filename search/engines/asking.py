"""From a question to an engine's queries, without its query parser: what matches and ranks, the same for every engine.

An engine says how it writes each kind of query. What they are put together to is said here alone, so that two
engines that score words alike, by BM25, put hits in the same order.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Any

from search.plan import Slot, WordPlan
from search.query import TERM_FACETS, SearchQuery
from search.text import stems_of
from search.thesaurus import Stems
from search.vocabularies import Vocabularies
from search.weights import ABOUT, FIELDS, HINT, NEAR, OTHERS, PHRASE_SLOP, PHRASES, TERM, TIE, TOGETHER

from .base import Found, Similar
from .indexed import is_elsewhere, pair_key, similar_to

STRONG = ("title", "summary", "labels")
# Of more words no two are looked for together: there would be hundreds.
MOST_TOGETHER = 8
# Whatever an engine writes a query as.
Query = Any
Nearest = Callable[[Query, int], Iterable[Found]]


class Asking(ABC):
    """Builds the queries of one search, for one state of the index."""

    terms: Vocabularies

    @abstractmethod
    def term(self, field: str, key: str) -> Query:
        """What holds a key in a field."""

    @abstractmethod
    def words(self, field: str, stems: Stems, slop: int = 0) -> Query:
        """What says a word, or several that stand side by side, ranked."""

    @abstractmethod
    def any_of(self, queries: Iterable[Query]) -> Query:
        """What one of them finds, by the sum of all that do; nothing where there are none."""

    @abstractmethod
    def all_of(self, queries: Sequence[Query]) -> Query:
        """What each of them finds; everything where there are none."""

    @abstractmethod
    def put_together(self, must: Sequence[Query], should: Sequence[Query], needed: int | None = None) -> Query:
        """What each of the first finds and, where some are needed, so many of the others; all of them rank."""

    @abstractmethod
    def without(self, query: Query, others: Sequence[Query]) -> Query:
        """What a query finds and none of the others."""

    @abstractmethod
    def best_of(self, queries: Sequence[Query], tie: float) -> Query:
        """What one of them finds, by the best of them and a share of the others."""

    @abstractmethod
    def boosted(self, query: Query, weight: float) -> Query: ...

    @abstractmethod
    def worth(self, query: Query, score: float) -> Query:
        """What a query finds, each worth the same."""

    @abstractmethod
    def holding(self, field: str, key: str) -> int:
        """How many practices hold a key in a field, about."""

    @abstractmethod
    def documents(self) -> int: ...

    def ranked(self, query: SearchQuery, plan: WordPlan) -> Query:
        """What matches, with all that ranks it."""
        filters = [self.worth(each, 0.0) for each in self.filters(query)]
        if not (plan.telling or filters):
            return self.all_of([])
        slots = [self._ranked_slot(slot, plan) for slot in plan.telling]
        should = [
            self.boosted(self.any_of(self.words("text", each) for each in slot.says), HINT) for slot in plan.hints
        ]
        for pair in plan.neighbours:
            for field, weight in PHRASES.items():
                should.append(self.boosted(self.words(field, pair, PHRASE_SLOP), weight))
        should += [self.boosted(self.term("together", both), TOGETHER) for both in _together(plan)]
        if plan.needed is None:
            return self.put_together([*slots, *filters], should)
        return self.put_together([*filters, self.worth(self._enough(plan), 0.0)], [*slots, *should])

    def matching(self, query: SearchQuery, plan: WordPlan, *, but: str = "") -> Query:
        """What matches, unranked: cheaper, for counting. `but` leaves the choices of one facet out."""
        return self.all_of([*self.telling(plan), *self.filters(query, but=but)])

    def telling(self, plan: WordPlan) -> list[Query]:
        """What the words of a question have to find, whatever was chosen."""
        if plan.needed is None:
            return [self.any_of(self._matches_of(slot, plan)) for slot in plan.telling]
        return [self._enough(plan)]

    def filters(self, query: SearchQuery, *, but: str = "") -> list[Query]:
        """What was chosen, a query for each facet."""
        return [
            self.any_of(self.term(facet_field(query, facet), key) for key in self.keys_of(query, facet))
            for facet in query.filters
            if facet != but
        ]

    def keys_of(self, query: SearchQuery, facet: str) -> list[str]:
        """What was chosen in a facet, as the index keeps it."""
        return [key for value in query.chosen(facet) for key in self._keys(facet, value)]

    def _keys(self, facet: str, value: str) -> list[str]:
        """How a value is kept in the index: a term by its id and those of terms merged into it."""
        if facet not in TERM_FACETS:
            return [value]
        term = self.terms.by_slug.get((facet, value))
        return [str(each) for each in term.ids] if term else ["0"]

    def near_to(self, mine: Found, title: str) -> Query | None:
        """What shares principles, groups, outcomes or words of the title with a practice; None if it has none."""
        weights = (("principle", mine.principles, 2.0), ("outcome", mine.outcomes, 1.0), ("group", mine.groups, 1.5))
        shared = [
            self.worth(self.term(facet, str(key)), weight) for facet, named, weight in weights for key, *_ in named
        ]
        shared += [self.boosted(self.words("text", (each,)), 0.4) for each in dict.fromkeys(stems_of(title))]
        return self.without(self.any_of(shared), [self.itself(mine.id)]) if shared else None

    def elsewhere(self, near: Query, mine: Found) -> Query:
        """Of what is near, that which shares a principle and no group: where nobody would look."""
        principles = self.any_of(self.term("principle", str(key)) for key, *_ in mine.principles)
        groups = [self.term("group", str(key)) for key, *_ in mine.groups]
        return self.without(self.put_together([near, principles], []), groups)

    def similar(self, mine: Found, title: str, limit: int, nearest: Nearest) -> list[Similar]:
        """What is near to a practice, nearest first; one of it shares no group if any can.

        Args:
            mine: the practice.
            title: what it is called.
            limit: how many are wanted.
            nearest: finds the first so many of a query.
        """
        asked = self.near_to(mine, title)
        if asked is None:
            return []
        near = [similar_to(mine, each) for each in nearest(asked, limit)]
        if any(is_elsewhere(each) for each in near) or not mine.principles:
            return near
        elsewhere = [similar_to(mine, each) for each in nearest(self.elsewhere(asked, mine), 1)]
        return [*near[: limit - len(elsewhere)], *elsewhere]

    @abstractmethod
    def itself(self, practice_id: int) -> Query:
        """One practice."""

    def said(self, stems: Stems) -> Query:
        """What says a word or a phrase anywhere, unranked."""
        return self.words("text", stems)

    def _enough(self, plan: WordPlan) -> Query:
        """What earns as many points as the plan needs. A phrase in quotes has to be there."""
        points = [self.any_of(self._matches_of(slot, plan)) for slot in plan.telling]
        points += [self.any_of(self._strong_matches_of(slot)) for slot in plan.telling]
        enough = self.put_together([], points, plan.needed)
        quoted = [self.any_of(self._matches_of(slot, plan)) for slot in plan.telling if slot.quoted]
        return self.all_of([enough, *quoted])

    def _matches_of(self, slot: Slot, plan: WordPlan) -> list[Query]:
        """What answers a slot anywhere."""
        queries = [self.said(stems) for stems in (*slot.says, *slot.said_otherwise(takes_near=plan.takes_near))]
        for meaning in slot.meant(takes_near=plan.takes_near):
            queries += [self.term(meaning.facet, str(each)) for each in meaning.ids]
            queries += [self.said(stems) for stems in (meaning.label_stems,) if stems]
        return queries

    def _strong_matches_of(self, slot: Slot) -> list[Query]:
        """What answers a slot where it counts: in title, summary, labels or terms, or whole where it is a phrase."""
        queries = [self.words(field, stems) for field in STRONG for stems in (*slot.says, *slot.others)]
        queries += [self.said(stems) for stems in slot.says if len(stems) > 1]
        meant = slot.meant(takes_near=False)
        queries += [self.term(meaning.facet, str(each)) for meaning in meant for each in meaning.ids]
        return queries

    def _ranked_slot(self, slot: Slot, plan: WordPlan) -> Query:
        ways = [
            self.boosted(self.words(field, stems), weight) for stems in slot.says for field, weight in FIELDS.items()
        ]
        return self.any_of(ways + self._meant(slot, plan))

    def _meant(self, slot: Slot, plan: WordPlan) -> list[Query]:
        """What was meant: worth a share of the typed word, however rare it is itself."""
        meanings = slot.meant(takes_near=plan.takes_near)
        others = slot.said_otherwise(takes_near=plan.takes_near)
        if not (meanings or others):
            return []
        typed = self._rarity(slot.says[0])
        tagged: list[Query] = []
        about: list[Query] = []
        for meaning in meanings:
            share = NEAR if meaning.is_near else TERM
            for each in map(str, meaning.ids):
                worth = min(typed, self._rarity_of(self.holding(meaning.facet, each)))
                tagged.append(self.worth(self.term(meaning.facet, each), worth * share))
                about.append(self.boosted(self.words("named", (f"{meaning.facet}{each}",)), ABOUT * share))
        said = [meaning.label_stems for meaning in meanings if meaning.label_stems] + list(others)
        otherwise = []
        for stems in said:
            worth = min(typed, self._rarity(stems))
            for field, share in OTHERS.items():
                otherwise.append(self.worth(self.words(field, stems), worth * share))
        return [self.best_of(each, TIE) for each in (tagged, about, otherwise) if each]

    def _rarity(self, stems: Stems) -> float:
        """What a word, or the rarest of several, earns at most in one field."""
        return self._rarity_of(min(self.holding("text", each) for each in stems))

    def _rarity_of(self, holding: int) -> float:
        """The idf of BM25, of what so many practices hold."""
        documents = max(self.documents(), 1)
        holding = min(documents, holding)
        return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def rarities_asked(plan: WordPlan) -> set[tuple[str, str]]:
    """The keys, each with its field, of which `Asking.ranked` wants to know how many practices hold them."""
    asked: set[tuple[str, str]] = set()
    for slot in plan.telling:
        meanings = slot.meant(takes_near=plan.takes_near)
        others = slot.said_otherwise(takes_near=plan.takes_near)
        if meanings or others:
            labels = [meaning.label_stems for meaning in meanings]
            asked |= {("text", each) for stems in (slot.says[0], *labels, *others) for each in stems}
            asked |= {(meaning.facet, str(each)) for meaning in meanings for each in meaning.ids}
    return asked


def _together(plan: WordPlan) -> list[str]:
    """Each two words of different slots, as the index keeps those that people ask for in one way."""
    stems = [each.says[0] for each in plan.telling[:MOST_TOGETHER]]
    pairs = (
        pair_key(one, other)
        for says, others in combinations(stems, 2)
        for one in says
        for other in others
        if one != other
    )
    return list(dict.fromkeys(pairs))


def facet_field(query: SearchQuery, facet: str) -> str:
    """Outcomes that were reported have a field of their own."""
    return "reported" if facet == "outcome" and query.reported else facet
