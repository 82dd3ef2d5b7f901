"""What the page of a practice shows of how it went elsewhere: ready for its template, by few questions.

However many reports there are, at most the newest few dozen are read for the list of places, and three whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import EssentialTotals, ReportState, Teller, TriedReport, Verdict
from feedback.opinions.presentation import RatingsShown, StarRow, ratings_of
from feedback.opinions.querysets import ruled_out_counts
from practices.models import Outcome, PracticePage, PracticeTotals
from practices.presentation.family import TakenEssentials, taken_essentials
from practices.reading import TakenByVersions
from practices.statements import Statement, columns_of, made_of, rows_of, table_of
from practices.sureness import in_words

from .evidence import EssentialShown, evidence_of
from .places import Place, Told, places_of
from .reading import ReportView, present_report

# So many of the newest reports are read for the list of places, and so many places stand in it.
NEWEST_READ, PLACES_SHOWN = 60, 6
REPORTS_SHOWN = 3
# How far down the next bar of the picture of ratings stands.
BAR = 30

# On a stamp there is little room.
STAMPS = {
    Verdict.HELPED: gettext_lazy("It helped"),
    Verdict.IN_PART: gettext_lazy("In part"),
    Verdict.DID_NOT_HELP: gettext_lazy("Did not help"),
    Verdict.TOO_EARLY: gettext_lazy("Too early to say"),
}
PARTS_PLAYED = {
    Teller.TOOK_PART: gettext_lazy("Took part"),
    Teller.TOGETHER: gettext_lazy("Did it together"),
    Teller.RAN_IT: gettext_lazy("Ran it"),
    Teller.PAID: gettext_lazy("Paid for it"),
    Teller.NOT_SAID: gettext_lazy("Not said"),
}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A line of the slip: where and when, how it went, who tells it."""

    name: str
    told_on: date
    verdict: str
    stamp: str
    tellers: str
    differs: bool


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A report as the page shows it.

    Args:
        view: what is told in it.
        stamp: how it went, in few words.
        taken: what was kept, changed and left out.
    """

    view: ReportView
    stamp: str
    taken: list[TakenEssentials]

    @property
    def report(self) -> TriedReport:
        return self.view.report


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the picture of ratings, and how far down it stands."""

    row: StarRow
    top: int

    @property
    def level_y(self) -> int:
        return self.top + 2

    @property
    def text_y(self) -> int:
        return self.top + 16

    @property
    def count_x(self) -> int:
        """Beside the end of the bar."""
        return 78 + self.row.width


@dataclass(frozen=True, slots=True)
class HowItWent:
    """What a page tells of how it went.

    Args:
        caption: of the list of places.
        silent: in how many of them nobody who took part has spoken; empty when somebody did everywhere.
        others: how many reports are left to read.
        ruled_out: why people say it is not for them, and how many do.
    """

    places: list[PlaceRow]
    caption: str
    silent: str
    reports: list[ReportShown]
    others: int
    ratings: RatingsShown
    bars: list[Bar]
    ruled_out: list[tuple[str, int]]
    verdicts: list[tuple[str, str]]


def how_it_went(page: PracticePage) -> HowItWent:
    """What a page tells of how it went.

    Args:
        page: with its totals, as `practice_at` reads it.
    """
    totals: PracticeTotals | None = getattr(page, "totals", None)
    number = totals.reports if totals else 0
    newest, reports = _read(page) if number else ([], [])
    places = places_of(newest)[:PLACES_SHOWN]
    prefetch_related_objects(reports, "essentials", Prefetch("outcomes", Outcome.objects.select_related("merged_into")))
    ratings = ratings_of(totals)
    return HowItWent(
        places=[_place_row(place) for place in places],
        caption=_caption(len(places), totals.places if totals else 0),
        silent=where_nobody_spoke(totals),
        reports=shown_reports(reports, {row.key: row.text for row in page.essentials.all()}),
        others=max(0, number - len(reports)),
        ratings=ratings,
        bars=[Bar(row, 6 + BAR * number) for number, row in enumerate(ratings.rows)],
        ruled_out=ruled_out_counts(page),
        verdicts=[(verdict.value, str(verdict.label)) for verdict in Verdict],
    )


def shown_reports(reports: Iterable[TriedReport], essentials: Mapping[UUID, str]) -> list[ReportShown]:
    """Some reports of one page.

    Args:
        reports: as `TriedReportQuerySet.whole` reads them.
        essentials: the texts of its essentials, by their keys, in its order.
    """
    return [
        ReportShown(
            view=present_report(report),
            stamp=str(STAMPS[Verdict(report.verdict)]),
            taken=taken_essentials(report.essentials.all(), essentials),
        )
        for report in reports
    ]


def essentials_with_evidence(page: PracticePage, versions: Sequence[TakenByVersions]) -> list[EssentialShown]:
    """The essentials of a page, each with what became of it elsewhere.

    Args:
        page: with its totals, as `practice_at` reads it.
        versions: what its local versions did with them, as `load_family` reads it.
    """
    totals: PracticeTotals | None = getattr(page, "totals", None)
    in_places: dict[UUID, dict[tuple[str, str], int]] = {}
    if totals and totals.reports:
        columns = ("essential", "taken", "verdict", "places")
        for key, taken, verdict, number in EssentialTotals.objects.filter(page=page.pk).values_list(*columns):
            in_places.setdefault(key, {})[taken, verdict] = number
    in_versions: dict[UUID | None, dict[tuple[str, str], int]] = {}
    for row in versions:
        in_versions.setdefault(row.essential, {})[row.taken, row.verdict] = row.versions
    return [
        EssentialShown(row.text, evidence_of(in_places.get(row.key, {}), in_versions.get(row.key, {})))
        for row in page.essentials.all()
    ]


def _read(page: PracticePage) -> tuple[list[Told], list[TriedReport]]:
    """The newest of all reports, in brief, and the first of those that the page shows, by one question."""
    statement = _reports_statement()
    rows = list(rows_of(statement, [page.pk, ReportState.SHOWN, page.pk, ReportState.SHOWN]))
    column = {field.attname: number for number, field in enumerate(statement.fields)}

    def latest(row: list[Any]) -> tuple[int, int]:
        return (-row[column["told_on"]].toordinal(), -row[column["id"]])

    newest = sorted(rows, key=latest)[:NEWEST_READ]
    first = sorted(rows, key=lambda row: (row[column["heard"]], *latest(row)))[:REPORTS_SHOWN]
    in_brief = [Told(*(row[column[name]] for name in Told._fields)) for row in newest]
    return in_brief, made_of(statement, first)


@cache
def _reports_statement() -> Statement:
    """As `of_page` and `newest` say it: both walk along an index of their own, and stop."""
    fields = tuple(TriedReport._meta.concrete_fields)
    table = table_of(TriedReport)
    chosen = f"SELECT id FROM (SELECT id FROM {table} WHERE page_id = %s AND state = %s ORDER BY"  # noqa: S608
    return Statement(
        f"SELECT {columns_of(fields, 'own')} FROM {table} own "  # noqa: S608 (our own names)
        f"WHERE own.id IN ({chosen} heard, told_on DESC, id DESC LIMIT {REPORTS_SHOWN}) listed) "
        f"OR own.id IN ({chosen} told_on DESC, id DESC LIMIT {NEWEST_READ}) newest)",
        (TriedReport,),
        fields,
    )


def _place_row(place: Place) -> PlaceRow:
    parts = "; ".join(str(PARTS_PLAYED[Teller(teller)]) for teller in place.tellers)
    return PlaceRow(
        name=place.name or _("A place that is not named"),
        told_on=place.last_told,
        verdict=place.verdict,
        stamp=str(STAMPS[Verdict(place.verdict)]),
        tellers=parts[:1] + parts[1:].lower(),
        differs=place.differs,
    )


def _caption(shown: int, places: int) -> str:
    if shown < places:
        return _("The %(shown)s places last told of, out of %(places)d") % {"shown": in_words(shown), "places": places}
    return ngettext("One place", "%(number)s places, newest first", places) % {"number": in_words(places).capitalize()}


def where_nobody_spoke(totals: PracticeTotals | None) -> str:
    """In how many places nobody who took part has spoken; empty where somebody has, everywhere."""
    silent = totals.places - totals.places_took_part if totals else 0
    if totals is None or not silent:
        return ""
    if silent == totals.places:
        return _("No one who took part has spoken yet.")
    return ngettext(
        "In one of the %(places)s places no one who took part has spoken yet.",
        "In %(number)s of the %(places)s places no one who took part has spoken yet.",
        silent,
    ) % {"number": in_words(silent), "places": in_words(totals.places)}
