"""The folder of the local index: damage heals by itself, and what is not ours is not believed."""

import os
import shutil
import threading
import time
import uuid

import pytest

from practices.models import Library, PracticePage
from search.engines import engine_named
from search.engines.base import EngineUnavailableError
from search.engines.local import LocalEngine
from search.engines.local.files import ENDINGS
from search.engines.local.folder import IndexFolder
from search.engines.local.reader import LocalReader
from search.models import IndexQueue
from search.query import SearchQuery
from search.services import drain_queue, facet_counts
from search.vocabularies import vocabularies
from tests.factories.practices import PracticeFactory
from tests.search.index_folders import (
    INSIDE,
    WHOLE_FOLDER,
    answers,
    forget,
    index_is_true,
    let_time_pass,
    lose_folder,
    segment_files,
    write_into,
)


@pytest.fixture
def engine() -> LocalEngine:
    return engine_named("local")


@pytest.mark.django_db
class TestHealing:
    def test_a_new_process_heals_it(self, folder, engine):
        for damage in (*WHOLE_FOLDER, *INSIDE):
            damage(folder)
            forget()
            assert answers() == ("exact", 2, False), damage.__name__
            assert engine.health().usable, damage.__name__
            let_time_pass(folder)

    def test_a_process_that_reads_it_goes_on(self, folder, engine):
        for damage in (*WHOLE_FOLDER, *INSIDE[::2]):
            assert answers() == ("exact", 2, False)
            damage(folder)
            assert answers() == ("exact", 2, False), damage.__name__
            let_time_pass(folder)

    def test_a_change_is_not_lost(self, folder, engine):
        for number, damage in enumerate((*WHOLE_FOLDER, *INSIDE[::5]), 3):
            damage(folder)
            forget()
            PracticeFactory(title=f"Round {number}")
            drain_queue()
            assert answers() == ("exact", number, False), damage.__name__
            let_time_pass(folder)

    def test_bytes_that_changed_in_secret_are_found_by_the_next_process(self, folder, engine):
        for ending in ENDINGS:
            write_into(ending, 0.3, bytes(16), in_secret=True)(folder)
            forget()
            with pytest.raises(EngineUnavailableError, match="DamagedError"):
                engine.search(SearchQuery())
            assert answers() == ("exact", 2, False)

    @pytest.mark.parametrize("error", [ValueError("round"), TypeError("round"), IndexError("round")])
    def test_what_fails_over_sound_files_is_answered_plainly_and_builds_nothing(
        self, folder, engine, monkeypatch, caplog, error
    ):
        def fail(self, *args, **kwargs):
            raise error

        before = folder.live()
        monkeypatch.setattr("search.engines.local.reader.LocalReader.count_facets", fail)
        assert answers() == ("exact", 2, True)
        assert facet_counts() == {}
        assert folder.live() == before
        assert engine.health().usable
        assert "could not answer" in caplog.text
        assert "round" not in caplog.text

    def test_what_fails_over_damaged_files_heals(self, folder, engine, monkeypatch):
        """Damage that came in secret, while a process reads: it shows as any error at all."""
        assert answers() == ("exact", 2, False)
        write_into("fast", 0.3, bytes(16), in_secret=True)(folder)

        def fail(self, *args, **kwargs):
            monkeypatch.undo()
            raise TypeError

        monkeypatch.setattr("search.engines.local.reader.LocalReader.find", fail)
        before = folder.live()
        assert answers() == ("exact", 2, False)
        assert folder.live() != before

    def test_an_answer_read_while_a_file_was_written_to_is_not_given(self, folder, engine, monkeypatch):
        answer = LocalReader.find

        def find_in_the_middle_of_damage(self, *args, **kwargs):
            monkeypatch.undo()
            found = answer(self, *args, **kwargs)
            write_into("term", 0.3, bytes(4))(folder)
            return (), found[1]

        before = folder.live()
        monkeypatch.setattr("search.engines.local.reader.LocalReader.find", find_in_the_middle_of_damage)
        assert answers() == ("exact", 2, False)
        assert folder.live() != before

    def test_nothing_is_merged_into_a_good_looking_file_from_a_damaged_one(self, folder, engine):
        before = folder.live()
        write_into("store", 0.3, bytes(16))(folder)
        PracticeFactory(title="Round three")
        drain_queue(limit=1, seconds=1)
        assert IndexQueue.objects.waiting().count() == 1
        assert list(before.glob("*.store")) == segment_files(folder, "store")
        assert answers() == ("exact", 3, False)

    def test_the_loop_of_due_work_heals_it_before_anybody_searches(self, folder, engine):
        PracticeFactory(title="Round three")
        lose_folder(folder)
        assert drain_queue() == 0
        assert engine.health().documents == 3
        assert not IndexQueue.objects.exists()

    def test_an_index_that_is_ahead_of_the_database_is_built_anew(self, folder, engine):
        folder.note_drained(folder.live(), Library.objects.current().version + 5)
        with pytest.raises(EngineUnavailableError):
            engine.search(SearchQuery())
        assert answers() == ("exact", 2, False)
        assert folder.drained(folder.live()).version <= Library.objects.current().version

    def test_another_library_has_another_folder(self, folder, engine):
        Library.objects.update(uuid=uuid.uuid4())
        PracticePage.objects.filter(title="Round the corner").update(live=False)
        assert answers() == ("exact", 1, False)
        assert IndexFolder(Library.objects.current()).path != folder.path

    def test_the_folder_of_another_library_is_not_believed(self, folder, engine):
        other = folder.path.with_name("other")
        shutil.copytree(folder.path, other)
        Library.objects.update(uuid=uuid.uuid4())
        PracticePage.objects.filter(title="Round the corner").update(live=False)
        shutil.copytree(other, IndexFolder(Library.objects.current()).path)
        assert engine.health().reason == "the index is another library's"
        assert answers() == ("exact", 1, False)

    def test_a_pointer_to_the_generation_of_another_library_is_not_followed(self, folder, engine):
        shutil.copytree(folder.live(), folder.path / "gother")
        (folder.path / "gother" / "drained").write_text(f"1 {uuid.uuid4()} 1 1")
        (folder.path / "current").write_text("gother")
        forget()
        assert not engine.health().usable
        assert answers() == ("exact", 2, False)

    @pytest.mark.parametrize("running", [True, False])
    def test_an_older_backup_of_the_folder_is_not_believed(self, folder, engine, running):
        backup = folder.path.with_name("backup")
        shutil.copytree(folder.path, backup)
        # Of an hour ago: a file that is put back may be given the very inode that it had.
        [drained] = backup.glob("g*/drained")
        *most, written = drained.read_text().split()
        drained.write_text(" ".join([*most, str(int(written) - 3600)]))
        PracticeFactory(title="Round three")
        PracticePage.objects.filter(title="Round the corner").update(live=False)
        drain_queue()
        assert answers()[1] == 3
        shutil.rmtree(folder.path)
        shutil.copytree(backup, folder.path)
        if not running:
            forget()
        assert not engine.health().usable
        assert answers() == ("exact", 2, False)

    def test_a_copy_that_came_with_its_database_is_used_and_stays_so(self, folder, engine):
        shutil.copytree(folder.path, folder.path.with_name("copy"))
        shutil.rmtree(folder.path)
        folder.path.with_name("copy").rename(folder.path)
        before = folder.live()
        assert engine.health().usable
        PracticeFactory(title="Round three")
        assert engine.health().usable
        drain_queue()
        assert answers() == ("exact", 3, False)
        assert folder.live() == before

    def test_another_version_of_the_schema_is_not_read(self, folder, engine, monkeypatch):
        monkeypatch.setattr("search.engines.local.folder.SCHEMA_VERSION", 99)
        assert not engine.health().usable
        assert answers() == ("exact", 2, False)
        assert IndexFolder(Library.objects.current()).path.name.endswith("-v99")

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

    def test_what_a_killed_rebuild_left_is_cleared_away_after_a_while(self, folder, engine):
        half, building = folder.new_generation(), folder.new_generation()
        (half / "meta.json").write_text("")
        (folder.path / ".current.1.2").write_text("")
        for path in (half, folder.path / ".current.1.2"):
            os.utime(path, (time.time() - 7200, time.time() - 7200))
        engine.note_check("true")
        assert not half.exists()
        assert not (folder.path / ".current.1.2").exists()
        assert building.exists()
        assert folder.live().exists()

    def test_a_thread_that_read_an_old_generation_condemns_that_one_alone(self, folder, engine):
        assert answers()[1] == 2
        library, fails, rebuilt = Library.objects.current(), threading.Event(), threading.Event()

        def read_and_fail_late() -> None:
            engine.reader(library, None)
            fails.set()
            rebuilt.wait(10)
            engine.distrust()

        late = threading.Thread(target=read_and_fail_late)
        late.start()
        assert fails.wait(10)
        engine.rebuild()
        assert engine.health().usable
        rebuilt.set()
        late.join()
        assert engine.health().usable

    def test_an_index_that_was_condemned_can_be_used_once_it_is_built_anew(self, folder, engine):
        engine.health()
        engine.distrust()
        assert engine.health().reason == "the index is damaged"
        assert answers() == ("exact", 2, False)
        assert engine.health().usable


class TestWordsToSpellBy:
    def test_of_a_small_library_they_follow_each_change(self, folder):
        engine = engine_named("local")
        assert "table" in engine.reader(Library.objects.current(), vocabularies()).known_words()
        PracticeFactory(title="Xylophones")
        drain_queue(wait=True)
        assert "xylophones" in engine.reader(Library.objects.current(), vocabularies()).known_words()

    def test_of_a_large_one_they_are_read_once_a_minute(self, folder, monkeypatch):
        monkeypatch.setattr("search.engines.local.reader.FEW_DOCUMENTS", 1)
        engine = engine_named("local")

        def known():
            return engine.reader(Library.objects.current(), vocabularies()).known_words()

        assert "table" in known()
        PracticeFactory(title="Xylophones")
        drain_queue(wait=True)
        assert "xylophones" not in known()
        monkeypatch.setattr("search.engines.local.reader.SECONDS_TO_SPELL_BY", 0.0)
        assert "xylophones" in known()
