"""The local engine: a tantivy index in a folder beside the database, read by every process of one machine."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import tantivy

from practices.models import Library
from search.documents import BATCH, documents_for, visible_ids
from search.engines.base import EngineUnavailableError, Health, Progress, SearchEngine
from search.models import IndexQueue
from search.vocabularies import Vocabularies

from .folder import IndexFolder, at_the_edge
from .reader import LocalReader, Snapshot
from .schema import open_index, to_index

# At least 15 MB for each thread, whatever its docstring says.
HEAP = 15_000_000
REBUILD_HEAP = 60_000_000


@dataclass
class Opened:
    """An index this process reads, and the state of its meta.json when last looked at."""

    path: Path
    index: tantivy.Index
    seen: tuple[int, int, int]
    snapshot: Snapshot


class Writing:
    """The right to write, and the writer once one was needed."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
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


class LocalEngine(SearchEngine):
    name = "local"

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._opened: Opened | None = None
        self._damaged: Path | None = None
        self._mine = threading.local()

    def reader(self, library: Library, terms: Vocabularies) -> LocalReader:
        return LocalReader(self._snapshot(library), terms)

    def _snapshot(self, library: Library) -> Snapshot:
        """The index as the last commit left it. Looking costs two small reads; automatic reload would lag."""
        folder = IndexFolder(library)
        if folder.drained() > library.version and folder.drained() > Library.objects.current().version:
            raise EngineUnavailableError("the index is ahead of the database", heals=True)
        with self._guard, at_the_edge():
            for attempt in (1, 2):
                try:
                    return self._look(folder)
                except (OSError, ValueError):
                    # A rebuild may have swapped the generation between two of our reads: look once more.
                    self._opened = None
                    if attempt == 2:
                        raise
        raise AssertionError

    def _look(self, folder: IndexFolder) -> Snapshot:
        path = folder.live()
        if path == self._damaged:
            raise EngineUnavailableError("the index is damaged", heals=True)
        meta = (path / "meta.json").stat()
        seen = (meta.st_mtime_ns, meta.st_size, meta.st_ino)
        opened = self._opened
        if opened is None or opened.path != path:
            index = open_index(str(path))
            index.config_reader("manual")
            index.reload()
            opened = self._opened = Opened(path, index, seen, Snapshot(index.searcher()))
        elif opened.seen != seen:
            opened.index.reload()
            opened.seen, opened.snapshot = seen, Snapshot(opened.index.searcher())
        return opened.snapshot

    @contextmanager
    def writing(self, *, wait: bool = False, background: bool = False) -> Iterator[bool]:
        with at_the_edge(writing=True):
            handle = IndexFolder(Library.objects.current()).take("write.lock", wait=wait)
        if handle is None:
            yield False
            return
        state = self._mine.writing = Writing(handle)
        try:
            yield True
        finally:
            self._mine.writing = None
            if background and state.writer is not None:
                threading.Thread(target=state.finish, name="search-merges").start()
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
        path = IndexFolder(Library.objects.current()).live()
        try:
            with at_the_edge(writing=True):
                if state.writer is None:
                    (path / "meta.json").stat()
                    state.writer = open_index(str(path)).writer(HEAP, 1)
                put(state.writer, ids if documents else (), removed=ids)
                state.writer.commit()
        except EngineUnavailableError as error:
            if error.heals:
                self._damaged = path
            raise

    def rebuild(self, progress: Progress | None = None, *, unless_usable: bool = False) -> int:
        library = Library.objects.current()
        folder = IndexFolder(library)
        with at_the_edge(writing=True), folder.locked("rebuild.lock", wait=True):
            if unless_usable and (health := self.health()).usable:
                return health.documents
            generation = folder.new_generation()
            try:
                self._fill(generation, progress)
                return self._go_live(folder, generation)
            except BaseException:
                shutil.rmtree(generation, ignore_errors=True)
                raise

    def _fill(self, generation: Path, progress: Progress | None) -> None:
        ids = visible_ids()
        writer = open_index(str(generation)).writer(REBUILD_HEAP, 1)
        for start in range(0, len(ids), BATCH):
            put(writer, ids[start : start + BATCH])
            if progress:
                progress(min(start + BATCH, len(ids)), len(ids))
        writer.commit()
        writer.wait_merging_threads()

    def _go_live(self, folder: IndexFolder, generation: Path) -> int:
        """Take in what changed meanwhile, with nobody else writing, and swap."""
        with folder.locked("write.lock", wait=True):
            version = Library.objects.current().version
            waiting = dict(IndexQueue.objects.values_list("object_id", "version"))
            index = open_index(str(generation))
            if waiting:
                writer = index.writer(HEAP, 1)
                put(writer, waiting, removed=waiting)
                writer.commit()
                writer.wait_merging_threads()
            index.reload()
            folder.go_live(generation, version)
            if waiting:
                IndexQueue.objects.done(waiting.values())
            return index.searcher().num_docs

    def distrust(self) -> None:
        with self._guard:
            self._damaged, self._opened = self._opened.path if self._opened else None, None

    def rebuilding(self) -> bool:
        with IndexFolder(Library.objects.current()).locked("rebuild.lock", wait=False) as handle:
            return handle is None

    def note_version(self, version: int) -> None:
        with at_the_edge(writing=True):
            IndexFolder(Library.objects.current()).note_drained(version)

    def health(self) -> Health:
        library = Library.objects.current()
        try:
            snapshot = self._snapshot(library)
        except EngineUnavailableError as error:
            return Health(usable=False, reason=str(error))
        return Health(True, snapshot.searcher.num_docs, IndexFolder(library).drained())


def put(writer: tantivy.IndexWriter, ids: Iterable[int], *, removed: Iterable[int] = ()) -> None:
    """Write the documents of practices, after taking out what was there of them."""
    for each in removed:
        writer.delete_documents_by_term("id", each)
    for document in documents_for(ids):
        writer.add_document(to_index(document))
