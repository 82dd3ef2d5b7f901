"""Finding while somebody saves a page twice a second, beside the same while nobody does, in turns."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from practices.models import PracticePage
from search.query import SearchQuery
from search.services import search_library

from .editing import BETWEEN_SAVES, WORDS
from .figures import Row, median_of, milliseconds, percentile
from .finding import Case, made_cases, taken_by
from .libraries import copy_of
from .publishing import made_title, publish_title
from .quiet import Watch
from .workers import workers

PAGES = 40
# By quiet or edited, a round of each case.
Taken = dict[bool, dict[str, list[list[float]]]]


def measure_finding_while_edited(*, folder: str, size: int, rounds: int, wait: float = 20.0) -> list[Row]:
    """Two rows for each way of finding: how long it takes while pages are saved, and against quiet, as a ratio."""
    taken: Taken = {False: {}, True: {}}
    watch = Watch(longest=wait)
    saves = 0
    with copy_of(Path(folder)) as copy, workers("bench.finding_while_edited", [copy, copy]) as (finder, editor):
        finder.ask(act="find")
        for number in range(rounds):
            with watch.round():
                for edited in (False, True):
                    stop = copy / f"stop-{number}"
                    if edited:
                        editor.tell(act="edit", stop=str(stop), first=number * 1_000)
                    told = finder.ask(act="find")
                    if edited:
                        stop.touch()
                        saves += editor.told()
                    for name, each in told.items():
                        taken[edited].setdefault(name, []).append(each)
    rows = edited_rows(taken, size, saves)
    for row in rows:
        row.others = watch.largest
    return rows


def edited_rows(taken: Taken, size: int, saves: int) -> list[Row]:
    rows = []
    for name, rounds in taken[True].items():
        half, slow = (median_of(rounds, lambda each, share=share: percentile(each, share)) for share in (0.5, 0.95))
        before = median_of(taken[False][name], lambda each: percentile(each, 0.95))
        what = f"{name}, {size:,}, while two edits a second arrive"
        rows.append(Row(what, f"p50 {milliseconds(half)}, p95 {milliseconds(slow)}", number=slow))
        rows.append(Row(f"{what}, p95 against quiet", f"{slow / before:.2f} ×", is_ratio=True))
    if rows:
        rows[0].notes.append(f"{rows[0].what}: {saves} pages were saved meanwhile")
    return rows


def cases_with_search() -> dict[str, Case]:
    return {"a search": Case(lambda typed: search_library(SearchQuery(words=typed)), list(WORDS) * 10), **made_cases()}


def edit_until(stop: Path, first: int) -> int:
    """Save a page, wait, save another, until a file is there; returns how many were saved."""
    ids = list(PracticePage.objects.visible().order_by("pk").values_list("pk", flat=True)[:PAGES])
    number = 0
    while not stop.exists():
        publish_title(ids[number % len(ids)], made_title(first + number))
        number += 1
        time.sleep(BETWEEN_SAVES)
    return number


def work(task: dict[str, Any]) -> Any:
    if task["act"] == "edit":
        return edit_until(Path(task["stop"]), task["first"])
    return {name: taken_by(case) for name, case in cases_with_search().items()}
