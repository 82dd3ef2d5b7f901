"""What other pages draw of changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from contributions.models import ProposedEdit
from contributions.waits import in_words
from people.standing import looks_after_the_site

register = template.Library()

SHOWN = 20
COUNTED = 100


@register.inclusion_tag("contributions/_work.html")
def work_of(person: Any) -> dict[str, Any]:
    """What somebody wrote that is on a page which readers see, the last first. Draws nothing when there is nothing."""
    accepted = ProposedEdit.objects.on_pages().filter(author=person)
    return {
        "edits": accepted.select_related("page", "revision").defer("revision__content")[:SHOWN],
        "count": accepted.count(),
    }


@register.simple_tag
def changes_waiting(person: Any) -> int:
    """How many changes wait that somebody may check, counted to a hundred; none for whoever checks none."""
    if not looks_after_the_site(person):
        return 0
    return ProposedEdit.objects.waiting().exclude(author=person).order_by()[:COUNTED].count()


@register.filter
def waited(since: datetime | None) -> str:
    """For how long something waits, or stands, as people say it."""
    return in_words(timezone.now() - since) if since else ""
