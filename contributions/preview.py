"""A page as it would look, or as it looked: drawn by what draws the page itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from practices.models import Outcome, PracticePage, Principle
from practices.presentation.practice import present_practice

from .content import Content, content_of, put_content
from .models import ProposedEdit

# Of a page that has no address yet.
NO_ADDRESS = "page"


def preview_of(request: HttpRequest, proposal: ProposedEdit) -> HttpResponse:
    """The page as it would look with the changes in it, before anybody else's."""
    page = proposal.page.specific if proposal.page else proposal.model(slug=slugify(proposal.title) or NO_ADDRESS)
    page.adapted_from = page.adapted_from or proposal.adapted_from
    return draw(request, page, proposal.content(), "contributions/preview.html", {"proposal": proposal})


def draw(
    request: HttpRequest, page: PracticePage, content: Content, template: str, context: dict[str, Any]
) -> HttpResponse:
    """Draw a page that says something else than it does. What is not valid yet is left out."""
    left_out = put_what_is_valid(page, content)
    view = present_practice(page, None, site_name=settings.SITE_NAME, base_url=settings.WAGTAILADMIN_BASE_URL)
    return render(
        request, template, {"view": view, "practice": page, "left_out": left_out, "is_preview": True, **context}
    )


def put_what_is_valid(page: PracticePage, content: Content) -> bool:
    """Let a page say what it can of the content; returns whether something had to be left out."""
    left_out = False
    before = content_of(page)
    for name, value in content.items():
        try:
            put_content(page, {name: value})
        except ValidationError:
            put_content(page, {name: before[name]})
            left_out = True
    return _drop_unknown_terms(page) or left_out


def _drop_unknown_terms(page: PracticePage) -> bool:
    """Whether rows named terms that there are not: drawing them would break."""
    changes, principles = list(page.changes.all()), list(page.principles.all())
    outcomes = set(Outcome.objects.filter(pk__in=[row.outcome_id for row in changes]).values_list("pk", flat=True))
    known = set(Principle.objects.filter(pk__in=[row.principle_id for row in principles]).values_list("pk", flat=True))
    there = [row for row in principles if row.principle_id in known]
    lost = [row for row in changes if row.outcome_id and row.outcome_id not in outcomes]
    for row in lost:
        row.outcome_id = None
    if len(there) < len(principles):
        page.principles.set(there)
    return bool(lost) or len(there) < len(principles)
