"""What a machine that watches the site is told: whether it can serve, and how search stands."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from practices.models import Library
from search.engines import engine_named
from search.engines.local.folder import REBUILD, IndexFolder
from search.models import IndexQueue
from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(library, settings, tmp_path) -> IndexFolder:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    PracticeFactory()
    PracticeFactory(unpublished=True)
    engine_named("local").rebuild()
    return IndexFolder(Library.objects.current())


def test_all_is_well(client, folder):
    answer = client.get("/readyz")
    told = answer.json()
    at = told["index"].pop("checked")
    assert at.startswith(f"{timezone.now():%Y-%m-%dT%H}")
    version = Library.objects.current().version
    assert (answer.status_code, told) == (
        200,
        {
            "ready": True,
            "database": "ok",
            "search": "ok",
            "index": {
                "engine": "local",
                "usable": True,
                "reason": "",
                "version": version,
                "index_version": version,
                "practices": 1,
                "documents": 1,
                "waiting": 0,
                "lag": 0,
                "rebuilding": False,
                "check": "built",
            },
        },
    )
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_it_costs_few_questions_whatever_the_library_holds(client, folder, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get("/readyz")


def test_what_waits_is_told_with_the_time_it_waits(client, folder):
    PracticeFactory()
    IndexQueue.objects.update(queued_at=timezone.now() - timedelta(seconds=90))
    told = client.get("/readyz").json()["index"]
    assert (told["waiting"], told["practices"], told["documents"]) == (1, 2, 1)
    assert 90 <= told["lag"] < 100
    assert told["index_version"] < told["version"]


def test_a_rebuild_is_told(client, folder):
    with folder.locked(REBUILD, wait=True):
        assert client.get("/readyz").json()["index"]["rebuilding"] is True


def test_without_an_index_it_serves_and_says_why_search_is_poorer(client, library, settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path / "file"
    settings.SEARCH_INDEX_DIR.write_text("not a folder")
    answer = client.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["ready"], told["search"]) == (200, True, "degraded")
    assert told["index"]["reason"] == "no index yet"
    assert (told["index"]["checked"], told["index"]["rebuilding"]) == (None, None)


def test_looking_heals_nothing_and_makes_nothing(client, folder):
    (folder.path / "current").unlink()
    assert client.get("/readyz").json()["search"] == "degraded"
    assert not (folder.path / "current").exists()


def test_an_engine_that_keeps_no_index(client, library, settings):
    settings.SEARCH_ENGINE = "plain"
    PracticeFactory()
    told = client.get("/readyz").json()
    assert (told["search"], told["index"]["documents"], told["index"]["checked"]) == ("ok", 1, None)


def test_without_its_database_it_asks_to_be_left_out(client, library, monkeypatch):
    def cannot(self):
        raise OperationalError("unable to open database file: secret.sqlite3")

    monkeypatch.setattr("practices.models.library.LibraryManager.current", cannot)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "database": "unreachable"})


def test_it_is_only_read(client, library):
    assert client.post("/readyz").status_code == 405
    assert client.head("/readyz").status_code == 200
