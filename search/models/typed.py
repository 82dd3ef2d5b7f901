"""What several people typed. Until three different visitors typed the same words, only a keyed hash is counted."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

FORGOTTEN_AFTER = timedelta(days=365)


class TypedOnce(models.Model):
    """That a visitor typed some words this week, without telling who or what."""

    words_hash = models.CharField(max_length=64)
    visitor_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["words_hash", "visitor_hash"], name="search_typed_once"),
        ]

    def __str__(self) -> str:
        return self.words_hash[:8]


class TypedSearchQuerySet(models.QuerySet["TypedSearch"]):
    def most_made(self) -> TypedSearchQuerySet:
        return self.order_by("-times", "words")

    def beginning_with(self, beginning: str) -> TypedSearchQuerySet:
        """What begins so and found something, what is made most first; a range, which the index on words answers."""
        begun = self.filter(words__gte=beginning, words__lt=beginning + chr(0x10FFFF))
        return begun.filter(found__gt=0).most_made()

    def not_typed_since(self, day: date) -> TypedSearchQuerySet:
        return self.filter(last_typed_on__lt=day)


class TypedSearch(models.Model):
    """Words that three different visitors typed within a week, and how often since then. Days, not moments."""

    words = models.CharField(_("words"), max_length=100, unique=True)
    times = models.PositiveIntegerField(_("times"), default=0)
    found = models.PositiveIntegerField(_("practices found the last time"), default=0)
    first_typed_on = models.DateField(_("first typed"))
    last_typed_on = models.DateField(_("last typed"))

    objects = TypedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("search that several people made")
        verbose_name_plural = _("searches that several people made")
        ordering = ["-times", "words"]
        indexes = [
            models.Index(fields=["-times", "words"], name="search_typed_most"),
            models.Index(fields=["found", "-times"], name="search_typed_in_vain"),
            models.Index(fields=["last_typed_on"], name="search_typed_last"),
        ]

    def __str__(self) -> str:
        return self.words
