"""From pieces of a question to the engine's queries, without its query parser."""

from __future__ import annotations

import math
from collections.abc import Iterable

import tantivy

from search.query import FACETS, TERM_FACETS, SearchQuery
from search.synonyms import Meaning, Slot, Stems, WordPlan
from search.vocabularies import Vocabularies
from search.weights import FIELDS, LABEL, PHRASE_SLOP, PHRASES, SYNONYM, TERM

from .phrases import Phrases, key
from .schema import schema

Query = tantivy.Query
MUST, SHOULD = tantivy.Occur.Must, tantivy.Occur.Should


class QueryBuilder:
    """Builds the queries of one search, for one state of the index."""

    def __init__(self, searcher: tantivy.Searcher, terms: Vocabularies, phrases: Phrases) -> None:
        self.searcher = searcher
        self.terms = terms
        self.phrases = phrases

    def ranked(self, query: SearchQuery, plan: WordPlan) -> Query:
        """What matches, with all that ranks it."""
        clauses = [(MUST, self._ranked_slot(slot)) for slot in plan.telling]
        clauses += [(MUST, Query.const_score_query(each, 0.0)) for each in self.filters(query)]
        if not clauses:
            return Query.all_query()
        for pair in plan.neighbours:
            for field, weight in PHRASES.items():
                near = Query.phrase_query(schema(), field, list(pair), PHRASE_SLOP)
                clauses.append((SHOULD, Query.boost_query(near, weight)))
        return Query.boolean_query(clauses)

    def matching(self, query: SearchQuery, plan: WordPlan, *, but: str = "") -> Query:
        """What matches, unranked: cheaper, for counting. `but` leaves the choices of one facet out."""
        clauses = [any_of(self._matches_of(slot)) for slot in plan.telling]
        clauses += self.filters(query, but=but)
        return all_of(clauses)

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

    def _matches_of(self, slot: Slot) -> list[Query]:
        queries = [self._said(stems) for stems in slot.says]
        for meaning in slot.meanings:
            queries += [term_query(meaning.facet, str(each)) for each in meaning.ids]
            queries += [self._said(stems) for stems in (meaning.label_stems, *meaning.near) if stems]
        return queries

    def _said(self, stems: Stems) -> Query:
        """What says a word or a phrase anywhere, unranked; a phrase that the index knows is one of its words."""
        return term_query("said", key(stems)) if stems in self.phrases else words_query("text", stems)

    def _ranked_slot(self, slot: Slot) -> Query:
        clauses = [
            (SHOULD, Query.boost_query(words_query(field, stems), weight))
            for stems in slot.says
            for field, weight in FIELDS.items()
        ]
        if slot.meanings:
            worth = self._rarity(slot.says[0])
            clauses.append((SHOULD, Query.disjunction_max_query(self._meant(slot.meanings, worth))))
        return Query.boolean_query(clauses)

    def _meant(self, meanings: Iterable[Meaning], worth: float) -> list[Query]:
        """The terms that were meant: worth a share of the typed word, however rare they are themselves."""
        queries = []
        for meaning in meanings:
            tagged = any_of(term_query(meaning.facet, str(each)) for each in meaning.ids)
            queries.append(Query.const_score_query(tagged, worth * TERM))
            if meaning.label_stems:
                queries.append(Query.const_score_query(self._said(meaning.label_stems), worth * LABEL))
            if meaning.near:
                near = any_of(map(self._said, meaning.near))
                queries.append(Query.const_score_query(near, worth * SYNONYM))
        return queries

    def _rarity(self, stems: Stems) -> float:
        """What a word that rare earns at most in one field (the engine's own idf)."""
        documents = max(self.searcher.num_docs, 1)
        holding = min(documents, *(self.searcher.doc_freq("text", each) for each in stems))
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
