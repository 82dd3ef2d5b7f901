"""Rules that hold for every answer of the site."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.core.signals import request_finished
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from structlog.contextvars import bind_contextvars, unbind_contextvars

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
ADMIN = "/admin/"

ADMIN_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "object-src": [NONE],
    "base-uri": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
}


# As proxies and other programs write them. Letters beyond f could be somebody's name.
NUMBER_OF_A_REQUEST = re.compile(r"[0-9a-f][0-9a-f-]{14,34}[0-9a-f]", re.IGNORECASE)


class RequestNumberMiddleware:
    """Gives each request a number, by which all lines of the log about it are found, and tells it in the answer.

    A proxy that numbers requests itself is followed. The number tells nothing of who asked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        number = given if NUMBER_OF_A_REQUEST.fullmatch(given) else uuid.uuid4().hex
        bind_contextvars(request=number)
        response = self.get_response(request)
        response["X-Request-ID"] = number
        return response


def forget_number(sender: type, **kwargs: Any) -> None:
    """Django logs an answer after it has left all middleware."""
    unbind_contextvars("request")


request_finished.connect(forget_number, dispatch_uid="config.forget_number")


class TieredCSPMiddleware(CSPMiddleware):
    """A strict policy for what readers open; a second tier for Wagtail's admin, which writes inline scripts."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(ADMIN) and not hasattr(response, "_csp_config"):
            setattr(response, "_csp_config", ADMIN_POLICY)  # noqa: B010
        return super().process_response(request, response)


class AdminTransactionMiddleware:
    """Wrap each change made in the admin in one transaction.

    Wagtail sends some signals outside one, and what they write (the search queue, the library's
    version) has to be there exactly if the change itself is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        changes = request.method not in SAFE_METHODS and request.path_info.startswith(ADMIN)
        if not changes:
            return self.get_response(request)
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response
