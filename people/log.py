"""The moderators' log: what people did here, beside what Wagtail wrote down about pages, terms and accounts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry, PageLogEntry

from .models import Event, User
from .targets import find_targets

ON_A_PAGE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Microseconds of the years that a database knows.
PLACE = re.compile(r"([0-9]{1,16})-([0-2])-([0-9]{1,18})", re.ASCII)
# What was done, as it reads behind the name of who did it.
WORDS: dict[str, Promise] = {
    "proposal.sent": _("sent"),
    "proposal.accepted": _("accepted"),
    "proposal.corrected": _("corrected and accepted"),
    "proposal.published": _("published at once"),
    "proposal.checked": _("looked afterwards at"),
    "proposal.changes_asked": _("sent back with a question"),
    "proposal.rejected": _("did not take"),
    "proposal.taken_out": _("took out again"),
    "proposal.put_back": _("put back"),
    "proposal.taken_back": _("took back"),
    "proposal.withdrawn": _("let go of"),
    "proposal.claimed": _("began to look at"),
    "proposal.set_aside": _("left for somebody else"),
    "person.trusted": _("began to trust, by the rule,"),
    "person.trust_ended": _("ended, by the rule, the trust in"),
    "person.paused": _("paused"),
    "person.pause_ended": _("ended the pause of"),
    "person.undone": _("undid the recent changes of"),
    "person.erased": _("erased"),
    "practice.erased": _("erased a passage of"),
    "proposal.erased": _("erased a passage of"),
    "report.sent": _("told how it went:"),
    "report.shown": _("put on the page"),
    "report.shown_at_once": _("told at once how it went:"),
    "report.returned": _("sent back with a reason"),
    "report.withdrawn": _("took back"),
    "report.erased": _("erased a passage of"),
    "concern.reported": _("was told of harm:"),
    "concern.decided": _("decided about"),
    "concern.appealed": _("asked for a second look at"),
    "concern.appeal_decided": _("decided a second time about"),
    "pause.answered": _("answered to a pause:"),
}
# What is done without an account as well: by nobody whom the log could name, and not by the site.
WITHOUT_ACCOUNT = frozenset({"report.sent", "report.withdrawn"})
KINDS = {
    "proposal": _("Changes"), "person": _("People"), "concern": _("Reports of harm"), "practice": _("Practices"),
    "report": _("Reports of how it went"),
}  # fmt: skip
WHYS = {
    "names": _("it names somebody"), "hurts": _("it could hurt"), "insults": _("it insults"),
    "unlawful": _("it is against the law, or copied"), "sells": _("it sells something"), "other": _("something else"),
    "upheld": _("something has to change"), "not_upheld": _("it can stay"), "changed": _("decided otherwise"),
    "kept": _("decided the same"), "elsewhere": _("about something else"), "person": _("it names somebody"),
    "copied": _("copied"), "selling": _("it sells something"), "untrue": _("not what we know"),
    "nonsense": _("not to be made out"), "undone": _("undone with others"), "time": _("time has passed"),
    "accepted": _("an accepted edit"), "rejected": _("a rejection"), "taken_out": _("an edit taken out"),
    "put_back": _("an edit put back"),
}  # fmt: skip
ONE = {
    "proposal": _("change"), "person": _("person"), "concern": _("report of harm"), "practice": _("practice"),
    "report": _("report of how it went"),
}  # fmt: skip
WAGTAIL = "wagtail"
HANDLE = re.compile(r"[a-z0-9-]{1,40}", re.ASCII)


class Place(NamedTuple):
    """A line of the log, by its moment, the table it stands in, and its number there."""

    moment: int
    table: int
    number: int

    def __str__(self) -> str:
        return f"{self.moment}-{self.table}-{self.number}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that an address names; None for what is none."""
        found = PLACE.fullmatch(text)
        return cls(*(int(part) for part in found.groups())) if found else None

    @property
    def at(self) -> datetime:
        return EPOCH + timedelta(microseconds=self.moment)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What somebody looks for in the log.

    Args:
        person: who did it, or to whom it was done; a number, or None for everybody.
        kind: of what it was done to, or "wagtail"; empty for all.
        target: of that kind, the number of the thing; None for all.
        since: the first day; None for no limit.
        until: the last day; None for no limit.
        before: only what comes after this place, as the list is read.
    """

    person: int | None = None
    kind: str = ""
    target: int | None = None
    since: date | None = None
    until: date | None = None
    before: Place | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. Where there is no `who`, it was somebody without an account, or the site itself."""

    at: datetime
    who: Any
    what: str
    target: str
    address: str
    whose: Any
    why: str
    is_without_account: bool = False


def read_log(asked: LogFilter) -> tuple[list[Entry], Place | None]:
    """The lines that fit, the last first, and the place from which the next ones go on; None if there are no more."""
    rows: list[tuple[Place, Any]] = []
    if asked.kind != WAGTAIL:
        rows += _within(_events(asked), "at", 0, asked)
    if asked.kind in ("", WAGTAIL) and asked.target is None:
        for table, model in enumerate((PageLogEntry, ModelLogEntry), start=1):
            entries = model.objects.select_related("user", "content_type")
            if asked.person is not None:
                entries = entries.filter(user=asked.person)
            rows += _within(entries, "timestamp", table, asked)
    rows.sort(key=itemgetter(0), reverse=True)
    shown = rows[:ON_A_PAGE]
    following = shown[-1][0] if len(rows) > ON_A_PAGE else None
    targets = find_targets({(row.target_kind, row.target_id) for _place, row in shown if isinstance(row, Event)})
    prefetch_related_objects([thing for (kind, _number), thing in targets.items() if kind == "proposal"], "page")
    return [_entry(row, targets) for _place, row in shown], following


def person_named(handle: str) -> User | None:
    handle = handle.strip().lower()
    return User.objects.filter(username=handle).first() if HANDLE.fullmatch(handle) else None


def _events(asked: LogFilter) -> QuerySet:
    events = Event.objects.select_related("who", "whose")
    if asked.kind:
        events = events.filter(target_kind=asked.kind)
    if asked.target is not None:
        events = events.filter(target_id=asked.target)
    if asked.person is not None:
        events = events.filter(Q(who=asked.person) | Q(whose=asked.person))
    return events


def _within(rows: QuerySet, column: str, table: int, asked: LogFilter) -> list[tuple[Place, Any]]:
    limits: dict[str, datetime] = {}
    if asked.since:
        limits[f"{column}__gte"] = _midnight(asked.since)
    if asked.until:
        limits[f"{column}__lte"] = timezone.make_aware(datetime.combine(asked.until, time.max))
    rows = rows.filter(**limits)
    if (place := asked.before) is not None:
        # In one moment those of a later table, and of the same with a larger number, were shown already.
        rest = Q(pk__lt=place.number) if table == place.table else Q() if table < place.table else Q(pk__in=[])
        rows = rows.filter(Q(**{f"{column}__lt": place.at}) | (Q(**{column: place.at}) & rest))
    found = rows.order_by(f"-{column}", "-pk")[: ON_A_PAGE + 1]
    return [(Place(_microseconds(getattr(row, column)), table, row.pk), row) for row in found]


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _entry(row: Any, targets: dict[tuple[str, int], Any]) -> Entry:
    if not isinstance(row, Event):
        formatter = registry.get_formatter(row)
        label = f"{row.object_verbose_name}: {row.label}"
        return Entry(row.timestamp, row.user, str(formatter.label if formatter else row.action), label, "", None, "")
    thing = targets.get((row.target_kind, row.target_id))
    name = f"{ONE.get(row.target_kind, row.target_kind)} {row.target_id}"
    if row.target_kind == "proposal" and thing is not None and thing.page is not None:
        name = translated("change %(number)d of %(title)s") % {"number": row.target_id, "title": thing.page.title}
    elif row.target_kind in ("practice", "person") and thing is not None:
        name = str(thing.public_name if isinstance(thing, User) else thing)
    address = thing.get_absolute_url() if thing is not None and hasattr(thing, "get_absolute_url") else ""
    whose = None if row.target_kind == "person" or row.whose_id == row.who_id else row.whose
    what, why = str(WORDS.get(row.what, row.what)), str(WHYS.get(row.why, row.why))
    is_without_account = row.who_id is None and row.what in WITHOUT_ACCOUNT
    return Entry(row.at, row.who, what, name, address, whose, why, is_without_account)
