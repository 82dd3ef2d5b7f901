"""What a worker does behind the web server, and what becomes of it when the worker is killed."""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from structlog.contextvars import bound_contextvars, get_contextvars

from home.behind import QuietWorker, look_after_tasks
from people.mail import post_mail
from people.models import OutgoingMail
from people.tasks import send_mail
from practices.models import PhotoRendition, PracticePage
from practices.signals import send_practice_changed
from search.models import IndexQueue
from search.query import SearchQuery
from search.services import rebuild_index, search_library
from search.tasks import enqueue_unless_one_waits, index_changes
from tests.factories.practices import PhotoFactory, PracticeFactory
from tests.servers import free_port

LETTER = {"to": "sam@example.org", "subject": "A word", "body": "It is done.\n"}


@pytest.fixture
def with_worker(settings, tmp_path) -> None:
    settings.WORKER = True
    settings.TASKS = {**settings.TASKS, "behind": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.SEARCH_INDEX_DIR = tmp_path / "index"


def waiting() -> list[str]:
    return sorted(task.task_path for task in DBTaskResult.objects.ready())


def work() -> None:
    """Do what waits, as the worker does. It lets go of connections, and the test's own has to stay."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
        QuietWorker().run_waiting()


class TestWhatIsPutBehind:
    pytestmark = pytest.mark.django_db

    @pytest.mark.django_db(transaction=True)
    def test_a_mail_waits_for_the_worker_exactly_if_it_is_to_be_sent(self, with_worker, mailoutbox):
        class Halt(Exception):
            pass

        with pytest.raises(Halt), transaction.atomic():
            post_mail(**LETTER)
            raise Halt
        assert waiting() == []
        post_mail(**LETTER)
        assert (mailoutbox, waiting()) == ([], ["people.tasks.send_mail"])
        work()
        assert [letter.subject for letter in mailoutbox] == ["A word"]
        assert not OutgoingMail.objects.exists() and waiting() == []

    @pytest.mark.django_db(transaction=True)
    def test_many_changes_are_one_task_and_it_takes_all_of_them_in(self, with_worker, library):
        rebuild_index()
        pages = [PracticeFactory() for _ in range(4)]
        for number in range(60):
            send_practice_changed([pages[number % 4].pk])
        assert waiting() == ["search.tasks.index_changes"]
        work()
        assert not IndexQueue.objects.exists()
        assert search_library(SearchQuery()).total == 4

    @pytest.mark.django_db(transaction=True)
    def test_a_broken_index_of_a_large_library_is_built_anew_by_the_worker(self, with_worker, library, monkeypatch):
        monkeypatch.setattr("search.services.SMALL_LIBRARY", 0)
        monkeypatch.setattr("search.services._no_repair_before", 0.0)
        PracticeFactory(title="Kettle")
        for _ in range(2):
            assert search_library(SearchQuery(words="kettle")).degraded
        assert waiting() == ["search.tasks.index_changes", "search.tasks.rebuild_broken_index"]
        work()
        results = search_library(SearchQuery(words="kettle"))
        assert (results.total, results.degraded) == (1, False)

    @pytest.mark.django_db(transaction=True)
    def test_a_photo_is_made_as_pages_show_it_once_it_may_be_shown(self, with_worker, library):
        photo = PhotoFactory(consent=False)
        work()
        assert not PhotoRendition.objects.exists()
        photo.consent = True
        photo.save()
        work()
        assert PhotoRendition.objects.get().image == photo

    @pytest.mark.django_db(transaction=True)
    def test_what_wagtail_puts_into_tasks_is_done_at_once(self, with_worker, library):
        photo = PhotoFactory()
        file = Path(photo.file.path)
        photo.delete()
        assert not file.exists() and set(waiting()) == {"practices.tasks.make_rendition"}
        work()

    def test_one_that_has_begun_does_not_keep_the_next_from_being_put_there(self, with_worker):
        index_changes.enqueue()
        DBTaskResult.objects.get().claim("somebody")
        enqueue_unless_one_waits(index_changes)
        enqueue_unless_one_waits(index_changes)
        assert waiting() == ["search.tasks.index_changes"]

    def test_what_readers_look_for_comes_before_mail(self, with_worker):
        send_mail.enqueue(1)
        index_changes.enqueue()
        first = DBTaskResult.objects.ready().first()
        assert first is not None and first.task_path == "search.tasks.index_changes"

    def test_a_task_for_what_is_gone_does_nothing(self, with_worker):
        send_mail.enqueue(12345)
        work()
        assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL

    def test_a_task_knows_the_request_that_asked_for_it(self, with_worker, monkeypatch):
        seen = []
        monkeypatch.setattr("people.tasks.deliver_one", lambda pk: seen.append(get_contextvars()))
        with bound_contextvars(request="0123456789abcdef"):
            send_mail.enqueue(1)
        work()
        assert seen == [{"request": "0123456789abcdef", "task": "people.tasks.send_mail"}]
        assert get_contextvars() == {}


@pytest.mark.django_db
class TestWhatADeadWorkerLeaves:
    @pytest.mark.parametrize(
        ("fields", "minutes"),
        [
            ({"status": TaskResultStatus.RUNNING, "ago": "started_at"}, 60),
            ({"ago": "enqueued_at"}, 60),
            ({"status": TaskResultStatus.SUCCESSFUL, "ago": "finished_at"}, 24 * 60),
            ({"status": TaskResultStatus.FAILED, "ago": "finished_at"}, 7 * 24 * 60),
        ],
        ids=["held", "never taken", "done", "failed"],
    )
    def test_a_task_is_forgotten_in_time_and_not_before(self, with_worker, fields, minutes):
        moment = fields.pop("ago")
        send_mail.enqueue(12345)
        DBTaskResult.objects.update(**fields, **{moment: timezone.now() - timedelta(minutes=minutes - 1)})
        look_after_tasks()
        assert DBTaskResult.objects.count() == 1
        DBTaskResult.objects.update(**{moment: timezone.now() - timedelta(minutes=minutes + 1)})
        look_after_tasks()
        assert not DBTaskResult.objects.exists()

    def test_what_no_worker_finished_is_told_and_was_done_by_due_work(
        self, with_worker, settings, mailoutbox, caplog, monkeypatch
    ):
        monkeypatch.setattr("home.management.commands.due_work.close_old_connections", lambda: None)
        post_mail(**LETTER)
        DBTaskResult.objects.get().claim("killed")
        DBTaskResult.objects.update(started_at=timezone.now() - timedelta(minutes=61))
        # Though it was switched off since.
        settings.WORKER = False
        call_command("due_work")
        assert [letter.subject for letter in mailoutbox] == ["A word"]
        assert not OutgoingMail.objects.exists() and not DBTaskResult.objects.exists()
        assert "1 tasks were begun an hour ago" in caplog.text


class Mailbox:
    """A server for mail that tells when one has come, and can keep whoever sends waiting for its yes."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str]] = []
        self.came, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()

    async def handle_DATA(self, server, session, envelope) -> str:
        letter = message_from_bytes(envelope.content)
        self.got.append((letter["Subject"], letter["Message-ID"]))
        self.came.set()
        while not self.may_answer.is_set():
            await asyncio.sleep(0.01)
        return "250 OK"


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    yield box
    box.may_answer.set()
    controller.stop()


def _work_for_ever() -> None:
    # The test's own log would be written by two.
    logging.disable(logging.CRITICAL)
    call_command("work")


@contextmanager
def worker() -> Iterator[multiprocessing.Process]:
    """A process that does what `manage.py work` does, forked from this one, which has loaded the product."""
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=_work_for_ever)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def until(is_so: Callable[[], object]) -> None:
    for _ in range(3_000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")


@pytest.mark.django_db(transaction=True)
class TestAProcess:
    def test_killed_while_it_sends_it_loses_no_mail_and_sends_none_as_two(self, with_worker, mailbox, library):
        mailbox.may_answer.clear()
        for number in range(6):
            post_mail(**LETTER | {"subject": f"No {number}"})
        with worker() as first:
            assert mailbox.came.wait(30)
            os.kill(first.pid or 0, signal.SIGKILL)
            first.join()
        mailbox.may_answer.set()
        assert OutgoingMail.objects.count() == 6
        # After five minutes what it had taken is anybody's.
        OutgoingMail.objects.update(not_before=timezone.now())
        with worker():
            until(lambda: not OutgoingMail.objects.exists())
        sent = Counter(mailbox.got)
        assert {subject for subject, _number in sent} == {f"No {number}" for number in range(6)}
        assert len(sent) == 6 and max(sent.values()) <= 2

    def test_told_to_end_it_finishes_what_it_has_begun(self, with_worker, mailbox, library):
        mailbox.may_answer.clear()
        post_mail(**LETTER)
        with worker() as process:
            assert mailbox.came.wait(30)
            process.terminate()
            time.sleep(0.3)
            assert process.is_alive()
            mailbox.may_answer.set()
            process.join(30)
            assert process.exitcode == 0
        assert not OutgoingMail.objects.exists() and len(mailbox.got) == 1

    def test_killed_while_it_indexes_it_leaves_the_rest_to_the_next(self, with_worker, library):
        pages = [PracticeFactory(title=f"Before {number}") for number in range(6)]
        rebuild_index()
        ids = [page.pk for page in pages]
        PracticePage.objects.filter(pk__in=ids).update(title="Kettle")
        send_practice_changed(ids)
        with worker() as first:
            until(lambda: DBTaskResult.objects.running().exists() or not IndexQueue.objects.exists())
            os.kill(first.pid or 0, signal.SIGKILL)
            first.join()
        send_practice_changed(ids[:1])
        with worker():
            until(lambda: not IndexQueue.objects.exists())
        results = search_library(SearchQuery(words="kettle"))
        assert (results.total, results.degraded) == (6, False)
        connection.close()
