"""What goes wrong with a backup, in words for whoever looks after the site."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class BackupError(Exception):
    """A backup could not be made, read or put back. The message says why, and what to do."""


@contextmanager
def told_plainly(doing: str) -> Iterator[None]:
    """Say of an error of the system what was being done, and of a full disk that it is full."""
    try:
        yield
    except OSError as error:
        why = "there is no room left on the disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else str(error)
        raise BackupError(f"{doing}: {why}.") from error
