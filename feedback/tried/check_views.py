"""The moderators' queue of reports of how it went, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from feedback.models import UNDER_WAY, ReportState, TriedReport
from people.account_views import signed_in
from people.desk import for_moderators
from people.writers import number_of
from practices.presentation.listing import pages_of

from .forms import CheckForm
from .on_page import shown_reports
from .permissions import can_check
from .reading import texts_of_essentials
from .recognisable import passages_of
from .services import ReportChangedError, return_report, show_report

READING = ("GET", "HEAD")
ON_A_PAGE = 20


@require_safe
@for_moderators
def tried_queue(request: HttpRequest) -> HttpResponse:
    """What waits, the longest waiting first. Nobody sees their own."""
    waiting = TriedReport.objects.waiting().for_moderator(request.user)
    listed = Paginator(waiting.select_related("page", "author").prefetch_related("essentials"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "rows": [(report, bool(passages_of(report))) for report in listed.object_list],
        "count": listed.paginator.count,
        "pages": pages_of(listed, reverse("feedback:tried_queue")),
    }
    return render(request, "feedback/tried/queue.html", context)


@require_http_methods([*READING, "POST"])
@for_moderators
def check_report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report as it would be shown, and an answer to it."""
    report = _found(pk)
    if report.author_id == request.user.pk:
        return _own(request, report)
    if request.method in READING:
        if report.state not in UNDER_WAY:
            raise Http404(_("Its author has taken it back, or is still writing it."))
        return _show(request, report, CheckForm())
    form = CheckForm(request.POST)
    do = request.POST.get("do")
    form.fields["reason"].required = do == "return"
    if not form.is_valid() or do not in ("show", "return"):
        told = "" if form.errors else _("Press one of the buttons.")
        return _show(request, report, form, told=told)
    return _answer(request, report, form, do)


def _answer(request: HttpRequest, report: TriedReport, form: CheckForm, do: str) -> HttpResponse:
    by, version = signed_in(request), number_of(request.POST.get("seen", ""))
    try:
        if do == "show":
            show_report(report=report, by=by, version=version)
            told = _("It is on the page, and its author is told.") if report.author_id else _("It is on the page.")
            messages.success(request, told)
        else:
            return_report(report=report, by=by, version=version, reason=form.cleaned_data["reason"])
            messages.success(request, _("It is back with its author, with your words."))
    except ReportChangedError:
        told = _("This changed since you opened it. This is how it stands now. Nothing of yours was done.")
        return _show(request, _found(report.pk), form, told=told, status=409)
    return redirect("feedback:tried_queue")


def _own(request: HttpRequest, report: TriedReport) -> HttpResponse:
    """Nobody checks their own: they are led to where they change it.

    Raises:
        PermissionDenied: they tried to.
    """
    if request.method not in READING:
        raise PermissionDenied
    return redirect(report)


def _found(pk: int) -> TriedReport:
    report: TriedReport | None = TriedReport.objects.whole().select_related("author", "reviewer").filter(pk=pk).first()
    if report is None:
        raise Http404(_("There is no report at this address."))
    return report


def _show(
    request: HttpRequest, report: TriedReport, form: CheckForm, *, told: str = "", status: int = 200
) -> HttpResponse:
    is_read = report.state in UNDER_WAY
    may_check = can_check(request.user, report)
    context = {
        "report": report,
        "shown": shown_reports([report], texts_of_essentials(report.page_id))[0] if is_read else None,
        "passages": passages_of(report) if is_read else [],
        "is_hidden": bool(report.organisation and report.organisation_is_hidden),
        "record": _record_of(report),
        "form": form if may_check else None,
        "told": told,
        "kept": "" if may_check else str(form["reason"].value() or ""),
    }
    return render(request, "feedback/tried/check.html", context, status=status)


def _record_of(report: TriedReport) -> dict[str, Any]:
    """How many others of the same author are shown, and were sent back."""
    others = TriedReport.objects.exclude(pk=report.pk)
    if report.author_id:
        others = others.filter(author=report.author_id)
    else:
        others = others.filter(author=None, visitor=report.visitor) if report.visitor else others.none()
    return others.aggregate(
        shown=Count("pk", filter=Q(state=ReportState.SHOWN)), returned=Count("pk", filter=Q(state=ReportState.RETURNED))
    )
