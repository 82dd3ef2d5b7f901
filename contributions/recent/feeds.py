"""What changed, as Atom feeds: of the whole library as the page shows it, and of each practice."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from contributions import history
from practices.models import PracticePage

from .asked import Asked
from .reading import RecentChange, changes_of, in_one_line, newest_of, recent_changes

IN_A_FEED = 20


class Entry(NamedTuple):
    """A change as a feed tells it; how much it changed where that is known."""

    change: RecentChange
    size: str = ""


class FeedOfChanges(Feed):
    """What both feeds say of a change. What people typed is cleaned first: XML has no control characters."""

    feed_type = Atom1Feed

    def item_title(self, item: Entry) -> str:
        return in_one_line(item.change.title)

    def item_description(self, item: Entry) -> str:
        told = (item.change.note, item.size, _standing_of(item.change))
        # The format says that it is HTML.
        return escape(". ".join(in_one_line(each).rstrip(".") for each in told if each))

    def item_link(self, item: Entry) -> str:
        return item.change.compare_url or item.change.version_url

    def item_guid(self, item: Entry) -> str:
        """The same for ever, whatever the page is called by then and wherever it is read."""
        host = urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname
        return f"tag:{host},{item.change.made_at:%Y-%m-%d}:version-{item.change.number}"

    def item_author_name(self, item: Entry) -> str:
        return in_one_line(item.change.who)

    def item_author_link(self, item: Entry) -> str | None:
        url = item.change.who_url
        return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{url}" if url else None

    def item_pubdate(self, item: Entry) -> datetime:
        return item.change.made_at

    def item_updateddate(self, item: Entry) -> datetime:
        return item.change.made_at


class ChangesFeed(FeedOfChanges):
    """The newest changes of the whole library, by the same choices as the page."""

    def get_object(self, request: HttpRequest) -> Asked:
        return Asked.parse(request.GET)

    def title(self, asked: Asked) -> str:
        return f"{_('Recent changes')} - {settings.SITE_NAME}"

    def subtitle(self, asked: Asked) -> str:
        if asked.is_narrowed:
            return _("Some of what changed in the library, newest first: what was asked for.")
        return _("What changed in the library, newest first.")

    def link(self, asked: Asked) -> str:
        return asked.url(reverse("recent:changes"))

    def feed_url(self, asked: Asked) -> str:
        return asked.url(reverse("recent:feed"))

    def items(self, asked: Asked) -> list[Entry]:
        person = asked.find_person() if asked.person else None
        if asked.person and person is None:
            return []
        return [Entry(change) for change in recent_changes(asked, person, IN_A_FEED)[0]]


class PracticeFeed(FeedOfChanges):
    """The newest versions of one page."""

    def get_object(self, request: HttpRequest, slug: str) -> PracticePage:
        page = PracticePage.objects.visible().select_related("latest_revision").filter(slug=slug).first()
        if page is None:
            raise Http404(_("There is no practice at this address."))
        return page

    def title(self, page: PracticePage) -> str:
        return f"{in_one_line(page.title)} - {settings.SITE_NAME}"

    def subtitle(self, page: PracticePage) -> str:
        return _("Every version of this page, newest first.")

    def link(self, page: PracticePage) -> str:
        return page.get_absolute_url()

    def feed_url(self, page: PracticePage) -> str:
        return reverse("recent:practice_feed", args=[page.slug])

    def items(self, page: PracticePage) -> list[Entry]:
        versions = list(history.versions_of(page)[: IN_A_FEED + 1])
        before = versions[IN_A_FEED] if len(versions) > IN_A_FEED else None
        told = history.present_versions(page, versions[:IN_A_FEED], before)
        sizes = {version.number: version.size for version in told}
        return [Entry(change, sizes.get(change.number, "")) for change in changes_of(newest_of(page, IN_A_FEED))]


def _standing_of(change: RecentChange) -> str:
    if change.is_unchecked:
        return _("Nobody has looked at it yet.")
    return _("Checked by %(name)s.") % {"name": change.checked_by} if change.checked_by else ""
