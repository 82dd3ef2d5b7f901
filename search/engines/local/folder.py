"""The folder of one library's index: generations, the pointer to the live one, and the locks beside them.

<uuid>-v<schema>/
    current        the name of the live generation; swapped by one rename
    checked        when the index was last compared with the database, and what came of it
    g…/            a generation: the engine's own files, and
        drained    the version of the library that it holds, and of which library it is
    write.lock     held by whoever writes to the live generation
    rebuild.lock   held by whoever builds the next one
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from practices.models import Library
from search.engines.base import Check, EngineUnavailableError
from search.engines.locks import FileLocks

from .schema import SCHEMA_VERSION

WRITE, REBUILD = "write.lock", "rebuild.lock"
# Errors that a new index would not cure: too many files are open, the disk is full, or it is read-only.
NOT_CURED = frozenset({errno.EMFILE, errno.ENFILE, errno.EFBIG, errno.ENOSPC, errno.EROFS, errno.EDQUOT})
# When writing: no right to, somebody else writes, or the writer's own thread met one of these and says only that.
NOT_CURED_IN_WRITING = NOT_CURED | {errno.EPERM, errno.EACCES}
SOMEBODY_ELSE = ("LockBusy", "was killed")
# How the engine tells the number of an error of the system.
NUMBER = re.compile(r"os error (\d+)|Os \{ code: (\d+)")
LEFTOVERS_AFTER = 3600
# Seconds between writing a file and giving it its name; whatever came to its place later was put there.
PUT_BACK_AFTER = 5


@dataclass(frozen=True, slots=True)
class Drained:
    """What a generation says of itself: whose it is, up to which version, and whether it was copied here."""

    version: int = 0
    library: str = ""
    copied: bool = True


class IndexFolder(FileLocks):
    def __init__(self, library: Library) -> None:
        self.library = str(library.uuid)
        self.path = Path(settings.SEARCH_INDEX_DIR) / f"{self.library}-v{SCHEMA_VERSION}"

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
        self.note_drained(generation, version)
        self.replace("current", generation.name)
        self.clear_away({generation.name, before}, older_than=0)

    def clear_away(self, but: set[str], *, older_than: float) -> None:
        """Remove generations, and files half written, that nobody will come back to. Hold the lock of rebuilds."""
        for other in self.path.glob("g*"):
            if other.is_dir() and other.name not in but and _age(other) >= older_than:
                shutil.rmtree(other, ignore_errors=True)
        for pattern in (".current.*", ".checked.*", "g*/.drained.*"):
            for half in self.path.glob(pattern):
                if _age(half) >= LEFTOVERS_AFTER:
                    half.unlink(missing_ok=True)

    def clear_leftovers(self) -> None:
        """Remove what a rebuild that was killed left behind, unless one runs now."""
        with self.locked(REBUILD, wait=False) as handle:
            if handle is not None:
                self.clear_away({self._name_or_nothing()}, older_than=LEFTOVERS_AFTER)

    def drained(self, generation: Path) -> Drained:
        """Up to which version of which library a generation is known to hold every change.

        The file names its own inode, and when it was written: an older backup that was put back has another
        inode, or came to have it later, and so can be told from the folder that was always here.
        """
        try:
            with (generation / "drained").open(encoding="ascii") as file:
                here = os.fstat(file.fileno())
                version, library, inode, written = file.read(200).split()
            copied = inode != str(here.st_ino) or here.st_ctime > int(written) + PUT_BACK_AFTER
            return Drained(int(version), library, copied=copied)
        except (OSError, ValueError):
            return Drained()

    def check_origin(self, generation: Path, library: Library) -> None:
        """Let only an index be used that was made for this library and has come with it.

        Raises:
            EngineUnavailableError: it is another library's, ahead of the database, or an older copy put back.
            ValueError: it does not say.
        """
        drained = self.drained(generation)
        if not drained.library:
            raise ValueError("the index does not say whose it is")
        if drained.library != self.library:
            raise EngineUnavailableError("the index is another library's", heals=True)
        # The version that was given may have been read before the last change was drained.
        if drained.version > library.version and drained.version > Library.objects.current().version:
            raise EngineUnavailableError("the index is ahead of the database", heals=True)
        if drained.copied:
            if drained.version != library.version:
                raise EngineUnavailableError("the index is a copy from another time", heals=True)
            with suppress(OSError):
                self.note_drained(generation, drained.version)

    def note_drained(self, generation: Path, version: int) -> None:
        self.replace(f"{generation.name}/drained", f"{version} {self.library}", names_itself=True)

    def note_check(self, result: str) -> None:
        self.replace("checked", f"{int(time.time())} {result}")

    def last_check(self) -> Check | None:
        """When the index was last compared with the database, or built from it; None when that is not known."""
        try:
            at, result = (self.path / "checked").read_text(encoding="ascii").split()
            return Check(datetime.fromtimestamp(int(at), UTC), result)
        except (OSError, ValueError, OverflowError):
            return None

    def _name_or_nothing(self) -> str:
        try:
            return (self.path / "current").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return ""

    def replace(self, name: str, text: str, *, names_itself: bool = False) -> None:
        """Write a file so that a reader sees the old or the new, never half."""
        path = self.path / name
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.time_ns():x}")
        try:
            with temporary.open("w", encoding="ascii") as file:
                own = f" {os.fstat(file.fileno()).st_ino} {int(time.time())}" if names_itself else ""
                file.write(text + own)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _age(path: Path) -> float:
    """Seconds since something was last made in a folder, or written to a file; 0 when it is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0


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
        raise EngineUnavailableError(type(error).__name__, heals=_is_cured(error, writing)) from error
    except BaseException as error:
        if isinstance(error, Exception):
            raise
        raise EngineUnavailableError("the engine panicked", heals=True) from error


def _is_cured(error: Exception, writing: bool) -> bool:
    """Whether a new index would help."""
    numbers = {int(first or second) for first, second in NUMBER.findall(str(error))}
    if isinstance(error, OSError):
        numbers.add(error.errno or 0)
    if not writing:
        return not numbers & NOT_CURED
    return not (numbers & NOT_CURED_IN_WRITING or any(sign in str(error) for sign in SOMEBODY_ELSE))
