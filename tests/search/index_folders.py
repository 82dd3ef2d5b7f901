"""Index folders to be damaged by tests, and all the ways to damage one."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import tantivy

from practices.models import Library, PracticePage
from search.checking import compare
from search.engines import engine_named, get_engine
from search.engines.base import PAGE_SIZE, EngineUnavailableError
from search.engines.local.files import ENDINGS
from search.engines.local.folder import IndexFolder
from search.engines.local.schema import title_from_index
from search.query import SearchQuery
from search.services import search_library

Damage = Callable[[IndexFolder], object]


def answers() -> tuple[str, int, bool]:
    """What a search for a word of every title says: answer, total, whether without the index."""
    results = search_library(SearchQuery(words="round"))
    ids = [hit.id for hit in results.hits]
    assert len(ids) == len(set(ids)) == min(results.total, PAGE_SIZE)
    return results.answer, results.total, results.degraded


def titles_in_index() -> dict[int, str]:
    """The title of every document by its id, each there once."""
    searcher = engine_named("local").reader(Library.objects.current(), None).searcher
    hits = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs)).hits
    documents = [searcher.doc(address) for _, address in hits]
    assert len(documents) == len({document.get_first("id") for document in documents})
    return {document.get_first("id"): title_from_index(document) for document in documents}


def titles() -> dict[int, str]:
    return dict(PracticePage.objects.visible().values_list("pk", "title"))


def forget() -> None:
    """Know as little of the index as a new process."""
    engine = engine_named("local")
    engine._opened = None
    engine._damaged.clear()
    engine._mine.read = None


def segment_files(folder: IndexFolder, ending: str) -> list[Path]:
    return sorted(folder.live().glob(f"*.{ending}"))


def let_time_pass(folder: IndexFolder) -> None:
    """Make the files as old as files are that somebody damages: clocks of file systems tick slowly."""
    for path in folder.live().iterdir():
        os.utime(path, (time.time() - 60, time.time() - 60))
    forget()


def lose_pointer(folder: IndexFolder) -> None:
    (folder.path / "current").unlink()


def damage_pointer(folder: IndexFolder) -> None:
    (folder.path / "current").write_bytes(b"\xff\x00../../etc")


def lose_folder(folder: IndexFolder) -> None:
    shutil.rmtree(folder.path)


def lose_everything(folder: IndexFolder) -> None:
    shutil.rmtree(folder.path.parent)


def lose_generation(folder: IndexFolder) -> None:
    shutil.rmtree(folder.live())


def empty_generation(folder: IndexFolder) -> None:
    for path in folder.live().iterdir():
        path.unlink()


def cut_meta(folder: IndexFolder) -> None:
    path = folder.live() / "meta.json"
    path.write_bytes(path.read_bytes()[:40])


def empty_meta(folder: IndexFolder) -> None:
    (folder.live() / "meta.json").write_bytes(b"")


def another_json_as_meta(folder: IndexFolder) -> None:
    (folder.live() / "meta.json").write_bytes(b"[]")


def zero_list_of_files(folder: IndexFolder) -> None:
    path = folder.live() / ".managed.json"
    path.write_bytes(bytes(len(path.read_bytes())))


def lose_version(folder: IndexFolder) -> None:
    (folder.live() / "drained").unlink()


def damage_version(folder: IndexFolder) -> None:
    (folder.live() / "drained").write_bytes(bytes(20))


def lose(ending: str) -> Damage:
    def damage(folder: IndexFolder) -> None:
        for path in segment_files(folder, ending):
            path.unlink()

    damage.__name__ = f"lose_{ending}"
    return damage


def write_into(ending: str, where: float, what: bytes, *, in_secret: bool = False) -> Damage:
    """Write bytes into a segment's file at a fraction of its length; in secret, it seems untouched."""

    def damage(folder: IndexFolder) -> None:
        for path in segment_files(folder, ending):
            stat = path.stat()
            with path.open("r+b") as file:
                place = min(int(stat.st_size * where), stat.st_size - 1)
                file.seek(place)
                before = file.read(len(what))
                file.seek(place)
                file.write(bytes(a ^ 0xA5 if a == b else b for a, b in zip(before, what, strict=False)))
            if in_secret:
                os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    damage.__name__ = f"{'zeroes' if not any(what) else 'garbage'}_in_{ending}_at_{where:g}"
    return damage


def cut(ending: str, where: float) -> Damage:
    def damage(folder: IndexFolder) -> None:
        for path in segment_files(folder, ending):
            os.truncate(path, int(path.stat().st_size * where))

    damage.__name__ = f"cut_{ending}_at_{where:g}"
    return damage


WHOLE_FOLDER = [
    lose_pointer,
    damage_pointer,
    lose_folder,
    lose_everything,
    lose_generation,
    empty_generation,
    cut_meta,
    empty_meta,
    another_json_as_meta,
    zero_list_of_files,
    lose_version,
    damage_version,
]
INSIDE = [
    damage
    for ending in ENDINGS
    for damage in (
        lose(ending),
        cut(ending, 0.5),
        *(write_into(ending, where, bytes(16)) for where in (0, 0.4, 0.8)),
        write_into(ending, 0.5, bytes(range(200, 232))),
    )
]


def index_is_true() -> bool:
    """Whether the index can be read and holds each practice as it should, by id and time of change."""
    engine = get_engine()
    try:
        with engine.writing(wait=True):
            return not compare(engine)
    except EngineUnavailableError:
        return False
