"""What readers see of ratings: how many, their average once there are enough, and how they spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .bound import FEWEST_FOR_AN_AVERAGE, STARS

# How long the longest bar of the picture is, and the shortest that can still be seen.
LONGEST, SHORTEST = 220, 2


class Rated(Protocol):
    """How many people gave how many stars, as `PracticeTotals` has it."""

    @property
    def ratings(self) -> int: ...
    @property
    def rating_sum(self) -> int: ...
    @property
    def one_star(self) -> int: ...
    @property
    def two_stars(self) -> int: ...
    @property
    def three_stars(self) -> int: ...
    @property
    def four_stars(self) -> int: ...
    @property
    def five_stars(self) -> int: ...


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


def ratings_of(totals: Rated | None) -> RatingsShown:
    """What a page shows of its ratings.

    Args:
        totals: of the page; None if it has none.
    """
    counts = _counts(totals)
    number = sum(counts.values())
    most = max(counts.values(), default=0)
    rows = [StarRow(star, _label(star), counts[star], _width(counts[star], most)) for star in sorted(counts)[::-1]]
    average = _average(totals.rating_sum, number) if totals and number >= FEWEST_FOR_AN_AVERAGE else ""
    told = ", ".join(f"{row.label} {row.people}" for row in rows)
    return RatingsShown(number, average, _sentence(number, average), rows, _("Ratings: %(told)s") % {"told": told})


def _counts(totals: Rated | None) -> dict[int, int]:
    if totals is None:
        return dict.fromkeys(STARS, 0)
    given = (totals.one_star, totals.two_stars, totals.three_stars, totals.four_stars, totals.five_stars)
    return dict(zip(STARS, given, strict=True))


def _average(total: int, number: int) -> str:
    """To one decimal, halves up, and worked out in whole numbers: 4.25 is no 4.2 in one place and 4.3 in another."""
    tenths = (total * 20 + number) // (number * 2)
    return number_format(tenths / 10, 1)


def _sentence(number: int, average: str) -> str:
    if not number:
        return _("Nobody has rated this page yet.")
    if not average:
        told = ngettext("%(number)d rating, too few to average", "%(number)d ratings, too few to average", number)
        return told % {"number": number}
    return _("Rated %(average)s of 5 by %(number)d people.") % {"average": average, "number": number}


def _label(star: int) -> str:
    return ngettext("%(number)d star", "%(number)d stars", star) % {"number": star}


def _width(count: int, most: int) -> int:
    return max(SHORTEST, round(count * LONGEST / most)) if count else 0
