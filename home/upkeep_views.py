"""What needs a hand, and how the queue went: two pages for moderators."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from contributions.review_views import for_moderators
from people.account_views import signed_in
from practices.models import Kind
from practices.presentation.listing import address, pages_of

from .figures import figures_of_the_queue
from .upkeep import FIRST_SORT, SORTS, practices_in_order, rows_of

ON_A_PAGE = 30
# The columns of the list, each with the order that it can be sorted by.
HEADS: tuple[tuple[Promise, str], ...] = (
    (_("Practice"), "title"),
    (_("Last changed"), "age"),
    (_("Told so far"), "gaps"),
    (_("Tried by"), "use"),
    (_("Watched by"), ""),
    (_("Waits"), "open"),
    (_("Look again"), ""),
)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column.

    Args:
        label: what it is called.
        url: where the list is sorted by it; empty if it cannot be.
        direction: how it is sorted by it now, in a word that browsers know; empty if it cannot be.
    """

    label: Promise
    url: str
    direction: str


@require_safe
@for_moderators
def upkeep(request: HttpRequest) -> HttpResponse:
    """Every practice that readers see, what waits first unless another order is asked for."""
    sort, kind = request.GET.get("sort", ""), request.GET.get("kind", "")
    sort = sort if sort in SORTS else FIRST_SORT
    kind = kind if kind in Kind.values else ""
    path, by = reverse("home:upkeep"), signed_in(request)
    chosen = {"sort": "" if sort == FIRST_SORT else sort, "kind": kind}
    found = practices_in_order(sort=sort, kind=kind, by=by)
    listed = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": rows_of(list(listed.object_list), by=by),
        "listed": listed,
        "heads": [_head(label, word, sort, kind, path) for label, word in HEADS],
        "sorts": [(word, each.label) for word, each in SORTS.items()],
        "sort": sort,
        "kinds": Kind.choices,
        "kind": kind,
        "pages": pages_of(listed, path, **chosen),
    }
    return render(request, "home/upkeep.html", context)


@require_safe
@for_moderators
def figures(request: HttpRequest) -> HttpResponse:
    """How the queue went in the last weeks."""
    return render(request, "home/figures.html", {"figures": figures_of_the_queue()})


def _head(label: Promise, word: str, sort: str, kind: str, path: str) -> Head:
    if not word:
        return Head(label, "", "")
    url = address(path, sort="" if word == FIRST_SORT else word, kind=kind)
    return Head(label, url, SORTS[word].direction if word == sort else "none")
