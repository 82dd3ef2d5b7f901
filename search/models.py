"""What waits to be indexed, and what people looked for in vain."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def new_version() -> int:
    """A number that no other row has had: whoever indexed an older one does not remove a newer one."""
    return secrets.randbits(62)


class IndexQueueQuerySet(models.QuerySet["IndexQueue"]):
    def put(self, ids: Iterable[int]) -> None:
        """Say that practices changed, in the transaction of the change. Sorted, so that two never lock crosswise."""
        rows = [IndexQueue(object_id=each, version=new_version(), indexed=False) for each in sorted(set(ids))]
        self.bulk_create(
            rows,  # type: ignore[arg-type]  # the stubs lose the model of a queryset made a manager
            batch_size=500,
            update_conflicts=True,
            unique_fields=["object_id"],
            update_fields=["version", "indexed"],
        )

    def waiting(self) -> IndexQueueQuerySet:
        return self.filter(indexed=False).order_by("queued_at", "object_id")

    def done(self, versions: Iterable[int]) -> None:
        """Take out rows that are indexed, unless they have been written anew since."""
        self._in_portions(versions, lambda rows: rows.delete())

    def mark_indexed(self, versions: Iterable[int]) -> None:
        """Keep rows for a rebuild that has yet to hear of them."""
        self._in_portions(versions, lambda rows: rows.update(indexed=True))

    def _in_portions(self, versions: Iterable[int], act: Callable[[IndexQueueQuerySet], Any]) -> None:
        known = list(versions)
        for start in range(0, len(known), 500):
            act(self.filter(version__in=known[start : start + 500]))


class IndexQueue(models.Model):
    """A practice whose place in the index is out of date. The row goes once it has been indexed.

    During a rebuild the row stays, marked `indexed`: it is in the live index, and the new one has
    still to hear of it before it takes over.
    """

    object_id = models.PositiveBigIntegerField(_("practice"), primary_key=True)
    version = models.PositiveBigIntegerField(_("version"), default=new_version)
    indexed = models.BooleanField(_("in the live index"), default=False)
    queued_at = models.DateTimeField(_("queued at"), auto_now_add=True)

    objects = IndexQueueQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice to index")
        verbose_name_plural = _("practices to index")
        indexes = [models.Index(fields=["indexed", "queued_at"], name="search_queue_waiting")]

    def __str__(self) -> str:
        return str(self.object_id)


class WantedState(models.TextChoices):
    OPEN = "open", _("Still wanted")
    ANSWERED = "answered", _("There is a page now")
    CLOSED = "closed", _("Closed")


class WantedQuerySet(models.QuerySet["WantedPractice"]):
    def open(self) -> WantedQuerySet:
        """What is still wanted, in the order of the list."""
        return self.filter(state=WantedState.OPEN).order_by("sort_order", "pk")


class WantedPractice(models.Model):
    """Something people looked for, or that was mentioned in passing, of which nobody has written yet."""

    title = models.CharField(_("what is wanted"), max_length=200)
    why = models.TextField(_("why, and what we would like to know"), max_length=1000)
    source_title = models.CharField(_("where it was mentioned"), max_length=300, blank=True)
    source_publisher = models.CharField(_("publisher"), max_length=120, blank=True)
    source_date = models.CharField(_("date"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=WantedState, default=WantedState.OPEN)
    sort_order = models.PositiveIntegerField(_("order"), default=0)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    starter_key = models.SlugField(_("key in the starter list"), max_length=100, unique=True, null=True, editable=False)
    starter_digest = models.CharField(_("as the loader left it"), max_length=64, blank=True, editable=False)

    objects = WantedQuerySet.as_manager()

    class Meta:
        verbose_name = _("wanted practice")
        verbose_name_plural = _("wanted practices")
        ordering = ["sort_order", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=WantedState.values), name="search_wanted_state"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def digest(self) -> str:
        """What the words are now: differs from `starter_digest` once somebody has edited them."""
        words = (self.title, self.why, self.source_title, self.source_publisher, self.source_date, self.state)
        return hashlib.sha256("\x1f".join(map(str, words)).encode()).hexdigest()
