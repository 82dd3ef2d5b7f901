"""Figures as they are taken and told: percentiles, medians, and the rows of the table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

Split = dict[str, float]
__all__ = ["Row", "Split", "failed", "median_of", "milliseconds", "percentile", "row_below", "split_line"]


@dataclass
class Row:
    """One line of the table, and what is told of it below."""

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None
    is_ratio: bool = False
    # The largest share of the processors that other programs took while this was measured.
    others: float | None = None
    notes: list[str] = field(default_factory=list)
    is_failed: bool = False
    # What rows are compared by when the slowest is wanted: its figure as a number, and for a search
    # the size of the library, the class of words and how many facets are chosen.
    number: float | None = None
    searched: tuple[int, str, int] | None = None

    def told(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, told: dict[str, Any]) -> Row:
        """A row that came from another process, as JSON."""
        searched = told.pop("searched", None)
        return cls(**told, searched=tuple(searched) if searched else None)


def failed(what: str, why: str) -> Row:
    return Row(what, f"failed: {why}", is_failed=True)


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median_of(rounds: Sequence[Sequence[float]], figure: Callable[[Sequence[float]], float]) -> float:
    """A figure of each round, and of these the middle one: a round that somebody disturbed does not count much."""
    return median(figure(taken) for taken in rounds)


def milliseconds(value: float) -> str:
    return f"{value:.2f} ms" if value < 10 else f"{value:.1f} ms"


def row_below(what: str, rounds: Sequence[Sequence[float]], goal: float | None = None, *, of: float = 0.95) -> Row:
    """A row of times in milliseconds: the middle one and the slow ones, of which a percentile may have a goal."""
    half = median_of(rounds, lambda taken: percentile(taken, 0.5))
    slow = median_of(rounds, lambda taken: percentile(taken, 0.95))
    judged = slow if of == 0.95 else half
    return Row(
        what,
        f"p50 {milliseconds(half)}, p95 {milliseconds(slow)}",
        f"p{of * 100:.0f} < {goal:g} ms" if goal else "",
        judged < goal if goal else None,
        number=judged,
    )


def split_line(what: str, split: Split, unit: str = "ms") -> str:
    """Where the time of something goes, the parts and their sum."""
    whole = sum(split.values()) or 1e-9
    parts = ", ".join(f"{name} {value:.2f} ({value / whole:.0%})" for name, value in split.items())
    return f"{what}: {parts}; together {whole:.2f} {unit}"
