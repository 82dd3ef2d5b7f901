"""The plain Django pages that ours are compared with: three queries and a template, or "hello" and nothing else.

Middleware of the plain page is what `startproject` gives, but for sessions, accounts and messages.
With `PLAIN_BARE` there is none at all. The database is that of the library that is measured, with the
same options. Run by gunicorn with the site's own configuration.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PARTS = ("what_it_is", "why_it_works", "local_form", "did_not_work", "people_needed", "time_needed", "cost")
TEMPLATE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ practice.page.title }}</title></head>
<body>
<h1>{{ practice.page.title }}</h1>
<p>{{ practice.summary }}</p>
<dl>
<dt>Where</dt><dd>{{ practice.place }}</dd>
<dt>Who</dt><dd>{{ practice.organisation }}</dd>
<dt>Published</dt><dd>{{ practice.page.last_published_at|date:"j F Y" }}</dd>
</dl>
<ul>{% for outcome in outcomes %}
<li><a href="/outcomes/{{ outcome.slug }}/">{{ outcome.label }}</a></li>
{% endfor %}</ul>
<ol>{% for step in steps %}<li>{{ step.text }}</li>{% endfor %}</ol>
{% for line in lines %}<p>{{ line }}</p>
{% endfor %}</body>
</html>
"""


def configure() -> None:
    from config.settings.base import SQLITE_OPTIONS

    database = Path(os.environ["DATA_DIR"]) / "db.sqlite3"
    settings.configure(
        DEBUG=False,
        SECRET_KEY="only-for-measuring",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="bench.plain_site",
        MIDDLEWARE=[] if os.environ.get("PLAIN_BARE") else MIDDLEWARE,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(database),
                "OPTIONS": SQLITE_OPTIONS,
                "CONN_MAX_AGE": None,
                "CONN_HEALTH_CHECKS": True,
            }
        },
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"page.html": TEMPLATE})]},
            }
        ],
        USE_TZ=True,
        TIME_ZONE="Europe/London",
    )


def made_application() -> Any:
    configure()
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def page(request: HttpRequest, slug: str, padding: int) -> HttpResponse:
    """A practice with its steps and outcomes, and of its own text so much that it is as long as our page."""
    from django.shortcuts import render

    from .plain_models import Named, Practice, Step

    practice = Practice.objects.select_related("page").get(page__slug=slug, page__live=True)
    steps = list(Step.objects.filter(practice_id=practice.page_id).order_by("sort_order"))
    named = Named.objects.filter(practice_id=practice.page_id).select_related("outcome").order_by("outcome__label")
    outcomes = [each.outcome for each in named]
    text = "\n".join(getattr(practice, part) for part in PARTS) or "Nothing is told."
    lines = (text * (padding // len(text) + 1))[:padding].splitlines() if padding else []
    return render(request, "page.html", {"practice": practice, "steps": steps, "outcomes": outcomes, "lines": lines})


urlpatterns = [path("hello/", hello), path("practices/<slug:slug>/<int:padding>/", page)]
