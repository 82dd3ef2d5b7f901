"""What waits to be indexed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from practices.models import Library


def new_version() -> int:
    """A number that no other row has had: whoever indexed an older one does not remove a newer one."""
    return secrets.randbits(62)


@contextmanager
def _before_those_who_change() -> Iterator[None]:
    """Hold the library's row, as do all who change practices before they put rows here.

    Whoever took several of these rows without it could wait for ever for somebody who took them in another order.
    """
    with transaction.atomic():
        Library.objects.select_for_update().filter(pk=1).values_list("pk").first()
        yield


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

    def put_again(self, ids: Iterable[int]) -> None:
        """Say that practices have to be looked at once more, where nobody changed them."""
        with _before_those_who_change():
            self.put(ids)

    def waiting(self) -> IndexQueueQuerySet:
        return self.filter(indexed=False).order_by("queued_at", "object_id")

    def done(self, versions: Iterable[int]) -> None:
        """Take out rows that are indexed, unless they have been written anew since."""
        self._in_portions(versions, lambda rows: rows.delete())

    def mark_indexed(self, versions: Iterable[int]) -> None:
        """Keep rows for a rebuild that has yet to hear of them."""
        self._in_portions(versions, lambda rows: rows.update(indexed=True))

    def forget_indexed(self) -> None:
        """Take out what a rebuild was still to hear of that is none any more."""
        with _before_those_who_change():
            self.filter(indexed=True).delete()

    def _in_portions(self, versions: Iterable[int], act: Callable[[IndexQueueQuerySet], Any]) -> None:
        known = list(versions)
        for start in range(0, len(known), 500):
            with _before_those_who_change():
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
