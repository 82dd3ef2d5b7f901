"""How the queue went, week by week: what was sent and answered, how long people waited, what harm was reported.

Nobody is named, and nobody is counted. What was done to changes is counted from the log, since a change that was sent
twice holds only the last time; reports of harm are counted as items, since the log tells each voice of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from contributions.waits import in_words, share_within
from feedback.models import Concern, Subject
from people.models import Event

WEEKS = 12
SENT = "proposal.sent"
ACCEPTED = ("proposal.accepted", "proposal.corrected")
SENT_BACK = "proposal.changes_asked"
NOT_TAKEN = "proposal.rejected"
TAKEN_OUT = "proposal.taken_out"
AT_ONCE = "proposal.published"
ANSWERS = (*ACCEPTED, SENT_BACK, NOT_TAKEN)

# How the picture is drawn: the longest bar, where bars begin, how high a week and a bar are.
LONGEST = 170
LEFT = 64
HIGH = 42
BAR = 15


@dataclass(frozen=True, slots=True)
class Waited:
    """How long those waited who had an answer: the wait of half of them, and of nine in ten, in words."""

    half: str
    nine_in_ten: str

    @classmethod
    def of(cls, waits: list[timedelta]) -> Waited:
        half, nine = (share_within(sorted(waits), share) for share in (0.5, 0.9))
        return cls("" if half is None else in_words(half), "" if nine is None else in_words(nine))


@dataclass(frozen=True, slots=True)
class Week:
    """One week of the queue.

    Args:
        begins: its Monday.
        is_over: whether all of it has passed.
        sent: how often a change was sent to be checked.
        accepted: how many were put on a page.
        sent_back: how many went back with a question.
        not_taken: how many were not taken.
        taken_out: how many were taken out of a page again.
        at_once: how many went onto a page at once, by people who are trusted.
        waited: how long those waited who had their answer in this week.
        harm_new: how many things were reported as harm that were not already.
        harm_decided: how many reports of harm were decided.
    """

    begins: date
    is_over: bool
    sent: int
    accepted: int
    sent_back: int
    not_taken: int
    taken_out: int
    at_once: int
    waited: Waited
    harm_new: int
    harm_decided: int

    @property
    def answered(self) -> int:
        return self.accepted + self.sent_back + self.not_taken

    @property
    def name(self) -> str:
        return date_format(self.begins, "j F")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the picture: where its top, its end and the foot of its figure are, and what it counts."""

    top: int
    width: int
    end: int
    foot: int
    count: int


@dataclass(frozen=True, slots=True)
class Stripe:
    """A week in the picture: its two bars, and where its name and its rail stand."""

    name: str
    foot: int
    rail: int
    sent: Bar
    answered: Bar


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture, from the first week to the last: as high as its stripes, and what it shows in a sentence."""

    height: int
    stripes: list[Stripe]
    told: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How the queue went.

    Args:
        weeks: the last one first.
        sent: how often a change was sent in all of them.
        answered: how many answers there were.
        waited: how long those waited who had an answer in any of them.
        chart: the picture; None if nothing was sent and nothing answered.
    """

    weeks: list[Week]
    sent: int
    answered: int
    waited: Waited
    chart: Chart | None


def figures_of_the_queue() -> Figures:
    """How the queue went in the last twelve weeks, this one among them. Four queries."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    mondays = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -2, -1)]
    edges = [timezone.make_aware(datetime.combine(day, time.min)) for day in mondays]
    done = _done(edges)
    waits = _waits(edges)
    reports = Concern.objects.filter(subject=Subject.HARM)
    harm_new, harm_decided = (_by_week(reports, column, edges) for column in ("opened_at", "decided_at"))
    weeks = [
        Week(
            begins=mondays[number],
            is_over=number < WEEKS - 1,
            sent=done[SENT, number],
            accepted=sum(done[what, number] for what in ACCEPTED),
            sent_back=done[SENT_BACK, number],
            not_taken=done[NOT_TAKEN, number],
            taken_out=done[TAKEN_OUT, number],
            at_once=done[AT_ONCE, number],
            waited=Waited.of(waits[number]),
            harm_new=harm_new.get(number, 0),
            harm_decided=harm_decided.get(number, 0),
        )
        for number in range(WEEKS)
    ]
    return Figures(
        weeks=weeks[::-1],
        sent=sum(week.sent for week in weeks),
        answered=sum(week.answered for week in weeks),
        waited=Waited.of([wait for of_a_week in waits.values() for wait in of_a_week]),
        chart=_chart(weeks),
    )


def _within(rows: QuerySet, column: str, edges: list[datetime]) -> QuerySet:
    """Rows of these weeks, each with the number of its week.

    The edges are midnights of our own clock, so a week in which the clock changes is as long as it was; and databases
    only compare moments, where to cut each one down to its week takes SQLite eight times as long.
    """
    week = Case(
        *[When(**{f"{column}__lt": edge}, then=Value(number)) for number, edge in enumerate(edges[1:])],
        output_field=IntegerField(),
    )
    return rows.filter(**{f"{column}__gte": edges[0], f"{column}__lt": edges[-1]}).annotate(week=week).order_by()


def _by_week(rows: QuerySet, column: str, edges: list[datetime]) -> dict[int, int]:
    return dict(_within(rows, column, edges).values_list("week").annotate(count=Count("pk")))


def _done(edges: list[datetime]) -> dict[tuple[str, int], int]:
    """How often each thing was done to changes in each week."""
    events = _within(Event.objects.filter(what__in=[SENT, *ANSWERS, TAKEN_OUT, AT_ONCE]), "at", edges)
    counted = events.values_list("what", "week").annotate(count=Count("pk"))
    return defaultdict(int, {(what, week): count for what, week, count in counted})


def _waits(edges: list[datetime]) -> dict[int, list[timedelta]]:
    """How long those waited who had an answer, by the week of the answer: since they last sent it."""
    earlier = Event.objects.filter(
        target_kind=OuterRef("target_kind"), target_id=OuterRef("target_id"), what=SENT, at__lte=OuterRef("at")
    )
    sent_at = Subquery(earlier.order_by("-at").values("at")[:1])
    answers = _within(Event.objects.filter(what__in=ANSWERS), "at", edges).annotate(sent_at=sent_at)
    found: dict[int, list[timedelta]] = defaultdict(list)
    for week, at, sent in answers.values_list("week", "at", "sent_at"):
        if sent is not None:
            found[week].append(at - sent)
    return found


def _chart(weeks: list[Week]) -> Chart | None:
    most = max(max(week.sent, week.answered) for week in weeks)
    if not most:
        return None
    stripes = [
        Stripe(
            name=date_format(week.begins, "j M"),
            foot=number * HIGH + 23,
            rail=number * HIGH + 3,
            sent=_bar(week.sent, most, number * HIGH + 4),
            answered=_bar(week.answered, most, number * HIGH + 4 + BAR + 2),
        )
        for number, week in enumerate(weeks)
    ]
    busiest = max(weeks, key=lambda week: week.sent)
    told = _("Sent and answered by week. Most were sent in the week of %(day)s: %(sent)d sent, %(answered)d answered.")
    words = {"day": busiest.name, "sent": busiest.sent, "answered": busiest.answered}
    return Chart(len(weeks) * HIGH, stripes, told % words)


def _bar(count: int, most: int, top: int) -> Bar:
    """Whatever is there is seen, however long the longest bar is."""
    width = max(2, round(count * LONGEST / most)) if count else 0
    return Bar(top=top, width=width, end=LEFT + width + 8, foot=top + BAR - 2, count=count)
