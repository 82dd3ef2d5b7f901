"""Waiting until nobody else works on this machine, and telling how much others did meanwhile."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

QUIET = 0.10
LONGEST_WAIT = 20.0
LOOK = 0.5


class Ticks(NamedTuple):
    """Processor time so far: of the whole machine, of all that worked, and of ourselves with our children."""

    all: int
    busy: int
    own: int


def read_ticks(proc: Path = Path("/proc"), pid: int | None = None) -> Ticks:
    fields = [int(each) for each in (proc / "stat").read_text().splitlines()[0].split()[1:9]]
    user, nice, system, idle, waiting, interrupts, soft, stolen = fields
    busy = user + nice + system + interrupts + soft + stolen
    return Ticks(busy + idle + waiting, busy, own_ticks(proc, pid or os.getpid()))


def own_ticks(proc: Path, pid: int) -> int:
    """What a process, its living descendants and those it has waited for have used."""
    used: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for stat in proc.glob("[0-9]*/stat"):
        try:
            # The name stands in brackets, and may hold anything.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(stat.parent.name)
        children.setdefault(int(fields[1]), []).append(number)
        used[number] = sum(int(each) for each in fields[11:15])
    total, left = 0, [pid]
    while left:
        number = left.pop()
        total += used.get(number, 0)
        left += children.get(number, [])
    return total


def share_of_others(before: Ticks, after: Ticks) -> float:
    """Which share of the machine other programs took between two looks."""
    whole = after.all - before.all
    others = (after.busy - before.busy) - (after.own - before.own)
    return min(1.0, max(0.0, others / whole)) if whole > 0 else 0.0


class Watch:
    """Lets each round begin in a quiet moment, if one comes, and remembers the largest share of others."""

    def __init__(
        self,
        read: Callable[[], Ticks] = read_ticks,
        sleep: Callable[[float], None] = time.sleep,
        longest: float = LONGEST_WAIT,
    ) -> None:
        self.read, self.sleep, self.longest = read, sleep, longest
        self.largest = 0.0

    def wait(self) -> float:
        """Wait until others take less than a tenth; returns how long that took. It does not wait for ever."""
        waited = 0.0
        while waited < self.longest:
            before = self.read()
            self.sleep(LOOK)
            waited += LOOK
            if share_of_others(before, self.read()) < QUIET:
                break
        return waited

    @contextmanager
    def round(self) -> Iterator[None]:
        """A round, begun when it is quiet."""
        self.wait()
        before = self.read()
        yield
        self.largest = max(self.largest, share_of_others(before, self.read()))
