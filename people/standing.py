"""How somebody stands: trusted by rule, paused by a moderator, or like everybody. This alone writes `Standing`."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.wording import day

from .events import record_event
from .messages import tell
from .models import Standing, User
from .trust import Fact, Trust, TrustRule, trust_after

LONGEST_PAUSE_DAYS = 365
# So many days after their first accepted edit somebody is new: what they link to is looked at first.
NEW_FOR_DAYS = 30


def standing_of(person: User) -> Standing:
    """How somebody stands; as everybody does at first, if nothing was ever noted of them."""
    return Standing.objects.filter(person=person).first() or Standing(person=person)


def trust_of(standing: Standing) -> Trust:
    """How much somebody is trusted today, whatever day it was last written down."""
    return trust_after(_as_written(standing), None, timezone.localdate(), TrustRule(**settings.TRUST))


def is_paused(standing: Standing) -> bool:
    """Whether somebody may write but not send for now."""
    return bool(standing.paused_until and standing.paused_until >= timezone.localdate())


def pause_of(standing: Standing) -> Standing | None:
    """The pause that somebody is in, with its last day and its reason; None if they are in none."""
    return standing if is_paused(standing) else None


def is_new(standing: Standing) -> bool:
    """Whether nothing of somebody's is on a page yet, or not for long."""
    first = standing.first_accepted_on
    return first is None or (timezone.localdate() - first).days < NEW_FOR_DAYS


def is_trusted(standing: Standing) -> bool:
    """Whether what somebody sends is on the page at once."""
    return trust_of(standing).is_trusted and not is_paused(standing)


@transaction.atomic
def note_what_became(*, person: User, fact: Fact, nothing_left: bool = False) -> Standing:
    """Count what became of an edit towards its author's trust; both gaining and losing it stand in the log.

    Args:
        person: its author.
        fact: what became of it.
        nothing_left: whether nothing of theirs is on a page any more: then they are as new as before the first.
    """
    Standing.objects.get_or_create(person=person)
    standing = Standing.objects.select_for_update().get(person=person)
    if nothing_left:
        standing.first_accepted_on = None
    today = timezone.localdate()
    return _write(standing, trust_after(_as_written(standing), fact, today, TrustRule(**settings.TRUST)), fact)


def end_trust_of_the_idle() -> int:
    """Write down whose trust has ended, or has come back, by time alone; returns how many."""
    rule, today = TrustRule(**settings.TRUST), timezone.localdate()
    is_idle = Q(trusted_since__isnull=False, accepted_on__lt=today - timedelta(days=rule.idle_days))
    may_be_back = Q(trusted_since=None, accepted_edits__gte=rule.accepted_edits)
    numbers = Standing.objects.filter(is_idle | may_be_back).values_list("pk", flat=True)
    return sum(_settle(number) for number in list(numbers))


@transaction.atomic
def pause_person(*, person: User, by: User, until: date, reason: str) -> None:
    """Let somebody read and write, and send nothing until a day has passed. They are told why, and can answer.

    Args:
        person: a contributor.
        by: a moderator.
        until: the last day of it.
        reason: in words for the person.

    Raises:
        PermissionDenied: they look after the site themselves, or it is oneself.
        ValidationError: the day is past or too far off, or there is no reason.
    """
    if not can_pause(by, person):
        raise PermissionDenied
    days = (until - timezone.localdate()).days
    if not 0 <= days <= LONGEST_PAUSE_DAYS:
        raise ValidationError({"until": _("Choose a day from today on, within a year")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: they read it")})
    Standing.objects.update_or_create(
        person=person, defaults={"paused_until": until, "pause_reason": reason.strip()[:300]}
    )
    record_event("person.paused", person, by=by, whose=person, why=f"days {days}")
    told = _("Thank you for what you wrote here. Until the end of %(day)s you can read and write, and send nothing.")
    tell(
        person,
        about=person,
        title=_("A pause, and why"),
        body="\n\n".join([told % {"day": day(until)}, _("Why:"), reason.strip()[:300]]),
        path=reverse("people:messages"),
        action=_("Your messages, where you can answer"),
    )


@transaction.atomic
def end_pause(*, person: User, by: User) -> None:
    """Let somebody send again.

    Raises:
        PermissionDenied: they are no moderator, or it is their own pause.
    """
    if not looks_after_the_site(by) or by.pk == person.pk:
        raise PermissionDenied
    if not Standing.objects.filter(person=person).exclude(paused_until=None).update(paused_until=None, pause_reason=""):
        return
    record_event("person.pause_ended", person, by=by, whose=person)
    tell(
        person,
        about=person,
        title=_("Your pause is over"),
        body=_("You can send again from now on. What you wrote meanwhile is kept."),
        path=reverse("people:messages"),
        action=_("Your messages"),
    )


def looks_after_the_site(person: User) -> bool:
    """Moderators and administrators."""
    return bool(person.is_authenticated and person.has_perm("wagtailadmin.access_admin"))


def can_pause(by: User, person: User) -> bool:
    """A moderator, of anybody who does not look after the site."""
    return looks_after_the_site(by) and by.pk != person.pk and not looks_after_the_site(person)


@transaction.atomic
def _settle(pk: int) -> bool:
    standing = Standing.objects.select_for_update().get(pk=pk)
    now = trust_of(standing)
    if (now.since is None) == (standing.trusted_since is None):
        return False
    _write(standing, now, None)
    return True


def _as_written(standing: Standing) -> Trust:
    return Trust(standing.accepted_edits, standing.accepted_on, standing.setback_on, standing.trusted_since)


def _write(standing: Standing, trust: Trust, fact: Fact | None) -> Standing:
    was_trusted = standing.trusted_since is not None
    standing.accepted_edits, standing.accepted_on = trust.accepted_edits, trust.accepted_on
    standing.setback_on, standing.trusted_since = trust.setback_on, trust.since
    if fact in (Fact.ACCEPTED, Fact.PUT_BACK) and standing.first_accepted_on is None:
        standing.first_accepted_on = trust.accepted_on or timezone.localdate()
    standing.save()
    if was_trusted != trust.is_trusted:
        what = "person.trusted" if trust.is_trusted else "person.trust_ended"
        record_event(what, standing.person, by=None, whose=standing.person, why=fact.value if fact else "time")
    return standing
