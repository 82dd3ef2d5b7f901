"""Those who write to SQLite at the same time: each gets a turn, in the order in which they came."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import OperationalError

from config.sqlite.base import DatabaseWrapper

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="of SQLite alone"),
]


@pytest.fixture
def opened(tmp_path) -> Callable[..., DatabaseWrapper]:
    """Opens a database that holds one table of names, as the site would."""
    path = str(tmp_path / "turns.sqlite3")

    def open_database(**options) -> DatabaseWrapper:
        given = {**connection.settings_dict, "NAME": path}
        given["OPTIONS"] = {**given["OPTIONS"], **options}
        return DatabaseWrapper(given, alias="turns")

    with closing(open_database()) as database, database.cursor() as cursor:
        cursor.execute("CREATE TABLE written (name text UNIQUE)")
    return open_database


@contextmanager
def somebody_writing(database: DatabaseWrapper) -> Iterator[sqlite3.Connection]:
    """A program of another kind that holds the database."""
    with closing(
        sqlite3.connect(database.settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def write(database: DatabaseWrapper, name: str) -> None:
    with closing(database), database.cursor() as cursor:
        cursor.execute("INSERT INTO written VALUES (%s)", [name])


def names(database: DatabaseWrapper) -> list[str]:
    with closing(database), database.cursor() as cursor:
        return [name for (name,) in cursor.execute("SELECT name FROM written ORDER BY rowid").fetchall()]


def test_who_finds_it_busy_writes_when_it_is_free(opened):
    with somebody_writing(opened()) as other:
        threading.Timer(0.3, other.execute, ["COMMIT"]).start()
        begun = time.monotonic()
        write(opened(), "later")
        assert 0.2 < time.monotonic() - begun < 5
    assert names(opened()) == ["later"]


def test_a_reader_does_not_wait(opened):
    with somebody_writing(opened()):
        begun = time.monotonic()
        assert names(opened()) == []
        assert time.monotonic() - begun < 0.2


def test_who_waits_too_long_is_told_and_has_written_nothing(opened):
    with somebody_writing(opened()), pytest.raises(OperationalError, match="locked"):
        write(opened(timeout=0.1), "never")
    assert names(opened()) == []


def test_turns_come_in_the_order_in_which_people_came(opened):
    came = [f"person {number}" for number in range(8)]
    with somebody_writing(opened()) as other:
        waiting = [threading.Thread(target=lambda name=name: write(opened(), name)) for name in came]
        for each in waiting:
            each.start()
            time.sleep(0.05)
        other.execute("COMMIT")
        for each in waiting:
            each.join(20)
    assert names(opened()) == came


def test_all_who_wait_too_long_are_told_at_the_same_time(opened):
    refused: list[float] = []

    def try_to_write() -> None:
        with pytest.raises(OperationalError, match="locked"):
            write(opened(timeout=0.5), "never")
        refused.append(time.monotonic() - begun)

    with somebody_writing(opened()):
        begun = time.monotonic()
        waiting = [threading.Thread(target=try_to_write) for _ in range(4)]
        for each in waiting:
            each.start()
        for each in waiting:
            each.join(20)
    assert len(refused) == 4
    assert max(refused) < 1.5


def test_where_there_can_be_no_line_one_waits_all_the_same(opened):
    database = opened()
    Path(f"{database.settings_dict['NAME']}-line").mkdir()
    with somebody_writing(database) as other:
        threading.Timer(0.2, other.execute, ["COMMIT"]).start()
        write(opened(), "later")
    assert names(opened()) == ["later"]


def test_what_was_read_and_has_changed_since_is_not_waited_for(opened):
    database = opened(transaction_mode="DEFERRED")
    with closing(database), database.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM written").fetchall()
        write(opened(), "in between")
        begun = time.monotonic()
        with pytest.raises(OperationalError, match="locked"):
            cursor.execute("INSERT INTO written VALUES ('late')")
        assert time.monotonic() - begun < 1
        cursor.execute("ROLLBACK")
    assert names(opened()) == ["in between"]


def test_many_rows_are_written_all_or_none_outside_a_transaction_too(opened):
    database = opened()
    with closing(database), database.cursor() as cursor:
        cursor.executemany("INSERT INTO written VALUES (%s)", [["one"], ["two"]])
        with pytest.raises(Exception, match="UNIQUE"):
            cursor.executemany("INSERT INTO written VALUES (%s)", [["three"], ["one"]])
    assert names(opened()) == ["one", "two"]


def test_a_transaction_that_is_refused_its_turn_can_be_tried_again(opened):
    database = opened(timeout=0.1)
    begin = partial(database.set_autocommit, False, force_begin_transaction_with_broken_autocommit=True)
    with closing(database):
        with somebody_writing(database), pytest.raises(OperationalError, match="locked"):
            begin()
        begin()
        with database.cursor() as cursor:
            cursor.execute("INSERT INTO written VALUES ('again')")
        database.commit()
    assert names(opened()) == ["again"]
