"""Watching a page: whoever wants to hears of its changes, all of a day in one message.

`told_until` says up to which moment somebody knows what became of a page; it moves on under a lock, together with the
message, so that two processes never tell the same twice and a crash in between tells nothing twice either.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributions.recent.reading import RecentChange, changes_of, in_one_line, versions_since
from people.messages import tell
from people.models import Message, User
from practices.models import PracticePage

from .models import Watch

MOST_WATCHED = 500
MOST_LINES = 20
MOST_PEOPLE_AT_ONCE = 1_000
TOLD_EVERY = timedelta(days=1)
# A change has its moment before it is certain. What is younger than this is told the next time.
SETTLES_IN = timedelta(seconds=10)


class TooManyWatchedError(Exception):
    """They watch as many pages as anybody may."""


@transaction.atomic
def watch_page(*, person: User, page: PracticePage) -> Watch:
    """Let somebody hear of what changes on a page from now on. Asked for twice, it stays as it was.

    Raises:
        TooManyWatchedError: they would have to stop watching another first.
    """
    # Under a lock, so that two forms sent at once do not go over the limit.
    User.objects.select_for_update().get(pk=person.pk)
    known = Watch.objects.filter(person=person, page=page).first()
    if known is not None:
        return known
    if Watch.objects.filter(person=person).count() >= MOST_WATCHED:
        raise TooManyWatchedError
    now = timezone.now()
    return Watch.objects.create(person=person, page=page, since=now, told_until=now)


def stop_watching(*, person: User, page: int) -> bool:
    """Let somebody hear no more of a page.

    Args:
        person: whose wish it is.
        page: the number of the page, which may be one that nobody can read by now.

    Returns:
        Whether they watched it.
    """
    return bool(Watch.objects.filter(person=person, page=page).delete()[0])


def is_watching(person: User, page: PracticePage) -> bool:
    return Watch.objects.filter(person=person, page=page).exists()


def watches_of(person: User) -> QuerySet[Watch]:
    """What somebody watches, the last begun first."""
    return Watch.objects.filter(person=person).select_related("page").order_by("-since", "-pk")


def tell_watchers() -> int:
    """Tell everybody what changed on the pages that they watch; whoever was told within a day waits for the next.

    Returns:
        How many people were told.
    """
    now = timezone.now()
    Watch.objects.filter(person__closed_at__isnull=False).delete()
    return sum(_tell_person(pk, now) for pk in _people_with_news(now))


def _people_with_news(now: datetime) -> list[int]:
    """Who watches a page that has a version since they were told. It may still be one of their own."""
    watches = Watch.objects.filter(
        ~Exists(_told_lately(now).filter(person=OuterRef("person"))),
        page__in=PracticePage.objects.visible().values("pk"),
        page__latest_revision_created_at__gt=F("told_until"),
        person__is_active=True,
    )
    return list(watches.order_by("person").values_list("person", flat=True).distinct()[:MOST_PEOPLE_AT_ONCE])


def _told_lately(now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(path=reverse("home:watching"), written_at__gt=now - TOLD_EVERY)


@transaction.atomic
def _tell_person(pk: int, now: datetime) -> bool:
    """Tell one person, if nobody else just did."""
    person = User.objects.select_for_update().filter(pk=pk, closed_at=None).first()
    if person is None or _told_lately(now).filter(person=pk).exists():
        return False
    until = now - SETTLES_IN
    known = dict(Watch.objects.filter(person=pk, told_until__lt=until).values_list("page", "told_until"))
    if not known:
        return False
    # Only what readers can see: of a page that was taken down they hear once it is back.
    pages = PracticePage.objects.visible().filter(pk__in=known, latest_revision_created_at__gt=min(known.values()))
    found = {page.pk: page for page in pages.only("title", "slug")}
    news = versions_since({page: known[page] for page in found}, until, but_by=pk)
    Watch.objects.filter(person=pk, page__in=found, told_until__lt=until).update(told_until=until)
    lines = changes_of(news[:MOST_LINES])
    if not lines:
        return False
    about = found[news[0].page]
    count = len({each.page for each in news})
    title = _("Changed: %(title)s") % {"title": in_one_line(about.title)}
    if count > 1:
        title = ngettext("%(count)d page that you watch changed", "%(count)d pages that you watch changed", count)
        title %= {"count": count}
    tell(
        person,
        about=about,
        title=title,
        body=_body(lines, len(news) - len(lines)),
        path=reverse("home:watching"),
        action=_("See what you watch"),
        at_most_daily=True,
    )
    return True


def _body(lines: list[RecentChange], more: int) -> str:
    told = [f"- {_told(change)}" for change in lines]
    if more > 0:
        told.append("- " + ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more})
    lead = _("This changed on pages that you watch. You can read what changed, and go back if it is not right.")
    return f"{lead}\n\n{chr(10).join(told)}"


def _told(change: RecentChange) -> str:
    words = {"title": in_one_line(change.title), "who": change.who, "day": change.day, "note": in_one_line(change.note)}
    return (_("%(title)s: %(who)s, %(day)s, “%(note)s”") if change.note else _("%(title)s: %(who)s, %(day)s")) % words
