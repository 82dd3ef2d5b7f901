"""The engine for many servers: an index in Elasticsearch 8, behind aliases, shared by every process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.helpers import streaming_bulk

from practices.models import Library
from search.documents import documents_for, visible_ids
from search.engines.base import Check, EngineUnavailableError, Health, Progress, SearchEngine
from search.engines.locks import locks_of
from search.models import IndexQueue
from search.vocabularies import Vocabularies

from .connection import SECONDS_FOR_AN_ANSWER, SECONDS_FOR_WORK, SECONDS_WHILE_SOMEBODY_WAITS, Connection
from .indexes import Indexes
from .mapping import to_source
from .reader import ElasticsearchReader, State

logger = logging.getLogger(__name__)
WRITE, REBUILD = "write", "rebuild"
PORTION = 500
ENTRIES_AT_ONCE = 10_000
# A portion that failed is tried again after so many seconds, where nobody waits.
TRY_AGAIN_AFTER = (0.5, 2.0, 5.0)
# Somebody else wrote a later state of it, or it was not there to be removed: both are as wanted.
AS_WANTED = frozenset({404, 409})
# Refused for the moment: there is too much to do, or the disk is full.
PASSING = frozenset({429, 503})
# The origin of the index is looked at again after so many seconds.
SECONDS_OF_TRUST = 5.0


class ElasticsearchEngine(SearchEngine):
    name = "elasticsearch"
    builds_while_somebody_waits = False

    def __init__(self) -> None:
        self.connection = Connection()
        self._distrusted: set[str] = set()
        self._trusted: tuple[str, float] = ("", 0.0)
        self._state: State | None = None
        self._mine = threading.local()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """All that is read for one answer has a second, together; what goes wrong is told as EngineUnavailableError."""
        try:
            with self.connection.asking(SECONDS_FOR_AN_ANSWER):
                yield
        except (DatabaseError, EngineUnavailableError):
            raise
        except Exception as error:
            # Never its text, which may hold what was typed.
            logger.error("Elasticsearch could not be asked: %s", type(error).__name__)
            raise EngineUnavailableError(type(error).__name__) from error

    def reader(self, library: Library, terms: Vocabularies) -> ElasticsearchReader:
        indexes = Indexes(library)
        with self.connection.asking(SECONDS_FOR_AN_ANSWER):
            self._check_origin(indexes, library)
        key = (indexes.library, library.version)
        state = self._state
        if state is None or state.key != key:
            state = self._state = State(key)
        return ElasticsearchReader(self.connection, indexes.read, terms, state)

    def _check_origin(self, indexes: Indexes, library: Library) -> None:
        """Let only an index be used that is not ahead of the database. Looked at every few seconds."""
        name, until = self._trusted
        if name == indexes.read and time.monotonic() < until:
            return
        indexes.check_mapping(self.connection.client)
        drained = indexes.drained(self.connection.client)
        # The version that was given may have been read before the last change was drained.
        if drained > library.version and drained > Library.objects.current().version:
            raise EngineUnavailableError("the index is ahead of the database", heals=True)
        self._trusted = (indexes.read, time.monotonic() + SECONDS_OF_TRUST)

    @contextmanager
    def writing(self, *, wait: bool = False, background: bool = False) -> Iterator[bool]:
        """Hold the right to write. With `background` somebody waits for what is written, and it may not take long."""
        with locks_of(str(Library.objects.current().uuid)).locked(WRITE, wait=wait) as handle:
            if handle is None:
                yield False
                return
            self._mine.is_hasty = background
            try:
                yield True
            finally:
                self._mine.is_hasty = False

    def index(self, ids: Iterable[int]) -> None:
        self._write(set(ids), documents=True)

    def remove(self, ids: Iterable[int]) -> None:
        self._write(set(ids), documents=False)

    def _write(self, ids: set[int], *, documents: bool) -> None:
        """Write what the database says now, under the version it was read at: an older state never replaces a newer.

        So even a writer whose lock was lost on the way does no harm.
        """
        library = Library.objects.current()
        indexes = Indexes(library)
        hasty = getattr(self._mine, "is_hasty", False)
        seconds = SECONDS_WHILE_SOMEBODY_WAITS if hasty else SECONDS_FOR_WORK
        with self.connection.asking(seconds, self.connection.writing):
            actions = actions_for(ids, library.version, documents=documents)
            self._put(indexes.write, actions, is_alias=True, tries=() if hasty else TRY_AGAIN_AFTER)
            self.connection.client.indices.refresh(index=indexes.write)

    def _put(self, index: str, actions: list[dict[str, Any]], *, is_alias: bool, tries: tuple[float, ...]) -> None:
        """Send documents in bulk. Those that were refused for the moment are sent again, after a while.

        Raises:
            EngineUnavailableError: some were not taken in.
        """
        waits = iter(tries)
        while True:
            actions, statuses = send(self.connection.client, index, actions, is_alias=is_alias)
            if not actions:
                return
            wait = next(waits, None)
            if wait is None or not statuses <= PASSING:
                raise EngineUnavailableError(f"writing was refused: {sorted(statuses)}")
            time.sleep(wait)

    def rebuild(self, progress: Progress | None = None, *, unless_usable: bool = False) -> int:
        library = Library.objects.current()
        indexes = Indexes(library)
        locks = locks_of(indexes.library)
        with locks.locked(REBUILD, wait=True):
            if unless_usable and (health := self.health()).usable and not self._is_distrusted(indexes):
                return health.documents
            with self.connection.asking(SECONDS_FOR_WORK * 1000, self.connection.writing):
                waited = dict(IndexQueue.objects.values_list("object_id", "version"))
                generation = indexes.make_generation(self.connection.client)
                try:
                    self._fill(generation, progress)
                    return self._go_live(indexes, generation, waited)
                except BaseException:
                    self._forget(indexes, generation)
                    raise

    def _forget(self, indexes: Indexes, generation: str) -> None:
        try:
            indexes.remove(self.connection.client, [generation])
        except (ApiError, TransportError, EngineUnavailableError):
            logger.warning("What was built of a new search index is left over; it is removed after a day.")

    def _fill(self, generation: str, progress: Progress | None) -> None:
        ids = visible_ids()
        for start in range(0, len(ids), PORTION):
            version = Library.objects.current().version
            actions = actions_for(ids[start : start + PORTION], version)
            self._put(generation, actions, is_alias=False, tries=TRY_AGAIN_AFTER)
            if progress:
                progress(min(start + PORTION, len(ids)), len(ids))

    def _go_live(self, indexes: Indexes, generation: str, waited: dict[int, int]) -> int:
        """Take in what changed meanwhile, with nobody else writing, and swap.

        What `waited` before the first practice was read is in already, unless its row has been written anew.
        """
        client = self.connection.client
        indexes.fill_is_over(client, generation)
        with locks_of(indexes.library).locked(WRITE, wait=True):
            version = Library.objects.current().version
            waiting = dict(IndexQueue.objects.values_list("object_id", "version"))
            changed = {key for key, row in waiting.items() if waited.get(key) != row}
            self._put(generation, actions_for(changed, version), is_alias=False, tries=TRY_AGAIN_AFTER)
            self.connection.client.indices.refresh(index=generation)
            indexes.go_live(self.connection.client, generation, version)
            if waiting:
                IndexQueue.objects.done(waiting.values())
            indexes.note_check(self.connection.client, "built")
            self._state = None
            return int(self.connection.client.count(index=generation).body["count"])

    def distrust(self) -> None:
        """Build anew what is live now, though it can be read."""
        indexes = Indexes(Library.objects.current())
        try:
            with self.connection.asking(SECONDS_WHILE_SOMEBODY_WAITS):
                self._distrusted.add(indexes.live(self.connection.client))
        except EngineUnavailableError:
            return

    def _is_distrusted(self, indexes: Indexes) -> bool:
        with self.connection.asking(SECONDS_WHILE_SOMEBODY_WAITS):
            return indexes.live(self.connection.client) in self._distrusted

    def rebuilding(self) -> bool:
        return locks_of(str(Library.objects.current().uuid)).is_held(REBUILD)

    def note_version(self, version: int) -> None:
        indexes = Indexes(Library.objects.current())
        with self.connection.asking(SECONDS_WHILE_SOMEBODY_WAITS, self.connection.writing):
            indexes.note_drained(self.connection.client, version)

    def health(self) -> Health:
        indexes = Indexes(Library.objects.current())
        try:
            with self.connection.asking(SECONDS_FOR_AN_ANSWER):
                client = self.connection.client
                documents = int(client.count(index=indexes.read).body["count"])
                indexes.check_mapping(client)
                return Health(True, documents, indexes.drained(client))
        except EngineUnavailableError as error:
            return Health(usable=False, reason=str(error))

    def entries(self) -> list[tuple[int, int]]:
        indexes = Indexes(Library.objects.current())
        with self.connection.asking(SECONDS_FOR_WORK * 10):
            indexes.check_mapping(self.connection.client)
            self.connection.client.indices.refresh(index=indexes.read)
            return list(all_entries(self.connection, indexes.read))

    def note_check(self, result: str) -> None:
        indexes = Indexes(Library.objects.current())
        with self.connection.asking(SECONDS_FOR_WORK, self.connection.writing):
            indexes.note_check(self.connection.client, result)
            with locks_of(indexes.library).locked(REBUILD, wait=False) as handle:
                if handle is not None:
                    indexes.clear_leftovers(self.connection.client)

    def last_check(self) -> Check | None:
        """None as well where it cannot be told: then it is time to look."""
        indexes = Indexes(Library.objects.current())
        try:
            with self.connection.asking(SECONDS_FOR_AN_ANSWER):
                return indexes.last_check(self.connection.client)
        except EngineUnavailableError:
            return None


def action(practice_id: int, version: int, source: dict[str, Any] | None = None) -> dict[str, Any]:
    """A line of a bulk request: a practice as it is now, or that it is gone."""
    told = {"_id": practice_id, "version": version, "version_type": "external_gte"}
    return {**told, "_op_type": "delete"} if source is None else {**told, "_op_type": "index", "_source": source}


def actions_for(ids: Iterable[int], version: int, *, documents: bool = True) -> list[dict[str, Any]]:
    """A line for each practice, as the database has it now; that all are gone, without documents."""
    found = {each.id: to_source(each) for each in documents_for(ids)} if documents else {}
    return [action(each, version, found.get(each)) for each in sorted(ids)]


def send(
    client: Elasticsearch, index: str, actions: list[dict[str, Any]], *, is_alias: bool
) -> tuple[list[dict[str, Any]], set[int]]:
    """One bulk request; returns what was not taken in, and with which statuses."""
    failed, statuses = [], set()
    sent = streaming_bulk(
        client, actions, index=index, chunk_size=PORTION, raise_on_error=False, require_alias=is_alias
    )
    for (is_taken, told), each in zip(sent, actions, strict=True):
        status = next(iter(told.values()))["status"]
        if not is_taken and status not in AS_WANTED:
            failed.append(each)
            statuses.add(status)
    return failed, statuses


def all_entries(connection: Connection, index: str) -> Iterator[tuple[int, int]]:
    """Id and time of change of every document, in order."""
    after: list[Any] | None = None
    while True:
        told = connection.client.search(
            index=index,
            size=ENTRIES_AT_ONCE,
            sort="id",
            source=False,
            docvalue_fields=[{"field": "id"}, {"field": "changed"}],
            allow_partial_search_results=False,
            search_after=after,
        ).body["hits"]["hits"]
        for hit in told:
            yield hit["fields"]["id"][0], hit["fields"]["changed"][0]
        if len(told) < ENTRIES_AT_ONCE:
            return
        after = told[-1]["sort"]
