"""How Elasticsearch is asked each kind of query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search.engines.asking import Asking
from search.thesaurus import Stems
from search.vocabularies import Vocabularies

from .mapping import as_one_word

Query = dict[str, Any]
# Lucene leaves out this factor of BM25, which is the same for all words; here some scores are none of words.
FACTOR = 2.2
WITH_SPACES = frozenset({"together"})


class ElasticsearchAsking(Asking):
    """Builds the queries of one search.

    Args:
        terms: the vocabularies.
        holdings: how many practices hold each (field, key) that was looked up.
        documents: how many practices there are.
    """

    def __init__(self, terms: Vocabularies, holdings: Mapping[tuple[str, str], int], documents: int) -> None:
        self.terms = terms
        self._holdings = holdings
        self._documents = documents

    def term(self, field: str, key: str) -> Query:
        if field in WITH_SPACES:
            return {"term": {field: {"value": as_one_word(key), "boost": FACTOR}}}
        return {"term": {field: {"value": key}}}

    def words(self, field: str, stems: Stems, slop: int = 0) -> Query:
        if len(stems) == 1:
            return {"term": {field: {"value": stems[0], "boost": FACTOR}}}
        return {"match_phrase": {field: {"query": " ".join(stems), "slop": slop, "boost": FACTOR}}}

    def any_of(self, queries: Iterable[Query]) -> Query:
        found = list(queries)
        if len(found) == 1:
            return found[0]
        return {"bool": {"should": found, "minimum_should_match": 1}} if found else {"match_none": {}}

    def all_of(self, queries: Sequence[Query]) -> Query:
        return {"bool": {"filter": list(queries)}} if queries else {"match_all": {}}

    def put_together(self, must: Sequence[Query], should: Sequence[Query], needed: int | None = None) -> Query:
        told = {"must": list(must), "should": list(should)}
        return {"bool": told if needed is None else {**told, "minimum_should_match": needed}}

    def without(self, query: Query, others: Sequence[Query]) -> Query:
        return {"bool": {"must": [query], "must_not": list(others)}}

    def itself(self, practice_id: int) -> Query:
        return {"term": {"id": {"value": practice_id}}}

    def best_of(self, queries: Sequence[Query], tie: float) -> Query:
        return {"dis_max": {"queries": list(queries), "tie_breaker": tie}}

    def boosted(self, query: Query, weight: float) -> Query:
        return {"bool": {"must": [query], "boost": weight}}

    def worth(self, query: Query, score: float) -> Query:
        return {"constant_score": {"filter": query, "boost": score}}

    def holding(self, field: str, key: str) -> int:
        return self._holdings.get((field, key), 0)

    def documents(self) -> int:
        return self._documents

    def lifted(self, query: Query) -> Query:
        """The same, each lifted by what was told of it."""
        by = {"field_value_factor": {"field": "lift", "missing": 1}}
        return {"function_score": {"query": query, "functions": [by], "boost_mode": "multiply"}}
