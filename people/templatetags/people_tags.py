"""What every page shows to whoever is signed in."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest

from people.messages import unread_count
from people.standing import looks_after_the_site

register = template.Library()


@register.simple_tag(takes_context=True)
def signed_in_reader(context: dict[str, Any]) -> Any:
    """Whoever reads, if they are signed in; None for others, of whom not even the session is looked at.

    To look at it would say that the page is theirs alone, and no copy of it could be kept for everybody.
    """
    request: HttpRequest | None = context.get("request")
    if request is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    person = getattr(request, "user", None)
    return person if person is not None and person.is_authenticated else None


@register.simple_tag
def unread_messages(person: Any) -> int:
    """How many messages somebody has not read."""
    return unread_count(person)


@register.simple_tag
def is_at_desk(person: Any) -> bool:
    """Whether somebody looks after the site. Whoever is in no group is asked about with one query in place of two."""
    return (person.is_superuser or person.groups.exists()) and looks_after_the_site(person)
