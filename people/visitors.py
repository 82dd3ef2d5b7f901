"""Where a request comes from, as far as that can be believed."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The network address of whoever asked, of IPv6 the network of 64 bits; never to be kept as it is.

    Behind proxies of one's own, `TRUSTED_PROXIES` says how many there are: each adds the address it was called
    from at the end of X-Forwarded-For, so the first of those can be believed, and nothing before it.
    """
    seen = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(seen) >= proxies:
        return _network_of(seen[-proxies])
    return _network_of(request.META.get("REMOTE_ADDR", ""))


def _network_of(address: str) -> str:
    """The address, or the network of an IPv6 address: a household has many of those, and a device changes its own."""
    bare = address.strip("[]") if address.count(":") > 1 else address.partition(":")[0]
    try:
        seen = ip_address(bare.partition("]")[0])
    except ValueError:
        return address
    if seen.version == 6:
        return str(ip_network(f"{seen}/64", strict=False).network_address)
    return str(seen)
