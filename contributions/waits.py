"""How long people wait for an answer: told to moderators and to whoever waits, as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import ProposedEdit, State

COUNTED_DAYS = 30
# The last so many answers are counted.
MOST_COUNTED = 2_000


@dataclass(frozen=True, slots=True)
class Answers:
    """How long those waited who had an answer in the last thirty days.

    Args:
        count: how many were answered.
        median: half of those had their answer by then; None if there were none.
        ninth_decile: nine in ten of those had their answer by then; None if there were none.
    """

    count: int
    median: timedelta | None
    ninth_decile: timedelta | None

    @property
    def sentence(self) -> str:
        """In a line; empty if nobody had an answer lately."""
        if self.median is None or self.ninth_decile is None:
            return ""
        told = _("In the last thirty days half had an answer within %(median)s, and nine in ten within %(ninth)s.")
        return told % {"median": in_words(self.median), "ninth": in_words(self.ninth_decile)}


@dataclass(frozen=True, slots=True)
class Waits:
    """How the queue stands.

    Args:
        waiting: how many changes wait.
        first_changes: how many of them are by people of whom nothing is on a page yet.
        unchecked: how many went onto a page at once and were not looked at since.
        oldest: when the one was sent that waits longest; None if nothing waits.
        answers: how long those waited who had an answer lately.
    """

    waiting: int
    first_changes: int
    unchecked: int
    oldest: datetime | None
    answers: Answers


def waits_now() -> Waits:
    """How the queue stands now."""
    first = Q(author__standing__first_accepted_on=None)
    waiting = ProposedEdit.objects.filter(state=State.WAITING).aggregate(
        count=Count("pk"), first=Count("pk", filter=first), oldest=Min("sent_at")
    )
    unchecked = ProposedEdit.objects.unchecked().count()
    return Waits(waiting["count"], waiting["first"], unchecked, waiting["oldest"], answers_lately())


def answers_lately() -> Answers:
    """How long those waited who had an answer in the last thirty days."""
    since = timezone.now() - timedelta(days=COUNTED_DAYS)
    answered = ProposedEdit.objects.filter(
        decided_at__gte=since, reviewer__isnull=False, sent_at__lt=F("decided_at")
    ).exclude(state__in=[State.DRAFT, State.WITHDRAWN])
    times = answered.order_by("-decided_at").values_list("sent_at", "decided_at")[:MOST_COUNTED]
    waited = sorted(decided - sent for sent, decided in times if sent and decided)
    return Answers(len(waited), share_within(waited, 0.5), share_within(waited, 0.9))


def share_within(waited: list[timedelta], share: float) -> timedelta | None:
    """The wait within which a share of all had their answer: the nearest rank, of waits in order.

    Args:
        waited: the waits, the shortest first.
        share: from nought to one.
    """
    if not waited:
        return None
    return waited[max(0, -int(-share * len(waited) // 1) - 1)]


def in_words(wait: timedelta) -> str:
    """A wait as people say it: minutes under an hour, hours under two days, then days."""
    minutes = max(1, round(wait.total_seconds() / 60))
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = round(hours / 24)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
