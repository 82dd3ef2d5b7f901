"""How much memory a web process takes, and whether it grows."""

from __future__ import annotations

import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple
from urllib.parse import quote

from practices.models import BeneficiaryGroup

from .figures import Row
from .pages import NOBODY, drawn_slugs
from .queries import made_queries
from .servers import HERE, OURS, Server, serving

FIRST, ALL = 1_000, 5_000
AT_ONCE = 4
LONGEST = 20
KILOBYTES = re.compile(r"^(Pss|Pss_Anon|Pss_File): +(\d+) kB", re.MULTILINE)


class SlowAnswerError(Exception):
    """A page took so long that thousands of them would never end."""


class Held(NamedTuple):
    """Megabytes, what is shared counted by shares: in all, of its own making, and of files."""

    all: float
    anonymous: float
    files: float

    def told(self) -> str:
        return f"{self.all:.0f} MB: {self.anonymous:.0f} anonymous, {self.files:.0f} of files"


def held_by(pid: int, proc: Path = Path("/proc")) -> Held:
    found = dict(KILOBYTES.findall((proc / str(pid) / "smaps_rollup").read_text()))
    return Held(*(int(found.get(name, 0)) / 1024 for name in ("Pss", "Pss_Anon", "Pss_File")))


def mixed_paths(number: int) -> list[str]:
    """Pages, searches and shelves, as readers ask for them."""
    random = Random(1)
    slugs = drawn_slugs(2_000)
    words = [query for queries in made_queries().values() for query in queries]
    shelves = list(BeneficiaryGroup.objects.values_list("slug", flat=True))
    made = []
    for place in range(number):
        kind = place % 10
        if kind < 5:
            made.append(f"/practices/{random.choice(slugs)}/")
        elif kind < 8:
            made.append(f"/search/?q={quote(random.choice(words))}")
        elif kind == 8:
            made.append(f"/groups/{random.choice(shelves)}/")
        else:
            made.append(f"/practices/?letter={random.choice('abcdefgh')}")
    return made


def ask_all(server: Server, paths: list[str]) -> int:
    """Ask for all of them, some at once; returns how many were not answered as they should be.

    Raises:
        SlowAnswerError: a page was not answered in time.
    """

    def ask_some(first: int) -> int:
        bad, line = 0, http.client.HTTPConnection(HERE, server.port, timeout=LONGEST)
        for path in islice(paths, first, None, AT_ONCE):
            try:
                line.request("GET", path, headers={"Cookie": NOBODY})
                answer = line.getresponse()
                answer.read()
            except TimeoutError as error:
                raise SlowAnswerError(f"{path} was not answered within {LONGEST} seconds") from error
            bad += answer.status != 200
        line.close()
        return bad

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        return sum(pool.map(ask_some, range(AT_ONCE)))
    finally:
        # Nobody waits for what is still being asked: the server ends first.
        pool.shutdown(wait=False, cancel_futures=True)


def measure_memory(*, folder: str, size: int, first: int = FIRST, requests: int = ALL) -> list[Row]:
    """One worker, so that all requests reach the process that is looked at."""
    return memory_rows(Path(folder), f"memory of one web process, {size:,}", first=first, requests=requests)


def memory_rows(folder: Path, who: str, *, first: int = FIRST, requests: int = ALL, **more: str) -> list[Row]:
    paths = mixed_paths(requests)
    with serving(OURS, folder, "/healthz", WEB_WORKERS="1", **more) as server:
        (pid,) = server.worker_pids()
        start = held_by(pid)
        bad = ask_all(server, paths[:first])
        early = held_by(pid)
        bad += ask_all(server, paths[first:])
        late = held_by(pid)
    growth = (late.all - early.all) / max((requests - first) / 1_000, 1e-9)
    return [
        Row(f"{who}, after start", start.told()),
        Row(f"{who}, after {first:,} requests", early.told()),
        Row(f"{who}, after {requests:,} requests", late.told(), notes=[f"{bad} requests not answered"] if bad else []),
        Row(f"{who}, growth after the first {first:,}", f"{growth:.1f} MB for each 1,000 requests"),
    ]
