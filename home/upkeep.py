"""What needs a hand: each practice with how old it is, what it leaves open, who rests on it, and what waits there.

All of it is asked of the database, so that a page of the list takes as many queries in a large library as in a small
one. Whether a question is answered is said here in SQL as `practices/completeness.py` says it of one page; a test holds
the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Min,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy, ngettext

from contributions.models import ProposedEdit
from contributions.models import State as ProposalState
from feedback.models import Concern
from feedback.models import State as ConcernState
from people.models import User
from practices import wording
from practices.completeness import Completeness
from practices.models import CostBand, Part, PracticePage, Status, practice_address, practice_models
from practices.querysets import PracticeQuerySet

from .models import Watch

# What `str.strip` takes away: a text of nothing else is empty.
BLANKS = "".join(chr(number) for number in range(0x3001) if chr(number).isspace())
AT_WORK = (ProposalState.WAITING, ProposalState.CHANGES_ASKED)
# The questions of a page in the words of a list.
SHORT: dict[Part, Promise] = {
    Part.QUESTIONS: gettext_lazy("questions to sit with"),
    Part.WHAT_IT_IS: gettext_lazy("what it is"),
    Part.WHY_IT_WORKS: gettext_lazy("why it works"),
    Part.PRINCIPLES: gettext_lazy("on what principle"),
    Part.ESSENTIALS: gettext_lazy("what must be kept"),
    Part.LOCAL_FORM: gettext_lazy("how it looked here"),
    Part.STEPS: gettext_lazy("how to start"),
    Part.TAKES: gettext_lazy("what it takes"),
    Part.CHANGES: gettext_lazy("what changed"),
    Part.DID_NOT_WORK: gettext_lazy("what did not work"),
    Part.VOICES: gettext_lazy("people’s own words"),
    Part.WHERE: gettext_lazy("where and when"),
    Part.TERMS: gettext_lazy("for what, with whom"),
}


class Stripped(Func):
    """A text without the blanks at both ends, as `str.strip` leaves it."""

    function = "TRIM"
    output_field = TextField()

    def __init__(self, name: str) -> None:
        super().__init__(F(name), Value(BLANKS))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="BTRIM", **context)


@dataclass(frozen=True, slots=True)
class Kept:
    """One practice as a row of the list.

    Args:
        title: what it is called.
        url: where it is.
        changed_at: when its last version was made.
        told: which questions it answers.
        places: how many places told how it went.
        watchers: how many people watch it.
        waiting: how many changes of it wait to be checked.
        sent_back: how many are back with their authors, with a question.
        first_waiting: the number of the one that came first; None if none waits.
        concern: the number of the report of harm that waits; None if there is none.
        reports: how many people made that report.
        look_again: by when somebody is to look at it again; None if nobody set a day.
    """

    title: str
    url: str
    changed_at: datetime | None
    told: Completeness
    places: int
    watchers: int
    waiting: int
    sent_back: int
    first_waiting: int | None
    concern: int | None
    reports: int
    look_again: date | None

    @property
    def missing(self) -> str:
        """The questions that are still open, in a line."""
        return ", ".join(str(SHORT[part]) for part in self.told.open)

    @property
    def age(self) -> str:
        """How long ago it was changed, by the largest unit; empty if it has no version."""
        return timesince(self.changed_at, depth=1) if self.changed_at else ""

    @property
    def places_told(self) -> str:
        return ngettext("%(count)d place", "%(count)d places", self.places) % {"count": self.places}

    @property
    def watchers_told(self) -> str:
        return ngettext("%(count)d person", "%(count)d people", self.watchers) % {"count": self.watchers}

    @property
    def is_due(self) -> bool:
        return self.look_again is not None and self.look_again < timezone.localdate()

    @property
    def look_again_day(self) -> str:
        return wording.day(self.look_again) if self.look_again else ""

    @property
    def harm_told(self) -> str:
        return ngettext("%(count)d report of harm", "%(count)d reports of harm", self.reports) % {"count": self.reports}

    @property
    def waiting_told(self) -> str:
        return ngettext("%(count)d change waits", "%(count)d changes wait", self.waiting) % {"count": self.waiting}

    @property
    def sent_back_told(self) -> str:
        return ngettext("%(count)d sent back", "%(count)d sent back", self.sent_back) % {"count": self.sent_back}

    @property
    def first_waiting_url(self) -> str:
        return reverse("contributions:review_one", args=[self.first_waiting]) if self.first_waiting else ""

    @property
    def concern_url(self) -> str:
        return reverse("feedback:concern", args=[self.concern]) if self.concern else ""


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of the list.

    Args:
        label: as somebody chooses it.
        direction: of the values in its column, in the word that browsers know.
        keys: what the database sorts by, for the moderator who looks.
    """

    label: Promise
    direction: str
    keys: Callable[[User], Sequence[Any]]


def practices_in_order(*, sort: str, kind: str, by: User) -> PracticeQuerySet:
    """The numbers of the practices that readers can see.

    An order by title is a walk along its index. The others look at every practice: at 100,000 that took 0.05 to 0.2 s,
    and by gaps, for which thirteen questions are asked of each, 0.7 s.

    Args:
        sort: one of `SORTS`.
        kind: only those of a kind; empty for all.
        by: the moderator who looks. What is reported of themselves is kept from them.
    """
    pages = PracticePage.objects.visible()
    if kind:
        pages = pages.of_kind(kind)
    return pages.order_by(*SORTS[sort].keys(by), "pk").values_list("pk", flat=True)


def rows_of(numbers: Sequence[int], *, by: User) -> list[Kept]:
    """Practices as rows, in the order of their numbers. Four queries, however many there are.

    Args:
        numbers: as many as fit on a page.
        by: the moderator who looks.
    """
    if not numbers:
        return []
    answers = [f"says_{part}" for part in Part]
    says = {name: _as_column(IS_ANSWERED[part]) for name, part in zip(answers, Part, strict=True)}
    pages = PracticePage.objects.filter(pk__in=numbers).order_by().annotate(**says)
    columns = ("title", "slug", "latest_revision_created_at", "totals__places", "care__review_by", *answers)
    found = {pk: values for pk, *values in pages.values_list("pk", *columns)}
    watchers = dict(Watch.objects.filter(page__in=numbers).order_by().values_list("page").annotate(Count("pk")))
    at_work = _changes_of(numbers)
    reported = _harm(by).filter(target_id__in=numbers).values_list("target_id", "pk", "reports")
    harm = {page: (pk, reports) for page, pk, reports in reported}
    rows = []
    for pk in numbers:
        if pk not in found:
            continue
        title, slug, changed_at, places, look_again, *says_so = found[pk]
        waiting, sent_back, first = at_work.get(pk, (0, 0, None))
        concern, reports = harm.get(pk, (None, 0))
        rows.append(
            Kept(
                title, practice_address(slug), changed_at, _told(says_so), places or 0, watchers.get(pk, 0),
                waiting, sent_back, first, concern, reports, look_again,
            )
        )  # fmt: skip
    return rows


def _told(says_so: Sequence[bool]) -> Completeness:
    answered = tuple(part for part, says in zip(Part, says_so, strict=True) if says)
    return Completeness(answered, tuple(part for part in Part if part not in answered))


def _changes_of(numbers: Sequence[int]) -> dict[int, tuple[int, int, int | None]]:
    """Of each practice how many changes wait, how many were sent back, and which waits that was begun first."""
    is_waiting = Q(state=ProposalState.WAITING)
    counted = (
        ProposedEdit.objects.filter(page__in=numbers, state__in=AT_WORK)
        .order_by()
        .values("page")
        .annotate(
            waiting=Count("pk", filter=is_waiting),
            sent_back=Count("pk", filter=~is_waiting),
            first=Min("pk", filter=is_waiting),
        )
    )
    return {each["page"]: (each["waiting"], each["sent_back"], each["first"]) for each in counted}


def _harm(by: User) -> Any:
    """Reports of harm that wait, of practices. There is one of a practice at most, however many people report it."""
    return Concern.objects.for_moderator(by).filter(target_kind="practice", state=ConcernState.OPEN).order_by()


# Each question as a condition in the database.


def _has_text(name: str) -> GreaterThan:
    return GreaterThan(Stripped(name), Value(""))


def _has_rows(relation: str) -> Exists:
    model: Any = PracticePage._meta.get_field(relation).related_model
    return Exists(model.objects.filter(page=OuterRef("pk")))


def _has_terms(relation: str) -> Exists:
    through: Any = PracticePage._meta.get_field(relation).remote_field.through
    return Exists(through.objects.filter(practicepage=OuterRef("pk")))


def _says_what_it_takes() -> Q:
    told = ~Q(cost_band=CostBand.UNKNOWN)
    for name in ("people_needed", "time_needed", "cost"):
        told |= Q(_has_text(name))
    for model in (model for model in practice_models() if model.kind_fields):
        fields: list[Any] = [model._meta.get_field(name) for name in model.kind_fields]
        of_its_kind = Q()
        for each in fields:
            of_its_kind |= Q(
                (f"{each.name}__gt", "") if isinstance(each, CharField) else (f"{each.name}__isnull", False)
            )
        told |= Q(Exists(model.objects.filter(of_its_kind, pk=OuterRef("pk")).order_by()))
    return told


def _says_where_and_when() -> Q:
    told = ~Q(nations=[]) | Q(since__isnull=False) | ~Q(status=Status.UNKNOWN)
    return told | Q(place__gt="") | Q(organisation__gt="")


IS_ANSWERED: dict[Part, Any] = {
    Part.QUESTIONS: _has_rows("questions"),
    Part.WHAT_IT_IS: _has_text("what_it_is"),
    Part.WHY_IT_WORKS: _has_text("why_it_works"),
    Part.PRINCIPLES: _has_rows("principles"),
    Part.ESSENTIALS: _has_rows("essentials"),
    Part.LOCAL_FORM: _has_text("local_form"),
    Part.STEPS: _has_rows("steps"),
    Part.TAKES: _says_what_it_takes(),
    Part.CHANGES: _has_rows("changes"),
    Part.DID_NOT_WORK: _has_text("did_not_work"),
    Part.VOICES: _has_rows("voices"),
    Part.WHERE: _says_where_and_when(),
    Part.TERMS: Q(_has_terms("outcomes")) & Q(_has_terms("beneficiary_groups")),
}


def _as_column(condition: Any) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


# What each order sorts by. Of two that are level, the one comes first that was left alone for longer.


def _left_alone() -> Any:
    return F("latest_revision_created_at").asc(nulls_first=True)


def _answered() -> Any:
    counted: Any = Value(0)
    for condition in IS_ANSWERED.values():
        counted = counted + Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())
    return counted.asc()


def _at_work() -> Any:
    edits = ProposedEdit.objects.filter(page=OuterRef("pk"), state__in=AT_WORK).order_by()
    return Coalesce(Subquery(edits.values("page").annotate(count=Count("pk")).values("count")), 0).desc()


def _use() -> Any:
    return Coalesce(F("totals__places"), 0).desc()


def _what_waits(by: User) -> tuple[Any, ...]:
    """Harm before all else, then what most changes wait of."""
    is_reported = _as_column(Exists(_harm(by).filter(target_id=OuterRef("pk"))))
    return is_reported.desc(), _at_work(), _left_alone()


SORTS: dict[str, Sort] = {
    "open": Sort(gettext_lazy("What waits first"), "descending", _what_waits),
    "age": Sort(gettext_lazy("Unchanged for longest"), "ascending", lambda _by: (_left_alone(),)),
    "gaps": Sort(gettext_lazy("Most still to tell"), "ascending", lambda _by: (_answered(), _left_alone())),
    "use": Sort(gettext_lazy("Tried by most places"), "descending", lambda _by: (_use(), _left_alone())),
    "title": Sort(gettext_lazy("By title"), "ascending", lambda _by: ("sort_title",)),
}
FIRST_SORT = next(iter(SORTS))
