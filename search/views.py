"""Search results, suggestions, and the longer box."""

from __future__ import annotations

from dataclasses import asdict
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from people.visitors import address_of

from .description import LONGEST
from .engines.base import NONE, RELAXED
from .presentation import DescribedPage, ResultsPage
from .query import SearchQuery
from .services import search_library
from .suggestions import how_many, suggestions
from .typed import note_typed
from .vocabularies import vocabularies

Answer = TypeVar("Answer", bound=HttpResponse)


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What the library answers to words and filters. Any address gives a page."""
    terms = vocabularies()
    query = SearchQuery.parse(request.GET, terms)
    found = search_library(query)
    if query == SearchQuery(words=query.words):
        # Not its other pages, filters and orders: those are one search still.
        note_typed(query.words, visitor=address_of(request), found=found.total)
    template = "search/nothing.html" if found.answer in (NONE, RELAXED) else "search/results.html"
    return render(request, template, {"page": ResultsPage(found, terms), "query": found.query})


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Suggestions for what was typed so far, as JSON: `suggestions`, and `told` for the ear."""
    found = suggestions(request.GET.get("q", ""))
    answer = JsonResponse({"suggestions": [asdict(each) for each in found], "told": how_many(found)})
    return _kept_nowhere(answer)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def describe_person(request: HttpRequest) -> HttpResponse:
    """The longer box: who somebody is alongside, in their own words. Reads what is sent and keeps nothing.

    A POST, so that no address and no log holds the text. It changes nothing, so it needs no token, and the page
    with the box sets no cookie; what another site sends here is refused all the same.
    """
    if request.method != "POST":
        return render(request, "search/describe.html", {"longest": LONGEST})
    if not comes_from_here(request):
        return _kept_nowhere(render(request, "search/describe.html", {"longest": LONGEST, "refused": True}, status=403))
    text = request.POST.get("text", "")
    page = DescribedPage(text, vocabularies())
    return _kept_nowhere(render(request, "search/describe.html", {"longest": LONGEST, "page": page, "text": page.text}))


def comes_from_here(request: HttpRequest) -> bool:
    """Whether a form of this site sent it, as far as the browser tells."""
    origin = request.headers.get("Origin")
    host = request.get_host()
    return not origin or origin in (f"http://{host}", f"https://{host}")


def _kept_nowhere(response: Answer) -> Answer:
    response["Cache-Control"] = "no-store"
    return response
