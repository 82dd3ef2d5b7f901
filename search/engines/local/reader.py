"""Reading the local index: finding, counting, suggesting, in one state of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import tantivy

from search.engines.asking import facet_field
from search.engines.base import PAGE_SIZE, Facets, Found, Reader, Similar
from search.engines.indexed import (
    LONGEST_BEGINNING,
    MOST_VALUES,
    Counted,
    name_values,
    plain_words,
)
from search.plan import WordPlan, plan_words
from search.query import FACETS, MAX_PAGE, NEWEST, RATED, RELEVANCE, TITLE, TOLD, SearchQuery
from search.spelling import SHORTEST
from search.thesaurus import thesaurus
from search.vocabularies import Vocabularies

from .folder import at_the_edge
from .phrases import NO_PHRASES, Phrases
from .queries import LocalAsking, all_of, any_of
from .schema import about_from_index, from_index, schema, title_from_index

Query = tantivy.Query
# As many hits as can be paged to.
MOST_PAGED = MAX_PAGE * PAGE_SIZE
# A column of the index and which way it is sorted.
Column = tuple[str, tantivy.Order]
FALLING, RISING = tantivy.Order.Desc, tantivy.Order.Asc
BY_TITLE: tuple[Column, ...] = (("title_rank", RISING), ("sort_title", RISING), ("id", RISING))
# The sorts, each to the last: no two practices have the same place, whatever was written since.
ORDERS: dict[str, tuple[Column, ...]] = {
    NEWEST: (("changed", FALLING), ("id", RISING)),
    TITLE: BY_TITLE,
    TOLD: (("told", FALLING), *BY_TITLE),
    RATED: (("rated", FALLING), *BY_TITLE),
}
# Reading all words of 100,000 practices takes a tenth of a second.
FEW_DOCUMENTS = 5_000
SECONDS_TO_SPELL_BY = 60.0


@dataclass(frozen=True, slots=True)
class Words:
    """The words to spell by: at which state of the library they were read, when, and how many practices hold each."""

    key: tuple[str, int]
    read_at: float
    holding: dict[str, int]

    def hold(self, terms: Vocabularies, documents: int) -> bool:
        """Whether they will do. Where reading them takes long, those of a minute ago still spell well enough."""
        if documents > FEW_DOCUMENTS:
            return self.key[0] == terms.key[0] and time.monotonic() - self.read_at < SECONDS_TO_SPELL_BY
        return self.key == terms.key


@dataclass
class Snapshot:
    """A state of the index, with what was worked out from it and holds as long as it does.

    `words` of a large library may be those of the state before it.
    """

    searcher: tantivy.Searcher
    phrases: Phrases = NO_PHRASES
    browsing: Counted | None = None
    words: Words | None = None

    def followed_by(self, searcher: tantivy.Searcher) -> Snapshot:
        """The next state, with what outlives a change."""
        words = self.words if searcher.num_docs > FEW_DOCUMENTS else None
        return Snapshot(searcher, self.phrases, words=words)


class LocalReader(Reader):
    def __init__(self, snapshot: Snapshot, terms: Vocabularies) -> None:
        self.snapshot = snapshot
        self.searcher = snapshot.searcher
        self.terms = terms
        self.build = LocalAsking(snapshot.searcher, terms, snapshot.phrases)

    def find(self, query: SearchQuery, plan: WordPlan) -> tuple[tuple[Found, ...], int]:
        with at_the_edge():
            order = NEWEST if query.sort == RELEVANCE and not plan.slots else query.sort
            offset = (query.page - 1) * PAGE_SIZE
            if order == RELEVANCE:
                places, total = self._best_first(self.build.ranked(query, plan), offset)
            else:
                asked = self.build.matching(query, plan)
                places, total = self._in_order(asked, ORDERS[order], offset, PAGE_SIZE)
            return tuple(from_index(self.searcher.doc(place)) for place in places), total

    def _best_first(self, asked: Query, offset: int) -> tuple[list[tantivy.DocAddress], int]:
        """A page in the order of scores, each lifted by what was told; those that score alike by their ids.

        The engine has these in the order in which they were written: a practice that somebody tells of is written
        anew, and would fall behind its like. Where a run of them goes on behind the page, all that can be paged to
        is read.
        """
        end = offset + PAGE_SIZE
        hits, total = self._scored(asked, end + 1)
        if len(hits) > end and hits[end - 1][0] == hits[end][0]:
            hits, total = self._scored(asked, MOST_PAGED)
        ranked: list[tantivy.DocAddress] = []
        for number in Counter(score for score, _place in hits).values():
            first = len(ranked)
            alike = [place for _score, place in hits[first : first + number]]
            on_page = number > 1 and first < end and first + number > offset
            ranked += self._by_id(alike) if on_page else alike
        return ranked[offset:end], total

    def _scored(self, asked: Query, limit: int) -> tuple[list[tuple[float, tantivy.DocAddress]], int]:
        result = self.searcher.search(asked, limit=limit, weight_by_field="lift")
        return result.hits, _total(result)

    def _by_id(self, places: list[tantivy.DocAddress]) -> list[tantivy.DocAddress]:
        ids: list[Any] = self.searcher.fast_field_values("id", places)
        return [place for _id, place in sorted(zip(ids, places, strict=True), key=itemgetter(0))]

    def _in_order(
        self, asked: Query, columns: tuple[Column, ...], offset: int, limit: int
    ) -> tuple[list[tantivy.DocAddress], int]:
        """A stretch of what matches, in the order of a column, and where values are the same of the next one.

        Sorting by text costs more the deeper the page: 135 ms for the fiftieth of 100,000 practices. So it is done
        among those alone that are alike in the columns before, which are numbers.
        """
        (name, order), *finer = columns
        end = offset + limit
        result = self.searcher.search(asked, limit=end + 1, order_by_field=name, order=order)
        places: list[tantivy.DocAddress] = []
        last = 0
        for value, number in Counter(value for value, _place in result.hits).items():
            first, last = last, last + number
            if last <= offset or first >= end:
                continue
            if number == 1 or not finer:
                places += [place for _value, place in result.hits[max(first, offset) : min(last, end)]]
                continue
            same = all_of([asked, Query.term_query(schema(), name, value, "basic")])
            skipped = max(0, offset - first)
            places += self._in_order(same, tuple(finer), skipped, min(last, end) - first - skipped)[0]
        return places, _total(result)

    def among(self, ids: list[int], query: SearchQuery) -> list[Found]:
        if not ids:
            return []
        asked = all_of([any_of(Query.term_query(schema(), "id", each) for each in ids), *self.build.filters(query)])
        with at_the_edge():
            hits = self.searcher.search(asked, limit=len(ids), count=False).hits
            return [from_index(self.searcher.doc(place)) for _score, place in hits]

    def count(self, query: SearchQuery, plan: WordPlan) -> int:
        with at_the_edge():
            return _total(self.searcher.search(self.build.matching(query, plan), limit=1))

    def plan(self, words: str) -> WordPlan:
        return plan_words(words, thesaurus(self.terms))

    def count_facets(self, query: SearchQuery, plan: WordPlan) -> Facets:
        """One pass over one column for all, and one more for each facet in which something is chosen."""
        chosen = list(query.filters)
        if not (chosen or query.reported or plan.slots):
            return self._named(self._browsing())
        counts = self._named(self._count_all(query, plan))
        if query.reported and "outcome" not in chosen:
            counts |= self._count_column("outcome", query, plan)
        for facet in chosen:
            if chosen == [facet] and not (query.reported or plan.slots):
                counts |= self._named({facet: self._browsing()[facet]})
            else:
                counts |= self._count_column(facet, query, plan, but=facet)
        return counts

    def _browsing(self) -> Counted:
        """The counts of the whole library, worked out once for a state of the index."""
        if self.snapshot.browsing is None:
            self.snapshot.browsing = self._count_all(SearchQuery(), WordPlan())
        return self.snapshot.browsing

    def _count_all(self, query: SearchQuery, plan: WordPlan) -> Counted:
        """All ten facets, which stand in one column as well: one pass costs less than ten."""
        asked = {"facets": {"terms": {"field": "facets", "size": MOST_VALUES * len(FACETS)}}}
        with at_the_edge():
            told = self.searcher.aggregate(self.build.matching(query, plan), asked)
        counted: Counted = {facet: [] for facet in FACETS}
        for bucket in told["facets"]["buckets"]:
            facet, key = bucket["key"].split(" ", 1)
            counted[facet].append((key, bucket["doc_count"]))
        return counted

    def _count_column(self, facet: str, query: SearchQuery, plan: WordPlan, *, but: str = "") -> Facets:
        asked = {facet: {"terms": {"field": facet_field(query, facet), "size": MOST_VALUES}}}
        with at_the_edge():
            told = self.searcher.aggregate(self.build.matching(query, plan, but=but), asked)
        return self._named({facet: [(bucket["key"], bucket["doc_count"]) for bucket in told[facet]["buckets"]]})

    def _named(self, counted: Counted) -> Facets:
        return name_values(counted, self.terms)

    def suggest(self, prefix: str, limit: int) -> list[int]:
        with at_the_edge():
            words = dict.fromkeys(word[:LONGEST_BEGINNING] for word in plain_words().analyze(prefix)[:8])
            if not words:
                return []
            asked = all_of([Query.term_query(schema(), "begins", word) for word in words])
            result = self.searcher.search(asked, limit=limit, count=False)
            places = [place for _, place in result.hits]
            ids: list[Any] = self.searcher.fast_field_values("id", places) if places else []
            return [int(each) for each in ids]

    def similar(self, practice_id: int, limit: int) -> list[Similar]:
        """Ranked by shared principles, then outcomes and words; one of them shares no group if any can."""
        with at_the_edge():
            own = self.searcher.search(self.build.itself(practice_id), limit=1).hits
            if not own:
                return []
            document = self.searcher.doc(own[0][1])
            mine = about_from_index(document)
            return self.build.similar(mine, title_from_index(document), limit, self._nearest)

    def _nearest(self, asked: Query, limit: int) -> list[Found]:
        hits = self.searcher.search(asked, limit=limit, count=False).hits
        return [about_from_index(self.searcher.doc(place)) for _, place in hits]

    def known_of(self, words: Iterable[str]) -> set[str]:
        said = thesaurus(self.terms).words
        with at_the_edge():
            return {word for word in words if word in said or self.searcher.doc_freq("words", word)}

    def holding(self, words: Iterable[str]) -> dict[str, int]:
        known = self.known_words()
        return {word: known[word] for word in words if word in known}

    def words_near(self, word: str) -> dict[str, int]:
        return self.known_words()

    def known_words(self) -> dict[str, int]:
        """Every word to spell by, of the library and of its vocabularies, with the number of practices that hold it.

        Read once for a state of the index and of the vocabularies; of a large library once a minute at most.
        """
        kept = self.snapshot.words
        if kept is None or not kept.hold(self.terms, self.searcher.num_docs):
            with at_the_edge():
                told = self.searcher.terms_with_prefix("words", "")
            known = thesaurus(self.terms).words | dict(told)
            known = {word: holding for word, holding in known.items() if len(word) >= SHORTEST and word.isalpha()}
            kept = self.snapshot.words = Words(self.terms.key, time.monotonic(), known)
        return kept.holding


def _total(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # its stub leaves it out
