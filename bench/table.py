"""The one table at the end, and what is told below it."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from .figures import Row
from .quiet import QUIET

HEADINGS = ("what", "figure", "goal", "met")
NOT_MET, MET, UNKNOWN = "no", "yes", "–"


def met_of(row: Row) -> str:
    if row.is_failed or row.met is None:
        return UNKNOWN
    return MET if row.met else NOT_MET


def figure_of(row: Row) -> str:
    """The figure, with what others took of the machine meanwhile if it was much."""
    if row.others is not None and row.others >= QUIET / 2:
        return f"{row.figure} [others {row.others:.0%}]"
    return row.figure


def table_of(rows: Sequence[Row]) -> str:
    """Ratios first, since they hold on other machines too; then figures of this one."""
    ordered = [row for row in rows if row.is_ratio] + [row for row in rows if not row.is_ratio]
    lines = [HEADINGS, *((row.what, figure_of(row), row.goal, met_of(row)) for row in ordered)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    drawn = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([drawn[0], "  ".join("-" * width for width in widths), *drawn[1:]])


def splits_of(rows: Sequence[Row]) -> str:
    notes = [note for row in rows for note in row.notes]
    return "\n".join(["Where the time goes", "", *notes]) if notes else ""


def machine(sizes: Sequence[int], rounds: int) -> str:
    made = ", ".join(f"{size:,}" for size in sizes)
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores ({processor()}), libraries of {made}; "
        f"the middle one of {rounds} rounds; {datetime.now().astimezone():%d %B %Y, %H:%M}.\n"
        "“others” is the largest share of the machine that other programs took in a round. "
        "Ratios can be compared between machines, the other figures cannot."
    )


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def whole_text(rows: Sequence[Row], sizes: Sequence[int], rounds: int) -> str:
    parts = (table_of(rows), splits_of(rows), machine(sizes, rounds))
    return "\n\n".join(part for part in parts if part) + "\n"
