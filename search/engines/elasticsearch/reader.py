"""Reading the index: finding, counting, suggesting."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from elasticsearch.dsl import A, FacetedSearch, Search, TermsFacet
from elasticsearch.dsl.query import Query as DslQuery

from search.engines.asking import facet_field, rarities_asked
from search.engines.base import PAGE_SIZE, Facets, Found, Reader, Similar
from search.engines.indexed import (
    LONGEST_BEGINNING,
    MOST_VALUES,
    Counted,
    found_of,
    name_values,
    plain_words,
)
from search.plan import WordPlan, plan_words
from search.query import FACETS, NEWEST, RATED, RELEVANCE, TITLE, TOLD, SearchQuery
from search.spelling import SHORTEST
from search.thesaurus import thesaurus
from search.vocabularies import Vocabularies

from .connection import Connection
from .queries import ElasticsearchAsking, Query

BY_TITLE = ("title_rank", "sort_title", "id")
# The sorts, each to the last: no two practices have the same place.
ORDERS: dict[str, tuple[str, ...]] = {
    RELEVANCE: ("_score", "id"),
    NEWEST: ("-changed", "id"),
    TITLE: BY_TITLE,
    TOLD: ("-told", *BY_TITLE),
    RATED: ("-rated", *BY_TITLE),
}
MOST_SPELLINGS = 100


@dataclass
class State:
    """What was learnt of the index at a version of the library, and holds as long as that does."""

    key: tuple[str, int]
    documents: int | None = None
    holdings: dict[tuple[str, str], int] = field(default_factory=dict)
    browsing: Counted | None = None


class Raw(DslQuery):
    """A query that is written already: taking it apart into objects would only be undone."""

    def __init__(self, query: Query) -> None:
        super().__init__()
        self._written = query

    def to_dict(self) -> dict[str, Any]:
        return self._written


class LibrarySearch(FacetedSearch):
    """A page of hits, and for each facet its counts under all choices but its own, in one request."""

    def __init__(self, reader: ElasticsearchReader, query: SearchQuery, asked: Any) -> None:
        self.index = reader.index
        self.facets = {name: TermsFacet(field=facet_field(query, name), size=MOST_VALUES) for name in FACETS}
        super().__init__(asked, filters={name: reader.build.keys_of(query, name) for name in query.filters})

    def query(self, search: Any, query: Any) -> Any:
        """What was asked comes written."""
        return search.query(Raw(query))


class ElasticsearchReader(Reader):
    def __init__(self, connection: Connection, index: str, terms: Vocabularies, state: State) -> None:
        self.connection = connection
        self.index = index
        self.terms = terms
        self.state = state
        self.build = ElasticsearchAsking(terms, state.holdings, state.documents or 0)
        self._counted: dict[tuple[SearchQuery, WordPlan], Facets] = {}

    def find(self, query: SearchQuery, plan: WordPlan) -> tuple[tuple[Found, ...], int]:
        order = NEWEST if query.sort == RELEVANCE and not plan.slots else query.sort
        bare = query.without_filters()
        if order == RELEVANCE:
            self._learn(plan)
            asked = self.build.lifted(self.build.ranked(bare, plan))
        else:
            asked = self.build.matching(bare, plan)
        search = LibrarySearch(self, query, asked)
        start = (query.page - 1) * PAGE_SIZE
        page = self._page(search._s, plan).sort(*ORDERS[order])[start : start + PAGE_SIZE]
        told = self._tell(page)
        if "aggregations" in told:
            counted = {name: _buckets(told["aggregations"][f"_filter_{name}"][name]) for name in FACETS}
            self._counted[_without_place(query), plan] = name_values(counted, self.terms)
        return tuple(_found(hit) for hit in told["hits"]["hits"]), told["hits"]["total"]["value"]

    def _page(self, search: Search, plan: WordPlan) -> Search:
        """What comes near is shown without counts. The same words ask the same copy of the index, so in one order."""
        if plan.takes_near:
            search.aggs._params["aggs"] = {}
        typed = " ".join(slot.typed for slot in plan.slots)
        return search.params(preference=hashlib.sha256(typed.encode()).hexdigest()[:12]).source(["about", "parts"])

    def _tell(self, search: Search) -> dict[str, Any]:
        """What the servers answer, whole or not at all: a part would be told as all there is."""
        asked = search.extra(track_total_hits=True).params(allow_partial_search_results=False)
        return asked.using(self.connection.client).execute(ignore_cache=True).to_dict()

    def _search(self) -> Search:
        return Search(index=self.index)

    def _asked(self, query: Query) -> Search:
        return self._search().query(Raw(query))

    def _learn(self, plan: WordPlan) -> None:
        """Look up how many practices hold what the ranking goes by, as far as that is not known."""
        asked = sorted(rarities_asked(plan) - self.state.holdings.keys())
        if not asked:
            return
        named = {f"{number}": {"term": {name: key}} for number, (name, key) in enumerate(asked)}
        search = self._search().extra(size=0).params(request_cache=True)
        search.aggs.bucket("held", A("filters", filters=named))
        told = self._tell(search)
        for number, pair in enumerate(asked):
            self.state.holdings[pair] = told["aggregations"]["held"]["buckets"][f"{number}"]["doc_count"]
        self.state.documents = told["hits"]["total"]["value"]
        self.build = ElasticsearchAsking(self.terms, self.state.holdings, self.state.documents)

    def among(self, ids: list[int], query: SearchQuery) -> list[Found]:
        if not ids:
            return []
        asked = self.build.all_of([{"terms": {"id": ids}}, *self.build.filters(query)])
        told = self._tell(self._asked(asked).source(["about", "parts"])[: len(ids)])
        return [_found(hit) for hit in told["hits"]["hits"]]

    def count(self, query: SearchQuery, plan: WordPlan) -> int:
        told = self._tell(self._asked(self.build.matching(query, plan)).extra(size=0).params(request_cache=True))
        return int(told["hits"]["total"]["value"])

    def plan(self, words: str) -> WordPlan:
        return plan_words(words, thesaurus(self.terms))

    def count_facets(self, query: SearchQuery, plan: WordPlan) -> Facets:
        """Counted with the hits, if these were asked for before."""
        key = (_without_place(query), plan)
        if key not in self._counted:
            self.find(key[0], plan)
        return self._counted[key]

    def suggest(self, prefix: str, limit: int) -> list[int]:
        words = dict.fromkeys(word[:LONGEST_BEGINNING] for word in plain_words().analyze(prefix)[:8])
        if not words:
            return []
        asked = self.build.put_together([self.build.words("begins", (word,)) for word in words], [])
        told = self._tell(self._asked(asked).source(False).sort("_score", "id")[:limit])
        return [int(hit["_id"]) for hit in told["hits"]["hits"]]

    def similar(self, practice_id: int, limit: int) -> list[Similar]:
        """Ranked by shared principles, then outcomes and words; one of them shares no group if any can."""
        own = self._tell(self._asked(self.build.itself(practice_id)).source(["about"])[:1])["hits"]["hits"]
        if not own:
            return []
        about = own[0]["_source"]["about"]
        return self.build.similar(found_of(about), about["title"], limit, self._nearest)

    def _nearest(self, asked: Query, limit: int) -> list[Found]:
        told = self._tell(self._asked(asked).source(["about"]).sort("_score", "id")[:limit])
        return [found_of(hit["_source"]["about"]) for hit in told["hits"]["hits"]]

    def known_of(self, words: Iterable[str]) -> set[str]:
        wanted = set(words)
        said = wanted & thesaurus(self.terms).words.keys()
        return said | {word for word, number in self._holding_words(wanted - said).items() if number}

    def holding(self, words: Iterable[str]) -> dict[str, int]:
        wanted = set(words)
        said = {word: number for word, number in thesaurus(self.terms).words.items() if word in wanted}
        return said | {word: number for word, number in self._holding_words(wanted).items() if number}

    def _holding_words(self, words: set[str]) -> dict[str, int]:
        if not words:
            return {}
        search = self._search().extra(size=0)
        search.aggs.bucket("held", A("filters", filters={word: {"term": {"words": word}} for word in sorted(words)}))
        return {word: told["doc_count"] for word, told in self._tell(search)["aggregations"]["held"]["buckets"].items()}

    def words_near(self, word: str) -> dict[str, int]:
        """Those that two slips or fewer apart, of which the first letter is none."""
        search = self._search().extra(size=0).suggest(
            "near", word, term={
                "field": "words", "suggest_mode": "always", "max_edits": 2, "prefix_length": 1,
                "min_word_length": SHORTEST, "size": MOST_SPELLINGS, "shard_size": MOST_SPELLINGS, "sort": "score",
            },
        )  # fmt: skip
        near = {
            option["text"]: option["freq"]
            for entry in self._tell(search).get("suggest", {}).get("near", [])
            for option in entry["options"]
        }
        known = thesaurus(self.terms).words | near
        return {each: number for each, number in known.items() if len(each) >= SHORTEST and each.isalpha()}


def _without_place(query: SearchQuery) -> SearchQuery:
    """The question without its page and order, by which nothing is counted."""
    return replace(query, page=1, sort=NEWEST)


def _found(hit: dict[str, Any]) -> Found:
    return found_of(hit["_source"]["about"], hit["_source"]["parts"]["all"])


def _buckets(told: dict[str, Any]) -> list[tuple[str, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in told["buckets"]]
