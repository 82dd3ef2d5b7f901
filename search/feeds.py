"""Each search as an Atom feed, so that what is new to it comes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from practices.cards import CardRow, read_card_rows
from practices.models import PracticePage, practice_address

from .presentation import feed_address, heading_of
from .query import NEWEST, SearchQuery
from .services import search_library
from .text import clean


class SearchFeed(Feed):
    """The practices that answer a search, what changed last first: one page of them. Near ones are not among them."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> SearchQuery:
        return replace(SearchQuery.parse(request.GET), sort=NEWEST, page=1)

    def title(self, query: SearchQuery) -> str:
        return f"{heading_of(query)} - {settings.SITE_NAME}"

    def subtitle(self, query: SearchQuery) -> str:
        return _("What was written or changed last, of what answers this search.")

    def link(self, query: SearchQuery) -> str:
        return replace(query, sort="relevance").url()

    def feed_url(self, query: SearchQuery) -> str:
        return feed_address(query)

    def items(self, query: SearchQuery) -> list[CardRow]:
        found = [hit.id for hit in search_library(query).hits]
        rows = {row.id: row for row in read_card_rows(PracticePage.objects.visible().filter(pk__in=found))}
        return [rows[each] for each in found if each in rows]

    def item_title(self, item: CardRow) -> str:
        return clean(item.title, 255)

    def item_description(self, item: CardRow) -> str:
        # The format says that it is HTML.
        return escape(clean(item.summary, 1_000))

    def item_link(self, item: CardRow) -> str:
        return practice_address(item.slug)

    def item_updateddate(self, item: CardRow) -> datetime | None:
        return item.last_published_at
