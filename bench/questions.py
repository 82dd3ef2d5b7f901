"""What is asked of search when it is measured: words of each class, with none, one or three facets chosen."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from random import Random

from search.engines.base import EXACT
from search.query import FACETS, SearchQuery
from search.services import search_library

from .queries import made_queries

CLASSES = ("common", "broad", "medium", "narrow", "browse")
FACETS_CHOSEN = (0, 1, 3)
Case = tuple[str, int]


def made_questions(each: int = 22, *, seed: int = 1) -> dict[Case, list[SearchQuery]]:
    """By class and number of facets, questions that find something in the library that is there; perhaps none."""
    random = Random(seed)
    words = {**made_queries(seed=seed), "browse": ("",) * each}
    made = {}
    for name in CLASSES:
        for number in FACETS_CHOSEN:
            narrowed = (narrow(SearchQuery(words=typed), number, random) for typed in words[name])
            made[name, number] = list(islice((query for query in narrowed if query is not None), each))
    return made


def narrow(query: SearchQuery, number: int, random: Random) -> SearchQuery | None:
    """The question with a value chosen in so many facets, each of which leaves something to be found; None without."""
    results = search_library(query)
    if not results.total or results.answer != EXACT:
        return None
    for facet in random.sample(FACETS, number):
        counts = results.facets[facet] if results.facets else {}
        offered = sorted(counts, key=lambda value: (-counts[value], value))[:8]
        if offered:
            # Drawn from what finds most, as people do who see the numbers.
            query = replace(query, **{facet: (offered[int(len(offered) * random.random())],)})
            results = search_library(query)
    return query
