"""The page of what changed lately, for everybody. It looks at no session, and so sets no cookie."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from practices.models import Kind

from .asked import Asked
from .reading import recent_changes

ON_A_PAGE = 20


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Every change that readers can see, newest first, or those that somebody asks for."""
    asked = Asked.parse(request.GET)
    person = asked.find_person() if asked.person else None
    nobody = bool(asked.person) and person is None
    found, end = ([], None) if nobody else recent_changes(asked, person, ON_A_PAGE)
    path = reverse("recent:changes")
    context = {
        "changes": found,
        "asked": asked,
        "chosen": asked.chosen,
        "kinds": Kind.choices,
        "nobody": nobody,
        "feed_url": asked.url(reverse("recent:feed")),
        "older_url": asked.url(path, before=end) if end else "",
        "newest_url": asked.url(path) if asked.before else "",
    }
    return render(request, "recent/changes.html", context)
