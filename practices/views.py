"""What readers open: a practice, its printed side, the whole library, a term's own page."""

from __future__ import annotations

from collections.abc import Container
from typing import cast

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from practices.cards import read_cards, term_link
from practices.models import Kind, PracticePage, vocabulary_model
from practices.presentation import listing, sheet
from practices.presentation.practice import present_practice, takes_lines, version_sentence
from practices.querysets import PracticeQuerySet
from practices.reading import load_family, practice_at

PRACTICES_ON_A_PAGE = 20


@require_safe
def practice(request: HttpRequest, slug: str) -> HttpResponse:
    page = practice_at(slug)
    if page is None:
        raise Http404(_("There is no practice at this address."))
    view = present_practice(
        page,
        load_family(page),
        site_name=settings.SITE_NAME,
        base_url=settings.WAGTAILADMIN_BASE_URL,
    )
    return render(request, "practices/practice.html", {"view": view, "practice": page})


@require_safe
def print_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    page = practice_at(slug)
    if page is None:
        raise Http404(_("There is no practice at this address."))
    context = {
        "practice": page,
        "sheet": sheet.fit_one_side(sheet.sheet_of(page, takes_lines(page))),
        "version": version_sentence(page),
    }
    return render(request, "practices/print.html", context)


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    letter = _one_of(request.GET.get("letter", "").lower(), listing.LETTERS)
    kind = _one_of(request.GET.get("kind", ""), Kind.values)
    visible = PracticePage.objects.visible()
    of_kind = visible.of_kind(kind) if kind else visible
    chosen = of_kind.beginning_with(letter) if letter else of_kind
    page = Paginator(chosen.by_title(), PRACTICES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "letters": listing.letter_choices(of_kind.first_letters(), letter, kind),
        "kinds": listing.kind_choices(kind, letter),
        "shelves": listing.library_shelf(read_cards(_listed(page))),
        "count": page.paginator.count,
        "is_narrowed": bool(letter or kind),
        "pages": listing.pages_of(page, request.path, letter=letter, kind=kind),
    }
    return render(request, "practices/library.html", context)


@require_safe
def term(request: HttpRequest, vocabulary: str, slug: str) -> HttpResponse:
    found = vocabulary_model(vocabulary).objects.at_address(slug)
    if found is None:
        raise Http404(_("There is no shelf at this address."))
    if found.slug != slug:
        return HttpResponsePermanentRedirect(term_link(found).url)
    practices = PracticePage.objects.visible().naming(found)
    page = Paginator(practices, PRACTICES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "term": found,
        "vocabulary": vocabulary,
        "shelves": listing.term_shelves(found, read_cards(_listed(page))),
        "count": page.paginator.count,
        "pages": listing.pages_of(page, request.path),
    }
    return render(request, "practices/term.html", context)


def _listed(page: Page) -> PracticeQuerySet:
    return cast("PracticeQuerySet", page.object_list)


def _one_of(value: str, values: Container[str]) -> str:
    """The value if it is one of those known, or else none at all."""
    return value if value in values else ""
