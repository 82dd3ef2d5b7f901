"""Whole pages, kept for everybody who reads without an account.

A page is kept under the library's version, so a change shows on the next request, in every process: nothing
has to be told to any cache. It is made by one thread at a time in each process (in all of them where the
cache is shared); the others wait for it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.dummy import DummyCache
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers

from practices.models import Library
from search.query import FACETS
from search.services import engine_missed, index_is_behind

# The pages that are kept whole, each with the parameters that it knows. Others are not looked at.
WHOLE_PAGES: dict[str, tuple[str, ...]] = {
    "home:front_door": (),
    "practices:library": ("letter", "kind", "page"),
    "practices:practice": (),
    "practices:print": (),
    "feedback:told": ("page",),
    "practices:outcome": ("page",),
    "practices:group": ("page",),
    "practices:principle": ("page",),
    "search:results": (*FACETS, "reported", "spelling", "sort", "page"),
    "wagtail_serve": (),
}
# What people type is about people: a page that answers it is never kept.
WORDS = "q"
LONGEST_QUERY = 1_000
# Who has one of these is somebody, and gets pages of their own.
COOKIES_OF_PEOPLE = (settings.SESSION_COOKIE_NAME, "messages")
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
KEPT_FOR = 24 * 60 * 60
# Nobody waits longer for a page that somebody else makes; then they make it themselves.
LONGEST_WAIT = 10.0
LOOKING_EVERY = 0.005
# What a page is made of, beside what stands in the database.
SOURCES = ("*.py", "*.html", "*.toml", "*.css", "*.js", "*.svg", "*.mo")
ROOMS = ("contributions", "feedback", "home", "people", "practices", "search", "site")


class Kept(NamedTuple):
    """An answer as it is kept."""

    content: bytes
    headers: dict[str, str]


class PageCacheMiddleware:
    """Stands behind the host check and static files, before everything that costs time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.pages = caches["pages"]
        if isinstance(self.pages, DummyCache):
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.release = digest_of_sources()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = what_is_asked(request)
        if asked is None:
            return self.get_response(request)
        library = Library.objects.current()
        key = self._key(library, asked)
        kept = self.pages.get(key)
        if kept is None:
            # The conditions are judged here, over a page that is made whole.
            conditions = {name: request.META.pop(name) for name in CONDITIONS if name in request.META}
            answer = self._make_once(key, request)
            request.META.update(conditions)
            if not isinstance(answer, Kept):
                return answer
            kept = answer
        return answer_with(kept, request)

    def _key(self, library: Library, asked: str) -> str:
        text = f"{library.uuid} {library.version} {self.release} {timezone.localdate()} {asked}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def _make_once(self, key: str, request: HttpRequest) -> Kept | HttpResponseBase:
        """Make a page, or take it from whoever is making it already."""
        lock = f"{key}-making"
        if not self.pages.add(lock, True, timeout=3 * LONGEST_WAIT):
            return self._wait(key, lock) or self._make(key, request)
        try:
            return self.pages.get(key) or self._make(key, request)
        finally:
            self.pages.delete(lock)

    def _wait(self, key: str, lock: str) -> Kept | None:
        until = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < until:
            is_made = self.pages.has_key(lock)
            if kept := self.pages.get(key):
                return kept
            if not is_made:
                # It turned out to be a page that is not kept.
                return None
            time.sleep(LOOKING_EVERY)
        return None

    def _make(self, key: str, request: HttpRequest) -> Kept | HttpResponseBase:
        """Make a page, and keep it if everybody who asks for it now should see just this."""
        engine_missed.set(False)
        # Asked before: what was behind then may show in the page, whatever is so when it is done.
        is_behind = index_is_behind()
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or not is_for_everybody(request, response):
            return response
        if is_behind or engine_missed.get():
            return response
        response["Cache-Control"] = "no-cache"
        patch_vary_headers(response, ["HX-Request"])
        kept = Kept(response.content, dict(response.items()))
        self.pages.set(key, kept, timeout=KEPT_FOR)
        return kept


def what_is_asked(request: HttpRequest) -> str | None:
    """The page that a request asks for, in one line; None if it is not one that is kept whole."""
    if request.method not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in request.META:
        return None
    parameters = known_parameters(request.path_info)
    if parameters is None or any(name in request.COOKIES for name in COOKIES_OF_PEOPLE):
        return None
    query: list[tuple[str, list[str]]] = []
    if request.META.get("QUERY_STRING"):
        if len(request.META["QUERY_STRING"]) > LONGEST_QUERY or request.GET.get(WORDS):
            return None
        query = [(name, request.GET.getlist(name)) for name in parameters if name in request.GET]
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    packed = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    part = request.META.get("HTTP_HX_REQUEST", "")[:10]
    return f"{request.scheme} {host} {request.path} {packed} {part!r} {query}"


@lru_cache(maxsize=4_096)
def known_parameters(path: str) -> tuple[str, ...] | None:
    """The parameters of a page that is kept whole; None for any other."""
    try:
        return WHOLE_PAGES.get(resolve(path).view_name)
    except Http404:
        return None


def is_for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether an answer is a whole page as anybody would get it."""
    return (
        request.method == "GET"
        and response.status_code == 200
        and not response.cookies
        and "Cache-Control" not in response
        and "cookie" not in response.get("Vary", "").lower()
    )


def answer_with(kept: Kept, request: HttpRequest) -> HttpResponse:
    """The page, or that the one which the browser has is still right."""
    response = HttpResponse(kept.content if request.method == "GET" else b"", headers=kept.headers)
    return get_conditional_response(request, etag=kept.headers.get("ETag"), response=response) or response


def digest_of_sources() -> str:
    """Changes with the program and its settings: where a cache outlives a release, its pages do not."""
    total = hashlib.sha256()
    for name in ("SITE_NAME", "CONTACT_EMAIL", "WAGTAILADMIN_BASE_URL", "LANGUAGE_CODE"):
        total.update(repr(getattr(settings, name)).encode())
    root = Path(settings.ROOT)
    files = [root / "requirements.txt"]
    for room in ROOMS:
        files += (path for pattern in SOURCES for path in (root / room).rglob(pattern))
    for path in sorted(files):
        total.update(str(path.relative_to(root)).encode())
        total.update(path.read_bytes())
    return total.hexdigest()
