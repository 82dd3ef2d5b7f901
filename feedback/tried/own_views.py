"""What somebody told, for them alone: how it stands, the way to change it, and the way to take it back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.models import TO_BE_ASKED, UNDER_WAY, Pledge, ReportState, TriedReport
from people.standing import looks_after_the_site
from people.writers import writer_of
from practices.models import PracticePage
from practices.presentation.listing import pages_of

from .on_page import shown_reports
from .permissions import goes_at_once, is_author
from .querysets import TriedReportQuerySet
from .reading import texts_of_essentials
from .services import TAKEN_BACK_KEPT_FOR, withdraw_report
from .told_views import address_among_others

READING = ("GET", "HEAD")
ON_A_PAGE = 20
PLEDGES_SHOWN = 20


@never_cache
@require_safe
def tried_report(request: HttpRequest, pk: int) -> HttpResponse:
    """How a report stands, for its author; where it is shown, for others.

    Raises:
        Http404: it is not theirs, and not on a page.
    """
    report = _found(pk)
    writer = writer_of(request)
    is_read_by_all = PracticePage.objects.visible().filter(pk=report.page_id).exists()
    if is_author(writer, report):
        is_whole = bool(report.verdict and report.told_on)
        taken_back = report.state == ReportState.WITHDRAWN and report.decided_at
        context = {
            "report": report,
            "shown": shown_reports([report], texts_of_essentials(report.page_id))[0] if is_whole else None,
            "is_read_by_all": is_read_by_all,
            "among_others": address_among_others(report) if report.state == ReportState.SHOWN else "",
            "kept_until": report.decided_at + TAKEN_BACK_KEPT_FOR if taken_back and report.decided_at else None,
            "sign_up": f"{reverse('account_signup')}?{urlencode({'next': report.get_absolute_url()})}",
        }
        return render(request, "feedback/tried/report.html", context)
    if looks_after_the_site(request.user) and report.state in UNDER_WAY:  # type: ignore[arg-type]
        return redirect("feedback:check_report", pk=pk)
    if report.state == ReportState.SHOWN and is_read_by_all:
        return redirect(address_among_others(report))
    raise _nothing()


@never_cache
@require_http_methods([*READING, "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a report back, after one question.

    Raises:
        Http404: it is not theirs.
    """
    report, writer = _found(pk), writer_of(request)
    if not is_author(writer, report):
        raise _nothing()
    if request.method == "POST":
        return redirect(withdraw_report(report=report, by=writer))
    if report.state == ReportState.WITHDRAWN:
        return redirect(report)
    return render(
        request,
        "feedback/tried/withdraw.html",
        {"report": report, "at_once": goes_at_once(writer.person, report)},
    )


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What somebody told, the last first, and what they try."""
    writer = writer_of(request)
    told = TriedReport.objects.written_by(writer).select_related("page")
    listed = Paginator(told, ON_A_PAGE).get_page(request.GET.get("page"))
    pledges = Pledge.objects.filter(person=writer.person, person__isnull=False, state__in=TO_BE_ASKED)
    context = {
        "listed": listed,
        "pages": pages_of(listed, reverse("feedback:mine")),
        "pledges": pledges.select_related("page").order_by("ask_on", "pk")[:PLEDGES_SHOWN],
    }
    return render(request, "feedback/tried/mine.html", context)


def _found(pk: int) -> TriedReport:
    reports: TriedReportQuerySet = TriedReport.objects.whole()
    report = reports.filter(pk=pk).first()
    if report is None:
        raise _nothing()
    return report


def _nothing() -> Http404:
    return Http404(_("There is nothing of yours at this address."))
