"""How long a search takes in the process: the answer, and all that the results page says of it."""

from __future__ import annotations

import time

from django.test import Client

from practices.models import Library
from search import hits, presentation
from search.engines import get_engine
from search.engines.base import SearchEngine
from search.engines.local.reader import LocalReader
from search.presentation import ResultsPage
from search.query import SearchQuery
from search.services import facet_counts, search_library
from search.vocabularies import vocabularies

from .figures import Row, median_of, milliseconds, percentile, row_below, split_line
from .questions import Case, made_questions
from .quiet import Watch
from .spans import Spans, timed

GOALS = {10_000: 8.0, 100_000: 20.0}
FACETS_GOAL = 2.0
NAMES = {0: "no facet", 1: "one facet", 3: "three facets"}
A_READER = {"HTTP_HOST": "127.0.0.1", "HTTP_COOKIE": "sessionid=nobody"}
BROWSING = 200


def answer(query: SearchQuery) -> ResultsPage:
    """What the view does with a question, but for drawing the page."""
    terms = vocabularies()
    return ResultsPage(search_library(query), terms)


def measure_search(*, size: int, rounds: int, each: int = 22, repeats: int = 2, wait: float = 20.0) -> list[Row]:
    """A row for each class of words and number of facets, and one for the slowest of them all."""
    questions = made_questions(each)
    watch = Watch(longest=wait)
    for queries in questions.values():
        for query in queries:
            answer(query)
    taken: dict[Case, list[list[float]]] = {case: [] for case in questions}
    for _ in range(rounds):
        with watch.round():
            for case, queries in questions.items():
                taken[case].append([timed(lambda query=query: answer(query)) for query in queries * repeats])
    rows = []
    for (name, number), rounds_taken in taken.items():
        if not questions[name, number]:
            rows.append(
                Row(f"search, {size:,}, {name}, {NAMES[number]}", "not measured: these words find nothing here")
            )
            continue
        row = row_below(f"search, {size:,}, {name}, {NAMES[number]}", rounds_taken, GOALS.get(size))
        row.others, row.searched = watch.largest, (size, name, number)
        row.notes.append(split_line(row.what, split_of(questions[name, number])))
        rows.append(row)
    return [*rows, whole_requests(size, questions, rounds, watch)]


def split_of(queries: list[SearchQuery]) -> dict[str, float]:
    """Where the time of a search goes, each part for one question."""
    spans = Spans()
    pieces = {
        "find": (LocalReader, "find"),
        "facets": (LocalReader, "count_facets"),
        "rows": (presentation, "hits_of"),
        "marks": (hits, "_hit"),
    }
    with spans.watching(**pieces):
        whole = sum(timed(lambda query=query: answer(query)) for query in queries)
    count = len(queries)
    split = {
        "ranked query": spans.each("find", count),
        "facet counts": spans.each("facets", count),
        "live rows": spans.each("rows", count) - spans.each("marks", count),
        "cards, highlights, reasons": spans.each("marks", count),
    }
    return {**split, "rest": max(0.0, whole / count - sum(split.values()))}


def whole_requests(size: int, questions: dict[Case, list[SearchQuery]], rounds: int, watch: Watch) -> Row:
    """The same with middleware and template, by Django's test client, over all classes."""
    client = Client(**A_READER)
    addresses = [query.url() for queries in questions.values() for query in queries[:6]]
    client.get(addresses[0])
    taken = []
    for _ in range(rounds):
        with watch.round():
            taken.append([timed(lambda address=address: client.get(address)) for address in addresses])
    row = row_below(f"search, {size:,}, all classes, page drawn and middleware included", taken)
    row.others = watch.largest
    return row


def measure_facets(*, size: int, rounds: int, wait: float = 20.0) -> list[Row]:
    """Counting all nine facets while nothing is chosen, as every page with shelves or filters does."""
    watch = Watch(longest=wait)
    facet_counts()
    taken, anew = [], []
    for _ in range(rounds):
        with watch.round():
            taken.append([timed(facet_counts) for _ in range(BROWSING)])
            anew.append([count_anew() for _ in range(10)])
    row = row_below(f"facet counts while browsing, {size:,}", taken, FACETS_GOAL)
    half, slow = (median_of(anew, lambda each, share=share: percentile(each, share)) for share in (0.5, 0.95))
    first = Row(
        f"facet counts, {size:,}, the first after a change",
        f"p50 {milliseconds(half)}, p95 {milliseconds(slow)}",
    )
    row.others = first.others = watch.largest
    return [row, first]


def count_anew() -> float:
    """Counting when the index has just changed, and nothing that was counted before holds."""
    engine: SearchEngine = get_engine()
    library = Library.objects.current()
    reader = engine.reader(library, vocabularies(library))
    if isinstance(reader, LocalReader):
        reader.snapshot.browsing = None
    begun = time.perf_counter()
    facet_counts()
    return (time.perf_counter() - begun) * 1000
