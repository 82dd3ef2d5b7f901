"""Versions of all pages in one line, the newest first. A hundred thousand of them are no burden.

The list is walked along one index that holds all that the choices look at (`contributions/migrations`), from the place
where the page before it ended. So nothing is counted, and nothing is sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, ExpressionWrapper, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, IsNull
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision

from contributions.history import who_made
from contributions.models import ProposedEdit
from practices import wording
from practices.models import PracticePage, StarterEntry
from practices.reading import titles_and_slugs
from practices.text import UNSEEN

from .asked import Asked, Place

# Days beyond these have no moment in every zone, and no version is from then.
FIRST_DAY, LAST_DAY = date(1971, 1, 1), date(2200, 1, 1)


class Found(NamedTuple):
    """A version, and whose it is."""

    number: int
    made_at: datetime
    page: int


@dataclass(frozen=True, slots=True)
class RecentChange:
    """One version of a page, as a line among those of all pages."""

    number: int
    made_at: datetime
    title: str
    slug: str
    who: str
    who_url: str
    note: str
    checked_by: str
    is_unchecked: bool
    before: int | None

    @property
    def day(self) -> str:
        return wording.day(self.made_at)

    @property
    def version_url(self) -> str:
        return reverse("contributions:version", args=[self.slug, self.number])

    @property
    def compare_url(self) -> str:
        """Where it stands beside the version before; empty for the first one."""
        return reverse("contributions:compare", args=[self.slug, self.before, self.number]) if self.before else ""


def recent_changes(asked: Asked, person: int | None, count: int) -> tuple[list[RecentChange], Place | None]:
    """The newest changes that are asked for.

    Args:
        asked: which.
        person: who made them; None for everybody.
        count: so many at most.

    Returns:
        The changes; and where they end, if there are more.
    """
    found = [Found(pk, at, int(page)) for pk, at, page in _walk(asked, person)[: count + 1]]
    shown = found[:count]
    return changes_of(shown), Place(shown[-1].made_at, shown[-1].number) if len(found) > count else None


def changes_of(found: Sequence[Found]) -> list[RecentChange]:
    """Versions as lines, in the order in which they were found; those that readers cannot see are left out.

    Args:
        found: as many as fit on a page.
    """
    if not found:
        return []
    pages = titles_and_slugs(list({each.page for each in found}))
    numbers = [each.number for each in found if each.page in pages]
    revisions = {revision.pk: revision for revision in _read(numbers)}
    unnamed = {each.page for each in found if each.number in revisions and revisions[each.number].user_id is None}
    starter = set(StarterEntry.objects.filter(page__in=unnamed).values_list("page", flat=True)) if unnamed else set()
    return [
        _line(revisions[each.number], *pages[each.page], starter=each.page in starter)
        for each in found
        if each.number in revisions
    ]


def newest_of(page: PracticePage, count: int) -> list[Found]:
    """The newest versions of one page."""
    rows = page.revisions.order_by("-created_at", "-pk").values_list("pk", "created_at")[:count]
    return [Found(pk, at, page.pk) for pk, at in rows]


def versions_since(known: dict[int, datetime], until: datetime, *, but_by: int) -> list[Found]:
    """Versions that somebody does not know of yet, the newest first.

    Args:
        known: by page, up to which moment they know what became of it.
        until: no later than this.
        but_by: the number of a person whose own versions are left out.
    """
    if not known:
        return []
    versions = _of_pages().filter(
        object_id__in=[str(page) for page in known], created_at__gt=min(known.values()), created_at__lte=until
    )
    rows = _in_order(versions.exclude(user=but_by))
    return [Found(pk, at, int(page)) for pk, at, page in rows if at > known[int(page)]]


def in_one_line(text: str) -> str:
    """A text in one line, without what cannot be seen."""
    return " ".join(UNSEEN.sub(" ", text).split())


def _walk(asked: Asked, person: int | None) -> QuerySet:
    """Number, moment and page of each version that is asked for."""
    pages = PracticePage.objects.visible()
    if asked.kind:
        pages = pages.of_kind(asked.kind)
    is_visible = Exists(pages.filter(pk=Cast(OuterRef("object_id"), IntegerField())))
    versions = _of_pages().filter(is_visible, **_days(asked))
    if person is not None:
        versions = versions.filter(Exact(_in_no_index("user_id"), person))
    elif not asked.starter:
        versions = versions.filter(IsNull(_in_no_index("user_id"), False))
    if asked.unchecked:
        versions = versions.filter(Exists(_unchecked().filter(revision=OuterRef("pk"))))
    if asked.before:
        at = asked.before.made_at
        behind = Q(created_at__lt=at) | Q(created_at=at, pk__lt=asked.before.number)
        versions = versions.filter(behind, created_at__lte=at)
    return _in_order(versions)


def _of_pages() -> QuerySet[Revision]:
    return Revision.objects.filter(
        Exact(_in_no_index("base_content_type_id"), ContentType.objects.get_for_model(Page).pk)
    )


def _in_order(versions: QuerySet[Revision]) -> QuerySet:
    return versions.order_by("-created_at", "-pk").values_list("pk", "created_at", "object_id")


def _in_no_index(column: str) -> ExpressionWrapper:
    """A sum is in no index: so databases keep to the walk, and do not gather all versions of a person or a type."""
    return ExpressionWrapper(F(column) + 0, output_field=IntegerField())


def _days(asked: Asked) -> dict[str, datetime]:
    limits: dict[str, datetime] = {}
    if asked.since:
        limits["created_at__gte"] = _moment(asked.since, time.min)
    if asked.until:
        limits["created_at__lte"] = _moment(asked.until, time.max)
    return limits


def _moment(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(min(max(day, FIRST_DAY), LAST_DAY), at))


def _unchecked() -> QuerySet[ProposedEdit]:
    return ProposedEdit.objects.unchecked().order_by()


def _read(numbers: Sequence[int]) -> QuerySet[Revision]:
    """Versions with who made them and why, and the number of the version before, but not what they say."""
    earlier = Revision.objects.filter(
        base_content_type=OuterRef("base_content_type"), object_id=OuterRef("object_id"), pk__lt=OuterRef("pk")
    )
    return (
        Revision.objects.filter(pk__in=numbers)
        .select_related("user__standing", "proposed_edit__reviewer")
        .only(
            "created_at",
            "user__username",
            "user__closed_at",
            "user__standing__first_accepted_on",
            "proposed_edit__note",
            "proposed_edit__reviewer__username",
            "proposed_edit__reviewer__closed_at",
        )
        .annotate(
            before=Subquery(earlier.order_by("-pk").values("pk")[:1]),
            is_unchecked=Exists(_unchecked().filter(revision=OuterRef("pk"))),
        )
    )


def _line(revision: Any, title: str, slug: str, *, starter: bool) -> RecentChange:
    edit = getattr(revision, "proposed_edit", None)
    return RecentChange(
        number=revision.pk,
        made_at=revision.created_at,
        title=title,
        slug=slug,
        who=who_made(revision, starter=starter),
        who_url=_profile_of(revision.user),
        note=edit.note if edit else "",
        checked_by=edit.reviewer.public_name if edit and edit.reviewer else "",
        is_unchecked=revision.is_unchecked,
        before=revision.before,
    )


def _profile_of(person: Any) -> str:
    """Where somebody's public page is; empty if they have none."""
    standing = getattr(person, "standing", None)
    is_public = standing is not None and standing.first_accepted_on is not None and person.closed_at is None
    return person.get_absolute_url() if is_public else ""
