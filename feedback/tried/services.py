"""Every step of a report of how it went: kept, sent, shown, sent back, taken back.

What counts for a page is counted anew in the same transaction, and those who have to know are told.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.models import UNDER_WAY, ReportState, TriedEssential, TriedReport, place_key
from feedback.totals import recount
from people.events import record_event
from people.models import User
from people.standing import is_paused, standing_of
from people.writers import Writer
from practices.models import PracticePage
from practices.signals import send_practice_changed

from .letters import tell_returned, tell_shown
from .permissions import TO_CHECK, can_check, goes_at_once, is_author

# So many of a newcomer wait at most, so that one person does not fill the moderators' evening.
MOST_WAITING = 5
# What nobody waits for but its author.
OF_THEIR_OWN = (ReportState.DRAFT, ReportState.RETURNED, ReportState.WITHDRAWN)
# As long as the session by which they are known.
DRAFTS_OF_VISITORS_KEPT_FOR = timedelta(days=14)
TAKEN_BACK_KEPT_FOR = timedelta(days=30)


class ReportChangedError(Exception):
    """It was changed in another tab, or by somebody else, since the form was opened. Nothing was changed.

    Args:
        report: as it is by now.
    """

    def __init__(self, report: TriedReport) -> None:
        super().__init__(report)
        self.report = report


class AlreadyToldError(Exception):
    """The same person told of the same place already, and can change what they told.

    Args:
        report: what they told.
    """

    def __init__(self, report: TriedReport | None) -> None:
        super().__init__(report)
        self.report = report


class PausedError(Exception):
    """They may write and not send for now."""


class EnoughWaitsError(Exception):
    """So many of theirs wait that nothing more can be sent."""


@dataclass(frozen=True)
class Said:
    """What somebody tells.

    Args:
        fields: by the names of the columns of `TriedReport`.
        outcomes: the numbers of those that they saw.
        essentials: what they did with each, and how; by its key.
    """

    fields: Mapping[str, Any]
    outcomes: frozenset[int] = frozenset()
    essentials: Mapping[UUID, tuple[str, str]] = field(default_factory=dict)


@transaction.atomic
def keep_report(
    *,
    page: PracticePage,
    by: Writer,
    said: Said,
    send: bool,
    sent_key: str = "",
    report: TriedReport | None = None,
    version: int = 0,
) -> TriedReport:
    """Keep what somebody tells of a practice, and send it if they want.

    What newcomers send waits for a moderator; what trusted people and moderators send is on the page at once. Whoever
    changes a report that waits or is on the page sends it anew, whatever they ask for: nothing unread is shown.

    Args:
        page: the practice.
        by: who tells it.
        said: what they tell.
        send: whether it is more than a draft.
        sent_key: of a new one, what its form carried: sent twice, it is one.
        report: the one that they change.
        version: of that, which version they saw.

    Returns:
        The report, or the one that the same form made before.

    Raises:
        PermissionDenied: it is somebody else's.
        ReportChangedError: it was changed meanwhile, or the same form was sent before with other words.
        AlreadyToldError: they told of this place already.
        PausedError: they may not send.
        EnoughWaitsError: too many of theirs wait.
    """
    if report is None:
        before = TriedReport.objects.select_for_update().filter(sent_key=sent_key).first()
        if before is not None and is_author(by, before):
            if _says(before, said) and (before.state in UNDER_WAY or not send):
                return before
            raise ReportChangedError(before)
        # A form that stayed open while somebody else signed in is theirs now.
        own_key = sent_key if sent_key and before is None else secrets.token_hex(16)
        report = TriedReport(page=page, author=by.person, visitor=by.visitor, sent_key=own_key)
    else:
        report = _locked(report)
        if not is_author(by, report):
            raise PermissionDenied
        if report.version != version:
            raise ReportChangedError(report)
        report.version += 1
        send = send or report.state in TO_CHECK
    return save_report(report=report, said=said, send=send)


@transaction.atomic
def save_report(*, report: TriedReport, said: Said, send: bool) -> TriedReport:
    """The same for a report that is locked or new, and whose author was asked for already.

    Raises:
        AlreadyToldError, PausedError, EnoughWaitsError: as `keep_report` does.
    """
    was = report.state
    for name, value in said.fields.items():
        setattr(report, name, value)
    report.saved_at = timezone.now()
    if send:
        _send(report, was)
    else:
        report.state = ReportState.DRAFT
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:
        # The same form, or another tab, was faster by a moment.
        same_form = TriedReport.objects.filter(sent_key=report.sent_key).exclude(pk=report.pk)
        other = same_form.first() or _told_of_the_same(report).first()
        if other is None:
            raise
        raise AlreadyToldError(other) from None
    report.outcomes.set(said.outcomes)
    report.essentials.all().delete()
    TriedEssential.objects.bulk_create(
        TriedEssential(report=report, essential=key, taken=taken, how=how)
        for key, (taken, how) in said.essentials.items()
    )
    if send:
        is_shown = report.state == ReportState.SHOWN
        record_event(
            "report.shown_at_once" if is_shown else "report.sent", report, by=report.author, whose=report.author
        )
    # Other words are something else to show, though they may come to the same totals.
    if ReportState.SHOWN in (was, report.state) and not recount([report.page_id]):
        send_practice_changed([report.page_id])
    return report


@transaction.atomic
def withdraw_report(*, report: TriedReport, by: Writer) -> TriedReport:
    """Take a report back. Its author keeps what they wrote for a month, and can send it again.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    report = _locked(report)
    if not is_author(by, report):
        raise PermissionDenied
    was, report.state = report.state, ReportState.WITHDRAWN
    if was == ReportState.WITHDRAWN:
        return report
    report.decided_at = timezone.now()
    report.version += 1
    report.save()
    record_event("report.withdrawn", report, by=by.person, whose=report.author)
    if was == ReportState.SHOWN:
        recount([report.page_id])
    return report


@transaction.atomic
def show_report(*, report: TriedReport, by: User, version: int) -> TriedReport:
    """Put a report on the page, and tell its author.

    Raises:
        PermissionDenied: they are no moderator, or it is their own.
        ReportChangedError: it was changed or answered since they saw it.
    """
    report = _to_check(report, by, version)
    if report.state == ReportState.SHOWN:
        raise ReportChangedError(report)
    _answer(report, by, ReportState.SHOWN)
    record_event("report.shown", report, by=by, whose=report.author)
    recount([report.page_id])
    tell_shown(report)
    return report


@transaction.atomic
def return_report(*, report: TriedReport, by: User, version: int, reason: str) -> TriedReport:
    """Send a report back, or take one from the page, with what to change in words for its author.

    Raises:
        PermissionDenied: they are no moderator, or it is their own.
        ReportChangedError: it was changed or answered since they saw it.
        ValidationError: there is no reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say what to change: they read it")})
    report = _to_check(report, by, version)
    was = report.state
    _answer(report, by, ReportState.RETURNED, reason.strip())
    record_event("report.returned", report, by=by, whose=report.author)
    if was == ReportState.SHOWN:
        recount([report.page_id])
    tell_returned(report)
    return report


@transaction.atomic
def adopt_reports(*, visitor: str, person: User) -> int:
    """Give somebody who signed in what they told before; returns how many reports there were.

    Where they told of the same place with their account, the other becomes a draft.
    """
    mine = TriedReport.objects.select_for_update().filter(author=None, visitor=visitor) if visitor else ()
    adopted, hidden = list(mine), set()
    for report in adopted:
        was = report.state
        report.author, report.visitor = person, ""
        if report.reviewer_id == person.pk:
            report.reviewer = None
        if was in UNDER_WAY and not report.on_paper and _told_of_the_same(report).exists():
            report.state = ReportState.DRAFT
        report.version += 1
        report.save()
        if was == ReportState.SHOWN and report.state != was:
            hidden.add(report.page_id)
    # All at once: whoever went on to the totals of another page after the library's row could wait for ever.
    recount(hidden)
    return len(adopted)


@transaction.atomic
def forget_unreachable_reports() -> int:
    """Delete drafts that nobody reaches any more, and what was taken back a month ago; returns how many."""
    now = timezone.now()
    session_is_over = Q(state=ReportState.DRAFT, author=None, saved_at__lt=now - DRAFTS_OF_VISITORS_KEPT_FOR)
    taken_back = Q(state=ReportState.WITHDRAWN, decided_at__lt=now - TAKEN_BACK_KEPT_FOR)
    has_left = Q(state__in=OF_THEIR_OWN, author__closed_at__isnull=False)
    # Under a lock: what its author sends in this moment stays.
    reports = TriedReport.objects.select_for_update(of=("self",)).filter(session_is_over | taken_back | has_left)
    gone = list(reports.values_list("pk", flat=True))
    TriedReport.objects.filter(pk__in=gone).delete()
    return len(gone)


def _send(report: TriedReport, was: str) -> None:
    """Decide where it goes, if anywhere."""
    report.place_key = place_key(report.place)
    other = None if report.on_paper else _told_of_the_same(report).first()
    if other is not None:
        raise AlreadyToldError(other)
    if report.author is not None and is_paused(standing_of(report.author)):
        raise PausedError
    is_at_once = goes_at_once(report.author, report)
    if not is_at_once and was != ReportState.WAITING and _waiting_of(report) >= MOST_WAITING:
        raise EnoughWaitsError
    report.state = ReportState.SHOWN if is_at_once else ReportState.WAITING
    report.sent_at, report.told_on = timezone.now(), timezone.localdate()
    # What a moderator asked for stays beside it until one has read it again.
    report.reviewer, report.decided_at = None, timezone.now() if is_at_once else None


def _says(report: TriedReport, said: Said) -> bool:
    """Whether a report says exactly this."""
    return (
        all(getattr(report, name) == value for name, value in said.fields.items())
        and set(report.outcomes.values_list("pk", flat=True)) == said.outcomes
        and {each.essential: (each.taken, each.how) for each in report.essentials.all()} == dict(said.essentials)
    )


def _told_of_the_same(report: TriedReport) -> Any:
    """What its author told of the same place on this page."""
    told = TriedReport.objects.filter(
        page=report.page_id, place_key=report.place_key, nation=report.nation, state__in=UNDER_WAY, on_paper=False
    ).exclude(pk=report.pk)
    if report.author_id:
        return told.filter(author=report.author_id)
    return told.filter(author=None, visitor=report.visitor) if report.visitor else told.none()


def _waiting_of(report: TriedReport) -> int:
    waiting = TriedReport.objects.waiting()
    if report.author_id:
        return waiting.filter(author=report.author_id).count()
    return waiting.filter(author=None, visitor=report.visitor).count() if report.visitor else 0


def _to_check(report: TriedReport, by: User, version: int) -> TriedReport:
    report = _locked(report)
    if report.version != version or report.state not in TO_CHECK:
        raise ReportChangedError(report)
    if not can_check(by, report):
        raise PermissionDenied
    return report


def _answer(report: TriedReport, by: User, state: str, reason: str = "") -> None:
    report.state, report.reviewer, report.reason, report.decided_at = state, by, reason, timezone.now()
    report.version += 1
    report.save()


def _locked(report: TriedReport) -> TriedReport:
    return TriedReport.objects.select_for_update().get(pk=report.pk)
