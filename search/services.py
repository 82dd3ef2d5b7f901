"""What the rest of the site asks of search: an answer, counts, and an index that is true."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.db import connections
from django.utils import timezone

from practices.models import Library, PracticePage
from practices.signals import send_practice_changed

from .checking import QUEUED, REBUILT, TRUE, Differences, compare, is_due
from .draining import drain, note_that_nothing_waits
from .engines import engine_named, get_engine
from .engines.base import EngineUnavailableError, Facets, Progress, SearchEngine, SearchResults, Similar
from .models import IndexQueue
from .plan import WordPlan
from .query import SearchQuery
from .status import search_status
from .told import grown_older
from .vocabularies import vocabularies

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
__all__ = [
    "check_index",
    "drain_queue",
    "engine_missed",
    "facet_counts",
    "index_is_behind",
    "index_is_usable",
    "look_after_index",
    "rebuild_index",
    "repair_index",
    "search_library",
    "search_status",
    "similar_practices",
]
# So many practices are indexed while a reader waits; a larger library is indexed behind an answer without index.
SMALL_LIBRARY = 1_000
SECONDS_BETWEEN_REPAIRS = 60
HOPELESS_AFTER = timedelta(hours=1)
# Whether the engine could not tell something since this was last set to False, in this request.
engine_missed: ContextVar[bool] = ContextVar("engine_missed", default=False)
_no_repair_before = 0.0
_repairing = threading.Lock()
_repairs = 0


def search_library(query: SearchQuery, plan: WordPlan | None = None, said: str = "") -> SearchResults:
    """Answer from the configured engine; if that cannot answer, from none at all. Never fails.

    An index that is missing or damaged is built anew: at once for a small library, else behind the
    answer. What was typed is not logged.

    Args:
        query: what is asked.
        plan: what to look for, where that is not to be read from the words of the question.
        said: what somebody wrote, where that is not the words of the question.
    """
    engine = get_engine()
    answer = _asked(engine, lambda: engine.search(query, plan, said))
    if answer is not None:
        return answer
    return replace(engine_named("plain").search(query, plan), degraded=engine.name != "plain")


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
    engine_missed.set(True)
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
    is_small = PracticePage.objects.visible()[: SMALL_LIBRARY + 1].count() <= SMALL_LIBRARY
    if is_small and engine.builds_while_somebody_waits:
        return _rebuild_broken(engine)
    _no_repair_before = time.monotonic() + SECONDS_BETWEEN_REPAIRS
    if settings.WORKER:
        from .tasks import enqueue_unless_one_waits, rebuild_broken_index

        enqueue_unless_one_waits(rebuild_broken_index)
    else:
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
    with engine.answering():
        return engine.reader(library, vocabularies(library)).count_facets(SearchQuery(), WordPlan()) or {}


def similar_practices(practice_id: int, limit: int = 3) -> list[Similar]:
    """Practices near to one; nothing when the engine cannot tell."""
    try:
        return get_engine().similar(practice_id, limit)
    except EngineUnavailableError:
        engine_missed.set(True)
        return []


def rebuild_index(progress: Progress | None = None, *, unless_usable: bool = False) -> int:
    """Build the whole index anew; returns how many practices it holds."""
    return get_engine().rebuild(progress, unless_usable=unless_usable)


def index_is_behind() -> bool:
    """Whether a change waits for the index: what it tells may be out of date."""
    return IndexQueue.objects.waiting().exists()


def index_is_usable() -> bool:
    """Whether there is an index that can be read, whatever it holds."""
    return get_engine().health().usable


def check_index() -> Differences:
    """Compare the index with the database and heal it; returns what differed.

    A few practices are queued and indexed; where much differs, a practice stands there twice or the
    files are damaged, the index is built anew. So it is when changes have waited for an hour
    that still cannot be taken in. Practices of which what was told has grown older are taken in anew.

    Raises:
        EngineUnavailableError: the index cannot be read or written, and a new one would not help.
    """
    engine = get_engine()
    _queue_what_grew_older(engine)
    found = _compare_and_note(engine)
    rebuilds = found.calls_for_a_rebuild
    if not rebuilds:
        IndexQueue.objects.put_again(found.ids)
        drain_queue(wait=True)
        rebuilds = IndexQueue.objects.waiting().filter(queued_at__lt=timezone.now() - HOPELESS_AFTER).exists()
    if rebuilds:
        engine.distrust()
        engine.rebuild(unless_usable=True)
    engine.note_check(REBUILT if rebuilds else QUEUED if found else TRUE)
    if found:
        logger.warning("The search index differed from the library. %s", " ".join(found.lines()))
    return found


def _queue_what_grew_older(engine: SearchEngine) -> None:
    """An index knows how sure we could be on the day it took a practice in; it is asked again when that may be over.

    A day more than since the last check, as it, or the rebuild that counts as one, may have begun before midnight.
    """
    if engine.name == "plain":
        return
    last = engine.last_check()
    since = timezone.localdate(last.at) - timedelta(days=1) if last else None
    send_practice_changed(grown_older(since, timezone.localdate()))


def _compare_and_note(engine: SearchEngine) -> Differences:
    """Compare while nobody writes; an index that is as it should be is at the library's version."""
    try:
        with engine.writing(wait=True):
            version = Library.objects.current().version
            found = compare(engine)
            if not found and not engine.rebuilding():
                note_that_nothing_waits(engine, version)
            return found
    except EngineUnavailableError as error:
        if not error.heals:
            raise
        return Differences(damage=str(error))


def look_after_index() -> None:
    """Check the index when it is time to: once a night, and when it cannot be used or seems to be behind."""
    if is_due(get_engine()):
        check_index()


def drain_queue(*, limit: int | None = None, seconds: float | None = None, wait: bool = False) -> int:
    """Index what changed, if nobody else is at it; returns how many practices were indexed.

    In a request `limit` and `seconds` cap it; whatever is left is taken by the next one, or by the
    loop of due work. It can be repeated at will: a crash only means that some work is done twice.
    """
    engine = get_engine()
    done = 0
    try:
        for number in drain(engine, limit=limit, seconds=seconds, wait=wait):
            done += number
    except EngineUnavailableError as error:
        # What heals by itself is told when it is built anew; what does not, needs somebody.
        level = logging.DEBUG if error.heals else logging.WARNING
        logger.log(level, "%s changes wait for the search index: %s", IndexQueue.objects.count(), error)
        if error.heals and seconds is None:
            # Nobody waits for us, and a rebuild takes in what waits as well.
            engine.distrust()
            _rebuild_broken(engine)
    return done
