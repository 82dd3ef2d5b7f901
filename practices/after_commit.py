"""What follows a change, once the change is certain."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction


def once_after_commit(call: Callable[[], None]) -> None:
    """Call something after the transaction that is open, once, however often it is asked for within it.

    What it raises is logged, and takes nothing from whoever made the change.
    """
    if call not in (waiting for _, waiting, *_ in connection.run_on_commit):
        transaction.on_commit(call, robust=True)
