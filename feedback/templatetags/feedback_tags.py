"""What other pages draw of reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from feedback.models import Concern
from feedback.tried import on_page
from feedback.tried.evidence import EssentialShown
from people.standing import looks_after_the_site
from practices.models import PracticePage
from practices.reading import TakenByVersions

register = template.Library()


@register.simple_tag
def concerns_open(person: Any) -> int:
    """How many reports wait that somebody may decide, second looks among them; none for whoever decides none."""
    if not looks_after_the_site(person):
        return 0
    waiting = Concern.objects.for_moderator(person).waiting().count()
    return waiting + Concern.objects.for_second_look_by(person).count()


@register.inclusion_tag("feedback/_how_it_went.html")
def how_it_went(practice: PracticePage) -> dict[str, Any]:
    """What people who were there tell of a practice, what others thought of its page, and the way to tell."""
    return {"practice": practice, "told": on_page.how_it_went(practice)}


@register.simple_tag
def essentials_with_evidence(practice: PracticePage, versions: Sequence[TakenByVersions]) -> list[EssentialShown]:
    """What must be kept, and what became of it elsewhere."""
    return on_page.essentials_with_evidence(practice, versions)
