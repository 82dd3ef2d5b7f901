"""Which database this site has, as far as backups are concerned."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from django.db import connection

from .contents import Contents
from .errors import BackupError


class Candidate(Protocol):
    """A library out of a backup, whole and apart, that could take the place of the one here."""

    @property
    def address(self) -> str:
        """As `DATABASE_URL` would name it."""

    def contents(self) -> Contents: ...

    def do(self, statement: str, *values: str) -> None: ...

    def take_over(self) -> None:
        """Take the place of the live one: in one step, whole or not at all."""


class Database(Protocol):
    """What a backup needs of a kind of database.

    Args:
        kind: its name in manifests.
        file: what its copy is called in an archive.
    """

    kind: str
    file: str

    def snapshot(self, file: Path) -> Contents: ...

    def candidate(self, file: Path) -> AbstractContextManager[Candidate]: ...


def this_database() -> Database:
    if connection.vendor == "sqlite":
        from .sqlite import SqliteDatabase

        return SqliteDatabase()
    if connection.vendor == "postgresql":
        from .postgresql import PostgresqlDatabase

        return PostgresqlDatabase()
    raise BackupError(f"Backups of {connection.vendor} are not made here: use its own tools.")
