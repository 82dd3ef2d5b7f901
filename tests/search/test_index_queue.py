"""What changed gets into the local index once and for all, whoever else writes, rebuilds or tidies up."""

import os
import threading
import time
from collections.abc import Callable

import pytest
import tantivy
from django.db import connection, transaction

from practices.models import Library, PracticePage
from practices.signals import send_practice_changed
from search.engines import engine_named
from search.engines.base import EngineUnavailableError
from search.engines.local import LocalEngine, put
from search.engines.local.folder import REBUILD, WRITE, IndexFolder, at_the_edge
from search.models import IndexQueue
from search.query import SearchQuery
from search.services import drain_queue
from tests.factories.practices import PracticeFactory
from tests.search.index_folders import answers, titles, titles_in_index


@pytest.fixture
def engine() -> LocalEngine:
    return engine_named("local")


@pytest.mark.database
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
        searcher = engine.reader(Library.objects.current(), None).searcher
        with pytest.raises(EngineUnavailableError), at_the_edge():
            searcher.search(tantivy.Query.all_query(), limit=0)

    def test_a_rolled_back_change_is_not_queued(self, folder):
        from django.db import transaction

        with pytest.raises(ZeroDivisionError), transaction.atomic():
            PracticeFactory()
            raise ZeroDivisionError
        assert not IndexQueue.objects.exists()


@pytest.mark.django_db
class TestLocks:
    def test_a_lock_whose_file_was_removed_is_known_to_hold_nothing(self, folder):
        with folder.locked(WRITE, wait=True) as first:
            assert folder.holds(first, WRITE)
            (folder.path / WRITE).unlink()
            with folder.locked(WRITE, wait=False) as second:
                assert second is not None
                assert not folder.holds(first, WRITE)

    def test_one_that_waited_for_a_lock_which_was_removed_takes_the_new_one(self, folder):
        first = folder.take(WRITE, wait=True)
        taken = []
        waiting = threading.Thread(target=lambda: taken.append(folder.take(WRITE, wait=True)))
        waiting.start()
        (folder.path / WRITE).unlink()
        os.close(first)
        waiting.join(10)
        assert folder.holds(taken[0], WRITE)
        os.close(taken[0])

    def test_what_was_written_without_the_lock_stays_in_the_queue(self, folder, engine, monkeypatch):
        PracticeFactory(title="Round three")
        monkeypatch.setattr("search.engines.local.put", losing_the_lock(folder, put))
        assert drain_queue() == 0
        assert IndexQueue.objects.waiting().count() == 1
        monkeypatch.undo()
        drain_queue()
        assert titles_in_index() == titles()

    def test_two_that_ask_for_a_rebuild_do_not_take_each_other_for_one(self, folder, engine):
        asking = folder.take(REBUILD, wait=False, shared=True)
        assert not engine.rebuilding()
        os.close(asking)
        with folder.locked(REBUILD, wait=True):
            assert engine.rebuilding()


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_whoever_changes_several_and_whoever_takes_them_out_never_wait_for_each_other(library):
    first, second = sorted(PracticeFactory(title=f"Round {number}").pk for number in range(2))
    versions = list(IndexQueue.objects.values_list("version", flat=True))
    taken_out = threading.Event()

    def take_out() -> None:
        try:
            IndexQueue.objects.done(versions)
            taken_out.set()
        finally:
            connection.close()

    thread = threading.Thread(target=take_out)
    with transaction.atomic():
        send_practice_changed([second])
        thread.start()
        # By then it waits, with whatever it holds.
        time.sleep(0.3)
        send_practice_changed([first])
    thread.join(20)
    assert taken_out.is_set()
    assert set(IndexQueue.objects.values_list("object_id", flat=True)) == {first, second}


def losing_the_lock(folder: IndexFolder, put: Callable) -> Callable:
    def put_while_somebody_tidies_up(*args, **kwargs):
        put(*args, **kwargs)
        (folder.path / WRITE).unlink()

    return put_while_somebody_tidies_up


@pytest.mark.django_db(transaction=True)
class TestVersions:
    def change_meanwhile(self, monkeypatch, title: str) -> None:
        """Let somebody change a practice while another is being indexed, heard of only by the queue."""
        index = LocalEngine.index

        def index_and_be_overtaken(self, ids):
            index(self, ids)
            monkeypatch.undo()
            PracticePage.objects.filter(title="Round the corner").update(title=title)
            Library.objects.bump_version()
            IndexQueue.objects.put(PracticePage.objects.filter(title=title).values_list("pk", flat=True))

        monkeypatch.setattr(LocalEngine, "index", index_and_be_overtaken)

    def test_no_version_is_noted_of_which_a_change_is_not_in_the_index(self, folder, engine, monkeypatch):
        before = engine.health().version
        page = PracticePage.objects.get(title="Round the table")
        Library.objects.bump_version()
        IndexQueue.objects.put([page.pk])
        self.change_meanwhile(monkeypatch, "Round and changed")
        assert drain_queue(limit=1) == 1
        assert engine.health().version == before
        assert drain_queue() == 1
        assert engine.health().version == Library.objects.current().version
        assert titles_in_index() == titles()

    def test_each_row_that_waits_keeps_the_version_back(self, folder, engine):
        before = engine.health().version
        Library.objects.bump_version()
        IndexQueue.objects.put(titles())
        drain_queue(limit=1)
        assert engine.health().version == before
        drain_queue(limit=1)
        assert engine.health().version == before + 1

    def test_a_drain_that_nobody_waits_for_takes_many_to_a_commit(self, folder, engine, monkeypatch):
        portions = []
        index = LocalEngine.index
        monkeypatch.setattr(LocalEngine, "index", lambda self, ids: portions.append(len(ids)) or index(self, ids))
        IndexQueue.objects.put([*titles(), *range(10_000, 12_300)])
        assert drain_queue(limit=60, seconds=10) == 60
        assert drain_queue(wait=True) == 2_242
        assert portions == [50, 10, 1_000, 1_000, 242]

    def test_a_rebuild_indexes_once_what_waited_before_it_and_again_what_changed_since(
        self, folder, engine, monkeypatch
    ):
        IndexQueue.objects.put(titles())
        filling, indexed = LocalEngine._fill, []
        changed = PracticePage.objects.get(title="Round the corner")

        def fill_and_be_overtaken(self, *given):
            phrases = filling(self, *given)
            PracticePage.objects.filter(pk=changed.pk).update(title="Round and changed")
            IndexQueue.objects.put([changed.pk])
            return phrases

        monkeypatch.setattr(LocalEngine, "_fill", fill_and_be_overtaken)
        monkeypatch.setattr(
            "search.engines.local.put",
            lambda writer, ids, *given, **more: indexed.extend(ids) or put(writer, ids, *given, **more),
        )
        engine.rebuild()
        assert sorted(indexed) == sorted([*titles(), changed.pk])
        assert titles_in_index() == titles()
        assert not IndexQueue.objects.exists()
