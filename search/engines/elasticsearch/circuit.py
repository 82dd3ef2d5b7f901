"""What keeps a server that does not answer from making everybody wait for it."""

from __future__ import annotations

import logging
import threading
import time

logger = logging.getLogger(__name__)
# So many failures one after the other open it: one alone may be chance.
FAILURES_TO_OPEN = 2
# While it is open, one caller in so many seconds tries whether the server is back.
SECONDS_BETWEEN_TRIES = 5.0


class Circuit:
    """Closed, everybody asks. Open, nobody does, save one from time to time; what that one hears decides.

    Each process has its own: what it knows of a server is what it met with itself.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._failures = 0
        self._open_since: float | None = None
        self._next_try = 0.0

    @property
    def is_open(self) -> bool:
        return self._open_since is not None

    def lets_through(self) -> bool:
        """Whether to ask now. Whoever is let through has to say how it went."""
        with self._guard:
            if self._open_since is None:
                return True
            now = time.monotonic()
            if now < self._next_try:
                return False
            self._next_try = now + SECONDS_BETWEEN_TRIES
            return True

    def succeeded(self) -> None:
        with self._guard:
            since, self._open_since, self._failures = self._open_since, None, 0
        if since is not None:
            logger.warning("Elasticsearch answers again, after %.0f seconds.", time.monotonic() - since)

    def failed(self, why: str) -> None:
        with self._guard:
            self._failures += 1
            opens = self._open_since is None and self._failures >= FAILURES_TO_OPEN
            if opens:
                self._open_since = time.monotonic()
                self._next_try = self._open_since + SECONDS_BETWEEN_TRIES
        if opens:
            logger.error("Elasticsearch does not answer (%s): readers are answered from the database.", why)

    def seconds_open(self) -> float:
        since = self._open_since
        return time.monotonic() - since if since is not None else 0.0
