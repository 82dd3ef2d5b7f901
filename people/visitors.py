"""Where a request comes from, as far as that can be believed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The network address of whoever asked, never to be kept as it is.

    Behind proxies of one's own, `TRUSTED_PROXIES` says how many there are: each adds the address it was called
    from at the end of X-Forwarded-For, so the first of those can be believed, and nothing before it.
    """
    seen = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return request.META.get("REMOTE_ADDR", "")
