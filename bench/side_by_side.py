"""Engines of search, and databases, side by side in one run: the same questions and the same changes, in turns."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.test import override_settings

from backing import elasticsearch, postgresql
from search.engines import engine_named
from search.engines.base import EngineUnavailableError
from search.query import SearchQuery
from search.services import search_library

from .editing import EDITORS, READERS, edited_together, editor_rows
from .figures import Row, median_of, milliseconds, percentile
from .libraries import ROOT, copy_of, environment
from .memory import memory_rows
from .publishing import publish_rows
from .questions import Case, made_questions
from .quiet import Watch
from .searching import NAMES, answer
from .spans import timed
from .workers import workers

# A measurement may be slower than a reader waits, and is told as it is.
PATIENCE = 20.0


def measure_engines(*, size: int, rounds: int, engines: list[str], each: int = 12, wait: float = 20.0) -> list[Row]:
    """How fast each engine builds its index, and for each class of words p50 and p95 of each, and their ratio."""
    with ExitStack() as stack:
        if "elasticsearch" in engines:
            cluster = stack.enter_context(elasticsearch.running(heap="1g"))
            stack.enter_context(override_settings(ELASTICSEARCH_URL=cluster.addresses))
            import search.engines.elasticsearch as engine

            engine.SECONDS_FOR_AN_ANSWER = PATIENCE
        rows = [row for name in engines for row in rates(name, size)]
        questions = made_questions(each)
        watch = Watch(longest=wait)
        taken: dict[tuple[Case, str], list[list[float]]] = {}
        for number in range(rounds + 1):
            with watch.round():
                for case, queries in questions.items():
                    for name in engines:
                        with override_settings(SEARCH_ENGINE=name):
                            times = [timed(lambda query=query: answer(query)) for query in queries]
                        if number:
                            taken.setdefault((case, name), []).append(times)
        rows += [compared(size, case, engines, taken) for case in questions if questions[case]]
        missed = [name for name in engines if is_degraded(name)]
        rows.append(Row(f"engines that answered from the database, {size:,}", ", ".join(missed) or "none", "none"))
        for row in rows:
            row.others = watch.largest
        return rows


def rates(name: str, size: int) -> list[Row]:
    """Building the whole index, and taking in a thousand practices of it."""
    engine = engine_named(name)
    begun = time.perf_counter()
    number = engine.rebuild()
    built = time.perf_counter() - begun
    ids = [pk for pk, _changed in (engine.entries() or [])[:1_000]]
    begun = time.perf_counter()
    engine.index(ids)
    indexed = time.perf_counter() - begun
    return [
        Row(f"building the index, {size:,}, {name}", f"{number / built:,.0f} practices a second ({built:.1f} s)"),
        Row(f"taking in {len(ids):,} practices, {size:,}, {name}", f"{len(ids) / indexed:,.0f} practices a second"),
    ]


def is_degraded(name: str) -> bool:
    with override_settings(SEARCH_ENGINE=name):
        try:
            return search_library(SearchQuery(words="community")).degraded
        except EngineUnavailableError:
            return True


def compared(size: int, case: Case, names: list[str], taken: dict[tuple[Case, str], list[list[float]]]) -> Row:
    """One class of words: what each engine needs, and how many times as long as the first the last one does."""
    told, slow = [], {}
    for name in names:
        half = median_of(taken[case, name], lambda times: percentile(times, 0.5))
        slow[name] = median_of(taken[case, name], lambda times: percentile(times, 0.95))
        told.append(f"{name} p50 {milliseconds(half)}, p95 {milliseconds(slow[name])}")
    ratio = f"; {slow[names[-1]] / slow[names[0]]:.1f} × by p95" if len(names) > 1 else ""
    return Row(f"search, {size:,}, {case[0]}, {NAMES[case[1]]}", "; ".join(told) + ratio)


@contextmanager
def places(folder: Path, databases: list[str]) -> Iterator[dict[str, dict[str, str]]]:
    """For each database what a process has to know to work on a copy of the library in it."""
    with ExitStack() as stack:
        copy = stack.enter_context(copy_of(folder))
        found: dict[str, dict[str, str]] = {"sqlite": {}} if "sqlite" in databases else {}
        if "postgres" in databases:
            address = stack.enter_context(postgresql.running())
            move(copy, address)
            found["postgres"] = {"DATABASE_URL": address}
        yield {name: {"DATA_DIR": str(copy), **more} for name, more in found.items()}


def move(folder: Path, address: str) -> None:
    """Move a library to PostgreSQL by the product's own command."""
    command = [sys.executable, "manage.py", "move_database", "--from", str(folder / "db.sqlite3")]
    env = environment(folder, DATABASE_URL=address)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    print(done.stdout.strip().splitlines()[-2], file=sys.stderr, flush=True)


def measure_databases(
    *, folder: str, size: int, rounds: int, databases: list[str], each: int = 10, wait: float = 20.0
) -> list[Row]:
    """Publishing, eight editors with readers, and the memory of a web process, on each database."""
    with places(Path(folder), databases) as found:
        rows = publishing(found, size, rounds, each, wait)
        for name, more in found.items():
            told = edited_together(Path(more["DATA_DIR"]), **more)
            rows += editor_rows(*told, f"{EDITORS} editors and {READERS} readers, {size:,}, {name}")
        for name, more in found.items():
            rows += memory_rows(Path(more["DATA_DIR"]), f"memory of one web process, {size:,}, {name}", **more)
        return rows


def publishing(found: dict[str, dict[str, str]], size: int, rounds: int, each: int, wait: float) -> list[Row]:
    told: dict[str, list[Any]] = {name: [] for name in found}
    watch = Watch(longest=wait)
    folders = [Path(more["DATA_DIR"]) for more in found.values()]
    with workers("bench.publishing", folders, list(found.values())) as ready:
        by_name = dict(zip(found, ready, strict=True))
        for number in range(rounds + 1):
            with watch.round():
                for place, (name, worker) in enumerate(by_name.items()):
                    # Each has pages of its own: they share the folder of the index.
                    done = worker.ask(number=2 * number + place, each=each)
                    if number:
                        told[name].append(done)
    rows = []
    for name, rounds_told in told.items():
        (row,) = publish_rows({size: rounds_told}, watch.largest)
        row.what += f", {name}"
        rows.append(row)
    return rows
