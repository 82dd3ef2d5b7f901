"""Every change of what people think of a page: rated, ruled out, and both taken back.

A pause keeps what somebody writes from others. A number is no words, so whoever is paused may still rate.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.models import Rating, RuledOut, WhyNot
from feedback.totals import recount_ratings
from people.models import User
from people.weekly_keys import key_of_the_week, keyed_hash
from practices.models import Library, PracticePage

from .bound import STARS
from .permissions import is_first_author, is_keeper


class OwnPageError(Exception):
    """They wrote its first version, or keep it: what others think of it is asked.

    Args:
        told: why not, in words for them.
    """

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told


@transaction.atomic
def rate_page(*, page: PracticePage, by: User, stars: int) -> None:
    """Say how useful a page was. Whoever rated it before changes their rating.

    Args:
        page: the practice.
        by: who rates it.
        stars: from one to five.

    Raises:
        ValidationError: there are no so many stars.
        OwnPageError: it is their own.
    """
    if stars not in STARS:
        raise ValidationError({"stars": _("Choose one of the five")})
    why_not = why_not_to_rate(by, page)
    if why_not:
        raise OwnPageError(why_not)
    # One statement, so that two tabs of one person end as one row. The row of the totals is locked after it.
    Rating.objects.bulk_create(
        [Rating(page=page, person=by, stars=stars, rated_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["person", "page"],
        update_fields=["stars", "rated_at"],
    )
    recount_ratings(page.pk)


@transaction.atomic
def withdraw_rating(*, page: PracticePage, by: User) -> bool:
    """Take a rating back; returns whether there was one."""
    deleted, _by_model = Rating.objects.filter(page=page, person=by).delete()
    if deleted:
        recount_ratings(page.pk)
    return bool(deleted)


def why_not_to_rate(person: User, page: PracticePage) -> str:
    """Why somebody cannot rate a page, in words for them; empty if they can."""
    if is_first_author(person, page):
        return _("You wrote the first version of this page, so we ask others how useful it is.")
    if is_keeper(person, page):
        return _("You look after this page, so we ask others how useful it is.")
    return ""


@transaction.atomic
def rule_out(*, page: PracticePage, why: str, by: User | None, visitor: str = "") -> RuledOut:
    """Say why a practice is not for them. Whoever says so again changes their reason.

    Args:
        page: the practice.
        why: one of `WhyNot`.
        by: who says so, if they are signed in.
        visitor: if not, the network address, of which a keyed hash is kept for at most a week.

    Raises:
        ValidationError: there is no such reason.
    """
    if why not in WhyNot.values:
        raise ValidationError({"why": _("Choose a reason")})
    # First of all, as whoever ends the week locks it before the reasons.
    visitor_hash = keyed_hash(key_of_the_week(), f"not for us {page.pk}", visitor) if by is None else ""
    before = RuledOut.objects.filter(page=page, person=by, visitor_hash=visitor_hash).values_list("why", flat=True)
    was = before.first()
    said, _is_new = RuledOut.objects.update_or_create(
        page=page, person=by, visitor_hash=visitor_hash, defaults={"why": why, "at": timezone.now()}
    )
    if was != why:
        Library.objects.bump_version()
    return said


@transaction.atomic
def take_back(*, page: PracticePage, by: User) -> bool:
    """Rule a practice out no longer; returns whether somebody did."""
    deleted, _by_model = RuledOut.objects.filter(page=page, person=by).delete()
    if deleted:
        Library.objects.bump_version()
    return bool(deleted)


def forget_visitors() -> int:
    """Let go of what told two visitors of a week apart; returns how many reasons there were."""
    return RuledOut.objects.exclude(visitor_hash="").update(visitor_hash="")
