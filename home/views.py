"""The front door, and what machines ask of a site."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist, loader
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from search.services import search_status

from .models import HomePage

PLAIN_TEXT = "text/plain; charset=utf-8"
ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /search/?

Sitemap: {sitemap}
"""


@require_safe
def front_door(request: HttpRequest) -> HttpResponse:
    page = HomePage.objects.first() or HomePage()
    return render(request, HomePage.template, page.get_context(request))


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process answers. It asks nothing of the database: /readyz does."""
    return HttpResponse("ok", content_type=PLAIN_TEXT)


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether this server can answer readers truthfully, and how search stands.

    503 only when the database cannot be read, for then no page can be. Without an index the site
    answers from the database and says so, and every server beside this one is likely to be in the
    same state: a balancer that took them all out would turn a poorer search into no site. Whoever
    watches the site looks at `search`: "ok" or "degraded", and why.
    """
    try:
        status = search_status()
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "unreachable"}, status=503)
    search = "ok" if status["usable"] else "degraded"
    return JsonResponse({"ready": True, "database": "ok", "search": search, "index": status})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    sitemap = request.build_absolute_uri(reverse("home:sitemap"))
    return HttpResponse(ROBOTS.format(sitemap=sitemap), content_type=PLAIN_TEXT)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address whatever a page says. The name of the file is known only once it is collected."""
    return redirect(static("favicon.svg"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Say sorry with nothing that could be what broke: no database, no context, and no template if need be."""
    try:
        page = loader.get_template("500.html").render()
    except TemplateDoesNotExist:
        page = "<!doctype html><title>500</title><h1>Something went wrong</h1>"
    return HttpResponse(page, status=500)
