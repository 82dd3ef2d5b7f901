"""How long named pieces of the product take while something larger is measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

from django.db import connection


class Spans:
    """Adds up the time of pieces, in milliseconds. A piece within another one of its own name counts once."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self.open: set[str] = set()

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        if name in self.open:
            yield
            return
        self.open.add(name)
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.open.discard(name)
            self.spent[name] = self.spent.get(name, 0.0) + (time.perf_counter() - begun) * 1000

    @contextmanager
    def watching(self, **pieces: tuple[Any, str]) -> Iterator[Spans]:
        """Take the time of functions and methods, named by where they stand, and of all statements to the database."""
        with ExitStack() as stack:
            for name, (owner, attribute) in pieces.items():
                stack.enter_context(patch.object(owner, attribute, self._timed(name, getattr(owner, attribute))))
            stack.enter_context(connection.execute_wrapper(self._statement))
            yield self

    def _timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.of(name):
                return work(*args, **kwargs)

        return timed

    def _statement(self, execute: Callable[..., Any], *args: Any) -> Any:
        with self.of("database"):
            return execute(*args)

    def each(self, name: str, times: int) -> float:
        """What one of so many took of a piece."""
        return self.spent.get(name, 0.0) / max(times, 1)


def timed(work: Callable[[], Any]) -> float:
    """How long something takes, in milliseconds."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
