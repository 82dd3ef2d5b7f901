"""To come."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse


def tell(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def slip(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def told(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def mine(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def tried_report(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def change_report(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def withdraw_report(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def tried_queue(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def check_report(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    raise Http404
