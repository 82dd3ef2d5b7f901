"""What search engines may read, in pages of a size that a hundred thousand practices do not strain."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from practices.models import PracticePage, Term, Vocabulary, vocabulary_model

from .models import StaffPage


class PracticeSitemap(Sitemap):
    limit = 5000

    def items(self) -> QuerySet:
        return PracticePage.objects.visible().order_by("pk").values_list("slug", "last_published_at")

    def location(self, item: tuple[str, datetime | None]) -> str:
        return reverse("practices:practice", args=[item[0]])

    def lastmod(self, item: tuple[str, datetime | None]) -> datetime | None:
        return item[1]

    def get_latest_lastmod(self) -> datetime | None:
        """By one query: Django would read every practice for the index."""
        return PracticePage.objects.visible().aggregate(latest=Max("last_published_at"))["latest"]


class TermSitemap(Sitemap):
    """Terms that some page names. The others have nothing to show yet."""

    def items(self) -> list[Term]:
        return [
            term
            for vocabulary in Vocabulary.values
            for term in vocabulary_model(vocabulary).objects.current().filter(named=True)
        ]

    def location(self, item: Term) -> str:
        return item.get_absolute_url()


class StaffPageSitemap(Sitemap):
    def items(self) -> QuerySet[StaffPage]:
        return StaffPage.objects.live().public().order_by("pk")

    def location(self, item: StaffPage) -> str:
        return f"/{item.slug}/"

    def lastmod(self, item: StaffPage) -> datetime | None:
        return item.last_published_at


class DoorSitemap(Sitemap):
    """The pages that lead to the others."""

    def items(self) -> list[str]:
        return ["home:front_door", "practices:library", "search:wanted"]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS = {
    "doors": DoorSitemap,
    "practices": PracticeSitemap,
    "terms": TermSitemap,
    "pages": StaffPageSitemap,
}
