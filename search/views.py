"""Search results, and the list of what is wanted."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from practices.presentation.listing import pages_of

from .engines.base import NONE, RELAXED
from .models import WantedPractice
from .presentation import ResultsPage
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
    pages = pages_of(listed, reverse("search:wanted"))
    return render(request, "search/wanted.html", {"listed": listed, "pages": pages, "total": paginator.count})
