"""The index under fire: processes that are killed, that meet damage, that have no room and no rights.

`make soak` runs the same for longer, and prints how often it did what.
"""

import json
import multiprocessing
import multiprocessing.forkserver
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from practices.models import Library, PracticePage
from search.engines import engine_named
from search.engines.local.files import ENDINGS
from search.engines.local.folder import IndexFolder
from search.models import IndexQueue
from search.services import check_index, drain_queue, look_after_index
from tests.factories.practices import PracticeFactory
from tests.search import processes
from tests.search.index_folders import (
    WHOLE_FOLDER,
    answers,
    cut,
    forget,
    lose,
    titles,
    titles_in_index,
    write_into,
)
from tests.servers import database_address

SOAK = int(os.environ.get("SOAK", "1"))
PRACTICES = 6
counted: Counter[str] = Counter()
pytestmark = pytest.mark.django_db(transaction=True)


class Job:
    """A process at work, and what it printed."""

    def __init__(self, process: multiprocessing.process.BaseProcess, file: Path) -> None:
        self.process = process
        self.file = file

    def told(self) -> str:
        return self.file.read_text() if self.file.exists() else ""

    def wait_for_a_word(self) -> None:
        for _ in range(3_000):
            if self.told() or not self.process.is_alive():
                return
            time.sleep(0.01)
        raise AssertionError("it says nothing")

    def kill(self) -> None:
        self.process.kill()
        self.process.join()

    def end(self, seconds: float = 120) -> int:
        """Its exit code; less than nothing is the signal it died of."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, f"still at it: {self.told()}"
        return self.process.exitcode


@pytest.fixture(scope="session")
def forking(django_db_setup, django_db_blocker) -> multiprocessing.context.BaseContext:
    """Where processes come from: one that has loaded the product, and knows the tests' database."""
    context = multiprocessing.get_context("forkserver")
    root = Path(__file__).parents[2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_SETTINGS_MODULE", "config.settings.test")
        patch.setenv("DATA_DIR", str(django_settings.DATA_DIR))
        patch.setenv("DATABASE_URL", database_address())
        patch.setenv("PYTHONPATH", os.pathsep.join([str(root), str(root / "site")]))
        patch.setenv("RUST_BACKTRACE", "0")
        context.set_forkserver_preload([processes.__name__])
        multiprocessing.forkserver.ensure_running()
    return context


@pytest.fixture
def start(forking, tmp_path, settings) -> Iterator[Callable[..., Job]]:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    jobs: list[Job] = []

    def start(act: str, *args: object, index: Path | None = None) -> Job:
        file = tmp_path / f"told-{len(jobs)}"
        where = str(index or settings.SEARCH_INDEX_DIR)
        process = forking.Process(target=processes.run, args=(act, where, str(file), args))
        process.start()
        jobs.append(Job(process, file))
        counted["processes"] += 1
        return jobs[-1]

    yield start
    for job in jobs:
        if job.process.is_alive():
            job.kill()
        job.process.close()


@pytest.fixture
def ids(library, start, monkeypatch) -> list[int]:
    """The ids of a few practices that every search for "round" has to find."""
    monkeypatch.setattr("search.services._no_repair_before", 0.0)
    for number in range(PRACTICES):
        PracticeFactory(title=f"Round {number}")
    forget()
    engine_named("local").rebuild()
    return sorted(titles())


@pytest.fixture
def folder(ids) -> IndexFolder:
    return IndexFolder(Library.objects.current())


@pytest.fixture(scope="module", autouse=True)
def _summary(request) -> Iterator[None]:
    yield
    if SOAK > 1:
        told = ", ".join(f"{number:,} {what}" for what, number in sorted(counted.items()))
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print(f"\nUnder fire: {told}.")


def assert_heals() -> None:
    """Nothing is missing, nothing is there twice, nothing waits, and the version is right: without a human."""
    total = len(titles())
    assert answers() == ("exact", total, False)
    drain_queue(wait=True)
    look_after_index()
    assert titles_in_index() == titles()
    assert not IndexQueue.objects.exists()
    assert engine_named("local").health().version == Library.objects.current().version


class TestSeveralAtOnce:
    @pytest.mark.database
    def test_two_change_one_hides_one_rebuilds_and_three_search(self, ids, start):
        hidden = PracticeFactory(title="Round and away").pk
        drain_queue(wait=True)
        rounds = 8 * SOAK
        jobs = [start("change", number, 2, rounds) for number in (0, 1)]
        jobs += [start("hide_and_show", hidden, 2 * rounds), start("rebuild", 4 * SOAK)]
        jobs += [start("search", 60 * SOAK, ids, [hidden]) for _ in range(3)]
        for job in jobs:
            assert job.end(120 * SOAK) == 0, job.told()
            assert "wrong" not in job.told(), job.told()
        counted["searches"] += 180 * SOAK
        assert_heals()
        assert set(titles().values()) == {f"Round {rounds - 1} of {pk}" for pk in titles()}


CHANGE_DIES = [
    ("search.engines.local:put", "after", 1),
    ("search.engines.local:LocalEngine._write", "after", 1),
    ("search.models:IndexQueueQuerySet.done", "after", 1),
    ("search.engines.local.folder:IndexFolder.note_drained", "before", 1),
    ("pathlib:Path.replace", "before", 1),
    ("search.engines.local:Writing.finish", "before", 1),
]
REBUILD_DIES = [
    ("search.engines.local:put", "after", 1),
    ("search.engines.local:LocalEngine._go_live", "before", 1),
    ("search.engines.local:put", "after", 2),
    ("search.engines.local.folder:IndexFolder.go_live", "before", 1),
    ("pathlib:Path.replace", "before", 1),
    ("search.engines.local.folder:IndexFolder.note_drained", "after", 1),
    ("pathlib:Path.replace", "before", 2),
    ("search.engines.local.folder:IndexFolder.clear_away", "before", 1),
    ("search.engines.local.folder:IndexFolder.go_live", "after", 1),
    ("search.models:IndexQueueQuerySet.done", "after", 1),
]


class TestKilled:
    def test_at_each_step_of_a_change(self, ids, start):
        for place in CHANGE_DIES * SOAK:
            job = start("die", *place, "change", (0, 1, 1))
            assert job.end() == -signal.SIGKILL, f"{place} {job.told()}"
            counted["kills at a step of a change"] += 1
            assert_heals()

    def test_at_each_step_of_a_rebuild_while_changes_wait(self, ids, start, folder):
        for number, place in enumerate(REBUILD_DIES * SOAK):
            PracticePage.objects.filter(pk=ids[0]).update(title=f"Round {number} again")
            Library.objects.bump_version()
            IndexQueue.objects.put([ids[0]])
            job = start("die", *place, "rebuild_and_be_overtaken", (ids[1],))
            assert job.end() == -signal.SIGKILL, f"{place} {job.told()}"
            counted["kills at a step of a rebuild"] += 1
            assert_heals()
        engine_named("local").rebuild()
        assert len(list(folder.path.glob("g*"))) == 2

    @pytest.mark.parametrize(("act", "args"), [("change", (0, 1, 100_000)), ("rebuild", (100_000,))])
    def test_at_any_moment(self, ids, start, act, args):
        chance = random.Random(act)
        for _ in range(8 * SOAK):
            job = start(act, *args)
            job.wait_for_a_word()
            time.sleep(chance.uniform(0, 0.15))
            job.kill()
            counted[f"kills at any moment of a {act}"] += 1
            assert_heals()


class TestDamage:
    def test_a_new_process_never_dies_of_it_nor_answers_wrongly(self, ids, start, folder):
        for ending in ENDINGS:
            for damage in (
                cut(ending, 0.5),
                write_into(ending, 0.1, bytes(64), in_secret=True),
                write_into(ending, 0.6, bytes(range(100, 164)), in_secret=True),
            ):
                damage(folder)
                job = start("search", 2, ids, [])
                assert job.end() == 0, f"{damage.__name__} {job.told()}"
                assert not job.told(), damage.__name__
                counted["damages met by a new process"] += 1
        assert_heals()

    def test_those_that_read_meanwhile_answer_rightly_and_die_of_it_once_at_most(self, ids, start, folder, tmp_path):
        chance, stop = random.Random(1), tmp_path / "stop"
        damages = [*WHOLE_FOLDER, *(make(ending) for ending in ENDINGS for make in (lose, *WRITES))]
        readers = [start("search_until", str(stop), ids) for _ in range(2)]
        for damage in chance.sample(damages, 12) if SOAK == 1 else damages * (SOAK // 4 + 1):
            if not folder.path.exists() or not engine_named("local").health().usable:
                answers()
            time.sleep(0.05)
            with suppress(OSError):
                # The readers heal it meanwhile: what was to be damaged may have gone.
                damage(folder)
            counted["damages met by readers"] += 1
            time.sleep(chance.uniform(0, 0.2))
            readers = [self.replaced(reader, start, stop, ids, damage.__name__) for reader in readers]
        stop.touch()
        for reader in readers:
            assert reader.end() in (0, *DEATHS), reader.told()
            assert "wrong" not in reader.told(), reader.told()
        assert_heals()

    def replaced(self, reader: Job, start: Callable[..., Job], stop: Path, ids: list[int], damage: str) -> Job:
        """A reader that died is begun anew, as the web server does; the new one must not die of the same."""
        if reader.process.is_alive():
            return reader
        assert reader.process.exitcode in DEATHS, f"{damage} {reader.told()}"
        assert "wrong" not in reader.told(), f"{damage} {reader.told()}"
        counted["readers that died of damage"] += 1
        once = start("search", 1, ids, [])
        assert once.end() == 0, f"{damage} {once.told()}"
        return start("search_until", str(stop), ids)

    def test_removed_while_it_is_written(self, ids, start, folder):
        for _ in range(3 * SOAK):
            jobs = [start("change", number, 2, 6) for number in (0, 1)]
            jobs[0].wait_for_a_word()
            time.sleep(0.05)
            shutil.rmtree(folder.path, ignore_errors=True)
            for job in jobs:
                assert job.end() == 0, job.told()
            counted["folders removed under writers"] += 1
            drain_queue(wait=True)
            check_index()
            assert_heals()


WRITES = (
    lambda ending: cut(ending, 0.3),
    lambda ending: write_into(ending, 0.2, bytes(32)),
    lambda ending: write_into(ending, 0.7, bytes(range(32))),
)
DEATHS = (-signal.SIGBUS, -signal.SIGSEGV, -signal.SIGABRT)


class TestNoRoomAndNoRights:
    def told(self, job: Job) -> list:
        assert job.end() == 0, job.told()
        return [json.loads(line) for line in job.told().splitlines()]

    def test_a_folder_that_may_not_be_written(self, ids, start, folder):
        """Root is bound by no bits, so the process lays down that right first: it does so in any container."""
        set_bits(folder.path, folders=0o555, files=0o444)
        try:
            [told] = self.told(start("live_without_rights", ids[0], "Round in a locked room"))
        finally:
            set_bits(folder.path, folders=0o755, files=0o644)
        assert told["waiting"] == 1
        assert [total for total, degraded in told["answers"]] == [PRACTICES] * 3
        assert_heals()

    def test_files_that_may_not_grow(self, ids, start):
        [told] = self.told(start("live_with_short_files", ids[0], "Round in a small room"))
        assert told == {"waiting": 1, "answers": [[PRACTICES, False]] * 3}
        assert IndexQueue.objects.waiting().count() == 1
        assert_heals()

    def test_a_full_disk(self, ids, start, tmp_path):
        told = self.told(start("live_on_a_full_disk", ids[0], "Round in a full room", index=tmp_path / "disk"))
        if told == [{"mounted": False}]:
            pytest.skip("no file system may be mounted here; files that may not grow are proven above")
        assert told == [{"waiting": 1, "answers": [[PRACTICES, False]] * 3}, [1, False, 0]]


def set_bits(place: Path, *, folders: int, files: int) -> None:
    for path in (*place.rglob("*"), place):
        path.chmod(folders if path.is_dir() else files)
