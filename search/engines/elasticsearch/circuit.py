"""What keeps a server that does not answer from making everybody wait for it."""

from __future__ import annotations

import logging
import threading
import time

logger = logging.getLogger(__name__)
# While it is open, one caller tries from time to time whether the server is back: soon, then more and more seldom.
SECONDS_TO_FIRST_TRY = 1.0
MOST_SECONDS_BETWEEN_TRIES = 5.0


class Circuit:
    """Closed, everybody asks. Open, nobody does, save one from time to time; what that one hears decides.

    One failure opens it, as it took somebody's time until it was one, and there are few threads to wait. Each process
    has its own: what it knows of a server is what it met with itself.

    Args:
        told_open: what the log says when it opens.
        told_closed: what the log says when it closes.
    """

    def __init__(self, told_open: str, told_closed: str) -> None:
        self._told = told_open, told_closed
        self._guard = threading.Lock()
        self._open_since: float | None = None
        self._next_try = 0.0
        self._pause = SECONDS_TO_FIRST_TRY

    def lets_through(self) -> bool:
        """Whether to ask now. Whoever is let through has to say how it went."""
        with self._guard:
            if self._open_since is None:
                return True
            now = time.monotonic()
            if now < self._next_try:
                return False
            self._wait_from(now)
            return True

    def succeeded(self) -> None:
        with self._guard:
            since, self._open_since = self._open_since, None
        if since is not None:
            logger.warning("%s It did not for %.0f seconds.", self._told[1], time.monotonic() - since)

    def failed(self, why: str) -> None:
        with self._guard:
            opens = self._open_since is None
            if opens:
                self._pause = SECONDS_TO_FIRST_TRY
                self._open_since = time.monotonic()
                self._wait_from(self._open_since)
        if opens:
            logger.error("%s (%s)", self._told[0], why)

    def _wait_from(self, now: float) -> None:
        self._next_try = now + self._pause
        self._pause = min(2 * self._pause, MOST_SECONDS_BETWEEN_TRIES)
