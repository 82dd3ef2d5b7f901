"""Eight people at once, and a web process that is killed while it publishes: nothing is lost, and all agrees."""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.conf import settings as django_settings
from wagtail.models import PageLogEntry, Revision

from bench.editors import EditError, Editor, session_of
from contributions.content import content_of, content_of_revision
from contributions.models import ProposedEdit, State
from practices.models import PracticeCare, PracticePage, PracticeTotals
from search.models import IndexQueue
from search.query import SearchQuery
from search.services import drain_queue, search_library
from tests.factories.contributions import trusted_person
from tests.factories.practices import PracticeFactory, tried_in
from tests.servers import running_site

SOAK = int(os.environ.get("SOAK", "1"))
# Ten are enough to meet each other; `make soak` has them go on for longer.
EDITORS, EDITS = 8, 10 if SOAK == 1 else 20
KILLS = 5 if SOAK == 1 else 50
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def serve(library, tmp_path, settings) -> Callable:
    """Starts a web server over the database and the index of this test, with so many processes."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    (tmp_path / "secret_key").write_text(django_settings.SECRET_KEY)

    @contextmanager
    def serving(processes: int) -> Iterator[str]:
        said = tmp_path / "said"
        with running_site(tmp_path, output=said, WEB_WORKERS=str(processes)) as address:
            yield address
        assert "Internal Server Error" not in said.read_text() and "Traceback" not in said.read_text()

    return serving


def now(pk: int) -> PracticePage:
    return PracticePage.objects.get(pk=pk).specific


def assert_all_agrees(pages: list[PracticePage], began_with: int) -> None:
    """Page, revision, change, log, index and what is kept beside a page all tell the same."""
    for page in map(now, (each.pk for each in pages)):
        latest = page.latest_revision
        assert (page.live_revision_id, page.has_unpublished_changes) == (latest.pk, False)
        assert content_of(page) == content_of_revision(latest, type(page))
        revisions = page.revisions.count()
        accepted = ProposedEdit.objects.filter(page=page, state=State.ACCEPTED)
        assert set(accepted.values_list("revision", flat=True)) == set(
            page.revisions.order_by("pk").values_list("pk", flat=True)[began_with:]
        )
        published = PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish").count()
        assert published == revisions
        assert PracticeTotals.objects.get(page_id=page.pk).places == 3
        assert PracticeCare.objects.filter(page_id=page.pk).exists()
    drain_queue(wait=True)
    assert not IndexQueue.objects.exists()
    for page in pages:
        steps = list(now(page.pk).steps.values_list("text", flat=True))
        results = search_library(SearchQuery(words=f'"{steps[-1]}"'))
        assert page.pk in [hit.id for hit in results.hits] and not results.degraded


def made_pages(number: int) -> list[PracticePage]:
    pages = [PracticeFactory(title=f"Page {each}", slug=f"page-{each}", steps=["begin"]) for each in range(number)]
    tried_in(PracticeTotals.objects.all(), helped=3)
    for page in pages:
        PracticeCare.objects.create(page_id=page.pk)
    return pages


@pytest.mark.parametrize("spread", [True, False], ids=["eight pages", "one page"])
def test_eight_processes_and_eight_people_lose_nothing(serve, spread):
    pages = made_pages(EDITORS if spread else 1)
    people = [trusted_person() for _ in range(EDITORS)]
    with serve(EDITORS) as site:
        editors = [Editor(site, session_of(person)) for person in people]

        def edit(number: int) -> list[str]:
            slug = pages[number % len(pages)].slug
            return [editors[number].add_step(slug, f"person{number} edit{each}") for each in range(EDITS)]

        with ThreadPoolExecutor(EDITORS) as pool:
            answers = [answer for answered in pool.map(edit, range(EDITORS)) for answer in answered]
    assert answers == ["It is on the page"] * (EDITORS * EDITS)
    there = [step for page in pages for step in now(page.pk).steps.values_list("text", flat=True)]
    typed = [f"person{number} edit{each}" for number in range(EDITORS) for each in range(EDITS)]
    assert sorted(there) == sorted(["begin"] * len(pages) + typed)
    assert_all_agrees(pages, began_with=1)


def test_killed_while_it_publishes_everything_agrees_and_what_was_typed_is_kept(serve):
    pages = made_pages(2)
    # Nobody sends more than some dozens in an hour.
    sessions = [session_of(trusted_person()) for _ in range(KILLS)]
    chance = random.Random(9)
    typed: list[str] = []
    told: list[str] = []
    over = threading.Event()
    with serve(1) as site:

        def edit() -> None:
            editors, number = [Editor(site, session) for session in sessions], 0
            while not over.is_set():
                number += 1
                editor = editors[number % len(editors)]
                text = f"typed{number}"
                typed.append(text)
                try:
                    if editor.add_step(pages[number % 2].slug, text) == "It is on the page":
                        told.append(text)
                except (requests.RequestException, EditError, ValueError, KeyError):
                    # The web process is gone in the middle of it: a browser would say so.
                    time.sleep(0.05)

        worker = threading.Thread(target=edit)
        worker.start()
        for _ in range(KILLS):
            wait_for_one_more(told)
            time.sleep(chance.uniform(0, 1))
            kill_one_web_process(site)
        wait_for_one_more(told)
        over.set()
        worker.join(60)
    there = {step for page in pages for step in now(page.pk).steps.values_list("text", flat=True)}
    assert set(told) <= there, "somebody was told that it is on the page, and it is not"
    drafts = str([draft.changes for draft in ProposedEdit.objects.exclude(state=State.ACCEPTED)])
    nowhere = [text for text in typed if text not in there and f"'{text}'" not in drafts]
    # What never reached the server is with the browser; only one can be under way at a time.
    assert len(nowhere) <= KILLS
    assert len(there) == len(set(there)) and Revision.objects.exists()
    assert_all_agrees(pages, began_with=1)


def wait_for_one_more(told: list[str]) -> None:
    """However busy the machine is, the web process is back and takes edits before it is killed again."""
    before, until = len(told), time.monotonic() + 90
    while len(told) == before:
        assert time.monotonic() < until, "nothing is taken any more"
        time.sleep(0.01)


def kill_one_web_process(site: str) -> None:
    """The worker, not the one who starts workers: that starts another."""
    port = site.rpartition(":")[2]
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            environment = (folder / "environ").read_bytes()
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            is_child = b"gunicorn" in (Path("/proc") / parent / "cmdline").read_bytes()
            if f"PORT={port}\0".encode() in environment and is_child:
                os.kill(int(folder.name), signal.SIGKILL)
        except (OSError, subprocess.SubprocessError):
            continue
