"""Moving a library from SQLite to PostgreSQL: every row with its key, proven by counts and hashes.

Both are read as the tables have them, without what models make of it: nothing is added on the way, and what both hold
can be compared value by value. All of it is one transaction of the target, from one moment of the source.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from practices.models import Library

PORTION = 1000
MIGRATIONS = "django_migrations"
# Wagtail's own index of search. The site does not use it, and its tables differ from database to database.
NOT_MOVED = "wagtailsearch"
# What migrations put into an empty database by themselves, and how many pages.
MADE_BY_MIGRATIONS = frozenset(
    {
        "auth.Group", "auth.Group_permissions", "auth.Permission", "contenttypes.ContentType",
        "wagtailcore.Collection", "wagtailcore.GroupApprovalTask", "wagtailcore.GroupApprovalTask_groups",
        "wagtailcore.GroupCollectionPermission", "wagtailcore.GroupPagePermission", "wagtailcore.Locale",
        "wagtailcore.Page", "wagtailcore.Site", "wagtailcore.Task", "wagtailcore.Workflow",
        "wagtailcore.WorkflowPage", "wagtailcore.WorkflowTask",
    }
)  # fmt: skip
PAGES_MADE_BY_MIGRATIONS = 2


class MovingError(Exception):
    """Nothing was moved, and the target holds nothing of it. The message says why, for whoever runs the site."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds.

    Args:
        rows: how many.
        digest: of all its values, whatever their order.
    """

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One table, here and there."""

    table: str
    before: Held
    after: Held


class Table:
    """One table of a model, as both databases have it."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.name = model._meta.db_table
        self.fields = model._meta.local_concrete_fields
        self.names = [str(field.column) for field in self.fields]
        self.is_json = [field.get_internal_type() == "JSONField" for field in self.fields]

    def columns(self, database: BaseDatabaseWrapper) -> str:
        return ", ".join(database.ops.quote_name(name) for name in self.names)

    def rows(self, database: BaseDatabaseWrapper) -> Iterator[list[Any]]:
        """Its values in types that are the same for both databases; JSON as text. A portion at a time is in memory."""
        convert = [*self._converters(database)]
        with database.chunked_cursor() as cursor:
            cursor.execute(f"SELECT {self.columns(database)} FROM {database.ops.quote_name(self.name)}")  # noqa: S608
            while portion := cursor.fetchmany(PORTION):
                for row in map(list, portion):
                    for place, change in convert:
                        row[place] = change(row[place])
                    yield row

    def _converters(self, database: BaseDatabaseWrapper) -> Iterator[tuple[int, Callable[[Any], Any]]]:
        for place, field in enumerate(self.fields):
            if self.is_json[place]:
                continue
            column = field.get_col(self.name)
            for convert in database.ops.get_db_converters(column):
                yield place, partial(convert, expression=column, connection=database)


class Digest:
    """Counts rows, and adds up a hash of each: databases sort text differently, and a sum has no order."""

    def __init__(self, table: Table) -> None:
        self._is_json = table.is_json
        self._rows = self._sum = 0

    def add(self, row: Sequence[Any]) -> None:
        values = [
            json.dumps(_same(json.loads(value)), sort_keys=True) if is_json and value is not None else _plain(value)
            for value, is_json in zip(row, self._is_json, strict=True)
        ]
        number = hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).digest()
        self._rows += 1
        self._sum = (self._sum + int.from_bytes(number)) % (1 << 256)

    def held(self) -> Held:
        return Held(self._rows, f"{self._sum:064x}")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        # PostgreSQL has no nought below nought.
        return str((value + 0).normalize())
    if isinstance(value, uuid.UUID | date | time):
        return str(value)
    return value


def _same(value: Any) -> Any:
    """JSON as both keep it: to PostgreSQL 1.0 and 1 are one number."""
    if isinstance(value, dict):
        return {name: _same(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_same(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def tables() -> list[Table]:
    """The tables of all models, those between two models with them."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label != NOT_MOVED
    }
    return [Table(model) for _name, model in sorted(found.items())]


def move_library(*, source: Path, told: Callable[[str], None] = lambda _line: None) -> list[Moved]:
    """Copy all of a library into the database of the settings, which is empty, and prove that both hold the same.

    The copy takes a new identity, so that no search index of the old one is believed.

    Args:
        source: the file of the SQLite database. It is only read, and nobody may write to it meanwhile.
        told: takes a line about what is being done.

    Raises:
        MovingError: something is in the way, or differs. The target is as empty as before.
    """
    with _opened(source) as before:
        check_source(before)
        check_target(connection)
        told("Making the tables ...")
        call_command("migrate", interactive=False, verbosity=0)
        # From here on it counts whether anybody else writes.
        version = _data_version(before)
        with transaction.atomic():
            with _one_moment(before):
                moved = _move(before, connection, told)
            if _data_version(before) != version:
                raise MovingError("Somebody wrote to the old database meanwhile. Stop the site and its due work first.")
            Library.objects.update(uuid=uuid.uuid4())
    ContentType.objects.clear_cache()
    with connection.cursor() as cursor:
        # Or the first visitors get plans for empty tables.
        cursor.execute("ANALYZE")
    return moved


@contextmanager
def _opened(source: Path) -> Iterator[BaseDatabaseWrapper]:
    """The old database, beside that of the settings; it is read and nothing else."""
    if not source.is_file():
        raise MovingError(f"There is no file {source}.")
    options = {"timeout": 20, "init_command": "PRAGMA query_only=ON"}
    database = DatabaseWrapper({**connection.settings_dict, "NAME": str(source), "OPTIONS": options}, "moved from")
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _one_moment(source: BaseDatabaseWrapper) -> Iterator[None]:
    """Read all as it is at one moment, and keep nobody from writing."""
    with source.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def check_source(source: BaseDatabaseWrapper) -> None:
    """See that a library is there, in the state that this version of the site reads.

    Raises:
        MovingError: it is not.
    """
    try:
        there = set(source.introspection.table_names())
    except DatabaseError as error:
        raise MovingError(f"The old database cannot be read: {error}") from error
    if Library._meta.db_table not in there:
        raise MovingError("There is no library in the old database.")
    with source.cursor() as cursor:
        cursor.execute(f"SELECT app, name FROM {MIGRATIONS}")  # noqa: S608 (a name of ours)
        if set(MigrationLoader(None).disk_migrations) - set(cursor.fetchall()):
            raise MovingError(
                "The old database is of an older version of this site. Start it once with SQLite, then move it."
            )
        for table in tables():
            known = set(table.names)
            cursor.execute("SELECT name FROM pragma_table_info(%s)", [table.name])
            columns = {name for (name,) in cursor}
            if columns != known:
                differing = ", ".join(sorted(columns ^ known))
                raise MovingError(f"Table {table.name} of the old database has other columns than here: {differing}.")


def check_target(target: BaseDatabaseWrapper) -> None:
    """See that the database is an empty one: without tables, or with no more in them than migrations put there.

    Raises:
        MovingError: it is not.
    """
    if target.vendor != "postgresql":
        raise MovingError("Name an empty PostgreSQL database in DATABASE_URL: that is where the library goes.")
    there = set(target.introspection.table_names())
    known = {table.name: table.model for table in tables()}
    own = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    if foreign := there - own - {MIGRATIONS}:
        raise MovingError(f"The new database holds something else: {', '.join(sorted(foreign))}. Name an empty one.")
    for name in sorted(there & set(known)):
        rows = known[name]._base_manager.count()
        if rows and known[name]._meta.label not in MADE_BY_MIGRATIONS:
            raise MovingError(f"The new database is not empty: {name} has {rows} rows. Name an empty one.")
        if name == "wagtailcore_page" and rows > PAGES_MADE_BY_MIGRATIONS:
            raise MovingError(f"The new database is not empty: it has {rows} pages. Name an empty one.")


def _move(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, told: Callable[[str], None]) -> list[Moved]:
    moved = tables()
    names = ", ".join(target.ops.quote_name(table.name) for table in moved)
    with target.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    before = {}
    for number, table in enumerate(moved, start=1):
        before[table.name] = _copy(table, source, target)
        told(f"{number} of {len(moved)}: {table.name}, {before[table.name].rows:,} rows")
    try:
        with target.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        raise MovingError(
            f"A row of the old database points to one that is not there: {_why(error.__cause__)}"
        ) from error
    last = _last_numbers(source)
    for table in moved:
        _go_on_counting(table, target, last.get(table.name, 0))
    told("Reading all of it again ...")
    compared = [Moved(table.name, before[table.name], _held(table, target)) for table in moved]
    if differing := [each.table for each in compared if each.before != each.after]:
        raise MovingError(f"What arrived is not what was sent: {', '.join(differing)}.")
    return compared


def _copy(table: Table, source: BaseDatabaseWrapper, target: BaseDatabaseWrapper) -> Held:
    """Write all rows of a table; returns what was read."""
    digest = Digest(table)
    copy = f"COPY {target.ops.quote_name(table.name)} ({table.columns(target)}) FROM STDIN"
    with target.cursor() as cursor:
        try:
            with cursor.copy(copy) as rows:
                for row in table.rows(source):
                    digest.add(row)
                    rows.write_row(row)
        except psycopg.Error as error:
            raise MovingError(f"PostgreSQL refuses {_which(table, source, error)}: {_why(error)}") from error
    return digest.held()


def _which(table: Table, source: BaseDatabaseWrapper, error: Any) -> str:
    """Which value is meant. PostgreSQL names a line; what it is never sent holds a NUL byte."""
    key = [field.primary_key for field in table.fields].index(True)
    line = re.search(r"line (\d+)(?:, column (\w+))?", str(error.diag.context or ""))
    for number, row in enumerate(table.rows(source), start=1):
        if line is None and any("\x00" in value for value in row if isinstance(value, str)):
            name = next(name for name, value in zip(table.names, row, strict=True) if "\x00" in str(value))
            return f"{name} in the row {row[key]} of {table.name}"
        if line is not None and number == int(line.group(1)):
            return f"{line.group(2) or 'a column'} in the row {row[key]} of {table.name}"
    return f"a row of {table.name}"


def _why(error: Any) -> str:
    """What PostgreSQL says without the text of a row, which nobody is to find in a log."""
    return ", ".join(filter(None, [error.diag.message_primary or str(error), error.diag.constraint_name]))


def _held(table: Table, database: BaseDatabaseWrapper) -> Held:
    digest = Digest(table)
    for row in table.rows(database):
        digest.add(row)
    return digest.held()


def _last_numbers(source: BaseDatabaseWrapper) -> dict[str, int]:
    """The last key that each table gave out. What the log says of a row that is gone must never mean another."""
    with source.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        return dict(cursor.fetchall())


def _go_on_counting(table: Table, target: BaseDatabaseWrapper, given: int) -> None:
    """Let new rows have keys after all that there were."""
    key = table.model._meta.pk
    if not isinstance(key, models.AutoField) or key not in table.fields:
        return
    name, column = (target.ops.quote_name(str(each)) for each in (table.name, key.column))
    with target.cursor() as cursor:
        cursor.execute(f"SELECT max({column}) FROM {name}")  # noqa: S608
        last = max(cursor.fetchone()[0] or 0, given)
        if last:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [name, key.column, last])


def _data_version(source: BaseDatabaseWrapper) -> int:
    """A number that changes when another connection has written."""
    with source.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return cursor.fetchone()[0]
