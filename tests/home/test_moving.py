"""Moving a library from SQLite to a real PostgreSQL server: all of it or nothing, and it lives on there."""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import environ
import psycopg
import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings
from django.utils import timezone
from wagtail.models import Locale, Page

from backing import postgresql
from bench.editors import Editor, session_of
from config.postgresql.base import DatabaseWrapper
from contributions.models import ProposedEdit
from home.moving import Digest, Moved, MovingError, Table, move_library
from people.events import record_event
from people.messages import tell
from people.models import Event
from practices.models import Library, PracticePage
from tests.factories.contributions import trusted_person, waiting_of
from tests.factories.people import UserFactory
from tests.factories.practices import OutcomeFactory, PhotoFactory, PracticeFactory
from tests.factories.tried import shown
from tests.servers import running_site
from tests.stores import everything_in_the_database

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" not in django_settings.DATABASES["default"]["ENGINE"], reason="it moves from SQLite"),
]
ROOT = Path(__file__).resolve().parents[2]
NASTY = "Tea\tand \\N 'cake' \"at\" four;\n\\. Ünïcödé 📚 {} %s " + "long " * 500
numbers = count(1)


def address_of(server: str, name: str) -> str:
    return f"{server.rpartition('/')[0]}/{name}"


def make_database(server: str, name: str, *, like: str = "template1") -> str:
    with psycopg.connect(server, autocommit=True) as person:
        person.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    return address_of(server, name)


def move(file: Path, address: str) -> subprocess.CompletedProcess[str]:
    """What the command does at the machine, in a process of its own. Looking for garbage would take it 9 seconds."""
    begin = "import gc, runpy; gc.disable(); runpy.run_path('manage.py', run_name='__main__')"
    command = [sys.executable, "-c", begin, "move_database", "--from", f"sqlite:///{file}"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": address}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def ask(address: str, question: str) -> list[tuple]:
    with psycopg.connect(address) as person:
        return person.execute(question).fetchall()


def is_empty(address: str) -> bool:
    there = "SELECT (SELECT count(*) FROM people_user), (SELECT count(*) FROM practices_practicepage)"
    return ask(address, there) == [(0, 0)]


@pytest.fixture
def file(library) -> Path:
    """The SQLite database of this test: a small library that people use."""
    return Path(connection.settings_dict["NAME"])


@pytest.fixture(scope="module")
def server(django_db_setup) -> Iterator[str]:
    with postgresql.running() as server:
        yield server


class Target:
    """A database that has all tables and is empty."""

    def __init__(self, address: str) -> None:
        self.address = address

    @contextmanager
    def settled(self) -> Iterator[None]:
        """What this process does is done there."""
        before = connections["default"]
        there = {**before.settings_dict, **environ.Env.db_url_config(self.address), "OPTIONS": {}}
        connections["default"] = DatabaseWrapper(there, "default")
        ContentType.objects.clear_cache()
        try:
            yield
        finally:
            connections["default"].close()
            connections["default"] = before
            ContentType.objects.clear_cache()

    def move(self, file: Path, **more: Any) -> list[Moved]:
        with self.settled():
            return move_library(source=file, **more)


@pytest.fixture(scope="module")
def made(server, django_db_blocker) -> str:
    """The name of an empty database with all tables, made in a tenth of the time that migrations take."""
    address = make_database(server, "made")
    names = [each.label for each in apps.get_app_configs()]
    with django_db_blocker.unblock():
        applied = MigrationRecorder(connection).applied_migrations()
        with Target(address).settled(), override_settings(MIGRATION_MODULES=dict.fromkeys(names)):
            call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
            there = MigrationRecorder(connection)
            there.ensure_schema()
            there.migration_qs.bulk_create(there.Migration(app=app, name=name) for app, name in applied)
    return "made"


@pytest.fixture
def target(server, file, made) -> Target:
    return Target(make_database(server, f"moved{next(numbers)}", like=made))


def test_what_people_did_is_there_and_goes_on(server, file, tmp_path):
    page = PracticeFactory(title="Round table", slug="round-table", summary=NASTY[:250], steps=["begin"])
    author, editor = trusted_person(), trusted_person()
    waiting_of(page, author, what_it_is="We meet on Tuesdays.")
    shown(page, author, sentence="Ünïque words of somebody 📚", outcomes=[OutcomeFactory()])
    photo = PhotoFactory()
    record_event("person.paused", author, by=editor)
    tell(author, about=page, title="Thank you", body="It helped.", path="/", action="Look")
    gone = PracticeFactory(title="Taken away")
    last = gone.pk
    gone.delete()
    session, known_before = session_of(editor), Library.objects.current()
    address = make_database(server, "lived-in")
    moved = move(file, address)
    assert moved.returncode == 0, moved.stderr
    assert "all is the same" in moved.stdout
    rows = {line.split()[0]: line.split()[1:] for line in moved.stdout.splitlines() if len(line.split()) == 5}
    assert rows["practices_practicepage"][:2] == ["1", "1"] and rows["feedback_triedreport"][:2] == ["1", "1"]
    assert all(before == after and here == there for before, after, here, there in rows.values())
    # A copy believes no index of the other.
    ((identity, version),) = ask(address, "SELECT uuid, version FROM practices_library")
    assert identity != known_before.uuid and version == known_before.version
    with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
        ask(address, "UPDATE people_event SET what = 'nothing'")
    (tmp_path / "secret_key").write_text(django_settings.SECRET_KEY)
    shutil.copytree(django_settings.MEDIA_ROOT, tmp_path / "media", dirs_exist_ok=True)
    with running_site(tmp_path, DATABASE_URL=address, SEARCH_BY_MEANING="false") as site:
        with urlopen(f"{site}/practices/round-table/", timeout=60) as read:
            shows = read.read().decode()
        assert "Round table" in shows and "Ünïque words of somebody 📚" in shows
        # They are signed in as before, and what they add has keys that nobody had.
        assert Editor(site, session).add_step("round-table", "Put the kettle on") == "It is on the page"
    assert ask(address, "SELECT count(*) FROM practices_step WHERE text = 'Put the kettle on'") == [(1,)]
    assert ask(address, "SELECT file FROM practices_photo") == [(photo.file.name,)]
    assert ask(address, "SELECT nextval(pg_get_serial_sequence('wagtailcore_page', 'id')) > " + str(last)) == [(True,)]
    again = move(file, address)
    assert again.returncode == 1 and "is not empty" in again.stderr


def test_values_of_every_kind_arrive_as_they_are(file, target):
    page = PracticeFactory(title="Tea", summary=NASTY[:250], what_it_is=NASTY, nations=["scotland", "wales"])
    very_early = datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    PracticePage.objects.filter(pk=page.pk).update(
        latitude=Decimal("51.500000"), longitude=Decimal("-0.000001"), last_published_at=very_early
    )
    PracticePage.objects.get(pk=page.pk).latest_revision.__class__.objects.filter(object_id=str(page.pk)).update(
        content={"a": [1.0, 1e5, 0.1, -0.0, None, True, NASTY], "Ü": {}, "empty": ""}
    )
    moved = {each.table: each for each in target.move(file)}
    assert all(each.before == each.after for each in moved.values())
    assert moved["practices_practicepage"].after.rows == 1
    with target.settled():
        there = PracticePage.objects.get()
    here = PracticePage.objects.get()
    for name in ("title", "summary", "what_it_is", "nations", "latitude", "longitude", "last_published_at", "pk"):
        assert getattr(there, name) == getattr(here, name), name
    assert there.what_it_is == NASTY and there.last_published_at == very_early


def test_what_changes_on_the_way_is_found_and_nothing_stays(file, target):
    PracticeFactory(title="Tea", steps=["Put the kettle on"])
    with psycopg.connect(target.address) as somebody:
        somebody.execute(
            "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.what_it_is = NEW.what_it_is || ' '; RETURN NEW; END $$"
        )
        somebody.execute(
            "CREATE TRIGGER change BEFORE INSERT ON practices_practicepage FOR EACH ROW EXECUTE FUNCTION change()"
        )
        somebody.execute("CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
    with pytest.raises(MovingError, match="What arrived is not what was sent: practices_practicepage"):
        target.move(file)
    assert is_empty(target.address)
    with psycopg.connect(target.address) as somebody:
        somebody.execute("DROP TRIGGER change ON practices_practicepage")
        somebody.execute("CREATE TRIGGER lose BEFORE INSERT ON practices_step FOR EACH ROW EXECUTE FUNCTION lose()")
    with pytest.raises(MovingError, match=r"What arrived is not what was sent: practices_step\."):
        target.move(file)
    assert is_empty(target.address)


def test_a_row_that_postgresql_cannot_hold_is_named_without_its_words(file, target):
    page = PracticeFactory(title="Tea")
    with closing(sqlite3.connect(file)) as somebody:
        somebody.execute("UPDATE practices_practicepage SET what_it_is = 'secret' || char(0)")
        somebody.commit()
    with pytest.raises(MovingError, match=f"what_it_is in the row {page.pk} of practices_practicepage") as refused:
        target.move(file)
    assert "secret" not in str(refused.value)
    with closing(sqlite3.connect(file)) as somebody:
        somebody.execute("UPDATE practices_practicepage SET what_it_is = '', sort_title = printf('%.*c', 300, 'x')")
        somebody.commit()
    with pytest.raises(MovingError, match=r"sort_title in the row .*too long"):
        target.move(file)
    assert is_empty(target.address)


def test_a_row_that_points_to_none_is_told(file, target):
    with closing(sqlite3.connect(file)) as somebody:
        somebody.execute("INSERT INTO people_user_groups (id, user_id, group_id) VALUES (1, 4711, 4712)")
        somebody.commit()
    with pytest.raises(MovingError, match=r"points to one that is not there: .*people_user_groups"):
        target.move(file)
    with closing(sqlite3.connect(file)) as somebody:
        somebody.execute("DELETE FROM people_user_groups")
        somebody.commit()
    assert is_empty(target.address)


def test_who_writes_meanwhile_is_not_lost_without_a_word(file, target):
    PracticeFactory(title="Tea")

    def write(_line: str) -> None:
        with closing(sqlite3.connect(file)) as somebody:
            somebody.execute("UPDATE practices_practicepage SET summary = summary || '.'")
            somebody.commit()

    with pytest.raises(MovingError, match="Somebody wrote to the old database meanwhile"):
        target.move(file, told=write)
    assert is_empty(target.address)


def make_pages() -> None:
    Locale.objects.get_or_create(language_code=django_settings.LANGUAGE_CODE)
    for number in range(3):
        Page.add_root(title="Root", slug=f"root-{number}")


def make_books() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE books (id int)")


@pytest.mark.parametrize(
    ("fill", "said"),
    [
        (UserFactory, "not empty: people_user has 1 rows"),
        (make_books, "holds something else: books"),
        (make_pages, "it has 3 pages"),
    ],
)
def test_a_database_that_holds_something_is_refused_and_left_alone(file, target, fill, said):
    with target.settled():
        fill()
        there = everything_in_the_database()
    with pytest.raises(MovingError, match=said):
        target.move(file)
    with target.settled():
        assert everything_in_the_database() == there


def test_only_postgresql_is_a_place_to_go_to(file):
    with pytest.raises(CommandError, match="Name an empty PostgreSQL database in DATABASE_URL"):
        call_command("move_database", source=str(file), stdout=io.StringIO())


def make_old(file: Path) -> None:
    with closing(sqlite3.connect(file)) as old:
        old.execute("DELETE FROM django_migrations WHERE app = 'home'")
        old.commit()


def make_newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as newer:
        newer.execute("ALTER TABLE home_watch ADD COLUMN colour text")
        newer.commit()


def make_empty(file: Path) -> None:
    file.unlink()
    sqlite3.connect(file).close()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (Path.unlink, "There is no file"),
        (make_empty, "no library"),
        (lambda file: file.write_text("hello " * 1000), "cannot be read"),
        (make_old, "older version"),
        (make_newer, "home_watch of the old database has other columns than here: colour"),
    ],
)
def test_what_is_no_library_of_this_version_is_refused(file, tmp_path, spoil: Callable[[Path], None], said):
    copied = tmp_path / "db.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(copied)) as copy:
        connection.connection.backup(copy)
    spoil(copied)
    with pytest.raises(MovingError, match=said):
        move_library(source=copied)


def digest(rows: list[list]) -> str:
    counting = Digest(Table(Event))
    for row in rows:
        counting.add(row)
    return counting.held().digest


def test_a_digest_tells_every_difference_and_no_order():
    rest = [""] * (len(Table(Event).fields) - 2)
    a, b = ([number, timezone.now(), *rest] for number in (1, 2))
    assert digest([a, b]) == digest([b, a])
    assert len({digest(rows) for rows in ([a], [b], [a, b], [a, a], [a, a, b], [])}) == 6
    for value in ("1", 1.5, None, "", "None", True):
        assert digest([[value, *a[1:]]]) != digest([a])
    berlin = a[1].astimezone(timezone.get_fixed_timezone(60))
    assert digest([[a[0], berlin, *a[2:]]]) == digest([a])


def test_a_digest_takes_json_as_both_databases_keep_it():
    table = Table(ProposedEdit)
    place = table.is_json.index(True)

    def of(value: object) -> str:
        counting = Digest(table)
        row: list = [None if is_json else 1 for is_json in table.is_json]
        row[place] = json.dumps(value)
        counting.add(row)
        return counting.held().digest

    assert of({"a": 1.0, "b": [1e5]}) == of({"b": [100000], "a": 1})
    assert len({of(value) for value in (None, {}, [], "", 0, False, "0", 0.5, {"a": None}, {"a": ""})}) == 10
