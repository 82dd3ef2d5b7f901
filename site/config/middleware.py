"""Rules that hold for every answer of the site."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

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
