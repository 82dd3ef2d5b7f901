"""To come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def rate(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def not_for_us(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
