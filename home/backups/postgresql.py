"""What is particular to PostgreSQL: its own programs make and read the copy, and a database takes another's name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from django.db import connection, connections, transaction
from psycopg import sql

from .contents import Contents, contents_of
from .errors import BackupError

KIND, FILE = "postgresql", "database.dump"
TABLES = """
    SELECT tablename FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY tablename
"""
# As settings call them, as the library for connections does, and as its environment does.
PARAMETERS = {
    "NAME": ("dbname", "PGDATABASE"),
    "USER": ("user", "PGUSER"),
    "PASSWORD": ("password", "PGPASSWORD"),
    "HOST": ("host", "PGHOST"),
    "PORT": ("port", "PGPORT"),
}
OPTIONS = ("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "service", "passfile")
LONGEST_NAME = 40


class PostgresqlDatabase:
    kind, file = KIND, FILE

    def snapshot(self, file: Path) -> Contents:
        """Copy the database as it is at one moment; what is counted is counted at that same moment."""
        dump = program("pg_dump", at_least=_server_version())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            moment = cursor.fetchone()[0]
            how = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={file}"]
            _run(dump, *how, name=_name())
            return _contents(cursor)

    @contextmanager
    def candidate(self, file: Path) -> Iterator[PostgresqlCandidate]:
        """A new database out of a backup, beside the one here, whose name it may take. Gone again if it does not."""
        restore = program("pg_restore", at_least=_server_version())
        name = f"{_name()[:LONGEST_NAME]}_restoring"
        before = f"{_name()[:LONGEST_NAME]}_before_restore"
        with closing(_connected(_elsewhere())) as keeper:
            try:
                _drop(keeper, name, before)
            except psycopg.errors.ObjectInUse as error:
                raise BackupError(f"Another restore is at work: somebody is connected to {name}.") from error
            _create_like_ours(keeper, name)
            try:
                _run(restore, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(file),
                     name=name, into=name)  # fmt: skip
                yield PostgresqlCandidate(keeper, name, before)
            finally:
                # What somebody looks at just now goes the next time.
                with suppress(psycopg.errors.ObjectInUse):
                    _drop(keeper, name, before)


class PostgresqlCandidate:
    def __init__(self, keeper: psycopg.Connection, name: str, before: str) -> None:
        self.keeper, self.name, self.before = keeper, name, before

    @property
    def address(self) -> str:
        given = os.environ.get("DATABASE_URL", "")
        if not given:
            raise BackupError("Only a database that DATABASE_URL names can be brought up to date here.")
        return urlsplit(given)._replace(path=f"/{quote(self.name)}").geturl()

    def contents(self) -> Contents:
        with closing(_connected(self.name)) as copy, copy.cursor() as cursor:
            return _contents(cursor)

    def do(self, statement: str, *values: str) -> None:
        with closing(_connected(self.name)) as copy:
            copy.execute(statement, values)

    def take_over(self) -> None:
        """Give this database the name of the live one, in one transaction. Refused while anybody is connected."""
        connections.close_all()
        here = _name()
        try:
            with self.keeper.transaction():
                for old, new in ((here, self.before), (self.name, here)):
                    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                    self.keeper.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))
        except psycopg.errors.ObjectInUse as error:
            raise BackupError(
                f"Somebody is connected to the database ({_who_is_connected(self.keeper, here)}): "
                "stop the web server, the worker and the loop of due work first."
            ) from error
        except psycopg.Error as error:
            raise BackupError(f"The database could not be renamed, and is as it was: {error}.") from error


def _contents(cursor: Any) -> Contents:
    def ask(statement: str) -> list[tuple[Any, ...]]:
        cursor.execute(statement)
        return cursor.fetchall()

    return contents_of(ask, [name for (name,) in ask(TABLES)])


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _elsewhere() -> str:
    """A database from which ours can be renamed."""
    return "template1" if _name() == "postgres" else "postgres"


def _told(place: int, name: str) -> dict[str, str]:
    given = connection.settings_dict
    told = {names[place]: str(given[key]) for key, names in PARAMETERS.items() if given.get(key)}
    for option in OPTIONS:
        if value := given["OPTIONS"].get(option):
            told[option if place == 0 else f"PG{option.upper()}"] = str(value)
    return told | {PARAMETERS["NAME"][place]: name}


def _connected(name: str) -> psycopg.Connection:
    try:
        return psycopg.connect(autocommit=True, **_told(0, name))  # type: ignore[arg-type]  # each is a text
    except psycopg.Error as error:
        raise BackupError(f"The database {name} cannot be reached: {error}.") from error


def _run(program: str, *arguments: str, name: str, into: str = "") -> None:
    """Run one of PostgreSQL's programs. The password goes by the environment, where other people cannot see it."""
    command = [program, *([f"--dbname={into}"] if into else []), *arguments]
    done = subprocess.run(command, env={**os.environ, **_told(1, name)}, capture_output=True, text=True)  # noqa: S603, PLW1510
    if done.returncode:
        raise BackupError(f"{Path(program).name} failed. It said:\n{done.stderr.strip()[-2000:]}")


def _server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def program(name: str, *, at_least: int) -> str:
    """Where one of PostgreSQL's programs is; it may be newer than the server, but not older."""
    install = f"On Debian or Ubuntu: apt-get install postgresql-client-{at_least}"
    newest = Path(f"/usr/lib/postgresql/{at_least}/bin/{name}")
    path = str(newest) if newest.exists() else shutil.which(name)
    if path is None:
        raise BackupError(f"This needs {name}, and there is none. {install}")
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    number = re.search(r"\) (\d+)", said)
    if number is None or int(number.group(1)) < at_least:
        raise BackupError(
            f"{path} is of version {number.group(1) if number else '?'}, and the server of {at_least}. {install}"
        )
    return path


def _create_like_ours(keeper: psycopg.Connection, name: str) -> None:
    """Make an empty database with the letters and the order of ours."""
    asked = "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s"
    found = keeper.execute(asked, [_name()]).fetchone()
    if found is None:
        raise BackupError(f"There is no database {_name()}: make an empty one first.")
    create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}")
    try:
        keeper.execute(create.format(sql.Identifier(name), *(sql.Literal(value) for value in found)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError(
            "A restore makes a database beside the one here, and the site's user may not. As an administrator of "
            f"the server: ALTER ROLE {connection.settings_dict['USER']} CREATEDB"
        ) from error


def _drop(keeper: psycopg.Connection, *names: str) -> None:
    for name in names:
        keeper.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _who_is_connected(keeper: psycopg.Connection, name: str) -> str:
    asked = """
        SELECT COALESCE(NULLIF(application_name, ''), 'unnamed') || ' from ' || COALESCE(host(client_addr), 'here'),
               COUNT(*)
          FROM pg_stat_activity WHERE datname = %s GROUP BY 1 ORDER BY 1
    """
    return ", ".join(f"{count} {who}" for who, count in keeper.execute(asked, [name]))
