"""The log, for moderators to read."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from practices.presentation.listing import address

from .desk import for_moderators
from .log import KINDS, LogFilter, Place, person_named, read_log

# Nobody.
NO_NUMBER = -1


@require_safe
@for_moderators
def log(request: HttpRequest) -> HttpResponse:
    """Who did what, when and why; the last first. What cannot be understood in the address is left out."""
    asked = request.GET
    handle, kind, target = asked.get("person", "").strip(), asked.get("kind", ""), asked.get("target", "")
    person = person_named(handle) if handle else None
    wanted = LogFilter(
        person=(person.pk if person else NO_NUMBER) if handle else None,
        kind=kind.replace("\x00", ""),
        target=int(target) if target.isascii() and target.isdecimal() and len(target) < 18 else None,
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
        before=Place.read(asked.get("before", "")),
    )
    entries, following = read_log(wanted)
    chosen = {name: asked.get(name, "") for name in ("person", "kind", "target", "since", "until")}
    context = {
        "entries": entries,
        "kinds": [*KINDS.items(), ("wagtail", "Wagtail")],
        "chosen": chosen,
        "nobody": bool(handle) and person is None,
        "next_url": address(reverse("people:log"), **chosen, before=str(following)) if following else "",
        "is_later_page": wanted.before is not None,
    }
    return render(request, "people/log.html", context)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
