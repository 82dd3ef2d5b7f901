"""What the rest of the site asks of search: an answer, counts, and an index that is true."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from django.db import connection, connections

from practices.models import Library, PracticePage

from .engines import engine_named, get_engine
from .engines.base import EngineUnavailableError, Facets, Progress, SearchEngine, SearchResults, Similar
from .models import IndexQueue
from .query import SearchQuery
from .synonyms import WordPlan
from .vocabularies import vocabularies

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
# So many practices are indexed while a reader waits; a larger library is indexed behind an answer without index.
SMALL_LIBRARY = 1_000
SECONDS_BETWEEN_REPAIRS = 60
BATCH = 50
_no_repair_before = 0.0
_repairing = threading.Lock()
_repairs = 0


def search_library(query: SearchQuery) -> SearchResults:
    """Answer from the configured engine; if that cannot answer, from none at all. Never fails.

    An index that is missing or damaged is built anew: at once for a small library, else behind the
    answer. What was typed is not logged.
    """
    engine = get_engine()
    answer = _asked(engine, lambda: engine.search(query))
    if answer is not None:
        return answer
    return replace(engine_named("plain").search(query), degraded=engine.name != "plain")


def _asked(engine: SearchEngine, ask: Callable[[], Answer]) -> Answer | None:
    """What an engine answers, after a repair of its index where that helps; None when it cannot."""
    try:
        return ask()
    except EngineUnavailableError as error:
        if error.heals and repair_index(engine):
            try:
                return ask()
            except EngineUnavailableError:
                _give_up_for_now(f"The search index does not answer, though it was just built: {error}")
    return None


def repair_index(engine: SearchEngine) -> bool:
    """Build a broken index anew; returns whether it is there now.

    A reader waits for a small library only. When that did not help, it is not tried again for a minute.
    """
    seen = _repairs
    with _repairing:
        if seen != _repairs:
            # Another thread of this process built it while we waited.
            return True
        if time.monotonic() < _no_repair_before:
            return False
        return _repair(engine)


def _repair(engine: SearchEngine) -> bool:
    global _no_repair_before  # noqa: PLW0603 (when this process may try again)
    engine.distrust()
    if PracticePage.objects.visible()[: SMALL_LIBRARY + 1].count() <= SMALL_LIBRARY:
        return _rebuild_broken(engine)
    _no_repair_before = time.monotonic() + SECONDS_BETWEEN_REPAIRS
    threading.Thread(target=_rebuild_behind, args=(engine,), name="search-repair").start()
    return False


def _rebuild_broken(engine: SearchEngine) -> bool:
    global _repairs  # noqa: PLW0603 (how often this process built it)
    logger.warning("The search index is missing or damaged: building it anew.")
    try:
        engine.rebuild(unless_usable=True)
    except EngineUnavailableError as error:
        _give_up_for_now(f"The search index cannot be built: {error.__cause__ or error}")
        return False
    _repairs += 1
    return True


def _rebuild_behind(engine: SearchEngine) -> None:
    try:
        _rebuild_broken(engine)
    finally:
        connections.close_all()


def _give_up_for_now(message: str) -> None:
    global _no_repair_before  # noqa: PLW0603 (when this process may try again)
    _no_repair_before = time.monotonic() + SECONDS_BETWEEN_REPAIRS
    logger.error(message)


def facet_counts() -> Facets:
    """How many practices each term and each value has, over the whole library; empty when it cannot be told."""
    engine = get_engine()
    return _asked(engine, lambda: _count_all(engine)) or {}


def _count_all(engine: SearchEngine) -> Facets:
    library = Library.objects.current()
    return engine.reader(library, vocabularies(library)).count_facets(SearchQuery(), WordPlan()) or {}


def similar_practices(practice_id: int, limit: int = 3) -> list[Similar]:
    """Practices near to one; nothing when the engine cannot tell."""
    try:
        return get_engine().similar(practice_id, limit)
    except EngineUnavailableError:
        return []


def rebuild_index(progress: Progress | None = None, *, unless_usable: bool = False) -> int:
    """Build the whole index anew; returns how many practices it holds."""
    return get_engine().rebuild(progress, unless_usable=unless_usable)


def index_is_true() -> bool:
    """Whether the index can be read and holds as many practices as anybody may read, with none waiting."""
    health = get_engine().health()
    waiting = IndexQueue.objects.waiting().exists()
    return health.usable and (waiting or health.documents == PracticePage.objects.visible().count())


def drain_queue(*, limit: int | None = None, seconds: float | None = None, wait: bool = False) -> int:
    """Index what changed, if nobody else is at it; returns how many practices were indexed.

    In a request `limit` and `seconds` cap it; whatever is left is taken by the next one, or by the
    loop of due work. It can be repeated at will: a crash only means that some work is done twice.
    """
    engine = get_engine()
    until = time.monotonic() + seconds if seconds is not None else None
    done = 0
    try:
        while IndexQueue.objects.waiting().exists():
            with engine.writing(wait=wait, background=seconds is not None) as allowed:
                if not allowed:
                    break
                while rows := _next_rows(limit, done):
                    _index_rows(engine, rows)
                    done += len(rows)
                    if until is not None and time.monotonic() > until:
                        return done
            # Somebody may have found us busy and left: look once more, now that we are not.
            if limit is not None and done >= limit:
                break
    except EngineUnavailableError as error:
        # What heals by itself is told when it is built anew; what does not, needs somebody.
        level = logging.DEBUG if error.heals else logging.WARNING
        logger.log(level, "%s changes wait for the search index: %s", IndexQueue.objects.count(), error)
        if error.heals and seconds is None:
            # Nobody waits for us, and a rebuild takes in what waits as well.
            _rebuild_broken(engine)
    return done


def _next_rows(limit: int | None, done: int) -> dict[int, int]:
    portion = BATCH if limit is None else min(BATCH, limit - done)
    return dict(IndexQueue.objects.waiting().values_list("object_id", "version")[:portion]) if portion > 0 else {}


def _index_rows(engine: SearchEngine, rows: dict[int, int]) -> None:
    """Index some rows; they go unless a rebuild beside us has yet to hear of them."""
    version = Library.objects.current().version
    rebuilding = engine.rebuilding()
    engine.index(rows)
    if rebuilding:
        IndexQueue.objects.mark_indexed(rows.values())
    else:
        IndexQueue.objects.done(rows.values())
        if not connection.in_atomic_block and not IndexQueue.objects.waiting().exists():
            # What a rebuild that died was still to hear of stands in the live index.
            IndexQueue.objects.filter(indexed=True).delete()
            engine.note_version(version)
