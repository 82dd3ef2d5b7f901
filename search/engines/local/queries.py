"""How the local engine writes each kind of query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import tantivy

from search.engines.asking import Asking
from search.thesaurus import Stems
from search.vocabularies import Vocabularies

from .phrases import Phrases, key
from .schema import schema

Query = tantivy.Query
MUST, SHOULD, MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


class LocalAsking(Asking):
    def __init__(self, searcher: tantivy.Searcher, terms: Vocabularies, phrases: Phrases) -> None:
        self.searcher = searcher
        self.terms = terms
        self.phrases = phrases

    def term(self, field: str, key: str) -> Query:
        return term_query(field, key)

    def words(self, field: str, stems: Stems, slop: int = 0) -> Query:
        """A word, or several that stand side by side. A phrase of one word would panic."""
        if len(stems) == 1:
            return Query.term_query(schema(), field, stems[0], "freq")
        return Query.phrase_query(schema(), field, list(stems), slop)

    def said(self, stems: Stems) -> Query:
        """A phrase that the index knows is one of its words."""
        return term_query("said", key(stems)) if stems in self.phrases else super().said(stems)

    def any_of(self, queries: Iterable[Query]) -> Query:
        return any_of(queries)

    def all_of(self, queries: Sequence[Query]) -> Query:
        return all_of(queries)

    def put_together(self, must: Sequence[Query], should: Sequence[Query], needed: int | None = None) -> Query:
        clauses = [(MUST, each) for each in must] + [(SHOULD, each) for each in should]
        if needed is None:
            return Query.boolean_query(clauses)
        return Query.boolean_query(clauses, minimum_number_should_match=needed)

    def without(self, query: Query, others: Sequence[Query]) -> Query:
        return Query.boolean_query([(MUST, query), *((MUST_NOT, each) for each in others)])

    def itself(self, practice_id: int) -> Query:
        return Query.term_query(schema(), "id", practice_id)

    def best_of(self, queries: Sequence[Query], tie: float) -> Query:
        return Query.disjunction_max_query(list(queries), tie)

    def boosted(self, query: Query, weight: float) -> Query:
        return Query.boost_query(query, weight)

    def worth(self, query: Query, score: float) -> Query:
        return Query.const_score_query(query, score)

    def holding(self, field: str, key: str) -> int:
        return self.searcher.doc_freq(field, key)

    def documents(self) -> int:
        return self.searcher.num_docs


def term_query(field: str, key: str) -> Query:
    return Query.term_query(schema(), field, key, "basic")


def any_of(queries: Iterable[Query]) -> Query:
    found = list(queries)
    if len(found) == 1:
        return found[0]
    return Query.boolean_query([(SHOULD, each) for each in found]) if found else Query.empty_query()


def all_of(queries: Sequence[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(MUST, each) for each in queries]) if queries else Query.all_query()
