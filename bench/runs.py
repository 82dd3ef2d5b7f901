"""What is measured in which order, each in a process of its own; a part that fails does not stop the others."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from .figures import Row, failed
from .libraries import ROOT, LibraryError, bulk_row, environment, library_of, make_library, read_stamp

PARTS = ("search", "pages", "writes", "bulk", "memory")
FRESH = 10_000
MIDDLE = 10_000
WHY = 160
TIME_TO_END = 25


class Step(NamedTuple):
    """One process: what it measures, on which library, and what it has to know."""

    name: str
    size: int
    task: dict[str, Any]


class RunError(Exception):
    """A measurement ended without figures."""


def steps_beside(folders: dict[int, Path], rounds: int, wait: float, beside: dict[str, list[str]]) -> Iterator[Step]:
    """What is measured of engines and databases side by side, on each library."""
    for what, names in beside.items():
        for size, folder in sorted(folders.items()):
            task = {"size": size, "rounds": rounds, "wait": wait, what: names}
            yield Step(what, size, {**task, "folder": str(folder)} if what == "databases" else task)


def steps_of(only: list[str], folders: dict[int, Path], rounds: int, wait: float) -> Iterator[Step]:
    """The measurements of the parts that were asked for, on the libraries that there are."""
    how = {"rounds": rounds, "wait": wait}
    sizes = sorted(folders)
    largest = sizes[-1]
    middle = MIDDLE if MIDDLE in folders else largest
    if "search" in only:
        yield from (Step("search", size, {"size": size, **how}) for size in sizes)
        yield Step("facets", largest, {"size": largest, **how})
        yield Step("finding", largest, {"size": largest, **how})
        yield Step("finding while edited", largest, {"folder": str(folders[largest]), "size": largest, **how})
    if "pages" in only:
        task = {"folder": str(folders[middle]), "size": middle, **how}
        yield Step("pages", middle, task)
        yield Step("cached", middle, task)
    if "writes" in only:
        ends = {str(size): str(folders[size]) for size in (sizes[0], largest)}
        yield Step("publish", largest, {"folders": ends, **how})
        yield Step("editors", middle, {"folder": str(folders[middle]), "size": middle})
        yield from (Step("writing", size, {"folder": str(folders[size]), "size": size}) for size in sizes)
        yield from (Step("reviewing", size, {"folder": str(folders[size]), "size": size}) for size in sizes)
        yield from (Step("telling", size, {"folder": str(folders[size]), "size": size}) for size in sizes)
    if "memory" in only:
        yield Step("memory", largest, {"folder": str(folders[largest]), "size": largest})
    if "search" in only:
        # Last, since it builds the index anew.
        yield Step("check", largest, {"size": largest, "wait": wait})


def run_step(step: Step, folder: Path) -> list[Row]:
    """Measure in a process of its own.

    Raises:
        RunError: it ended without figures.
    """
    command = [sys.executable, "-m", "bench.measuring", step.name, json.dumps(step.task)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, complaints = process.communicate()
    finally:
        end_with_all(process)
    if process.returncode:
        last = (complaints.strip() or f"ended with {process.returncode}").splitlines()[-1]
        raise RunError(last[:WHY])
    return [Row.of(told) for told in json.loads(said.strip().splitlines()[-1])]


def end_with_all(process: subprocess.Popen[str]) -> None:
    """End a process with every server and worker that it started, be they stuck."""
    with suppress(ProcessLookupError, subprocess.TimeoutExpired):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(TIME_TO_END)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run_all(
    only: list[str],
    sizes: list[int],
    data: Path,
    say: Callable[[str], None],
    *,
    rounds: int,
    wait: float,
    beside: dict[str, list[str]] | None = None,
) -> tuple[list[Row], dict[int, Path]]:
    """Everything that was asked for; returns the rows and the libraries. What stands `beside` is measured alone."""
    if only == ["bulk"]:
        say(f"Loading a library of {FRESH:,} ...")
        return [fresh_bulk(data)], {}
    folders, rows = made_libraries(sizes, data, say, with_bulk="bulk" in only)
    steps = steps_beside(folders, rounds, wait, beside) if beside else steps_of(only, folders, rounds, wait)
    for step in steps if folders else ():
        say(f"Measuring: {step.name}, {step.size:,} ...")
        try:
            found = run_step(step, folders[step.size])
        except RunError as error:
            found = [failed(f"{step.name}, {step.size:,}", str(error))]
        for row in found:
            say(f"  {row.what}: {row.figure}")
        rows += found
    return rows, folders


def made_libraries(
    sizes: list[int], data: Path, say: Callable[[str], None], *, with_bulk: bool
) -> tuple[dict[int, Path], list[Row]]:
    """The library of each size; each tells how fast it was loaded, now or when it was made."""
    folders, rows = {}, []
    for size in sorted(sizes):
        before = read_stamp(data / str(size)).get("made")
        say(f"The library of {size:,} ...")
        try:
            folders[size] = library_of(size, data)
        except LibraryError as error:
            rows.append(failed(f"library, {size:,}", str(error)[:WHY]))
            continue
        stamp = read_stamp(folders[size])
        if with_bulk:
            rows.append(bulk_row(stamp, was_reused=stamp.get("made") == before))
    return folders, rows


def fresh_bulk(data: Path, size: int = FRESH) -> Row:
    """Make a library for nothing but the time that it takes."""
    folder = data / "bulk"
    try:
        return bulk_row(make_library(size, folder), was_reused=False)
    except LibraryError as error:
        return failed(f"bulk load, {size:,}", str(error)[:WHY])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_profiles(rows: list[Row], folders: dict[int, Path], data: Path) -> list[Row]:
    """Profiles of the search that was slowest, or of the common ones when none was measured."""
    searches = [(row.number or 0.0, row.searched) for row in rows if row.searched]
    size, name, number = max(searches)[1] if searches else (max(folders), "common", 0)
    step = Step("profile", size, {"name": name, "number": number, "target": str(data)})
    try:
        return run_step(step, folders[size])
    except RunError as error:
        return [failed("profiles", str(error))]
