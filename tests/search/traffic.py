"""Readers who search all the time, while something happens to the servers behind the site."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field

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
