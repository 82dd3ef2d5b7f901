"""A page as it would look, or as it looked: drawn by what draws the page itself."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from practices.models import PracticePage
from practices.presentation.practice import present_practice

from .content import ROWS, TERMS, Content, content_of, put_content
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
            if name in ROWS:
                left_out |= _drop_what_is_not_valid(page, name)
            elif name not in TERMS:
                page._meta.get_field(name).clean(getattr(page, name), page)
        except ValidationError:
            put_content(page, {name: before[name]})
            left_out = True
    return left_out


def _drop_what_is_not_valid(page: PracticePage, name: str) -> bool:
    """Leave out rows that could not be saved: drawing them would break. Returns whether there were any."""
    valid, rows = [], list(getattr(page, name).all())
    for row in rows:
        with suppress(ValidationError):
            row.clean_fields(exclude={"page"})
            valid.append(row)
    if len(valid) < len(rows):
        getattr(page, name).set(valid)
    return len(valid) < len(rows)
