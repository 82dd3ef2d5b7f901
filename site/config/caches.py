"""The cache that all processes share, Redis, and how the site does without it.

It is a help and never a need. One that does not answer is as one that is empty: whoever asked goes on by itself. Nobody
asks again until it has been seen to answer, so no more than the first few requests wait, each a third of a second.
"""

from __future__ import annotations

import logging
import pickle
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError, RedisError, TimeoutError

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
# Every request may wait so long once. What is asked for takes a thousandth of that.
PATIENCE = 0.3
# Without retries: a connection that is broken is noticed before anything is sent. The older protocol needs no greeting.
CONNECTION = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": None, "protocol": 2}
LOOKING_EVERY = 0.5
REFUSALS_ARE_TOLD_EVERY = 60.0
MOST_OWED = 10_000
DOES_NOT_ANSWER = (ConnectionError, TimeoutError, OSError)
# What another release of the program left behind may be unreadable for this one.
UNREADABLE = (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError)


class Circuit:
    """Whether a server is asked, for all threads of this process.

    After a failure it is open: nobody asks, and a thread of its own looks every half second whether the server answers.
    What should have been deleted meanwhile is deleted then, before anybody asks again.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._looker: threading.Thread | None = None
        self._owed: deque[str] = deque(maxlen=MOST_OWED)
        self._refusal_told = float("-inf")

    @property
    def is_open(self) -> bool:
        # In a process that was forked from this one the thread counts as ended.
        return self._looker is not None and self._looker.is_alive()

    def owe(self, keys: Iterable[str]) -> None:
        self._owed.extend(keys)

    def ask(self, cache: SharedCache, call: Callable[[], Answer], otherwise: Answer) -> Answer:
        """What a call answers; `otherwise`, when the server does not answer or is not asked."""
        if self.is_open:
            return otherwise
        try:
            return call()
        except DOES_NOT_ANSWER as error:
            self._open(cache, error)
        except RedisError as error:
            # It is there and refuses, being full for instance: nobody waits for that.
            self._tell_refusal(error)
        return otherwise

    def _open(self, cache: SharedCache, error: Exception) -> None:
        with self._guard:
            if self.is_open:
                return
            looker = threading.Thread(target=self._look, args=(cache,), name="cache", daemon=True)
            try:
                looker.start()
            except RuntimeError:
                # The machine has no room for a thread: the next one asks again.
                return
            self._looker = looker
        logger.warning("The cache does not answer, and is left out until it does: %s", type(error).__name__)

    def _look(self, cache: SharedCache) -> None:
        time.sleep(LOOKING_EVERY)
        while not self._is_ready(cache):
            time.sleep(LOOKING_EVERY)
        self._looker = None
        # What somebody could not delete who came just before.
        self._is_ready(cache)
        logger.warning("The cache answers again.")

    def _is_ready(self, cache: SharedCache) -> bool:
        try:
            cache.make_ready(self._owed)
        except (RedisError, OSError):
            return False
        return True

    def _tell_refusal(self, error: RedisError) -> None:
        if time.monotonic() - self._refusal_told > REFUSALS_ARE_TOLD_EVERY:
            self._refusal_told = time.monotonic()
            logger.warning("The cache refuses something: %s", type(error).__name__)


_circuits: dict[str, Circuit] = {}


class SharedCache(RedisCache):
    """Django's cache in Redis, which nobody has to wait for, nor to guard against."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": CONNECTION | params.get("OPTIONS", {})})
        self._circuit = _circuits.setdefault(server, Circuit())

    def _ask(self, call: Callable[[], Answer], otherwise: Answer) -> Answer:
        return self._circuit.ask(self, call, otherwise)

    def count(self, key: str, *, seconds: int) -> int | None:
        """Count one more of something that is forgotten after some seconds.

        Returns:
            How many there are by now; None when nobody can say.
        """
        return self._ask(partial(self._count, self.make_and_validate_key(key), seconds), None)

    def _count(self, key: str, seconds: int) -> int:
        both = self._cache.get_client(key, write=True).pipeline(transaction=True)
        both.incr(key)
        both.expire(key, seconds)
        return both.execute()[0]

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return self._ask(partial(super().get, key, default, version), default)
        except UNREADABLE:
            return default

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        try:
            return self._ask(partial(super().get_many, list(keys), version), {})
        except UNREADABLE:
            return {}

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._ask(partial(super().has_key, key, version), False)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whoever takes this for a lock has it when nobody can say: each then does its own work."""
        return self._ask(partial(super().add, key, value, timeout, version), True)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        if not self._ask(partial(self._set, key, value, timeout, version), False):
            # What stands there by now is out of date.
            self._circuit.owe([self.make_and_validate_key(key, version=version)])

    def _set(self, *wanted: Any) -> bool:
        super().set(*wanted)
        return True

    def set_many(self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[str]:
        failed = self._ask(partial(super().set_many, data, timeout, version), list(data))
        self._circuit.owe(self.make_and_validate_key(key, version=version) for key in failed)
        return failed

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        count = self._ask(partial(super().incr, key, delta, version), None)
        if count is None:
            raise ValueError("There is no such key, or nobody can say.")
        return count

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(partial(super().touch, key, timeout, version), False)

    def delete(self, key: str, version: int | None = None) -> bool:
        deleted = self._ask(partial(super().delete, key, version), None)
        if deleted is None:
            self._circuit.owe([self.make_and_validate_key(key, version=version)])
        return bool(deleted)

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        wanted = list(keys)
        if not self._ask(partial(self._delete_many, wanted, version), False):
            self._circuit.owe(self.make_and_validate_key(key, version=version) for key in wanted)

    def _delete_many(self, *wanted: Any) -> bool:
        super().delete_many(*wanted)
        return True

    def clear(self) -> bool:  # type: ignore[override]  # Django's own says so too
        """Delete what this cache holds, and nothing that others keep on the same server.

        Returns:
            Whether that is certain.
        """
        return self._ask(self._clear, False)

    def _clear(self) -> bool:
        client = self._cache.get_client(write=True)
        for key in client.scan_iter(match=f"{_literally(self.key_prefix)}:*", count=1_000):
            client.unlink(key)
        return True

    def make_ready(self, owed: deque[str]) -> None:
        """Delete what nobody could delete meanwhile.

        Raises:
            RedisError: the server does not answer yet.
        """
        client = self._cache.get_client(write=True)
        client.ping()
        while owed:
            key = owed.popleft()
            try:
                client.delete(key)
            except RedisError:
                owed.appendleft(key)
                raise


def _literally(text: str) -> str:
    """A text in which nothing stands for anything else, where Redis looks for names of that shape."""
    return "".join(f"\\{letter}" if letter in r"*?[]\^-" else letter for letter in text)
