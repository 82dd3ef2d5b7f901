"""A real server over the real starter library, and a real Chromium that reports all it does not like.

The library is prepared once for all workers, as `make run` does it (tests/starter.py); each worker
then runs a server of its own over it, since readers write nothing. Chromium lives for one module only:
while it is open, Django would refuse the database to any other test of the process.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.shared_servers import MEETING_PLACE
from tests.starter import first_start

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Without these Chromium looks for Google's servers at every start.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE, NARROW = 1280, 390, 320
HEIGHT = 800


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # Chromium itself dies once in a while. What it says of our pages is never tried again.
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TargetClosedError"]))


def _environment(data: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return {
        **inherited,
        "DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        "CONTACT_EMAIL": "hello@wiki.example",
        # An extra that takes a minute to read the library for, and that no page here rests on.
        "SEARCH_BY_MEANING": "false",
    }


def manage(data: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=_environment(data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@contextmanager
def _served(data: Path) -> Iterator[str]:
    """A server on a free port; yields its address once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = data / f"server-{port}.log"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "config.wsgi"]
    with log.open("w") as output:
        server = subprocess.Popen(command, env=_environment(data), cwd=ROOT, stdout=output, stderr=output)
    try:
        _wait_until_it_answers(f"{address}/healthz", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
    written = log.read_text()
    assert "Internal Server Error" not in written
    assert "lonely" not in written, "what people search for stands in the log"


def _wait_until_it_answers(address: str, server: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("The server does not answer:\n" + log.read_text()[-3000:])


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """A folder that all xdist workers of this run share."""
    return Path(os.environ[MEETING_PLACE])


@pytest.fixture(scope="session")
def prepared() -> Path:
    """The data folder with the starter library."""
    data, _how = first_start()
    return data


@pytest.fixture(scope="session")
def site(prepared: Path) -> Iterator[str]:
    """The address of a server over the starter library."""
    with _served(prepared) as address:
        yield address


@pytest.fixture(scope="session")
def hostile_site(prepared: Path, shared_folder: Path, worker_id: str) -> Iterator[str]:
    """The address of a server over a copy of it, with hostile text wherever text can stand."""
    data = shared_folder / f"hostile-{worker_id}"
    shutil.copytree(prepared, data)
    manage(data, "shell", "-v0", "-c", "from tests.browser.hostile import plant; plant()")
    with _served(data) as address:
        yield address


@pytest.fixture(scope="module")
def running_browser() -> Iterator[Callable[[], Browser]]:
    """Gives a Chromium that runs: a new one, should the one before have died."""
    launched: list[Browser] = []
    with sync_playwright() as playwright:

        def one_that_runs() -> Browser:
            if not launched or not launched[-1].is_connected():
                launched.append(playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET))
            return launched[-1]

        yield one_that_runs
        for each in launched:
            each.close()


@pytest.fixture
def browser(running_browser: Callable[[], Browser]) -> Browser:
    return running_browser()


@dataclass
class Reader:
    """Somebody with a browser, and everything the browser complained about."""

    context: BrowserContext
    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)
    opened_a_form: bool = False

    def open(self, path: str) -> int:
        """Open a page of the site; returns its status."""
        answer = self.page.goto(f"{self.site}{path}")
        # Only a form that changes something holds a token, and so does its cookie.
        self.opened_a_form |= self.page.locator("[name=csrfmiddlewaretoken]").count() > 0
        return answer.status if answer else 0

    def watch(self) -> None:
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self._note_failed(request.url, request.failure or ""))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        self.page.on("request", lambda request: self._note_elsewhere(request.url))

    def _note(self, kind: str, text: str) -> None:
        # The browser itself says in the console that a page answered 404; a test asks for that page.
        # A request that a newer one ended is told as an error by htmx; one that failed is told as sendError too.
        harmless = ("status of 404", "htmx:sendAbort", "htmx:afterRequest")
        if kind in {"error", "warning"} and not any(each in text for each in harmless):
            self.complaints.append(f"{kind}: {text}")

    def _note_failed(self, address: str, reason: str) -> None:
        # Whoever goes on to the next page leaves the icon of this one behind.
        if "ERR_ABORTED" not in reason:
            self.complaints.append(f"failed: {address} {reason}")

    def _note_elsewhere(self, address: str) -> None:
        if not address.startswith((self.site, "data:")):
            self.complaints.append(f"asked elsewhere: {address}")


def assert_sound(page: Page) -> None:
    """One heading, a title, nothing hidden that shows, and no style or script that stands in the page."""
    assert page.locator("h1").count() == 1
    assert page.title().strip(" -")
    assert page.locator("[hidden]:visible").count() == 0
    assert page.locator("[style], style, script:not([src^='/static/'])").count() == 0


@pytest.fixture
def reader(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Reader]]:
    """Make readers; at the end no browser may have complained, and none may hold a cookie, unless it opened a form."""
    readers: list[Reader] = []

    def make(width: int = WIDE, *, site: str = "site", **options: object) -> Reader:
        context = browser.new_context(viewport={"width": width, "height": HEIGHT}, **options)
        context.set_default_timeout(30_000)
        one = Reader(context, context.new_page(), request.getfixturevalue(site))
        one.watch()
        readers.append(one)
        return one

    yield make
    complaints = [complaint for one in readers for complaint in one.complaints]
    cookies = [cookie for one in readers if not one.opened_a_form for cookie in one.context.cookies()]
    for one in readers:
        one.context.close()
    assert not complaints
    assert not cookies


def _planted(prepared: Path, shared_folder: Path, worker_id: str, what: str) -> Path:
    """A copy of the library that may be written to, with what the tests of that name plant in it."""
    data = shared_folder / f"{what}-{worker_id}"
    shutil.copytree(prepared, data)
    manage(data, "shell", "-v0", "-c", f"from tests.browser.test_{what} import plant; plant()")
    return data


@pytest.fixture(scope="session")
def writing_data(prepared: Path, shared_folder: Path, worker_id: str) -> Path:
    """With people and changes in every state."""
    return _planted(prepared, shared_folder, worker_id, "writing")


@pytest.fixture(scope="session")
def writing_site(writing_data: Path) -> Iterator[str]:
    """The address of a server over that copy."""
    with _served(writing_data) as address:
        yield address


@pytest.fixture(scope="session")
def reviewing_data(prepared: Path, shared_folder: Path, worker_id: str) -> Path:
    """With moderators, and something in every state that they or an author can meet."""
    return _planted(prepared, shared_folder, worker_id, "reviewing")


@pytest.fixture(scope="session")
def reviewing_site(reviewing_data: Path) -> Iterator[str]:
    """The address of a server over that copy."""
    with _served(reviewing_data) as address:
        yield address


@pytest.fixture(scope="session")
def telling_data(prepared: Path, shared_folder: Path, worker_id: str) -> Path:
    """With reports of how it went in every state, and people who try something."""
    return _planted(prepared, shared_folder, worker_id, "telling")


@pytest.fixture(scope="session")
def telling_site(telling_data: Path) -> Iterator[str]:
    """The address of a server over that copy."""
    with _served(telling_data) as address:
        yield address
