"""What is particular to SQLite: a copy while others write, and new contents in one step that is whole or not at all."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, connections

from .contents import Contents, contents_of
from .errors import BackupError

KIND, FILE = "sqlite", "database.sqlite3"
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
OPEN = "Somebody has the database open: stop the web server, the worker and the loop of due work first."


class SqliteDatabase:
    kind, file = KIND, FILE

    def __init__(self) -> None:
        self.path = Path(connection.settings_dict["NAME"])

    def snapshot(self, file: Path) -> Contents:
        """Copy the database as it is at one moment, without what was deleted in it. Nobody who writes waits."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(file)])
        except DatabaseError as error:
            raise BackupError(f"The database could not be copied: {error}.") from error
        with closing(_opened(file)) as copy:
            return _contents(copy)

    @contextmanager
    def candidate(self, file: Path) -> Iterator[SqliteCandidate]:
        """The copy out of a backup, looked through, as the library that could take the place of the one here."""
        candidate = SqliteCandidate(file, self.path)
        candidate.check()
        yield candidate


class SqliteCandidate:
    def __init__(self, file: Path, live: Path) -> None:
        self.file, self.live = file, live
        self.address = f"sqlite:///{file}"

    def check(self) -> None:
        try:
            with closing(_opened(self.file)) as copy:
                found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
                broken = copy.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as error:
            raise BackupError(f"The database in this backup cannot be read: {error}.") from error
        if found != "ok" or broken:
            raise BackupError(f"The database in this backup is damaged: {found if found != 'ok' else broken}.")

    def contents(self) -> Contents:
        with closing(_opened(self.file)) as copy:
            return _contents(copy)

    def do(self, statement: str, *values: str) -> None:
        with closing(_opened(self.file)) as copy:
            try:
                copy.execute(statement.replace("%s", "?"), values)
            except sqlite3.Error as error:
                raise BackupError(f"The database of the backup cannot be written: {error}.") from error

    def take_over(self) -> None:
        """Write these contents over those of the live file, as one transaction that nobody else is let into.

        A file put in the place of another would leave whoever has the old one open to write into nothing.
        """
        connections.close_all()
        try:
            self._write_over()
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            why = OPEN if is_busy else f"The database could not be written, and is as it was: {error}."
            raise BackupError(why) from error
        except sqlite3.DatabaseError:
            # What is no database any more cannot be written over, nor asked who has it open.
            self._put_aside()
            self._write_over()

    def _write_over(self) -> None:
        with closing(_opened(self.file)) as copy, closing(_opened(self.live)) as live:
            live.execute("PRAGMA locking_mode = EXCLUSIVE")
            # Refused as long as anybody else has it open; what their log held is in the file then.
            live.execute("PRAGMA journal_mode = DELETE")
            live.execute("BEGIN EXCLUSIVE")
            live.execute("COMMIT")
            live.execute("PRAGMA synchronous = FULL")
            copy.backup(live)

    def _put_aside(self) -> None:
        """Keep what is damaged under another name: somebody may still save something from it."""
        now = time.strftime("%Y%m%d-%H%M%S")
        for ending in ("", "-wal", "-shm", "-journal"):
            part = self.live.with_name(self.live.name + ending)
            if part.exists():
                part.rename(part.with_name(f"{self.live.name}.damaged-{now}{ending}"))


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0, isolation_level=None)


def _contents(copy: sqlite3.Connection) -> Contents:
    def ask(statement: str) -> list[tuple[Any, ...]]:
        return copy.execute(statement).fetchall()

    return contents_of(ask, [name for (name,) in ask(TABLES)])
