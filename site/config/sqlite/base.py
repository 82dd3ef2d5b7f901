"""SQLite as Django has it, but for how those who write wait for each other.

SQLite lets one write at a time. Who finds it busy looks again after a sleep that grows to a tenth of a second,
so whoever has waited longest is passed by all who come later: of eight people who saved at once, the
unlucky one waited 20 seconds, and was refused. Here those who wait stand in a line, and the first in it looks.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

LOOKING_EVERY = 0.002


class DatabaseWrapper(base.DatabaseWrapper):
    def init_connection_state(self) -> None:
        """From here on we wait ourselves; opening a database may still wait as SQLite does."""
        super().init_connection_state()
        self.connection.execute("PRAGMA busy_timeout = 0")

    def create_cursor(self, name: str | None = None) -> PatientCursor:
        cursor = self.connection.cursor(factory=PatientCursor)
        cursor.longest_wait = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        cursor.line = f"{self.settings_dict['NAME']}-line"
        return cursor


class PatientCursor(base.SQLiteCursorWrapper):
    """Tries a statement again while somebody else writes: one that was refused has done nothing.

    Everybody gives up after `longest_wait` seconds. Transactions begin as IMMEDIATE ones and the journal is a WAL:
    within one there is nobody to wait for.
    """

    longest_wait: float
    line: str

    def execute(self, query: str, params: Any = None) -> Any:
        return self._patiently(lambda: super(PatientCursor, self).execute(query, params))

    def executemany(self, query: str, param_list: Any) -> Any:
        """Outside a transaction the first of many might be written and the second refused, so it is made one."""
        if self.connection.in_transaction:
            return super().executemany(query, param_list)
        self.execute("BEGIN IMMEDIATE")
        try:
            done = super().executemany(query, param_list)
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        return done

    def _patiently(self, act: Callable[[], Any]) -> Any:
        until = time.monotonic() + self.longest_wait
        try:
            return act()
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or self.connection.in_transaction:
                raise
        with _first_in(self.line):
            while True:
                try:
                    return act()
                except sqlite3.OperationalError as error:
                    if not _is_busy(error) or time.monotonic() > until:
                        raise
                time.sleep(LOOKING_EVERY)


def _is_busy(error: sqlite3.OperationalError) -> bool:
    """Not so when what was read in the same breath is out of date by now: that never comes right by waiting."""
    code = error.sqlite_errorcode
    return code & 0xFF == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT


@contextmanager
def _first_in(line: str) -> Iterator[None]:
    """Wait until all who came before have had their turn. The system wakes them in their order, and knows who died.

    Where there can be no line, chance decides who is next.
    """
    try:
        # To read is enough for the lock, whoever the file belongs to.
        handle = os.open(line, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError:
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        # A child that was forked meanwhile would go on holding what is only closed.
        fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)
