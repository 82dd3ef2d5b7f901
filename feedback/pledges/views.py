"""To come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def try_one_thing(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def prove_pledge(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def answer_pledge(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def stop_pledge(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
