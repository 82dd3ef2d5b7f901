"""Every step of a report: told, decided, looked at again. Each stands in the log, and people hear what came of it.

Deciding records and tells. To take a page down, undo a change or pause somebody are steps of their own.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people.events import record_event
from people.models import Standing, User
from people.standing import end_pause, is_paused, standing_of
from people.targets import kind_of
from people.weekly_keys import key_of_the_week, keyed_hash

from . import letters
from .models import URGENCY, Concern, Flag, Outcome, Reason, State, Subject
from .pauses import answer_to_present_pause
from .permissions import can_appeal, can_read_reports, is_party
from .things import whose

# So much one person or place can tell about one thing, until it is decided.
MOST_WORDS = 5_000


class AlreadyDecidedError(Exception):
    """Somebody else decided it, or looked at it again, in the meantime."""


class AlreadyAppealedError(Exception):
    """A second look was asked for once already."""


class AlreadyAnsweredError(Exception):
    """This pause was answered once already."""


class NotPausedError(Exception):
    """There is no pause to answer."""


class EnoughSaidError(Exception):
    """They told as much about this one thing as can be kept."""


@transaction.atomic
def report_harm(*, target: models.Model, reason: str, words: str, by: User | None, visitor: str = "") -> Concern:
    """Report something. Many reports of one thing are one item until it is decided.

    Whoever reports the same again adds to what they said, and is counted once.

    Args:
        target: a practice, a proposed edit or a person.
        reason: one of `Reason`.
        words: what they add; needed if the reason is "something else".
        by: who reports, if they are signed in.
        visitor: if not, the network address, of which a keyed hash is kept for at most a week.

    Returns:
        The item.

    Raises:
        ValidationError: there is no such reason, or it needs words.
        EnoughSaidError: they said so much about it already that there is no room.
    """
    _check_report(reason, words.strip())
    # First of all, as whoever ends the week locks it before the reports.
    key = key_of_the_week() if by is None else ""
    first: dict[str, Any] = {"person": partial(whose, target), "worst": reason, "urgency": URGENCY[Reason(reason)]}
    concern, _is_new = Concern.objects.select_for_update().get_or_create(
        state=State.OPEN,
        subject=Subject.HARM,
        target_kind=kind_of(target),
        target_id=target.pk,
        defaults=first,
    )
    visitor_hash = keyed_hash(key, f"concern {concern.pk}", visitor) if by is None else ""
    flag = Flag.objects.filter(concern=concern, reporter=by, visitor_hash=visitor_hash).first()
    if flag is None:
        _add_flag(concern, Flag(reporter=by, visitor_hash=visitor_hash, reason=reason, words=words.strip()))
        # Neither who nor whose: a moderator whose own work it is reads the log as well.
        record_event("concern.reported", concern, by=None, why=reason)
    else:
        _add_to_flag(concern, flag, reason, words.strip())
    return concern


@transaction.atomic
def answer_pause(*, by: User, words: str) -> Concern:
    """Answer to a pause, once: a moderator decides whether it ends.

    Raises:
        NotPausedError: they may send already.
        AlreadyAnsweredError: they did so.
        ValidationError: there are no words.
    """
    words = _needed(words, "words")
    standing = Standing.objects.select_for_update().filter(person=by).first()
    if standing is None or not is_paused(standing):
        raise NotPausedError
    if answer_to_present_pause(by) is not None:
        raise AlreadyAnsweredError
    concern = Concern.objects.create(
        subject=Subject.PAUSE,
        target_kind=kind_of(by),
        target_id=by.pk,
        person=by,
        worst=Reason.ANSWER,
        urgency=URGENCY[Reason.ANSWER],
    )
    _add_flag(concern, Flag(reporter=by, reason=Reason.ANSWER, words=words))
    record_event("pause.answered", concern, by=by, whose=by)
    return concern


@transaction.atomic
def decide_concern(*, concern: Concern, by: User, is_upheld: bool, reason: str) -> Concern:
    """Decide, and tell whoever it is about and whoever reported it. A pause whose answer is upheld ends.

    Args:
        concern: what waits.
        by: a moderator.
        is_upheld: whether what was reported, or answered, is right.
        reason: in words for the person whose work or account it is.

    Raises:
        PermissionDenied: they are no moderator, it is about them, or they told it or gave the pause themselves.
        AlreadyDecidedError: somebody was faster; nothing was changed.
        ValidationError: there is no reason.
    """
    reason = _needed(reason, "reason")
    concern = _locked(concern)
    if not can_read_reports(by, concern) or is_party(by, concern):
        raise PermissionDenied
    if not concern.is_open:
        raise AlreadyDecidedError
    concern.state = State.UPHELD if is_upheld else State.NOT_UPHELD
    concern.decided_by, concern.decided_at, concern.decision = by, timezone.now(), reason
    concern.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    record_event("concern.decided", concern, by=by, whose=concern.person, why=concern.state)
    if concern.subject == Subject.PAUSE:
        if is_upheld and concern.person is not None and is_paused(standing_of(concern.person)):
            end_pause(person=concern.person, by=by)
        letters.tell_of_answer(concern)
    else:
        letters.tell_of_decision(concern)
    return concern


@transaction.atomic
def appeal_decision(*, concern: Concern, by: User, words: str) -> Concern:
    """Ask once that another moderator looks again.

    Raises:
        PermissionDenied: it is not about them, or was not upheld.
        AlreadyAppealedError: they asked before; nothing was changed.
        ValidationError: there are no words.
    """
    words = _needed(words, "words")
    concern = _locked(concern)
    if concern.appealed_at is not None and concern.person_id == by.pk:
        raise AlreadyAppealedError
    if not can_appeal(by, concern):
        raise PermissionDenied
    concern.appeal, concern.appealed_at = words, timezone.now()
    concern.save(update_fields=["appeal", "appealed_at"])
    record_event("concern.appealed", concern, by=by, whose=by)
    return concern


@transaction.atomic
def decide_appeal(*, concern: Concern, by: User, is_changed: bool, reason: str) -> Concern:
    """Decide a second and last time.

    Args:
        concern: what somebody asked to have looked at again.
        by: another moderator than the one who decided first.
        is_changed: whether it is not upheld any more.
        reason: in words for the person whose work or account it is.

    Raises:
        PermissionDenied: they are no moderator, decided first, or it is about them; or nobody asked.
        AlreadyDecidedError: somebody was faster; nothing was changed.
        ValidationError: there is no reason.
    """
    reason = _needed(reason, "reason")
    concern = _locked(concern)
    if not can_read_reports(by, concern) or concern.decided_by_id == by.pk or concern.appealed_at is None:
        raise PermissionDenied
    if not concern.waits_for_second_look:
        raise AlreadyDecidedError
    concern.appeal_outcome = Outcome.CHANGED if is_changed else Outcome.KEPT
    concern.state = State.NOT_UPHELD if is_changed else State.UPHELD
    concern.appeal_decided_by, concern.appeal_decided_at, concern.appeal_reason = by, timezone.now(), reason
    concern.save(update_fields=["state", "appeal_outcome", "appeal_decided_by", "appeal_decided_at", "appeal_reason"])
    record_event("concern.appeal_decided", concern, by=by, whose=concern.person, why=concern.appeal_outcome)
    letters.tell_of_second_look(concern)
    return concern


def forget_visitors() -> int:
    """Let go of what told two visitors of a week apart; returns how many reports there were."""
    return Flag.objects.exclude(visitor_hash="").update(visitor_hash="")


def _locked(concern: Concern) -> Concern:
    """The item as it is now, which nobody else changes until this is done."""
    return Concern.objects.select_for_update().get(pk=concern.pk)


def _needed(words: str, name: str) -> str:
    """Words that have to be there."""
    if not words.strip():
        raise ValidationError({name: _("Write why")})
    return words.strip()


def _check_report(reason: str, words: str) -> None:
    if reason not in Reason.values or reason == Reason.ANSWER:
        raise ValidationError({"reason": _("Choose what is wrong")})
    if reason == Reason.OTHER and not words:
        raise ValidationError({"words": _("Say what is wrong")})


def _add_flag(concern: Concern, flag: Flag) -> None:
    flag.concern = concern
    flag.save()
    concern.reports += 1
    _note_report(concern, flag.reason)


def _add_to_flag(concern: Concern, flag: Flag, reason: str, words: str) -> None:
    """What somebody said before stays; what they say now is put below it."""
    if words and words not in flag.words:
        flag.words = f"{flag.words}\n\n{words}".strip()
    if len(flag.words) > MOST_WORDS:
        raise EnoughSaidError
    flag.reason = _worse(flag.reason, reason)
    flag.save(update_fields=["words", "reason"])
    _note_report(concern, reason)


def _note_report(concern: Concern, reason: str) -> None:
    concern.worst = _worse(concern.worst, reason)
    concern.urgency = URGENCY[Reason(concern.worst)]
    concern.last_reported_at = timezone.now()
    concern.save(update_fields=["reports", "worst", "urgency", "last_reported_at"])


def _worse(one: str, other: Any) -> str:
    return min(one, str(other), key=lambda reason: URGENCY[Reason(reason)])
