"""What readers see of ratings: how many, their average once there are enough, and how they spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.models import PracticeTotals
from practices.wording import FEWEST_FOR_AN_AVERAGE, average_of, rated_phrase

from .bound import STAR_COLUMNS, STARS

# How long the longest bar of the picture is, and the shortest that can still be seen.
LONGEST, SHORTEST = 220, 2


class StarRow(NamedTuple):
    """One line of the picture, and of its table.

    Args:
        stars: how many.
        label: the same in words.
        people: how many gave so many.
        width: how long its bar is; 0 if nobody did.
    """

    stars: int
    label: str
    people: int
    width: int


@dataclass(frozen=True, slots=True)
class RatingsShown:
    """The ratings of a page, for its readers.

    Args:
        count: how many people rated it.
        average: of five, with one decimal; empty as long as they are too few.
        sentence: the same in a sentence, to stand alone.
        rows: the most stars first.
        spoken: what the picture shows, for whoever does not see it.
    """

    count: int
    average: str
    sentence: str
    rows: list[StarRow]
    spoken: str


def ratings_of(totals: PracticeTotals | None) -> RatingsShown:
    """What a page shows of its ratings.

    Args:
        totals: of the page; None if it has none.
    """
    counts = _counts(totals)
    number = sum(counts.values())
    most = max(counts.values(), default=0)
    rows = [StarRow(star, _label(star), counts[star], _width(counts[star], most)) for star in sorted(counts)[::-1]]
    total = totals.rating_sum if totals else 0
    average = average_of(number, total) if number >= FEWEST_FOR_AN_AVERAGE else ""
    told = ", ".join(f"{row.label} {row.people}" for row in rows)
    return RatingsShown(
        number,
        average,
        _sentence(number, total),
        rows,
        _("Ratings: %(told)s") % {"told": told},
    )


def _counts(totals: PracticeTotals | None) -> dict[int, int]:
    if totals is None:
        return dict.fromkeys(STARS, 0)
    return dict(zip(STARS, (getattr(totals, column) for column in STAR_COLUMNS), strict=True))


def _sentence(number: int, total: int) -> str:
    told = rated_phrase(number, total)
    return f"{told}." if told else _("Nobody has rated this page yet.")


def _label(star: int) -> str:
    return ngettext("%(number)d star", "%(number)d stars", star) % {"number": star}


def _width(count: int, most: int) -> int:
    return max(SHORTEST, round(count * LONGEST / most)) if count else 0
