"""The moderators' log: what people did here, beside what Wagtail wrote down about pages, terms and accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry, PageLogEntry

from .models import Event, User
from .targets import find_targets

ON_A_PAGE = 50
# What was done, as it reads behind the name of who did it.
WORDS: dict[str, Promise] = {
    "proposal.sent": _("sent a change"),
    "proposal.accepted": _("put a change on the page"),
    "proposal.corrected": _("corrected a change and put it on the page"),
    "proposal.published": _("changed a page at once"),
    "proposal.checked": _("looked at a change that was on the page at once"),
    "proposal.changes_asked": _("sent a change back with a question"),
    "proposal.rejected": _("did not take a change"),
    "proposal.taken_out": _("took a change out again"),
    "proposal.taken_back": _("took back what they had sent"),
    "proposal.withdrawn": _("let go of a change"),
    "proposal.claimed": _("began to look at a change"),
    "proposal.set_aside": _("left a change for somebody else"),
    "person.trusted": _("began to trust somebody, by the rule"),
    "person.trust_ended": _("ended somebody’s trust, by the rule"),
    "person.paused": _("paused somebody"),
    "person.pause_ended": _("ended a pause"),
    "person.undone": _("took out all recent changes of somebody"),
    "person.erased": _("erased what somebody wrote"),
    "practice.erased": _("erased a passage of a page"),
    "proposal.erased": _("erased a passage of a change"),
    "concern.reported": _("was told of harm"),
    "concern.decided": _("decided about a report of harm"),
    "concern.appealed": _("asked for a second look"),
    "concern.appeal_decided": _("decided a second time"),
    "pause.answered": _("answered to a pause"),
}
KINDS = {
    "proposal": _("Changes"), "person": _("People"), "concern": _("Reports of harm"), "practice": _("Practices"),
}  # fmt: skip
ONE = {"proposal": _("change"), "person": _("person"), "concern": _("report"), "practice": _("practice")}
WAGTAIL = "wagtail"


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What somebody looks for in the log.

    Args:
        person: who did it, or to whom it was done; a number, or None for everybody.
        kind: of what it was done to, or "wagtail"; empty for all.
        target: of that kind, the number of the thing; None for all.
        since: the first day; None for no limit.
        until: the last day; None for no limit.
        before: only what was done no later than this.
    """

    person: int | None = None
    kind: str = ""
    target: int | None = None
    since: date | None = None
    until: date | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    at: datetime
    who: Any
    what: str
    target: str
    address: str
    whose: Any
    why: str


def read_log(asked: LogFilter) -> tuple[list[Entry], datetime | None]:
    """The last lines that fit, and from when on the next ones are; None if there are no more.

    Lines that were written in the same moment are never parted, so that none is lost between two pages.
    """
    rows: list[Any] = []
    if asked.kind != WAGTAIL:
        rows += _within(_events(asked), "at", asked)
    if asked.kind in ("", WAGTAIL) and asked.target is None:
        for model in (PageLogEntry, ModelLogEntry):
            entries = model.objects.select_related("user", "content_type")
            if asked.person is not None:
                entries = entries.filter(user=asked.person)
            rows += _within(entries, "timestamp", asked)
    rows.sort(key=lambda row: (_moment(row), row.pk), reverse=True)
    shown, rest = rows[:ON_A_PAGE], rows[ON_A_PAGE:]
    following = _moment(rest[0]) if rest else None
    if following is not None:
        shown = [row for row in shown if _moment(row) > following] or shown
    targets = find_targets({(row.target_kind, row.target_id) for row in shown if isinstance(row, Event)})
    return [_entry(row, targets) for row in shown], following


def person_named(handle: str) -> User | None:
    return User.objects.filter(username=handle.strip().lower()).first()


def _events(asked: LogFilter) -> QuerySet:
    events = Event.objects.select_related("who", "whose")
    if asked.kind:
        events = events.filter(target_kind=asked.kind)
    if asked.target is not None:
        events = events.filter(target_id=asked.target)
    if asked.person is not None:
        events = events.filter(Q(who=asked.person) | Q(whose=asked.person))
    return events


def _within(rows: QuerySet, column: str, asked: LogFilter) -> list[Any]:
    limits: dict[str, datetime] = {}
    if asked.since:
        limits[f"{column}__gte"] = _midnight(asked.since)
    if asked.until:
        limits[f"{column}__lte"] = timezone.make_aware(datetime.combine(asked.until, time.max))
    rows = rows.filter(**limits)
    if asked.before:
        rows = rows.filter(**{f"{column}__lte": asked.before})
    return list(rows.order_by(f"-{column}", "-pk")[: ON_A_PAGE + 1])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _moment(row: Any) -> datetime:
    return row.at if isinstance(row, Event) else row.timestamp


def _entry(row: Any, targets: dict[tuple[str, int], Any]) -> Entry:
    if not isinstance(row, Event):
        formatter = registry.get_formatter(row)
        label = f"{row.object_verbose_name}: {row.label}"
        return Entry(row.timestamp, row.user, str(formatter.label if formatter else row.action), label, "", None, "")
    thing = targets.get((row.target_kind, row.target_id))
    name = f"{ONE.get(row.target_kind, row.target_kind)} {row.target_id}"
    if thing is not None and row.target_kind in ("practice", "person"):
        name = str(thing.public_name if isinstance(thing, User) else thing)
    address = thing.get_absolute_url() if thing is not None and hasattr(thing, "get_absolute_url") else ""
    return Entry(row.at, row.who, str(WORDS.get(row.what, row.what)), name, address, row.whose, row.why)
