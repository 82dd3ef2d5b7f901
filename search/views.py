"""Search results, and the list of what is wanted."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .engines.base import NONE, RELAXED
from .models import WantedPractice
from .presentation import Pages, ResultsPage
from .query import SearchQuery
from .services import search_library
from .vocabularies import vocabularies

WANTED_ON_A_PAGE = 30


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What the library answers to words and filters. Any address gives a page."""
    terms = vocabularies()
    found = search_library(SearchQuery.parse(request.GET, terms))
    template = "search/nothing.html" if found.answer in (NONE, RELAXED) else "search/results.html"
    return render(request, template, {"page": ResultsPage(found, terms), "query": found.query})


@require_safe
def wanted(request: HttpRequest) -> HttpResponse:
    """What people looked for, or heard of, and nobody has written yet."""
    paginator = Paginator(WantedPractice.objects.open(), WANTED_ON_A_PAGE)
    listed = paginator.get_page(request.GET.get("page"))
    address = reverse("search:wanted")
    pages = Pages(
        sentence=_("Page %(page)s of %(pages)s") % {"page": listed.number, "pages": paginator.num_pages},
        previous_url=f"{address}?page={listed.number - 1}" if listed.has_previous() else "",
        next_url=f"{address}?page={listed.number + 1}" if listed.has_next() else "",
        next_label=_("Next"),
    )
    return render(request, "search/wanted.html", {"listed": listed, "pages": pages, "total": paginator.count})
