"""The log, for moderators to read."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from practices.presentation.listing import address

from .log import KINDS, LogFilter, person_named, read_log
from .standing import looks_after_the_site

# Nobody.
NO_NUMBER = -1


@require_safe
@never_cache
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """Who did what, when and why; the last first. What cannot be understood in the address is left out."""
    if not looks_after_the_site(request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    asked = request.GET
    handle, kind, target = asked.get("person", "").strip(), asked.get("kind", ""), asked.get("target", "")
    person = person_named(handle) if handle else None
    wanted = LogFilter(
        person=(person.pk if person else NO_NUMBER) if handle else None,
        kind=kind,
        target=int(target) if target.isascii() and target.isdecimal() and len(target) < 18 else None,
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        before=_moment(asked.get("before", "")),
    )
    entries, following = read_log(wanted)
    chosen = {name: asked.get(name, "") for name in ("person", "kind", "target", "since", "until")}
    context = {
        "entries": entries,
        "kinds": [*KINDS.items(), ("wagtail", "Wagtail")],
        "chosen": chosen,
        "nobody": bool(handle) and person is None,
        "next_url": address(reverse("people:log"), **chosen, before=following.isoformat()) if following else "",
        "is_later_page": wanted.before is not None,
    }
    return render(request, "people/log.html", context)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None:
        return None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
