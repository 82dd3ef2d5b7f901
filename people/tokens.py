"""The check of a form's token, for views that must lose nothing of a form that fails it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware


class _Check(CsrfViewMiddleware):
    """Django's own check, which says what is wrong where Django would answer at once."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def comes_from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site sent a form, as far as the browser tells."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin, host = request.headers.get("Origin"), request.get_host()
    return bool(origin) and origin not in (f"http://{host}", f"https://{host}")


def token_is_wrong(request: HttpRequest) -> bool:
    """Whether the token of a form is not this browser's: it signed in or out since it opened the form.

    For views that are exempt from Django's own check. They write nothing then, and show what was typed once more.
    """
    check = _Check(lambda _request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, HttpResponse, (), {}) is not None
