"""What anybody reads of how it went: all that was told of a practice; and the paper slip to tell it on."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from feedback.models import TriedReport
from feedback.things import practice_or_404
from practices.models import PracticePage, PracticeTotals
from practices.presentation.listing import address, pages_of
from practices.wording import tally

from .asked import asked_of
from .on_page import shown_reports, where_nobody_spoke
from .reading import texts_of_essentials
from .slip import slip_of

ON_A_PAGE = 20


@require_safe
def told(request: HttpRequest, slug: str) -> HttpResponse:
    """All reports of a practice: those who took part first, then the latest."""
    page = practice_or_404(slug)
    totals = PracticeTotals.objects.filter(page=page).first()
    listed = Paginator(TriedReport.objects.of_page(page).whole(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "practice": page,
        "reports": shown_reports(listed.object_list, texts_of_essentials(page.pk)),
        "tally": tally(totals),
        "silent": where_nobody_spoke(totals),
        "pages": pages_of(listed, _told_at(page)),
    }
    return render(request, "feedback/told.html", context)


@require_safe
def slip(request: HttpRequest, slug: str) -> HttpResponse:
    """The four questions on one side of A4, for people who are not online."""
    page = practice_or_404(slug)
    typed = f"{settings.WAGTAILADMIN_BASE_URL}{reverse('feedback:tell', args=[page.slug])}"
    context = {"practice": page, "slip": slip_of(asked_of(page)), "address": typed.partition("://")[2]}
    return render(request, "feedback/tried/slip.html", context)


def address_among_others(report: TriedReport) -> str:
    """Where a report that is shown stands among the others of its page."""
    number = TriedReport.objects.before(report).count() // ON_A_PAGE + 1
    return f"{address(_told_at(report.page), page=number)}#report-{report.pk}"


def _told_at(page: PracticePage) -> str:
    return reverse("feedback:told", args=[page.slug])
