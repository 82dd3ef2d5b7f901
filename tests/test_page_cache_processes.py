"""Pages that several processes keep: each with a cache of its own, and all with one."""

import multiprocessing
import os
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from practices.models import Library, PracticePage
from practices.signals import send_practice_changed
from search.services import drain_queue
from tests.factories.practices import PracticeFactory
from tests.servers import running_site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(library, tmp_path, settings) -> Iterator[str]:
    """The address of a web server with two processes, over the database and the index of this test."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    with running_site(tmp_path) as address:
        yield address


def asked_at_once(number: int, ask: Callable[[], object]) -> None:
    start = threading.Barrier(number)

    def one() -> None:
        start.wait()
        ask()

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_change_is_seen_on_the_very_next_request_in_every_process(site):
    page = PracticeFactory(title="Round 0", slug="round")
    answers: list[str] = []

    def ask() -> None:
        with urllib.request.urlopen(f"{site}/practices/round/", timeout=30) as answer:
            answers.append(answer.read().decode())

    for number in range(1, 9):
        # Whoever answers these keeps the page; eight at once reach both processes.
        asked_at_once(8, ask)
        PracticePage.objects.filter(pk=page.pk).update(title=f"Round {number}")
        send_practice_changed([page.pk])
        if number % 2:
            drain_queue(wait=True)
        answers.clear()
        asked_at_once(8, ask)
        assert len(answers) == 8
        assert all(f"Round {number}" in answer and f"Round {number - 1}" not in answer for answer in answers)


def make_slowly(folder: str, start: float) -> None:
    """What a process does that is asked for one slow page by several at once."""
    from config.page_cache import PageCacheMiddleware

    def answer(request):
        (Path(folder) / f"made-{os.getpid()}-{time.monotonic_ns()}").touch()
        time.sleep(1)
        return HttpResponse(b"<p>slow</p>")

    middleware = PageCacheMiddleware(answer)

    def ask() -> None:
        try:
            status = middleware(RequestFactory().get("/practices/")).content
            (Path(folder) / f"got-{os.getpid()}-{threading.get_ident()}").write_bytes(status)
        finally:
            connection.close()

    time.sleep(max(0.0, start - time.time()))
    asked_at_once(10, ask)


def test_with_a_shared_cache_a_slow_page_is_made_once_in_all(library, settings, tmp_path):
    settings.CACHES = {
        **settings.CACHES,
        "pages": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kept_pages"},
    }
    call_command("createcachetable")
    Library.objects.current()
    connection.close()
    context = multiprocessing.get_context("fork")
    start = time.time() + 1
    processes = [context.Process(target=make_slowly, args=(str(tmp_path), start)) for _ in range(4)]
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0] * 4
        assert Counter(path.name.split("-")[0] for path in tmp_path.iterdir()) == {"made": 1, "got": 40}
        assert {path.read_bytes() for path in tmp_path.glob("got-*")} == {b"<p>slow</p>"}
    finally:
        caches["pages"].clear()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE kept_pages")
