"""A report of how it went as pages show it: no name of whoever wrote it, no organisation that is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Teller, TriedReport
from practices.cards import TermLink, term_link
from practices.models import Essential

TOLD_BY = {
    Teller.TOOK_PART: gettext_lazy("Told by someone who took part"),
    Teller.TOGETHER: gettext_lazy("Told by someone who did it together with others"),
    Teller.RAN_IT: gettext_lazy("Told by someone who ran it"),
    Teller.PAID: gettext_lazy("Told by someone who paid for it"),
}


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as it is shown.

    Args:
        report: its row, for what is shown as it was typed.
        told_by: which part whoever tells it played; empty if they do not say.
        where: place and nation.
        about: kind of setting, with whom, and when.
        outcomes: those that were seen.
        facts: what else was told in a line each.
        organisation: if it is not hidden.
    """

    report: TriedReport
    told_by: str
    where: str
    about: list[str]
    outcomes: list[TermLink]
    facts: list[tuple[str, str]]
    organisation: str


def texts_of_essentials(page_id: int) -> dict[UUID, str]:
    """The essentials of a page, by their keys, in its order."""
    return dict(Essential.objects.filter(page=page_id).values_list("key", "text"))


def present_report(report: TriedReport) -> ReportView:
    """One report.

    Args:
        report: as `TriedReportQuerySet.whole` reads it.
    """
    facts = [
        (_("What was added"), report.added),
        (_("What it cost"), report.cost),
        (_("How long it took"), report.how_long),
        (_("Who decided what would be done"), report.who_decided),
    ]
    about = (report.get_setting_display(), report.with_whom, report.tried_when)  # type: ignore[attr-defined]
    nation = report.get_nation_display() if report.nation else ""  # type: ignore[attr-defined]
    return ReportView(
        report=report,
        told_by=str(TOLD_BY.get(Teller(report.teller), "")) if report.teller else "",
        where=", ".join(part for part in (report.place, str(nation)) if part),
        about=[str(part).rstrip(".") for part in about if part],
        outcomes=[term_link(outcome.target, reported=True) for outcome in report.outcomes.all()],
        facts=[(label, text) for label, text in facts if text],
        organisation=report.shown_organisation,
    )
