"""Photos and other files that rows name: kept while a backup is made, and put in their place by a restore."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, default_storage

from .archive import digest_of

GONE = (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation, ValueError)


class Held:
    """Files that stay readable although somebody deletes them: each has a second name, where there can be one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hold(self, names: Iterable[str]) -> None:
        if _folder_of_photos() is None:
            return
        for name in names:
            kept = self.folder / name
            # Another file system has no second name for it; then it is read where it is.
            with suppress(OSError, *GONE):
                kept.parent.mkdir(parents=True, exist_ok=True)
                os.link(default_storage.path(name), kept)

    @contextmanager
    def opened(self, name: str) -> Iterator[tuple[IO[bytes], int] | None]:
        """A file and its size; None when there is none of this name."""
        kept = self.folder / name
        try:
            file = File(kept.open("rb")) if kept.is_file() else default_storage.open(name)
            size = file.size
        except GONE:
            yield None
            return
        with file:
            yield file, size  # type: ignore[misc]  # a File reads as a stream does


def count_files() -> int:
    """How many files stand where photos are kept, be they named by a row or not; 0 where that is on another machine."""
    place = _folder_of_photos()
    return sum(len(files) for _folder, _folders, files in os.walk(place)) if place else 0


def _folder_of_photos() -> str | None:
    """None where photos are kept by a service."""
    storage: Any = default_storage
    return str(storage.location) if isinstance(storage, FileSystemStorage) else None


@contextmanager
def put_beside(folder: Path, names: Iterable[str]) -> Iterator[list[str]]:
    """Put the files of a backup among those that are here, and touch none of these; if the block fails, take them out.

    Yields:
        The names under which something else stands here: they are to be put in when the database is the new one.
    """
    added: list[str] = []
    others: list[str] = []
    try:
        for name in names:
            if not default_storage.exists(name):
                added.append(name)
                _put(folder / name, name)
            elif not _is_same(folder / name, name):
                others.append(name)
        yield others
    except BaseException:
        remove(added)
        raise


def put_over(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
        _put(folder / name, name)


def remove(names: Iterable[str]) -> None:
    for name in names:
        with suppress(*GONE):
            default_storage.delete(name)


def _put(path: Path, name: str) -> None:
    with path.open("rb") as stream:
        given = default_storage.save(name, File(stream))
    if given != name:
        default_storage.delete(given)
        raise OSError(f"the name {name} cannot be had")


def _is_same(path: Path, name: str) -> bool:
    if default_storage.size(name) != path.stat().st_size:
        return False
    try:
        return digest_of(Path(default_storage.path(name))) == digest_of(path)
    except NotImplementedError:
        return False
