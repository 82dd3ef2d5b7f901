"""The nightly look at the index, and building it anew."""

from __future__ import annotations

import time

from search.services import check_index, rebuild_index

from .figures import Row
from .quiet import Watch


def measure_check(*, size: int, wait: float = 20.0) -> list[Row]:
    """Both once: they take seconds, and nobody waits for them."""
    watch = Watch(longest=wait)
    with watch.round():
        begun = time.perf_counter()
        found = check_index()
        checking = time.perf_counter() - begun
    with watch.round():
        begun = time.perf_counter()
        number = rebuild_index()
        building = time.perf_counter() - begun
    rows = [
        Row(f"nightly check of the index, {size:,}", f"{checking:.1f} s", notes=list(found.lines())),
        Row(f"building the index anew, {size:,}", f"{building:.1f} s, {number / building:,.0f} practices a second"),
    ]
    for row in rows:
        row.others = watch.largest
    return rows
