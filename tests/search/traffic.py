"""Readers who search all the time, while something happens to the servers behind the site."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from search.engines import engine_named
from tests.factories.practices import PracticeFactory
from tests.servers import running_site

PATIENCE = 20
NOTICE = "Search is catching its breath"


@dataclass(frozen=True)
class Answer:
    at: float
    seconds: float
    status: int
    is_degraded: bool
    titles: int


@dataclass
class Traffic:
    """Readers who search, one after the other, all the time."""

    address: str
    answers: list[Answer] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _readers: list[threading.Thread] = field(default_factory=list)

    def start(self, readers: int = 2) -> None:
        for number in range(readers):
            reader = threading.Thread(target=self._read, args=(number,))
            reader.start()
            self._readers.append(reader)

    def stop(self) -> None:
        self._stop.set()
        for reader in self._readers:
            reader.join()

    def _read(self, number: int) -> None:
        while not self._stop.wait(0.03):
            self.answers.append(self.ask(f"192.0.2.{number}"))

    def ask(self, sender: str = "192.0.2.9") -> Answer:
        request = urllib.request.Request(f"{self.address}/search/?q=round", headers={"X-Forwarded-For": sender})
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, page = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, page = error.code, ""
        seconds = time.monotonic() - began
        return Answer(began, seconds, status, NOTICE in page, page.count("data-practice="))

    def wait_for(self, wanted: Callable[[Answer], bool]) -> None:
        """Wait until somebody who asked from now on was answered as is wanted."""
        since = time.monotonic()
        while time.monotonic() < since + PATIENCE:
            if any(wanted(answer) for answer in list(self.answers) if answer.at > since):
                return
            time.sleep(0.05)
        raise AssertionError(f"not answered so: {self.answers[-5:]}")


def is_degraded(answer: Answer) -> bool:
    return answer.is_degraded


def is_whole(answer: Answer) -> bool:
    return not answer.is_degraded


@contextmanager
def readers_of(addresses: str, folder: Path, settings: Any, *, practices: int, output: Path) -> Iterator[Traffic]:
    """Readers of a real site that searches in servers of Elasticsearch, and a library that these have taken in.

    Args:
        addresses: the servers.
        folder: the data folder of the site.
        settings: those of this test, which are made the same.
        practices: how many there are; each is called "Round the table".
        output: a file for all that the site says.
    """
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.ELASTICSEARCH_URL = addresses
    settings.ELASTICSEARCH_INDEX_PREFIX = f"test-{uuid4().hex[:12]}"
    engine_named.cache_clear()
    for number in range(practices):
        PracticeFactory(title=f"Round the table {number}")
    engine_named("elasticsearch").rebuild()
    with running_site(
        folder,
        output=output,
        SEARCH_ENGINE="elasticsearch",
        ELASTICSEARCH_URL=addresses,
        ELASTICSEARCH_INDEX_PREFIX=settings.ELASTICSEARCH_INDEX_PREFIX,
        TRUSTED_PROXIES="1",
    ) as address:
        traffic = Traffic(address)
        traffic.start()
        try:
            yield traffic
        finally:
            traffic.stop()
    engine_named.cache_clear()
