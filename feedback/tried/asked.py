"""What a page asks of whoever tells how it went there: its own essentials, and its own outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from feedback.models import TriedReport
from practices.models import Change, Outcome, PracticePage, Term

from .reading import texts_of_essentials


@dataclass(frozen=True, slots=True)
class Asked:
    """A page, as the form and the paper slip ask about it.

    Args:
        page: the practice.
        essentials: what must be kept, by its key, in the order of the page.
        outcomes: what it hopes for or says was seen.
    """

    page: PracticePage
    essentials: dict[UUID, str]
    outcomes: list[Term]


def asked_of(page: PracticePage, report: TriedReport | None = None) -> Asked:
    """What a page asks.

    Args:
        page: the practice.
        report: one that somebody changes; what they saw stays in the list, though the page names it no more.
    """
    listed = PracticePage.outcomes.through.objects.filter(practicepage=page).values("outcome")
    named = Q(pk__in=listed) | Q(pk__in=Change.objects.filter(page=page).values("outcome"))
    if report is not None:
        named |= Q(pk__in=TriedReport.outcomes.through.objects.filter(triedreport=report).values("outcome"))
    outcomes = Outcome.objects.filter(named).select_related("merged_into")
    return Asked(
        page=page,
        essentials=texts_of_essentials(page.pk),
        outcomes=list(dict.fromkeys(outcome.target for outcome in outcomes)),
    )
