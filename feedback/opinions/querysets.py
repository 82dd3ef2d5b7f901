"""What is read of ratings, and of practices that people rule out."""

from __future__ import annotations

from django.db.models import Count

from feedback.models import Rating, RuledOut, WhyNot
from people.models import User
from practices.models import PracticePage


def ruled_out_counts(page: PracticePage) -> list[tuple[str, int]]:
    """Why people ruled a practice out, and how many did, the most first; by one question."""
    counted = dict(RuledOut.objects.filter(page=page.pk).order_by().values_list("why").annotate(Count("pk")))
    given = [(str(why.label), counted[why.value]) for why in WhyNot if why.value in counted]
    return sorted(given, key=lambda each: -each[1])


def rating_of(person: User, page: PracticePage) -> Rating | None:
    """How somebody rated a page, if they did."""
    return Rating.objects.filter(person=person, page=page).first()


def ruled_out_by(person: User, page: PracticePage) -> RuledOut | None:
    """Why somebody ruled a practice out, if they did."""
    return RuledOut.objects.filter(person=person, page=page).first()
