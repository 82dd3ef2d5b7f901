"""What other pages draw of reports."""

from __future__ import annotations

from typing import Any

from django import template

from feedback.models import Concern
from people.standing import looks_after_the_site

register = template.Library()


@register.simple_tag
def concerns_open(person: Any) -> int:
    """How many reports wait that somebody may decide, second looks among them; none for whoever decides none."""
    if not looks_after_the_site(person):
        return 0
    waiting = Concern.objects.for_moderator(person).waiting().count()
    return waiting + Concern.objects.for_second_look_by(person).count()
