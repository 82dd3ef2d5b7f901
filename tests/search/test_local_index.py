"""The folder of the local index: damage heals by itself, and several processes may use it at once."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection

from practices.models import Library, PracticePage
from search.engines import engine_named
from search.engines.base import EngineUnavailableError
from search.engines.local import LocalEngine
from search.engines.local.folder import IndexFolder
from search.models import IndexQueue
from search.query import SearchQuery
from search.services import drain_queue, index_is_true, search_library
from tests.factories.practices import PracticeFactory


@pytest.fixture(autouse=True)
def _may_repair(monkeypatch):
    monkeypatch.setattr("search.services._no_repair_before", 0.0)


@pytest.fixture
def engine() -> LocalEngine:
    return engine_named("local")


@pytest.fixture
def folder(library, settings, tmp_path) -> IndexFolder:
    """An index that holds two practices, apart from those of tests that run beside this one."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    for title in ("Round the table", "Round the corner"):
        PracticeFactory(title=title)
    engine_named("local").rebuild()
    return IndexFolder(Library.objects.current())


def answers() -> tuple[str, int, bool]:
    results = search_library(SearchQuery(words="round"))
    return results.answer, results.total, results.degraded


def segment_files(folder: IndexFolder, ending: str) -> list[Path]:
    return list(folder.live().glob(f"*.{ending}"))


def lose_pointer(folder: IndexFolder) -> None:
    (folder.path / "current").unlink()


def damage_pointer(folder: IndexFolder) -> None:
    (folder.path / "current").write_bytes(b"\xff\x00../../etc")


def lose_folder(folder: IndexFolder) -> None:
    shutil.rmtree(folder.path)


def lose_everything(folder: IndexFolder) -> None:
    shutil.rmtree(folder.path.parent)


def empty_generation(folder: IndexFolder) -> None:
    for path in folder.live().iterdir():
        path.unlink()


def cut_meta(folder: IndexFolder) -> None:
    path = folder.live() / "meta.json"
    path.write_bytes(path.read_bytes()[:40])


def empty_meta(folder: IndexFolder) -> None:
    (folder.live() / "meta.json").write_bytes(b"")


def lose_segment(folder: IndexFolder) -> None:
    for path in segment_files(folder, "idx"):
        path.unlink()


def cut_segment(folder: IndexFolder) -> None:
    for path in segment_files(folder, "term"):
        path.write_bytes(path.read_bytes()[:10])


def lose_store(folder: IndexFolder) -> None:
    for path in segment_files(folder, "store"):
        path.unlink()


def lose_positions(folder: IndexFolder) -> None:
    for path in segment_files(folder, "pos"):
        path.unlink()


DAMAGES = [
    lose_pointer,
    damage_pointer,
    lose_folder,
    lose_everything,
    empty_generation,
    cut_meta,
    empty_meta,
    lose_segment,
    cut_segment,
    lose_store,
    lose_positions,
]


@pytest.mark.django_db
class TestHealing:
    @pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
    def test_a_new_process_heals_it(self, folder, engine, damage):
        damage(folder)
        engine._opened = None
        assert answers() == ("exact", 2, False)
        assert engine.health().usable

    @pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
    def test_a_process_that_reads_it_goes_on(self, folder, engine, damage):
        assert answers() == ("exact", 2, False)
        damage(folder)
        assert answers() == ("exact", 2, False)

    @pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
    def test_a_change_is_not_lost(self, folder, engine, damage):
        damage(folder)
        engine._opened = None
        PracticeFactory(title="Round three")
        drain_queue()
        assert answers() == ("exact", 3, False)

    def test_the_loop_of_due_work_heals_it_before_anybody_searches(self, folder, engine):
        PracticeFactory(title="Round three")
        lose_folder(folder)
        assert drain_queue() == 0
        assert engine.health().documents == 3
        assert not IndexQueue.objects.exists()

    def test_an_index_that_is_ahead_of_the_database_is_built_anew(self, folder, engine):
        folder.note_drained(Library.objects.current().version + 5)
        with pytest.raises(EngineUnavailableError):
            engine.search(SearchQuery())
        assert answers() == ("exact", 2, False)
        assert folder.drained() <= Library.objects.current().version

    def test_another_library_has_another_folder(self, folder, engine):
        import uuid

        Library.objects.update(uuid=uuid.uuid4())
        PracticePage.objects.filter(title="Round the corner").update(live=False)
        assert answers() == ("exact", 1, False)
        assert IndexFolder(Library.objects.current()).path != folder.path

    def test_another_version_of_the_schema_is_not_read(self, folder, engine, monkeypatch):
        monkeypatch.setattr("search.engines.local.folder.SCHEMA_VERSION", 2)
        assert not engine.health().usable
        assert answers() == ("exact", 2, False)
        assert IndexFolder(Library.objects.current()).path.name.endswith("-v2")

    def test_when_it_cannot_be_built_the_plain_engine_answers(self, library, settings, tmp_path):
        PracticeFactory(title="Round the table")
        settings.SEARCH_INDEX_DIR = tmp_path / "file"
        settings.SEARCH_INDEX_DIR.write_text("not a folder")
        assert answers() == ("exact", 1, True)
        drain_queue()
        assert IndexQueue.objects.exists()

    def test_a_large_library_answers_plainly_and_is_indexed_behind_the_answer(self, folder, engine, monkeypatch):
        behind = []
        monkeypatch.setattr("search.services.SMALL_LIBRARY", 1)
        monkeypatch.setattr("search.services._no_repair_before", 0.0)
        monkeypatch.setattr(
            "search.services.threading.Thread", lambda **given: behind.append(given) or type("T", (), {"start": int})
        )
        lose_folder(folder)
        assert answers() == ("exact", 2, True)
        assert answers() == ("exact", 2, True)
        assert len(behind) == 1

    def test_an_index_that_misses_a_page_is_known(self, folder):
        assert index_is_true()
        IndexQueue.objects.all().delete()
        PracticePage.objects.filter(title="Round the corner").update(live=False)
        assert not index_is_true()

    def test_old_generations_are_cleared_away(self, folder, engine):
        for _ in range(3):
            engine.rebuild()
        assert len(list(folder.path.glob("g*"))) == 2


@pytest.mark.django_db
class TestQueue:
    def test_a_change_that_nobody_drained_is_picked_up_later(self, folder):
        PracticeFactory(title="Round and round")
        assert IndexQueue.objects.waiting().count() == 1
        assert answers()[1] == 2
        assert drain_queue() == 1
        assert answers()[1] == 3
        assert not IndexQueue.objects.exists()

    def test_a_drain_takes_no_more_than_it_may(self, folder):
        for _ in range(5):
            PracticeFactory()
        assert drain_queue(limit=2) == 2
        assert IndexQueue.objects.waiting().count() == 3

    def test_a_change_while_indexing_stays_in_the_queue(self, folder, engine, monkeypatch):
        page = PracticeFactory(title="Round and round")
        index = LocalEngine.index

        def index_and_be_overtaken(self, ids):
            index(self, ids)
            if monkeypatch.undo() is None:
                IndexQueue.objects.put([page.pk])

        monkeypatch.setattr(LocalEngine, "index", index_and_be_overtaken)
        assert drain_queue(limit=1) == 1
        assert IndexQueue.objects.waiting().count() == 1

    def test_while_somebody_else_writes_nobody_waits(self, folder, engine):
        PracticeFactory()
        with folder.locked("write.lock", wait=True):
            began = time.monotonic()
            assert drain_queue() == 0
            assert time.monotonic() - began < 1
        assert drain_queue() == 1

    def test_what_is_indexed_during_a_rebuild_waits_for_the_new_index(self, folder, engine):
        page = PracticeFactory(title="Round and round")
        with folder.locked("rebuild.lock", wait=True):
            assert drain_queue() == 1
            assert answers()[1] == 3
            assert IndexQueue.objects.get().indexed
        engine.rebuild()
        assert not IndexQueue.objects.exists()
        assert page.pk in {hit.id for hit in engine.search(SearchQuery()).hits}

    def test_a_change_during_a_rebuild_is_in_the_new_index(self, folder, engine):
        def change_half_way(done: int, total: int) -> None:
            PracticeFactory(title="Round and round")

        engine.rebuild(change_half_way)
        assert answers()[1] == 3

    def test_a_panic_is_an_error_of_ours(self, folder, engine):
        from search.engines.local.folder import at_the_edge

        searcher = engine.reader(Library.objects.current(), None).searcher
        import tantivy

        with pytest.raises(EngineUnavailableError), at_the_edge():
            searcher.search(tantivy.Query.all_query(), limit=0)

    def test_a_rolled_back_change_is_not_queued(self, folder):
        from django.db import transaction

        with pytest.raises(ZeroDivisionError), transaction.atomic():
            PracticeFactory()
            raise ZeroDivisionError
        assert not IndexQueue.objects.exists()


@pytest.fixture
def start(transactional_db) -> Callable[..., subprocess.Popen]:
    """Start a process of this product on the tests' own database and index."""
    started = []

    def start(*words: object) -> subprocess.Popen:
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATA_DIR": str(django_settings.DATA_DIR),
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "RUST_BACKTRACE": "0",
        }
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "processes.py"), *map(str, words)],
            env=env,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def standing(transactional_db, request):
    """The library's tree, in tables that other processes see."""
    return request.getfixturevalue("library")


@pytest.mark.skipif("sqlite" not in django_settings.DATABASES["default"]["ENGINE"], reason="names a file")
class TestProcesses:
    def index_of(self) -> dict[int, str]:
        engine = engine_named("local")
        from search.engines.local.schema import title_from_index

        reader = engine.reader(Library.objects.current(), None)
        import tantivy

        hits = reader.searcher.search(tantivy.Query.all_query(), limit=500).hits
        documents = [reader.searcher.doc(address) for _, address in hits]
        assert len(documents) == len({document.get_first("id") for document in documents})
        return {document.get_first("id"): title_from_index(document) for document in documents}

    def titles(self) -> dict[int, str]:
        return dict(PracticePage.objects.values_list("pk", "title"))

    def test_two_that_change_one_that_rebuilds_and_one_that_searches(self, standing, start):
        for _ in range(6):
            PracticeFactory(title="Round the table")
        engine_named("local").rebuild()
        writers = [start("change", number, 2, 6) for number in (0, 1)]
        reader, builder = start("search", 60), start("rebuild", 4)
        for process in (*writers, reader, builder):
            out, err = process.communicate(timeout=120)
            assert process.returncode == 0, err[-2000:]
            assert process is not reader or out == "", out
        drain_queue(wait=True)
        assert self.index_of() == self.titles()
        assert set(self.titles().values()) == {f"Round 5 of {pk}" for pk in self.titles()}

    def test_killed_in_a_write(self, standing, start):
        for _ in range(4):
            PracticeFactory(title="Round the table")
        engine_named("local").rebuild()
        for pause in (0.05, 0.2, 0.35) * int(os.environ.get("SOAK", "1")):
            process = start("change", 0, 1, 10_000)
            process.stdout.readline()
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            assert set(self.index_of()) == set(self.titles())
            drain_queue(wait=True)
            assert self.index_of() == self.titles()
