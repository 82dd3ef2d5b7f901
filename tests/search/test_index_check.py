"""The index is compared with the database every night, and put right."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from practices.models import Library, PracticePage
from search.checking import Differences, compare, is_due
from search.engines import engine_named
from search.engines.base import EngineUnavailableError
from search.engines.local import LocalEngine, put
from search.engines.local.folder import IndexFolder
from search.engines.local.phrases import Phrases
from search.engines.local.schema import open_index
from search.models import IndexQueue
from search.services import check_index, drain_queue, look_after_index
from tests.factories.practices import PracticeFactory
from tests.search.index_folders import (
    answers,
    forget,
    index_is_true,
    lose_folder,
    lose_generation,
    titles,
    titles_in_index,
    write_into,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine() -> LocalEngine:
    return engine_named("local")


@pytest.fixture
def pages(library) -> list[PracticePage]:
    """Twelve practices, published the short way: the index is built only after them."""
    pages = [PracticeFactory(title=f"Round {number}", unpublished=True) for number in range(12)]
    PracticePage.objects.update(live=True, last_published_at=timezone.now())
    return pages


@pytest.fixture
def folder(pages, settings, tmp_path, engine) -> IndexFolder:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    engine.rebuild()
    return IndexFolder(Library.objects.current())


def change_unheard(page: PracticePage, **fields) -> None:
    PracticePage.objects.filter(pk=page.pk).update(**fields)


class TestCompare:
    def test_what_was_just_built_is_true(self, folder, engine):
        assert not compare(engine)
        assert index_is_true()

    def test_each_difference_is_told_by_its_ids(self, folder, engine, pages):
        change_unheard(pages[0], live=False)
        change_unheard(pages[1], last_published_at=timezone.now() + timedelta(microseconds=1))
        engine.remove([pages[2].pk])
        assert compare(engine) == Differences(
            missing=(pages[2].pk,), out_of_date=(pages[1].pk,), not_to_be_found=(pages[0].pk,), practices=11
        )
        assert not index_is_true()

    def test_what_waits_is_known_to_differ(self, folder, engine, pages):
        PracticeFactory(title="Round and round")
        change_unheard(pages[0], live=False)
        IndexQueue.objects.put([pages[0].pk])
        assert not compare(engine)

    def test_a_practice_that_is_there_twice_is_found(self, folder, engine, pages):
        stand_twice(folder, pages[3])
        assert compare(engine).twice == (pages[3].pk,)

    def test_an_empty_library_is_true(self, library, settings, tmp_path, engine):
        settings.SEARCH_INDEX_DIR = tmp_path / "index"
        engine.rebuild()
        assert not compare(engine)

    def test_an_engine_without_index_has_nothing_to_compare(self, library, settings):
        settings.SEARCH_ENGINE = "plain"
        PracticeFactory()
        assert not check_index()
        assert index_is_true()


def stand_twice(folder: IndexFolder, page: PracticePage) -> None:
    writer = open_index(str(folder.live())).writer(15_000_000, 1)
    put(writer, [page.pk], Phrases())
    writer.commit()
    writer.wait_merging_threads()


class TestHealing:
    def test_a_few_that_differ_are_indexed_and_no_others(self, folder, engine, pages, monkeypatch):
        change_unheard(pages[0], live=False)
        before, indexed = folder.live(), []
        index = LocalEngine.index
        monkeypatch.setattr(LocalEngine, "index", lambda self, ids: indexed.extend(ids) or index(self, ids))
        assert check_index().ids == {pages[0].pk}
        assert indexed == [pages[0].pk]
        assert folder.live() == before
        assert titles_in_index() == titles()
        assert engine.last_check().result == "queued"

    def test_where_much_differs_it_is_built_anew(self, folder, engine, pages):
        before = folder.live()
        for page in pages[:3]:
            change_unheard(page, live=False)
        assert len(check_index().ids) == 3
        assert folder.live() != before
        assert titles_in_index() == titles()
        assert engine.last_check().result == "rebuilt"

    def test_where_one_stands_twice_it_is_built_anew(self, folder, engine, pages):
        stand_twice(folder, pages[3])
        check_index()
        assert titles_in_index() == titles()

    def test_bytes_that_changed_in_secret_are_found_by_a_process_that_has_it_open(self, folder, engine):
        assert answers()[1] == 12
        write_into("pos", 0.5, bytes(8), in_secret=True)(folder)
        before = folder.live()
        assert check_index().damage
        assert folder.live() != before
        assert not compare(engine)

    def test_changes_that_cannot_be_taken_in_for_an_hour_make_it_build_anew(self, folder, engine, monkeypatch):
        PracticeFactory(title="Round and round")

        def cannot(self, ids):
            raise EngineUnavailableError("cannot")

        monkeypatch.setattr(LocalEngine, "index", cannot)
        check_index()
        assert IndexQueue.objects.waiting().exists()
        IndexQueue.objects.update(queued_at=timezone.now() - timedelta(hours=2))
        check_index()
        assert not IndexQueue.objects.exists()
        assert titles_in_index() == titles()

    def test_a_true_index_is_at_the_version_of_the_library(self, folder, engine):
        Library.objects.bump_version()
        assert engine.health().version < Library.objects.current().version
        check_index()
        assert engine.health().version == Library.objects.current().version

    def test_the_version_is_not_noted_while_something_waits(self, folder, engine):
        before = engine.health().version
        PracticeFactory(title="Round and round")
        drain = "search.services.drain_queue"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(drain, lambda **given: 0)
            check_index()
        assert engine.health().version == before


class TestWhenItIsDue:
    THREE = datetime(2026, 1, 10, 3, tzinfo=UTC)

    def checked(self, engine, at: datetime) -> None:
        with time_machine.travel(at, tick=False):
            engine.note_check("true")

    def due(self, engine, at: datetime) -> bool:
        with time_machine.travel(at, tick=False):
            return is_due(engine)

    @pytest.mark.parametrize(
        ("hours_before", "hours_after", "due"),
        [
            (1, 0, True),
            (20, 1, True),
            (0, 1, False),
            (-1, 23, False),
            (-1, 24, True),
            (24 * 40, 5, True),
            (-30, 1, True),
        ],
    )
    def test_every_night_after_three_or_as_soon_as_there_is_somebody_to_do_it(
        self, folder, engine, hours_before, hours_after, due
    ):
        self.checked(engine, self.THREE - timedelta(hours=hours_before))
        assert self.due(engine, self.THREE + timedelta(hours=hours_after)) is due

    def test_no_restart_repeats_it_and_a_new_index_needs_none(self, folder, engine):
        forget()
        assert not is_due(engine)

    def test_due_when_nobody_knows_of_a_check(self, folder, engine):
        (folder.path / "checked").write_text("when?")
        assert is_due(engine)

    def test_due_when_the_index_cannot_be_used(self, folder, engine):
        lose_generation(folder)
        assert engine.last_check()
        assert is_due(engine)
        look_after_index()
        assert engine.health().documents == 12

    def test_due_when_it_is_behind_though_nothing_waits(self, folder, engine, pages):
        change_unheard(pages[0], live=False)
        Library.objects.bump_version()
        assert is_due(engine)
        look_after_index()
        assert titles_in_index() == titles()
        look_after_index()
        assert not is_due(engine)

    def test_not_due_while_changes_wait_since_the_queue_knows_of_them(self, folder, engine):
        PracticeFactory()
        assert not is_due(engine)

    def test_the_loop_of_due_work_does_it(self, folder, engine, pages, monkeypatch):
        monkeypatch.setattr("home.management.commands.due_work.close_old_connections", lambda: None)
        engine.remove([pages[0].pk])
        (folder.path / "checked").unlink()
        call_command("due_work")
        assert titles_in_index() == titles()


class TestCommand:
    def told(self, *options: str) -> str:
        out = StringIO()
        call_command("index", *options, stdout=out)
        return out.getvalue()

    def test_check_says_that_all_is_well(self, folder):
        assert self.told("--check") == "The search index is as it should be.\n"

    def test_check_says_what_differs_and_ends_with_one(self, folder, engine, pages):
        engine.remove([pages[0].pk])
        change_unheard(pages[1], live=False)
        out = StringIO()
        with pytest.raises(CommandError) as stopped:
            call_command("index", "--check", stdout=out)
        assert stopped.value.returncode == 1
        assert out.getvalue().splitlines() == [
            f"Missing: 1 ({pages[0].pk}).",
            f"There, though nobody may read them: 1 ({pages[1].pk}).",
        ]
        assert self.told("--check") == "The search index is as it should be.\n"

    def test_if_needed_compares_and_heals(self, folder, engine, pages):
        engine.remove([pages[0].pk])
        self.told("--if-needed")
        assert titles_in_index() == titles()

    def test_if_needed_builds_what_is_not_there_and_leaves_what_is_true(self, folder, engine):
        lose_folder(folder)
        assert "holds 12 practices" in self.told("--if-needed")
        before = folder.live()
        assert "as it should be" in self.told("--if-needed")
        assert folder.live() == before

    def test_waiting_takes_in_what_waits(self, folder, engine):
        PracticeFactory()
        assert self.told("--waiting").startswith("1 changes")
        assert drain_queue() == 0
