"""The service that writes new practices, a batch in a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from practices.models import PracticeIndexPage
from practices.signals import send_practice_changed

from .checking import Checked, Checker
from .history import History
from .new import NewPractice, PracticeLoadError
from .places import Addresses, new_paths
from .writing import Batch, Tables

Progress = Callable[[int], None]


def load_practices(
    *,
    practices: Iterable[NewPractice],
    by: Any = None,
    batch_size: int = 500,
    progress: Progress | None = None,
) -> int:
    """Write practices that are not in the library yet, published, some hundreds at a time.

    What is left behind is what publishing each of them in the ordinary way leaves, tables, first
    revision, log and reference index included; `practice_changed` is sent once a batch. Wagtail's
    signals of saving and publishing are not sent.

    Args:
        practices: in an order in which each comes after the one it was adapted from. Read a batch at a time.
        by: who loads them, as owner and in revision and log; nobody for the site itself.
        batch_size: practices in a transaction, while which nobody else can write to an SQLite database.
        progress: called after each batch with how many are loaded.

    Returns:
        How many were loaded.

    Raises:
        PracticeLoadError: a practice cannot be used. Nothing of its batch is there then; the batches
            before it are, and the error says how many practices that is.
    """
    load = Load(by)
    source, loaded = iter(practices), 0
    while batch := list(islice(source, batch_size)):
        try:
            load.write([load.checker.check(practice, number) for number, practice in enumerate(batch, loaded + 1)])
        except PracticeLoadError as error:
            error.loaded = loaded
            raise
        loaded += len(batch)
        if progress:
            progress(loaded)
    return loaded


class Load:
    """What the batches of one load have in common."""

    def __init__(self, by: Any) -> None:
        self.by = by
        self.checker, self.tables, self.addresses = Checker(), Tables(), Addresses()

    @transaction.atomic
    def write(self, practices: list[Checked]) -> None:
        """Write one batch, all of it or nothing."""
        # Whoever adds a page takes this lock first, so places and addresses hold until the commit.
        index = PracticeIndexPage.objects.select_for_update().get()
        slugs = self.addresses.give(practices, index)
        now = timezone.now()
        batch = Batch(self.checker, self.tables, index, practices, self.by)
        ids = batch.write(slugs, new_paths(index, len(practices)), History(self.by, now), now)
        PracticeIndexPage.objects.filter(pk=index.pk).update(numchild=F("numchild") + len(ids))
        send_practice_changed(ids)
