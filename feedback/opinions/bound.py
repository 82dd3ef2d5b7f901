"""By what pages are ordered that people rated: no average, which one kind word would make a five."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

STARS = (1, 2, 3, 4, 5)
# Where `PracticeTotals` has how many people gave so many.
STAR_COLUMNS = ("one_star", "two_stars", "three_stars", "four_stars", "five_stars")
# So sure the bound is to lie below what many ratings would give: 95 in 100, of one side.
SURE = 1.65


def lower_bound(counts: Sequence[int]) -> float:
    """Below what the average of a page would hardly fall if many more people rated it.

    It is the lower bound of a Bayesian credible interval of the mean, by the normal approximation to a Dirichlet
    posterior with one rating of each star as its prior: Evan Miller, "Ranking Items With Star Ratings" (2014), with
    the same figure for how sure it is.

    Args:
        counts: how many people gave one star, two, three, four and five.

    Returns:
        Stars, from above 0 to 5; 0 if nobody rated the page, so that such pages come last.
    """
    number = sum(counts)
    if not number:
        return 0.0
    seen = number + len(STARS)
    mean = sum(star * (count + 1) for star, count in zip(STARS, counts, strict=True)) / seen
    of_squares = sum(star * star * (count + 1) for star, count in zip(STARS, counts, strict=True)) / seen
    return mean - SURE * sqrt((of_squares - mean * mean) / (seen + 1))
