"""From pieces of a question to the engine's queries, without its query parser."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import combinations

import tantivy

from search.plan import Slot, WordPlan
from search.query import FACETS, TERM_FACETS, SearchQuery
from search.thesaurus import Stems
from search.vocabularies import Vocabularies
from search.weights import ABOUT, FIELDS, HINT, NEAR, OTHERS, PHRASE_SLOP, PHRASES, TERM, TIE, TOGETHER

from .phrases import Phrases, key
from .schema import pair_key, schema

Query = tantivy.Query
MUST, SHOULD = tantivy.Occur.Must, tantivy.Occur.Should
STRONG = ("title", "summary", "labels")
# Of more words no two are looked for together: there would be hundreds.
MOST_TOGETHER = 8


class QueryBuilder:
    """Builds the queries of one search, for one state of the index."""

    def __init__(self, searcher: tantivy.Searcher, terms: Vocabularies, phrases: Phrases) -> None:
        self.searcher = searcher
        self.terms = terms
        self.phrases = phrases

    def ranked(self, query: SearchQuery, plan: WordPlan) -> Query:
        """What matches, with all that ranks it."""
        filters = [(MUST, Query.const_score_query(each, 0.0)) for each in self.filters(query)]
        if not (plan.telling or filters):
            return Query.all_query()
        occurs = MUST if plan.needed is None else SHOULD
        clauses = [(occurs, self._ranked_slot(slot, plan)) for slot in plan.telling]
        if plan.needed is not None:
            filters.append((MUST, Query.const_score_query(self._enough(plan), 0.0)))
        for slot in plan.hints:
            clauses.append((SHOULD, Query.boost_query(any_of(words_query("text", each) for each in slot.says), HINT)))
        for pair in plan.neighbours:
            for field, weight in PHRASES.items():
                near = Query.phrase_query(schema(), field, list(pair), PHRASE_SLOP)
                clauses.append((SHOULD, Query.boost_query(near, weight)))
        for both in self._together(plan):
            clauses.append((SHOULD, Query.boost_query(term_query("together", both), TOGETHER)))
        return Query.boolean_query(clauses + filters)

    def matching(self, query: SearchQuery, plan: WordPlan, *, but: str = "") -> Query:
        """What matches, unranked: cheaper, for counting. `but` leaves the choices of one facet out."""
        if plan.needed is None:
            clauses = [any_of(self._matches_of(slot, plan)) for slot in plan.telling]
        else:
            clauses = [self._enough(plan)]
        return all_of(clauses + self.filters(query, but=but))

    def _enough(self, plan: WordPlan) -> Query:
        """What earns as many points as the plan needs. A phrase in quotes has to be there."""
        points = [(SHOULD, any_of(self._matches_of(slot, plan))) for slot in plan.telling]
        points += [(SHOULD, any_of(self._strong_matches_of(slot))) for slot in plan.telling]
        enough = Query.boolean_query(points, minimum_number_should_match=plan.needed)
        quoted = [any_of(self._matches_of(slot, plan)) for slot in plan.telling if slot.quoted]
        return all_of([enough, *quoted])

    def filters(self, query: SearchQuery, *, but: str = "") -> list[Query]:
        found = []
        for facet in FACETS:
            values = query.chosen(facet)
            if values and facet != but:
                field = facet_field(query, facet)
                found.append(any_of(term_query(field, key) for value in values for key in self.keys(facet, value)))
        return found

    def keys(self, facet: str, value: str) -> list[str]:
        """How a value is kept in the index: a term by its id and those of terms merged into it."""
        if facet not in TERM_FACETS:
            return [value]
        term = self.terms.by_slug.get((facet, value))
        return [str(each) for each in term.ids] if term else ["0"]

    def _matches_of(self, slot: Slot, plan: WordPlan) -> list[Query]:
        """What answers a slot anywhere."""
        queries = [self._said(stems) for stems in (*slot.says, *slot.said_otherwise(takes_near=plan.takes_near))]
        for meaning in slot.meant(takes_near=plan.takes_near):
            queries += [term_query(meaning.facet, str(each)) for each in meaning.ids]
            queries += [self._said(stems) for stems in (meaning.label_stems,) if stems]
        return queries

    def _strong_matches_of(self, slot: Slot) -> list[Query]:
        """What answers a slot where it counts: in title, summary, labels or terms, or whole where it is a phrase."""
        queries = [words_query(field, stems) for field in STRONG for stems in (*slot.says, *slot.others)]
        queries += [self._said(stems) for stems in slot.says if len(stems) > 1]
        meant = slot.meant(takes_near=False)
        queries += [term_query(meaning.facet, str(each)) for meaning in meant for each in meaning.ids]
        return queries

    @staticmethod
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

    def _said(self, stems: Stems) -> Query:
        """What says a word or a phrase anywhere, unranked; a phrase that the index knows is one of its words."""
        return term_query("said", key(stems)) if stems in self.phrases else words_query("text", stems)

    def _ranked_slot(self, slot: Slot, plan: WordPlan) -> Query:
        ways = [
            Query.boost_query(words_query(field, stems), weight)
            for stems in slot.says
            for field, weight in FIELDS.items()
        ]
        return any_of(ways + self._meant(slot, plan))

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
            for each in meaning.ids:
                named = Query.term_query(schema(), "named", f"{meaning.facet}{each}", "freq")
                worth = min(typed, self._rarity_of(self.searcher.doc_freq(meaning.facet, str(each))))
                tagged.append(Query.const_score_query(term_query(meaning.facet, str(each)), worth * share))
                about.append(Query.boost_query(named, ABOUT * share))
        said = [meaning.label_stems for meaning in meanings if meaning.label_stems] + list(others)
        otherwise = []
        for stems in said:
            worth = min(typed, self._rarity(stems))
            for field, share in OTHERS.items():
                otherwise.append(Query.const_score_query(words_query(field, stems), worth * share))
        return [Query.disjunction_max_query(each, TIE) for each in (tagged, about, otherwise) if each]

    def _rarity(self, stems: Stems) -> float:
        """What a word, or the rarest of several, earns at most in one field."""
        return self._rarity_of(min(self.searcher.doc_freq("text", each) for each in stems))

    def _rarity_of(self, holding: int) -> float:
        """The engine's own idf, of what so many practices hold."""
        documents = max(self.searcher.num_docs, 1)
        holding = min(documents, holding)
        return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def facet_field(query: SearchQuery, facet: str) -> str:
    """Outcomes that were reported have a field of their own."""
    return "reported" if facet == "outcome" and query.reported else facet


def term_query(field: str, key: str) -> Query:
    return Query.term_query(schema(), field, key, "basic")


def words_query(field: str, stems: Stems) -> Query:
    """A word, or several that stand side by side. A phrase of one word would panic."""
    if len(stems) == 1:
        return Query.term_query(schema(), field, stems[0], "freq")
    return Query.phrase_query(schema(), field, list(stems), 0)


def any_of(queries: Iterable[Query]) -> Query:
    found = list(queries)
    if len(found) == 1:
        return found[0]
    return Query.boolean_query([(SHOULD, each) for each in found]) if found else Query.empty_query()


def all_of(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(MUST, each) for each in queries]) if queries else Query.all_query()
