"""What was typed is kept only once three different visitors typed the same words."""

import threading
import time
import urllib.parse
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import OperationalError
from django.utils import timezone

from people.models import VisitorKey
from people.visitors import address_of
from search import typed
from search.engines import engine_named
from search.models import TypedOnce, TypedSearch
from search.typed import Note, Notebook, countable, forget_old_searches, note_typed, notebook
from tests.factories.practices import PracticeFactory
from tests.servers import running_site
from tests.stores import everything_in_the_database

SECRET = "widowed saxophonist"
IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"


@pytest.mark.database
@pytest.mark.django_db
class TestThreeVisitors:
    def search(self, client, words: str, visitor: str, **params: str) -> None:
        assert client.get("/search/", {"q": words, **params}, REMOTE_ADDR=visitor).status_code == 200
        notebook.write()

    def test_the_third_visitor_makes_it_known(self, client, library):
        self.search(client, SECRET, "192.0.2.1")
        self.search(client, SECRET.upper(), "192.0.2.2")
        assert SECRET not in everything_in_the_database().lower()
        assert "192.0.2" not in everything_in_the_database()
        self.search(client, f"  {SECRET} ", "192.0.2.3")
        assert TypedSearch.objects.get().words == SECRET
        assert not TypedOnce.objects.exists()
        assert "192.0.2" not in everything_in_the_database()

    def test_no_cache_keeps_it(self, client, library, settings):
        settings.CACHES = {name: {"BACKEND": IN_MEMORY, "LOCATION": f"typed-{name}"} for name in settings.CACHES}
        self.search(client, SECRET, "192.0.2.1")
        client.get("/search/", REMOTE_ADDR="192.0.2.1")
        kept = [value for name in settings.CACHES for value in caches[name]._cache.items()]
        assert kept
        assert not any(word in repr(kept) for word in SECRET.split())

    def test_one_visitor_three_times_does_not(self, client, library):
        for _ in range(3):
            self.search(client, SECRET, "192.0.2.1")
        assert TypedOnce.objects.count() == 1
        assert not TypedSearch.objects.exists()

    def test_from_then_on_each_search_counts_with_what_it_found(self, client, library):
        engine_named("local").rebuild()
        for number in range(4):
            self.search(client, "tea", f"192.0.2.{number}")
        known = TypedSearch.objects.get()
        assert (known.times, known.found) == (4, 0)
        PracticeFactory(title="Tea")
        typed.notebook.add(Note("tea", "192.0.2.1", 1))
        notebook.write()
        known.refresh_from_db()
        assert (known.times, known.found) == (5, 1)
        assert not TypedSearch.objects.filter(found=0).exists()

    def test_other_pages_filters_and_orders_are_the_same_search(self, client, library):
        for number in range(3):
            self.search(client, SECRET, f"192.0.2.{number}", page="2")
            self.search(client, SECRET, f"192.0.2.{number}", sort="title")
            self.search(client, SECRET, f"192.0.2.{number}", nation="wales")
        assert not TypedOnce.objects.exists()

    def test_a_new_week_ends_what_was_begun(self, client, library, time_machine):
        time_machine.move_to("2026-11-02 10:00")
        self.search(client, SECRET, "192.0.2.1")
        self.search(client, SECRET, "192.0.2.2")
        old = VisitorKey.objects.get().key
        time_machine.move_to("2026-11-09 10:00")
        self.search(client, SECRET, "192.0.2.3")
        assert VisitorKey.objects.get().key != old
        assert not TypedSearch.objects.exists()
        assert TypedOnce.objects.count() == 1

    def test_the_hashes_of_a_week_that_is_over_go_though_nobody_searches(self, client, library, time_machine):
        time_machine.move_to("2026-11-02 10:00")
        self.search(client, SECRET, "192.0.2.1")
        forget_old_searches()
        assert TypedOnce.objects.exists()
        time_machine.move_to("2026-11-09 10:00")
        forget_old_searches()
        assert not TypedOnce.objects.exists()
        assert not VisitorKey.objects.exists()

    def test_hashes_of_one_visitor_cannot_be_put_together(self, client, library):
        self.search(client, "one thing", "192.0.2.1")
        self.search(client, "another thing", "192.0.2.1")
        assert len(set(TypedOnce.objects.values_list("visitor_hash", flat=True))) == 2

    def test_what_nobody_types_any_more_is_forgotten(self):
        today = timezone.localdate()
        for words, days in (("old", 366), ("new", 364)):
            day = today - timedelta(days=days)
            TypedSearch.objects.create(words=words, times=3, first_typed_on=day, last_typed_on=day)
        assert forget_old_searches() == 1
        assert TypedSearch.objects.get().words == "new"


@pytest.mark.parametrize(
    "words",
    [
        "",
        "?!",
        "suicidal teenager",
        "no food tonight",
        "ring 07700 900123",
        "ring 077 009 001 23",
        "case no 12-345-67",
        "somebody@example.org",
        "flat 3, sw1a 1aa",
        "a mum of three who lost her job in may and lives with her own mother",
        "x" * 81,
    ],
)
def test_some_words_are_never_counted(words):
    assert countable(words) == ""


def test_others_are_counted_in_small_letters():
    assert countable(" Lonely   PENSIONERS ") == "lonely pensioners"


@pytest.mark.django_db
def test_a_flood_fills_one_notebook_and_no_more(monkeypatch):
    monkeypatch.setattr(typed, "MOST_NOTES", 2)
    book = Notebook()
    for number in range(5):
        book.add(Note(f"words {number}", "192.0.2.1", 0))
    assert book.write() == 2
    assert book.write() == 0


def test_a_database_that_cannot_be_written_to_costs_the_count_and_nothing_else(settings, monkeypatch, caplog):
    settings.SEARCH_COUNTED_AFTER = 0.01
    tried = threading.Event()

    def fails(notes):
        tried.set()
        raise OperationalError(f"disk is full: {notes}")

    monkeypatch.setattr(typed, "count_typed", fails)
    note_typed(SECRET, visitor="192.0.2.1", found=0)
    assert tried.wait(5)
    for _ in range(100):
        if caplog.records:
            break
        time.sleep(0.05)
    assert "OperationalError" in caplog.text
    assert SECRET not in caplog.text


class TestAddresses:
    def test_addresses_of_one_household_are_one(self, rf):
        seen = {address_of(rf.get("/", REMOTE_ADDR=f"2001:db8:0:1::{number}")) for number in range(3)}
        assert seen == {"2001:db8:0:1::"}

    def test_without_proxies_nobody_is_believed(self, rf):
        request = rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
        assert address_of(request) == "192.0.2.1"

    def test_what_stands_before_ones_own_proxies_is_not_believed(self, rf, settings):
        settings.TRUSTED_PROXIES = 1
        request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.7")
        assert address_of(request) == "192.0.2.7"


@pytest.mark.django_db(transaction=True)
def test_a_real_server_writes_what_two_visitors_typed_nowhere(library, settings, tmp_path):
    """Database, index, caches, log and access log are searched after two visitors, and the database after the third."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    engine_named("local").rebuild()
    log = tmp_path / "log.txt"
    environment = {"ACCESS_LOG": "-", "TRUSTED_PROXIES": "1", "LOG_LEVEL": "DEBUG"}
    with running_site(tmp_path, output=log, **environment) as address:
        wait_until_counted(address, "192.0.2.1", 1)
        wait_until_counted(address, "192.0.2.2", 2)
        assert SECRET not in everything_in_the_database()
        assert "192.0.2." not in everything_in_the_database()
        assert holds(tmp_path, SECRET) == []
        ask(address, "192.0.2.3")
        for _ in range(200):
            if TypedSearch.objects.exists():
                break
            time.sleep(0.1)
    assert TypedSearch.objects.get().words == SECRET
    said = log.read_text()
    assert '"GET /search/" 200' in said
    assert not any(word in said for word in SECRET.split())
    assert "192.0.2." not in said


def ask(address: str, visitor: str) -> None:
    asked = urllib.request.Request(
        f"{address}/search/?{urllib.parse.urlencode({'q': SECRET})}",
        headers={"X-Forwarded-For": visitor, "Referer": f"{address}/search/?q=saxophonist"},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert answer.status == 200


def wait_until_counted(address: str, visitor: str, number: int) -> None:
    ask(address, visitor)
    for _ in range(200):
        if TypedOnce.objects.count() == number:
            return
        time.sleep(0.1)
    raise AssertionError("it was not counted")


def holds(folder: Path, words: str) -> list[str]:
    """The files of a data folder that hold some words, as text of one or two bytes a letter."""
    kinds = [words.encode(), words.encode("utf-16-le")]
    files = (path for path in folder.rglob("*") if path.is_file() and "static" not in path.parts)
    return [str(path) for path in files if any(kind in path.read_bytes() for kind in kinds)]
