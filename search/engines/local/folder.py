"""The folder of one library's index: generations, the pointer to the live one, and the locks beside them.

<uuid>-v<schema>/
    current        the name of the live generation; swapped by one rename
    drained        the version of the library that the live generation holds
    g…/            a generation: the engine's own files
    write.lock     held by whoever writes to the live generation
    rebuild.lock   held by whoever builds the next one
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from practices.models import Library
from search.engines.base import EngineUnavailableError

from .schema import SCHEMA_VERSION

# Errors that a new index would not cure: the disk is full, closed to us, or somebody else writes.
NOT_CURED = ("LockBusy", "os error 28", "os error 30", "os error 13", "os error 24", "os error 122")


class IndexFolder:
    def __init__(self, library: Library) -> None:
        self.path = Path(settings.SEARCH_INDEX_DIR) / f"{library.uuid}-v{SCHEMA_VERSION}"

    def live(self) -> Path:
        """The live generation.

        Raises:
            EngineUnavailableError: there is none.
        """
        try:
            name = (self.path / "current").read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise EngineUnavailableError("no index yet", heals=True) from error
        if not name.startswith("g") or not name.isalnum():
            raise EngineUnavailableError("the pointer is damaged", heals=True)
        return self.path / name

    def new_generation(self) -> Path:
        generation = self.path / f"g{time.time_ns():x}"
        generation.mkdir(parents=True)
        return generation

    def go_live(self, generation: Path, version: int) -> None:
        """Put a generation in the place of the live one, and clear away all but these two."""
        before = self._name_or_nothing()
        # In this order: a crash in between leaves a good index that seems ahead, and is built once more.
        self._replace("current", generation.name)
        self._replace("drained", str(version))
        for other in self.path.glob("g*"):
            if other.is_dir() and other.name not in (generation.name, before):
                shutil.rmtree(other, ignore_errors=True)

    def drained(self) -> int:
        """The version of the library up to which the index is known to hold every change."""
        try:
            return int((self.path / "drained").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def note_drained(self, version: int) -> None:
        self._replace("drained", str(version))

    @contextmanager
    def locked(self, name: str, *, wait: bool) -> Iterator[int | None]:
        """Hold a lock; yields its handle, or None when somebody else holds it and we do not wait."""
        handle = self.take(name, wait=wait)
        try:
            yield handle
        finally:
            if handle is not None:
                os.close(handle)

    def take(self, name: str, *, wait: bool) -> int | None:
        """Take a lock until its handle is closed, be it by a crash."""
        self.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _name_or_nothing(self) -> str:
        try:
            return (self.path / "current").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return ""

    def _replace(self, name: str, text: str) -> None:
        """Write a file so that a reader sees the old or the new, never half."""
        temporary = self.path / f".{name}.{os.getpid()}.{time.time_ns():x}"
        temporary.write_text(text, encoding="ascii")
        temporary.replace(self.path / name)


@contextmanager
def at_the_edge(*, writing: bool = False) -> Iterator[None]:
    """Turn what the engine raises into one error of ours.

    Nearly all it raises is a ValueError, told apart by its text; a panic in its Rust is a
    BaseException, which `except Exception` would let through.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, EngineUnavailableError):
        raise
    except (ValueError, OSError, KeyError) as error:
        text = f"{error} os error {error.errno}" if isinstance(error, OSError) else str(error)
        cured = not (writing and any(sign in text for sign in NOT_CURED))
        raise EngineUnavailableError(type(error).__name__, heals=cured) from error
    except BaseException as error:
        if isinstance(error, Exception):
            raise
        raise EngineUnavailableError("the engine panicked", heals=True) from error
