"""The local engine: a tantivy index in a folder beside the database, read by every process of one machine."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy
from django.db import DatabaseError

from practices.models import Library
from search.documents import BATCH, documents_for, visible_ids
from search.engines.base import Check, EngineUnavailableError, Health, Progress, SearchEngine
from search.models import IndexQueue
from search.thesaurus import thesaurus
from search.vocabularies import Vocabularies, vocabularies

from .files import Files
from .folder import REBUILD, WRITE, IndexFolder, at_the_edge
from .phrases import Phrases, read_phrases
from .reader import LocalReader, Snapshot
from .schema import open_index, to_index

logger = logging.getLogger(__name__)
# At least 15 MB for each thread, whatever its docstring says.
HEAP = 15_000_000
REBUILD_HEAP = 60_000_000


@dataclass
class Opened:
    """An index this process reads, and what it knows of its files."""

    files: Files
    index: tantivy.Index
    phrases: Phrases
    snapshot: Snapshot


class Writing:
    """The right to write, and the writer once one was needed."""

    def __init__(self, folder: IndexFolder, handle: int) -> None:
        self.folder = folder
        self.handle = handle
        self.phrases = Phrases()
        self.writer: tantivy.IndexWriter | None = None

    def finish(self) -> None:
        """Wait for merges, without which they take no effect, and give the right back."""
        try:
            if self.writer is not None:
                with at_the_edge(writing=True):
                    self.writer.wait_merging_threads()
        finally:
            self.writer = None
            os.close(self.handle)

    def finish_behind(self) -> None:
        """The same where nobody waits to hear of it. What was committed stands, merged or not."""
        try:
            self.finish()
        except EngineUnavailableError as error:
            logger.warning("The search index could not be tidied up: %s", error.__cause__ or error)


class LocalEngine(SearchEngine):
    name = "local"

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._opened: Opened | None = None
        self._damaged: set[Path] = set()
        self._mine = threading.local()

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Let an answer out only if no file was written to while it was read, and nothing else went wrong."""
        try:
            with at_the_edge():
                yield
                opened = self._opened
                if opened is not None:
                    opened.files.still_hold()
        except DatabaseError:
            raise
        except Exception as error:
            raise self._judge(error) from error

    def _judge(self, error: Exception) -> EngineUnavailableError:
        """Read every file whole again: what fails over sound ones would fail over new ones as well."""
        with self._guard:
            self._opened = None
        try:
            self._snapshot(Library.objects.current())
        except EngineUnavailableError as reason:
            return reason
        # Never its text, which may hold what was typed.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        logger.error("The search index is sound, and could not answer: %s in %s", type(error).__name__, frame.name)
        return EngineUnavailableError(type(error).__name__)

    def reader(self, library: Library, terms: Vocabularies) -> LocalReader:
        return LocalReader(self._snapshot(library), terms)

    def _snapshot(self, library: Library) -> Snapshot:
        """The index as the last commit left it. Looking costs a few small reads; automatic reload would lag."""
        folder = IndexFolder(library)
        with self._guard, at_the_edge():
            for attempt in (1, 2):
                try:
                    return self._look(folder, library)
                except (OSError, ValueError):
                    # A rebuild may have swapped the generation between two of our reads: look once more.
                    self._opened = None
                    if attempt == 2:
                        raise
        raise AssertionError

    def _look(self, folder: IndexFolder, library: Library) -> Snapshot:
        self._mine.read = None
        path = self._mine.read = folder.live()
        if path in self._damaged:
            raise EngineUnavailableError("the index is damaged", heals=True)
        folder.check_origin(path, library)
        opened = self._opened
        if opened is None or opened.files.generation != path:
            files = Files(path)
            files.prove()
            index = open_index(str(path))
            index.config_reader("manual")
            index.reload()
            phrases = read_phrases(path)
            opened = self._opened = Opened(files, index, phrases, Snapshot(index.searcher(), phrases))
        elif opened.files.prove():
            opened.index.reload()
            opened.snapshot = opened.snapshot.followed_by(opened.index.searcher())
        return opened.snapshot

    @contextmanager
    def writing(self, *, wait: bool = False, background: bool = False) -> Iterator[bool]:
        folder = IndexFolder(Library.objects.current())
        with at_the_edge(writing=True):
            handle = folder.take(WRITE, wait=wait)
        if handle is None:
            yield False
            return
        state = self._mine.writing = Writing(folder, handle)
        try:
            yield True
        finally:
            self._mine.writing = None
            if background and state.writer is not None:
                threading.Thread(target=state.finish_behind, name="search-merges").start()
            else:
                state.finish()

    def index(self, ids: Iterable[int]) -> None:
        self._write(set(ids), documents=True)

    def remove(self, ids: Iterable[int]) -> None:
        self._write(set(ids), documents=False)

    def _write(self, ids: set[int], *, documents: bool) -> None:
        if getattr(self._mine, "writing", None) is None:
            with self.writing(wait=True):
                self._write(ids, documents=documents)
            return
        state = self._mine.writing
        if state.writer is None:
            # Only into files that are proven: merging damaged ones would give them a checksum that is right.
            self._snapshot(Library.objects.current())
        with at_the_edge(writing=True):
            if state.writer is None:
                path = state.folder.live()
                state.phrases = read_phrases(path)
                state.writer = open_index(str(path)).writer(HEAP, 1)
            put(state.writer, ids if documents else (), state.phrases, removed=ids)
            state.writer.commit()
        if not state.folder.holds(state.handle, WRITE):
            raise EngineUnavailableError("the lock was removed, and somebody else may have written meanwhile")

    def rebuild(self, progress: Progress | None = None, *, unless_usable: bool = False) -> int:
        folder = IndexFolder(Library.objects.current())
        with at_the_edge(writing=True), folder.locked(REBUILD, wait=True):
            if unless_usable and (health := self.health()).usable:
                return health.documents
            generation = folder.new_generation()
            try:
                waited = dict(IndexQueue.objects.values_list("object_id", "version"))
                phrases = self._fill(generation, progress)
                return self._go_live(folder, generation, phrases, waited)
            except BaseException:
                shutil.rmtree(generation, ignore_errors=True)
                raise

    def _fill(self, generation: Path, progress: Progress | None) -> Phrases:
        ids = visible_ids()
        phrases = Phrases(thesaurus(vocabularies()).phrases)
        phrases.write(generation)
        writer = open_index(str(generation)).writer(REBUILD_HEAP, 1)
        for start in range(0, len(ids), BATCH):
            put(writer, ids[start : start + BATCH], phrases)
            if progress:
                progress(min(start + BATCH, len(ids)), len(ids))
        writer.commit()
        writer.wait_merging_threads()
        return phrases

    def _go_live(self, folder: IndexFolder, generation: Path, phrases: Phrases, waited: dict[int, int]) -> int:
        """Take in what changed meanwhile, with nobody else writing, and swap.

        What `waited` before the first practice was read is in already, unless its row has been written anew.
        """
        with folder.locked(WRITE, wait=True):
            version = Library.objects.current().version
            waiting = dict(IndexQueue.objects.values_list("object_id", "version"))
            changed = {key for key, row in waiting.items() if waited.get(key) != row}
            index = open_index(str(generation))
            if changed:
                writer = index.writer(HEAP, 1)
                put(writer, changed, phrases, removed=changed)
                writer.commit()
                writer.wait_merging_threads()
            index.reload()
            folder.go_live(generation, version)
            if waiting:
                IndexQueue.objects.done(waiting.values())
            folder.note_check("built")
            return index.searcher().num_docs

    def distrust(self) -> None:
        """Call unusable what this thread read last; another may long read a newer generation."""
        path = getattr(self._mine, "read", None)
        with self._guard:
            if path is not None:
                self._damaged.add(path)
            if self._opened and self._opened.files.generation == path:
                self._opened = None

    def rebuilding(self) -> bool:
        with at_the_edge(writing=True):
            return IndexFolder(Library.objects.current()).is_held(REBUILD)

    def note_version(self, version: int) -> None:
        folder = IndexFolder(Library.objects.current())
        with at_the_edge(writing=True):
            folder.note_drained(folder.live(), version)

    def health(self) -> Health:
        library = Library.objects.current()
        try:
            snapshot = self._snapshot(library)
            folder = IndexFolder(library)
            return Health(True, snapshot.searcher.num_docs, folder.drained(folder.live()).version)
        except EngineUnavailableError as error:
            return Health(usable=False, reason=str(error))

    def entries(self) -> list[tuple[int, int]]:
        """Reads every file whole once more, whatever this process knows of it: 0.3 s for 100,000 practices."""
        with self._guard:
            self._opened = None
        searcher = self._snapshot(Library.objects.current()).searcher
        if not searcher.num_docs:
            return []
        with at_the_edge():
            everything = tantivy.Query.all_query()
            hits = searcher.search(everything, limit=searcher.num_docs, order_by_field="changed", count=False).hits
            ids: list[Any] = searcher.fast_field_values("id", [place for _, place in hits])
        return [(int(each), int(changed)) for each, (changed, _) in zip(ids, hits, strict=True)]

    def note_check(self, result: str) -> None:
        folder = IndexFolder(Library.objects.current())
        with at_the_edge(writing=True):
            folder.note_check(result)
            folder.clear_leftovers()

    def last_check(self) -> Check | None:
        return IndexFolder(Library.objects.current()).last_check()


def put(writer: tantivy.IndexWriter, ids: Iterable[int], phrases: Phrases, *, removed: Iterable[int] = ()) -> None:
    """Write the documents of practices, after taking out what was there of them."""
    for each in removed:
        writer.delete_documents_by_term("id", each)
    for document in documents_for(ids):
        writer.add_document(to_index(document, phrases))
