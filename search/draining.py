"""How what waits in the queue gets into the index, portion by portion."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import connection

from practices.models import Library

from .engines.base import SearchEngine
from .models import IndexQueue

# Practices to a commit. A commit costs 12 ms for one and 400 ms for 1,000: small ones while somebody waits.
WHILE_SOMEBODY_WAITS = 50
WHEN_NOBODY_WAITS = 1_000


def drain(engine: SearchEngine, *, limit: int | None, seconds: float | None, wait: bool) -> Iterator[int]:
    """Index what waits until nothing does, or `limit` practices or `seconds` are used up; yields how many each time.

    Ends at once when somebody else writes and we do not `wait`: then that one takes it in.

    Raises:
        EngineUnavailableError: the index cannot be written.
    """
    until = time.monotonic() + seconds if seconds is not None else None
    left = limit
    while left != 0 and IndexQueue.objects.waiting().exists():
        with engine.writing(wait=wait, background=seconds is not None) as allowed:
            if not allowed:
                return
            while rows := _next_rows(left, is_hasty=until is not None):
                _index_rows(engine, rows)
                left = None if left is None else left - len(rows)
                yield len(rows)
                if until is not None and time.monotonic() > until:
                    return
        # Somebody may have found us busy and left: look once more, now that we are not.


def _next_rows(left: int | None, *, is_hasty: bool) -> dict[int, int]:
    portion = WHILE_SOMEBODY_WAITS if is_hasty else WHEN_NOBODY_WAITS
    portion = portion if left is None else min(portion, left)
    return dict(IndexQueue.objects.waiting().values_list("object_id", "version")[:portion]) if portion else {}


def _index_rows(engine: SearchEngine, rows: dict[int, int]) -> None:
    """Index some rows; they go unless a rebuild beside us has yet to hear of them."""
    version = Library.objects.current().version
    rebuilding = engine.rebuilding()
    engine.index(rows)
    if rebuilding:
        IndexQueue.objects.mark_indexed(rows.values())
    else:
        IndexQueue.objects.done(rows.values())
        if not connection.in_atomic_block:
            note_that_nothing_waits(engine, version)


def note_that_nothing_waits(engine: SearchEngine, version: int) -> None:
    """Say which version the index holds, if nothing waits. Hold the right to write, and have no rebuild beside it.

    `version` was read before the last look at the queue: every change up to it has its row, or had it.
    """
    if not IndexQueue.objects.waiting().exists():
        # What a rebuild that died was still to hear of stands in the live index.
        IndexQueue.objects.forget_indexed()
        engine.note_version(version)
