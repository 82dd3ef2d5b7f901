"""Who may write to an index, and who builds the next one: one at a time, over all processes that share it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

MOST_TRIES = 100


class Locks(ABC):
    """Locks by name, each held until its holder lets go or dies."""

    @abstractmethod
    def locked(self, name: str, *, wait: bool) -> Any:
        """Hold a lock for a block; yields what holds it, or None when somebody else does and we do not wait."""

    @abstractmethod
    def is_held(self, name: str) -> bool:
        """Whether somebody holds a lock. Two that ask at once do not take each other for a holder."""


class FileLocks(Locks):
    """Locks of the processes of one machine: files in a folder."""

    path: Path

    @contextmanager
    def locked(self, name: str, *, wait: bool) -> Iterator[int | None]:
        handle = self.take(name, wait=wait)
        try:
            yield handle
        finally:
            if handle is not None:
                os.close(handle)

    def take(self, name: str, *, wait: bool, shared: bool = False) -> int | None:
        """Take a lock until its handle is closed, be it by a crash."""
        for _ in range(MOST_TRIES):
            self.path.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                os.close(handle)
                return None
            except BaseException:
                os.close(handle)
                raise
            if self.holds(handle, name):
                return handle
            os.close(handle)
        raise OSError("the lock is removed as often as it is made")

    def holds(self, handle: int, name: str) -> bool:
        """Whether a lock still keeps others out: not when its file was removed, and perhaps made anew."""
        try:
            return os.path.samestat(os.fstat(handle), (self.path / name).stat())
        except FileNotFoundError:
            return False

    def is_held(self, name: str) -> bool:
        handle = self.take(name, wait=False, shared=True)
        if handle is not None:
            os.close(handle)
        return handle is None


class FolderLocks(FileLocks):
    def __init__(self, path: Path) -> None:
        self.path = path


class DatabaseLocks(Locks):
    """Locks of processes on many machines, kept by PostgreSQL: each on a connection of its own, and gone with it."""

    def __init__(self, library: str) -> None:
        self.library = library

    @contextmanager
    def locked(self, name: str, *, wait: bool) -> Iterator[Any]:
        own = connection.copy()
        try:
            with own.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_advisory_lock(%s)" if wait else "SELECT pg_try_advisory_lock(%s)", [self._key(name)]
                )
                is_ours = wait or cursor.fetchone()[0]
            yield own if is_ours else None
        finally:
            own.close()

    def is_held(self, name: str) -> bool:
        key = self._key(name)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
                "WHERE datname = current_database() AND locktype = 'advisory' AND objsubid = 1 AND granted "
                "AND classid = %s AND objid = %s",
                [key >> 32, key & 0xFFFFFFFF],
            )
            return bool(cursor.fetchone()[0])

    def _key(self, name: str) -> int:
        """A number below 2^63 for a lock of a library."""
        return int.from_bytes(hashlib.sha256(f"{self.library} {name}".encode()).digest()[:8], "big") >> 1


def locks_of(library: str) -> Locks:
    """The locks that all processes share that share a database."""
    if connection.vendor == "postgresql":
        return DatabaseLocks(library)
    return FolderLocks(Path(settings.SEARCH_INDEX_DIR) / f"{library}-locks")
