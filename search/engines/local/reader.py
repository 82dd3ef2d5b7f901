"""Reading the local index: finding, counting, suggesting, in one state of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.engines.base import PAGE_SIZE, Facets, Found, Reader, Similar
from search.query import FACETS, NEWEST, RELEVANCE, TITLE, SearchQuery
from search.synonyms import WordPlan, plan_words, thesaurus
from search.text import stem, stems_of
from search.vocabularies import Vocabularies

from .folder import at_the_edge
from .queries import QueryBuilder, any_of, facet_field, term_query
from .schema import from_index, plain_words, schema, title_from_index

Query = tantivy.Query
MUST, SHOULD, MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot
MOST_VALUES = 2_000
COLUMNS = {NEWEST: "changed", TITLE: "sort_title"}


@dataclass
class Snapshot:
    """A state of the index, with what was worked out from it and holds as long as it does."""

    searcher: tantivy.Searcher
    browsing: Facets | None = None
    words: dict[str, int] | None = field(default=None)


class LocalReader(Reader):
    def __init__(self, snapshot: Snapshot, terms: Vocabularies) -> None:
        self.snapshot = snapshot
        self.searcher = snapshot.searcher
        self.terms = terms
        self.build = QueryBuilder(snapshot.searcher, terms)

    def find(self, query: SearchQuery, plan: WordPlan) -> tuple[tuple[Found, ...], int]:
        with at_the_edge():
            order = query.sort if query.sort in (NEWEST, TITLE) or plan.slots else NEWEST
            asked = self.build.ranked(query, plan) if order == RELEVANCE else self.build.matching(query, plan)
            result = self.searcher.search(
                asked,
                limit=PAGE_SIZE,
                offset=(query.page - 1) * PAGE_SIZE,
                order_by_field=COLUMNS.get(order),
                order=tantivy.Order.Asc if order == TITLE else tantivy.Order.Desc,
            )
            return tuple(from_index(self.searcher.doc(address)) for _, address in result.hits), _total(result)

    def count(self, query: SearchQuery, plan: WordPlan) -> int:
        with at_the_edge():
            return _total(self.searcher.search(self.build.matching(query, plan), limit=1))

    def count_words(self, query: SearchQuery) -> int:
        return self.count(query, plan_words(query.words, thesaurus(self.terms)))

    def count_facets(self, query: SearchQuery, plan: WordPlan) -> Facets:
        """One pass for all facets in which nothing is chosen, and one for each of the others."""
        browsing = not (plan.slots or query.filters or query.reported)
        if browsing and self.snapshot.browsing is not None:
            return self.snapshot.browsing
        with at_the_edge():
            open_facets = [facet for facet in FACETS if facet not in query.filters]
            counts = self._aggregate(query, plan, open_facets)
            for facet in query.filters:
                counts |= self._aggregate(query, plan, [facet], but=facet)
        if browsing:
            self.snapshot.browsing = counts
        return counts

    def _aggregate(self, query: SearchQuery, plan: WordPlan, facets: list[str], *, but: str = "") -> Facets:
        if not facets:
            return {}
        asked = {facet: {"terms": {"field": facet_field(query, facet), "size": MOST_VALUES}} for facet in facets}
        told = self.searcher.aggregate(self.build.matching(query, plan, but=but), asked)
        return {facet: self._values(facet, told[facet]["buckets"]) for facet in facets}

    def _values(self, facet: str, buckets: list[dict]) -> dict[str, int]:
        """Counts by the values of addresses. A merged term that is still on pages counts for its target."""
        counts: dict[str, int] = {}
        for bucket in buckets:
            key = bucket["key"]
            if facet in ("outcome", "group", "principle"):
                term = self.terms.by_id.get((facet, int(key)))
                if term is None:
                    continue
                key = term.slug
            counts[key] = counts.get(key, 0) + bucket["doc_count"]
        return counts

    def suggest(self, prefix: str, limit: int) -> list[str]:
        with at_the_edge():
            words = plain_words().analyze(prefix)[:8]
            if not words:
                return []
            last = any_of(
                [
                    Query.regex_query(schema(), "title", f"{words[-1]}.*"),
                    *(Query.term_query(schema(), "title", each) for each in [stem(words[-1])] if each),
                ]
            )
            clauses = [(MUST, last)]
            clauses += [(MUST, Query.term_query(schema(), "title", stem(word))) for word in words[:-1] if stem(word)]
            result = self.searcher.search(Query.boolean_query(clauses), limit=limit, count=False)
            return [title_from_index(self.searcher.doc(address)) for _, address in result.hits]

    def similar(self, practice_id: int, limit: int) -> list[Similar]:
        """Ranked by shared principles, then outcomes and words; one of them shares no group if any can."""
        with at_the_edge():
            own = self.searcher.search(Query.term_query(schema(), "id", practice_id), limit=1).hits
            if not own:
                return []
            document = self.searcher.doc(own[0][1])
            mine = from_index(document)
            clauses = [(MUST_NOT, Query.term_query(schema(), "id", practice_id))]
            nearness = [Query.const_score_query(term_query("principle", str(key)), 2.0) for key, *_ in mine.principles]
            nearness += [Query.const_score_query(term_query("outcome", str(key)), 1.0) for key, *_ in mine.outcomes]
            nearness += [Query.const_score_query(term_query("group", str(key)), 1.5) for key, *_ in mine.groups]
            nearness += [
                Query.boost_query(Query.term_query(schema(), "text", each), 0.4)
                for each in dict.fromkeys(stems_of(title_from_index(document)))
            ]
            if not nearness:
                return []
            asked = Query.boolean_query([*clauses, (MUST, any_of(nearness))])
            found = [
                from_index(self.searcher.doc(address))
                for _, address in self.searcher.search(asked, limit=max(60, limit), count=False).hits
            ]
        return pick_similar(mine, found, limit)

    def spelled(self, word: str) -> str:
        with at_the_edge():
            known = self._known_words()
        typed = "".join(plain_words().analyze(word))
        if len(typed) < 4:
            return ""
        near = process.extract(
            typed,
            known.keys(),
            scorer=OSA.distance,
            score_cutoff=1 if len(typed) < 8 else 2,
            limit=10,
        )
        # Few slips touch the first letter; another one is more often another word.
        near = [row for row in near if row[0][0] == typed[0]]
        best = min(near, key=lambda row: (row[1], -known[row[0]]), default=None)
        return best[0] if best else ""

    def _known_words(self) -> dict[str, int]:
        """Every word of the library with the number of practices that hold it, read once for a state of the index."""
        if self.snapshot.words is None:
            told = self.searcher.terms_with_prefix("words", "")
            self.snapshot.words = {known: holding for known, holding in told if len(known) > 3 and known.isalpha()}
        return self.snapshot.words


def _total(result: tantivy.SearchResult) -> int:
    return int(result.count)  # type: ignore[attr-defined]  # its stub leaves it out


def pick_similar(mine: Found, found: list[Found], limit: int) -> list[Similar]:
    """The nearest, with room for one that shares a principle and nobody it is for."""
    own_principles = {key for key, *_ in mine.principles}
    own_groups = {key for key, *_ in mine.groups}
    near = []
    for each in found:
        shared = tuple(row for row in each.principles if row[0] in own_principles)
        same_groups = bool(own_groups & {key for key, *_ in each.groups})
        near.append(Similar(each, shared, same_groups))
    picked = near[:limit]
    if not any(_elsewhere(each) for each in picked):
        elsewhere = next((each for each in near[limit:] if _elsewhere(each)), None)
        if elsewhere:
            picked = [*picked[: limit - 1], elsewhere]
    return picked


def _elsewhere(each: Similar) -> bool:
    """Same idea, somewhere one might not look."""
    return bool(each.principles) and not each.same_groups
