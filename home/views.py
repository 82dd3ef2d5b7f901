"""The front door, and what machines ask of a site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import TemplateDoesNotExist, loader
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

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
    """Whether this process answers. It asks nothing of the database: /readyz will."""
    return HttpResponse("ok", content_type=PLAIN_TEXT)


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
