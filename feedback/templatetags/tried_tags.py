"""What other pages draw of reports of how it went."""

from __future__ import annotations

from typing import Any

from django import template

from feedback.models import TriedReport
from people.standing import looks_after_the_site

register = template.Library()

COUNTED = 100


@register.simple_tag
def reports_waiting(person: Any) -> int:
    """How many reports wait that somebody may check, counted to a hundred; none for whoever checks none."""
    if not looks_after_the_site(person):
        return 0
    return TriedReport.objects.waiting().for_moderator(person).order_by()[:COUNTED].count()
