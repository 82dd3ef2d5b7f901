"""Whether the files of a generation are what the engine wrote.

The engine closes each file with a checksum and does not look at it when it opens one: damaged
bytes make it answer wrongly, or end the whole process. So every process reads each file whole
before the engine may, once (100 MB take about 0.05 s), and looks at size, time and inode of all
of them before and after each answer (some µs a file). A process that dies all the same, of a file that was
damaged while it was mapped, dies once: the next one reads the files whole and builds the index anew.
"""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

META = "meta.json"
MANAGED = ".managed.json"
ENDINGS = ("idx", "term", "pos", "fast", "fieldnorm", "store")
# A file ends with a line of JSON that names the checksum, the length of that line, and this number.
MAGIC = 1337
MOST_OF_A_FOOTER = 4096
PORTION = 1 << 20
MOST_LOOKS = 20
Sign = tuple[int, int, int]


class DamagedError(ValueError):
    """A file is not what the engine wrote, or not what it was when this process read it."""


class Files:
    """The files of one generation, as this process knows them."""

    def __init__(self, generation: Path) -> None:
        self.generation = generation
        # Joined as text: paths as objects took longer to make than the look at the file.
        self._folder = f"{generation}{os.sep}"
        self._meta: Sign | None = None
        self._proven: dict[str, Sign] = {}

    def prove(self) -> bool:
        """Read whole what is new and look at the rest; returns whether there was a commit since the last time.

        Raises:
            DamagedError: a file is not what it was, or its checksum is not right.
            OSError: a file is missing, or cannot be read.
        """
        for _ in range(MOST_LOOKS):
            meta = sign_of(self._folder + META)
            try:
                if meta == self._meta:
                    for name, sign in self._proven.items():
                        self._see(name, sign)
                    return False
                names = self._names()
                for name in names:
                    self._proven[name] = self._see(name, self._proven.get(name))
            except FileNotFoundError:
                # A merge may have taken its place, and then the list has changed as well.
                if sign_of(self._folder + META) == meta:
                    raise
                continue
            self._meta, self._proven = meta, {name: self._proven[name] for name in names}
            return True
        raise DamagedError("the list of files does not come to rest")

    def still_hold(self) -> None:
        """Look once more, after reading: what was read is good if no file was written to meanwhile.

        One that is gone was merged into another, or removed; whoever has it open still reads what it held.

        Raises:
            DamagedError: a file is not what it was.
        """
        for name, sign in tuple(self._proven.items()):
            with suppress(FileNotFoundError):
                self._see(name, sign)

    def _names(self) -> list[str]:
        """The files that the last commit names."""
        try:
            json.loads((self.generation / MANAGED).read_bytes())
            segments = json.loads((self.generation / META).read_bytes())["segments"]
            return [name for segment in segments for name in files_of(segment)]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise DamagedError("the list of files is damaged") from error

    def _see(self, name: str, known: Sign | None) -> Sign:
        path = self._folder + name
        sign = sign_of(path)
        if known is None:
            prove_checksum(Path(path))
        elif sign != known:
            raise DamagedError(f"{name} has changed")
        return sign


def files_of(segment: dict) -> list[str]:
    """The names of a segment's files, and of the list of what was taken out of it since."""
    stem = segment["segment_id"].replace("-", "")
    names = [f"{stem}.{ending}" for ending in ENDINGS]
    return [*names, f"{stem}.{segment['deletes']['opstamp']}.del"] if segment["deletes"] else names


def sign_of(path: str) -> Sign:
    """What changes when a file is written to, cut or replaced."""
    stat = os.stat(path)  # noqa: PTH116 (half the time of Path.stat, and asked of every file at every search)
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def prove_checksum(path: Path) -> None:
    """Read a file whole and compare it with the checksum that the engine wrote at its end."""
    with path.open("rb") as file:
        length, expected = _read_footer(file)
        file.seek(0)
        checksum = 0
        while length and (portion := file.read(min(length, PORTION))):
            checksum = zlib.crc32(portion, checksum)
            length -= len(portion)
    if length or checksum != expected:
        raise DamagedError(f"the checksum of {path.name} is wrong")


def _read_footer(file: BinaryIO) -> tuple[int, int]:
    """How many bytes the checksum is of, and what it is."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, size - MOST_OF_A_FOOTER))
    tail = file.read()
    length = int.from_bytes(tail[-8:-4], "little")
    if len(tail) < 8 or int.from_bytes(tail[-4:], "little") != MAGIC or length > len(tail) - 8:
        raise DamagedError("a file was cut")
    try:
        return start + len(tail) - 8 - length, int(json.loads(tail[-8 - length : -8])["crc"])
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedError("a file's end is damaged") from error
