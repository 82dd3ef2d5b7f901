"""How long it takes to publish a change to one page until it is found, in a small library and in a large one."""

from __future__ import annotations

import time
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from django.db import transaction

from practices.models import PracticePage
from search.query import SearchQuery
from search.services import drain_queue, search_library

from .figures import Row, median_of, milliseconds, percentile, split_line
from .libraries import copy_of
from .quiet import Watch
from .workers import workers

GOAL = 1.3
PARTS = ("reading the page", "save_revision", "publish", "commit and drain")
# Of letters alone and long enough that no other page holds such a word.
LETTERS = "bcdfghjklm"


class NotFoundError(Exception):
    """A change was published, and search does not find it."""


def made_title(number: int) -> str:
    """A title that holds a word that no other page has."""
    return "A made-up change called zq" + "".join(LETTERS[int(digit)] for digit in f"{number:09d}")


def publish_title(page_id: int, title: str) -> list[float]:
    """Publish a new title as the editor does, in one transaction; returns the milliseconds of each of `PARTS`."""
    moments = [time.perf_counter()]
    page = PracticePage.objects.get(pk=page_id).specific
    moments.append(time.perf_counter())
    with transaction.atomic():
        page.title = title
        revision = page.save_revision()
        moments.append(time.perf_counter())
        revision.publish()
        moments.append(time.perf_counter())
    moments.append(time.perf_counter())
    return [(later - earlier) * 1000 for earlier, later in pairwise(moments)]


def is_found(page_id: int, title: str) -> bool:
    results = search_library(SearchQuery(words=title.rpartition(" ")[2]))
    return not results.degraded and [hit.id for hit in results.hits] == [page_id]


def change_pages(ids: list[int], first: int) -> dict[str, Any]:
    """Change each page once; what took how long, and how many changes had to wait for somebody who wrote."""
    taken, searches, late = [], [], 0
    for number, page_id in enumerate(ids, first):
        title = made_title(number)
        parts = publish_title(page_id, title)
        begun = time.perf_counter()
        found = is_found(page_id, title)
        searches.append((time.perf_counter() - begun) * 1000)
        if not found:
            # The index was being tidied up by the change before. The loop of due work would take this one in.
            late += 1
            begun = time.perf_counter()
            drain_queue(wait=True)
            parts[-1] += (time.perf_counter() - begun) * 1000
            if not is_found(page_id, title):
                raise NotFoundError(f"the change of page {page_id} is not found")
        taken.append(parts)
    return {"parts": taken, "searches": searches, "late": late}


def measure_publish(
    *, folders: dict[str, str], rounds: int, each: int = 10, wait: float = 20.0, copies: bool = True
) -> list[Row]:
    """Both libraries in turns, in one run; `folders` names them by size. Copies are changed, and go afterwards."""
    sizes = sorted(map(int, folders))
    told: dict[int, list[dict[str, Any]]] = {size: [] for size in sizes}
    watch = Watch(longest=wait)
    with ExitStack() as stack:
        places = [Path(folders[str(size)]) for size in sizes]
        if copies:
            places = [stack.enter_context(copy_of(place)) for place in places]
        ready = dict(zip(sizes, stack.enter_context(workers("bench.publishing", places)), strict=True))
        for worker in ready.values():
            worker.ask(number=0, each=min(each, 5))
        for number in range(1, rounds + 1):
            with watch.round():
                for size, worker in ready.items():
                    told[size].append(worker.ask(number=number, each=each))
    return publish_rows(told, watch.largest)


def publish_rows(told: dict[int, list[dict[str, Any]]], others: float) -> list[Row]:
    rows, halves = [], {}
    for size, rounds in told.items():
        whole = [[sum(parts) for parts in each["parts"]] for each in rounds]
        half = halves[size] = median_of(whole, lambda taken: percentile(taken, 0.5))
        slow = median_of(whole, lambda taken: percentile(taken, 0.95))
        row = Row(f"publish a change, searchable, {size:,}", f"p50 {milliseconds(half)}, p95 {milliseconds(slow)}")
        columns = zip(*(parts for each in rounds for parts in each["parts"]), strict=True)
        split = {name: median(column) for name, column in zip(PARTS, columns, strict=True)}
        row.notes.append(split_line(row.what, split))
        finding = median(each for taken in rounds for each in taken["searches"])
        late = sum(each["late"] for each in rounds)
        row.notes.append(f"{row.what}: the first search after it {finding:.2f} ms; {late} waited for somebody else")
        rows.append(row)
    small, large = min(halves), max(halves)
    if small < large:
        ratio = halves[large] / halves[small]
        what = f"publish a change, p50, {large:,} against {small:,}"
        rows.append(Row(what, f"{ratio:.2f} ×", f"at most {GOAL} ×", ratio <= GOAL, is_ratio=True))
    for row in rows:
        row.others = others
    return rows


def work(task: dict[str, Any]) -> dict[str, Any]:
    """Other pages in each round, spread over the whole library."""
    number, each = task["number"], task["each"]
    ids = list(PracticePage.objects.visible().order_by("pk").values_list("pk", flat=True))
    step = max(1, len(ids) // each)
    chosen = [ids[(place * step + number * 7) % len(ids)] for place in range(each)]
    return change_pages(chosen, number * 1_000)
