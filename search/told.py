"""What is told of how it went, as finding sees it: how many places tell, and how lately. Never what they tell.

An index keeps what was so on the day it took a practice in. As years go by, what was told grows older without
anybody touching the practice: `grown_older` says for which practices that happened.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q

from practices.models import PracticeTotals
from practices.sureness import old_before

from .weights import TOLD, TOLD_BY_MANY, TOLD_LATELY

A_YEAR = timedelta(days=365)


class Told(NamedTuple):
    """What is read of the totals of a practice; the names are those of columns. How it went is none of them.

    `too_early` serves to say how sure we can be, and nothing else.
    """

    places: int = 0
    places_took_part: int = 0
    too_early: int = 0
    last_told: date | None = None
    rating_bound: float = 0.0

    @property
    def did_not_help(self) -> None:
        """Not asked for: nothing here goes by it."""
        return None


NOTHING_TOLD = Told()


def read_told(ids: Iterable[int]) -> dict[int, Told]:
    """The totals of some practices, by one statement."""
    rows = PracticeTotals.objects.filter(page__in=ids).values_list("page_id", *Told._fields)
    return {page_id: Told(*values) for page_id, *values in rows}


def turning_points(today: date) -> tuple[date, ...]:
    """The days before which whatever was told is older: a year ago, and when it is old."""
    return today - A_YEAR, old_before(today)


def lift(told: Told, today: date) -> float:
    """The share of its score by which a practice is lifted: a little, for places that told lately; 0 without any."""
    if not told.places or told.last_told is None:
        return 0.0
    much = min(1.0, math.log(1 + told.places) / math.log(1 + TOLD_BY_MANY))
    age = sum(told.last_told < day for day in turning_points(today))
    return TOLD * much * TOLD_LATELY[age]


def grown_older(since: date | None, today: date) -> list[int]:
    """The practices of which what was told counts as older today than it did on a day before.

    Args:
        since: that day; None if it is not known, which is any day before.
        today: the day.
    """
    passed = Q()
    earlier = turning_points(since) if since else (None, None)
    for before, now in zip(earlier, turning_points(today), strict=True):
        passed |= Q(last_told__lt=now, last_told__gte=before) if before else Q(last_told__lt=now)
    return list(PracticeTotals.objects.filter(passed).values_list("page_id", flat=True))
