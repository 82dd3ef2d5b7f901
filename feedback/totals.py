"""The totals of a practice, counted from the rows: after each report and rating, and over the whole library.

They are counted anew each time, under a lock of their row. So eight people who rate at once leave the right sum,
and what went wrong once is right after the next. Counting reads as often for a thousand pages as for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from practices.models import PracticePage, PracticeTotals, ReportedOutcome
from practices.signals import send_practice_changed

from .models import EssentialTotals, Rating, TriedEssential, TriedReport, Verdict
from .opinions.bound import STAR_COLUMNS, STARS, lower_bound
from .tried.places import Place, Told, places_of, taken_in_places

BATCH = 500
NO_STARS = (0,) * len(STARS)
VERDICT_COLUMNS = {
    Verdict.HELPED: "helped", Verdict.IN_PART: "in_part",
    Verdict.DID_NOT_HELP: "did_not_help", Verdict.TOO_EARLY: "too_early",
}  # fmt: skip
COUNTED = tuple(field.attname for field in PracticeTotals._meta.concrete_fields if not field.primary_key)


@dataclass
class Counted:
    """What the rows of one page come to.

    Args:
        totals: the columns of `PracticeTotals`.
        outcomes: in how many places each outcome was seen, by its number.
        essentials: in how many places each essential was taken so, by essential, what was done with it, and verdict.
    """

    totals: dict[str, Any] = field(default_factory=dict)
    outcomes: dict[int, int] = field(default_factory=dict)
    essentials: dict[tuple[UUID, str, str], int] = field(default_factory=dict)


@transaction.atomic
def recount(ids: Iterable[int]) -> list[int]:
    """Count some practices anew, in the transaction of what changed them; returns those whose totals were not right.

    Search and caches are told of these.
    """
    changed: list[int] = []
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), BATCH):
        changed += _recount_batch(wanted[start : start + BATCH])
    send_practice_changed(changed)
    return changed


@transaction.atomic
def recount_ratings(page: int) -> None:
    """Count the ratings of one practice anew, which takes no longer for a page with thousands of reports."""
    for pk in _lock([page]):
        counted = _of_stars(_stars([pk]).get(pk, NO_STARS))
        if PracticeTotals.objects.filter(page=pk).exclude(**counted).update(**counted):
            send_practice_changed([pk])


def check_totals(ids: Iterable[int] | None = None) -> Iterator[int]:
    """The practices whose totals are not what their rows come to; none of them is changed."""
    wanted = (
        sorted(set(ids)) if ids is not None else list(PracticePage.objects.order_by("pk").values_list("pk", flat=True))
    )
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        counted, kept = count_pages(batch), kept_totals(batch)
        yield from (pk for pk in batch if counted[pk] != kept[pk])


def count_pages(ids: list[int]) -> dict[int, Counted]:
    """What the rows of some pages come to, with a number of statements that does not grow with them."""
    places = _places(ids)
    taken = _taken(ids)
    seen = _seen(ids)
    stars = _stars(ids)
    counted = {}
    for pk in ids:
        here = places.get(pk, [])
        counted[pk] = Counted(
            totals=_totals(here, stars.get(pk, NO_STARS)),
            outcomes=_outcomes(here, seen.get(pk, {})),
            essentials=taken_in_places(here, taken.get(pk, {})),
        )
    return counted


def kept_totals(ids: list[int]) -> dict[int, Counted]:
    """The same as it is kept."""
    kept = {pk: Counted(totals=_totals([], NO_STARS)) for pk in ids}
    for row in PracticeTotals.objects.filter(page__in=ids).values("page_id", *COUNTED):
        kept[row.pop("page_id")].totals = row
    for page_id, outcome_id, number in ReportedOutcome.objects.filter(page__in=ids).values_list(
        "page_id", "outcome_id", "places"
    ):
        kept[page_id].outcomes[outcome_id] = number
    columns = ("page_id", "essential", "taken", "verdict", "places")
    for page_id, essential, taken, verdict, number in EssentialTotals.objects.filter(page__in=ids).values_list(
        *columns
    ):
        kept[page_id].essentials[essential, taken, verdict] = number
    return kept


def _lock(ids: list[int]) -> list[int]:
    """Hold the totals of some pages, in one order for all who do; returns the pages that there are.

    The row is there for every page that was ever published; a page that somebody loads by hand may lack it.
    """
    pages = PracticePage.objects.filter(pk__in=ids).values_list("pk", flat=True)
    PracticeTotals.objects.bulk_create([PracticeTotals(page_id=pk) for pk in pages], ignore_conflicts=True)
    locked = PracticeTotals.objects.select_for_update().filter(page__in=ids).order_by("page")
    return list(locked.values_list("page_id", flat=True))


def _recount_batch(ids: list[int]) -> list[int]:
    there = _lock(ids)
    counted, kept = count_pages(there), kept_totals(there)
    wrong = [pk for pk in there if counted[pk] != kept[pk]]
    for pk in wrong:
        if counted[pk].totals != kept[pk].totals:
            PracticeTotals.objects.filter(page=pk).update(**counted[pk].totals)
    others = [pk for pk in wrong if counted[pk].outcomes != kept[pk].outcomes]
    if others:
        ReportedOutcome.objects.filter(page__in=others).delete()
        ReportedOutcome.objects.bulk_create(
            ReportedOutcome(page_id=pk, outcome_id=outcome, places=number)
            for pk in others
            for outcome, number in counted[pk].outcomes.items()
        )
    others = [pk for pk in wrong if counted[pk].essentials != kept[pk].essentials]
    if others:
        EssentialTotals.objects.filter(page__in=others).delete()
        EssentialTotals.objects.bulk_create(
            EssentialTotals(page_id=pk, essential=essential, taken=taken, verdict=verdict, places=number)
            for pk in others
            for (essential, taken, verdict), number in counted[pk].essentials.items()
        )
    return wrong


def _places(ids: list[int]) -> dict[int, list[Place]]:
    told: dict[int, list[Told]] = defaultdict(list)
    for values in TriedReport.objects.shown().filter(page__in=ids).values_list(*Told._fields):
        report = Told(*values)
        told[report.page_id].append(report)
    return {pk: places_of(reports) for pk, reports in told.items()}


def _taken(ids: list[int]) -> dict[int, dict[int, dict[UUID, str]]]:
    """By page and report, what was done with each essential."""
    taken: dict[int, dict[int, dict[UUID, str]]] = defaultdict(lambda: defaultdict(dict))
    rows = TriedEssential.objects.filter(report__in=TriedReport.objects.shown().filter(page__in=ids).values("pk"))
    for page_id, report, essential, how in rows.values_list("report__page_id", "report_id", "essential", "taken"):
        taken[page_id][report][essential] = how
    return taken


def _seen(ids: list[int]) -> dict[int, dict[int, set[int]]]:
    """By page and outcome, the reports that say they saw it. A merged outcome counts for its target."""
    seen: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    through = TriedReport.outcomes.through.objects
    rows = through.filter(triedreport__in=TriedReport.objects.shown().filter(page__in=ids).values("pk"))
    columns = ("triedreport__page_id", "triedreport_id", "outcome_id", "outcome__merged_into_id")
    for page_id, report, outcome, target in rows.values_list(*columns):
        seen[page_id][target or outcome].add(report)
    return seen


def _stars(ids: list[int]) -> dict[int, list[int]]:
    stars: dict[int, list[int]] = defaultdict(lambda: list(NO_STARS))
    given = Rating.objects.filter(page__in=ids).order_by().values_list("page_id", "stars").annotate(Count("pk"))
    for page_id, star, number in given:
        stars[page_id][star - 1] = number
    return stars


def _outcomes(places: list[Place], seen: dict[int, set[int]]) -> dict[int, int]:
    counts = {
        outcome: sum(bool(reports.intersection(place.reports)) for place in places) for outcome, reports in seen.items()
    }
    return {outcome: number for outcome, number in counts.items() if number}


def _of_stars(stars: Sequence[int]) -> dict[str, Any]:
    """The columns that ratings come to."""
    return {
        "ratings": sum(stars),
        "rating_sum": sum(star * number for star, number in zip(STARS, stars, strict=True)),
        **dict(zip(STAR_COLUMNS, stars, strict=True)),
        "rating_bound": lower_bound(stars),
    }


def _totals(places: list[Place], stars: Sequence[int]) -> dict[str, Any]:
    verdicts = [place.verdict for place in places]
    return {
        **_of_stars(stars),
        "reports": sum(len(place.reports) for place in places),
        "places": len(places),
        "places_took_part": sum(place.took_part for place in places),
        **{column: verdicts.count(verdict) for verdict, column in VERDICT_COLUMNS.items()},
        "last_told": max((place.last_told for place in places), default=None),
    }
