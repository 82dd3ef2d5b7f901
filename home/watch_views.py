"""Watching pages, for whoever is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.account.decorators import verified_email_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from people.account_views import signed_in
from people.writers import number_of
from practices.models import PracticePage
from practices.presentation.listing import address, pages_of
from practices.reading import titles_and_slugs

from .models import Watch
from .watching import MOST_WATCHED, TooManyWatchedError, is_watching, stop_watching, watch_page, watches_of

ON_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Watched:
    """A page that somebody watches. It has no name and no address while readers cannot see it."""

    number: int
    since: datetime
    title: str
    slug: str
    changed_at: datetime | None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@verified_email_required
def watch(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin or stop to watch a page."""
    page = PracticePage.objects.visible().filter(slug=slug).first()
    if page is None:
        raise Http404(_("There is no practice at this address."))
    person = signed_in(request)
    if request.method != "POST":
        return _ask(request, page)
    if request.POST.get("do") == "stop":
        stop_watching(person=person, page=page.pk)
        messages.success(request, _("You do not watch this page any more."))
        return redirect("home:watch", slug=slug)
    try:
        watch_page(person=person, page=page)
    except TooManyWatchedError:
        told = _("You watch %(count)d pages, and that is as many as anybody can. Stop watching one of them first.")
        return _ask(request, page, told=told % {"count": MOST_WATCHED}, status=409)
    messages.success(request, _("You watch this page now."))
    return redirect("home:watch", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@verified_email_required
def watching(request: HttpRequest) -> HttpResponse:
    """What one watches, with a button to stop for each."""
    person = signed_in(request)
    path = reverse("home:watching")
    if request.method == "POST":
        if stop_watching(person=person, page=number_of(request.POST.get("stop", ""), 18)):
            messages.success(request, _("You do not watch that page any more."))
        return redirect(address(path, page=number_of(request.POST.get("page", ""))))
    listed = Paginator(watches_of(person), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"watched": _watched(list(listed.object_list)), "listed": listed, "pages": pages_of(listed, path)}
    return render(request, "home/watching.html", context)


def _ask(request: HttpRequest, page: PracticePage, *, told: str = "", status: int = 200) -> HttpResponse:
    context = {"page": page, "is_watching": is_watching(signed_in(request), page), "told": told}
    return render(request, "home/watch.html", context, status=status)


def _watched(watches: list[Watch]) -> list[Watched]:
    seen = titles_and_slugs([each.page_id for each in watches]) if watches else {}
    return [
        Watched(each.page_id, each.since, *seen.get(each.page_id, ("", "")), each.page.latest_revision_created_at)
        for each in watches
    ]
