"""The form of a backup: a packed tar with a manifest at its end, which says of every file how it has to be.

What is not whole has no manifest. Of an archive that is read, nothing is unpacked as it asks for: each plain file is
read and written by us, under a name that was looked at, and links, devices and ways out of the folder are refused.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from .errors import BackupError, told_plainly
from .workplace import workplace

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media/"
SECRET_KEY = "secret_key"  # noqa: S105 (the name of a file)
LONGEST_MANIFEST = 256 * 1024 * 1024
PORTION = 1024 * 1024
DAMAGED = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, UnicodeError)


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself.

    Args:
        version: of the product that made it.
        made_at: when, as ISO 8601 has it.
        database: "sqlite" or "postgresql".
        migrations: those that its database has had, as "app.name".
        counts: how many rows each table has.
        files: of each file but this one, its name, its size and its SHA-256.
        missing: files that rows name and that were not there.
        settings: their names, and the values of those that are no secret.
        format: of the archive.
    """

    version: str
    made_at: str
    database: str
    migrations: list[str]
    counts: dict[str, int]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def media(self) -> list[str]:
        return [name.removeprefix(MEDIA) for name in self.files if name.startswith(MEDIA)]


class ArchiveWriter:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, name: str, stream: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        counted = _Counted(stream)
        self._tar.addfile(member, counted)  # type: ignore[arg-type]  # it is only read from
        self.files[name] = {"size": size, "sha256": counted.digest.hexdigest()}

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as stream:
            self.add(name, stream, os.fstat(stream.fileno()).st_size)

    def finish(self, manifest: Manifest) -> None:
        text = json.dumps({**asdict(manifest), "files": self.files}, indent=1, sort_keys=True).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(text), 0o600
        self._tar.addfile(member, io.BytesIO(text))


class _Counted:
    """A stream whose bytes are counted into a digest as they are read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        portion = self._stream.read(size)
        self.digest.update(portion)
        return portion


@contextmanager
def writing(target: Path) -> Iterator[ArchiveWriter]:
    """Write an archive, which has its name only when it is whole and on the disk."""
    if target.exists():
        raise BackupError(f"{target} is there already, and a backup is never written over.")
    with told_plainly(f"{target} cannot be written"), workplace(target.parent) as folder:
        part = folder / "archive"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with (
                gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6) as packed,
                tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield ArchiveWriter(tar)
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(target)
        _sync_folder(target.parent)


def unpack(file: Path, folder: Path, *, with_media: bool = True) -> Manifest:
    """Read a whole archive, and put its files into a folder once each is found to be what the manifest says.

    Args:
        file: the archive.
        folder: an empty one.
        with_media: whether photos are written as well as read.

    Raises:
        BackupError: it is damaged, not whole, or holds what no backup of ours does. The folder is of no use then.
    """
    with told_plainly(f"{file} cannot be read"):
        try:
            with gzip.open(file) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
                found, text = _read_all(tar, folder, with_media)
                # To the very end, where what was packed is checked.
                while packed.read(PORTION):
                    pass
            manifest = _manifest_from(text)
        except DAMAGED as error:
            raise BackupError(f"{file} is damaged, or no whole backup: {error}") from error
    _check_files(file, found, manifest)
    return manifest


def _read_all(tar: tarfile.TarFile, folder: Path, with_media: bool) -> tuple[dict[str, dict[str, Any]], bytes]:
    found: dict[str, dict[str, Any]] = {}
    text = b""
    for member in tar:
        name = member.name
        if text:
            raise ValueError(f"something stands behind the manifest: {name!r}")
        stream = tar.extractfile(member) if member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) else None
        if stream is None or not _is_ours(name) or name in found:
            raise ValueError(f"no backup holds this: {name!r}")
        if name == MANIFEST:
            if member.size > LONGEST_MANIFEST:
                raise ValueError("the manifest is too long")
            text = stream.read()
        else:
            path = folder / name if with_media or not name.startswith(MEDIA) else None
            found[name] = _copy(stream, path)
    return found, text


def _is_ours(name: str) -> bool:
    """Whether a file of a backup may have this name: one of a few, or one below `media/` that stays below it."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        return False
    return name in (MANIFEST, SECRET_KEY, "database.sqlite3", "database.dump") or (
        parts[0] == "media" and len(parts) > 1
    )


def _copy(stream: IO[bytes], path: Path | None) -> dict[str, Any]:
    """Write a stream to a new file, or nowhere; returns its size and digest."""
    digest, size = hashlib.sha256(), 0
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") if path is not None else io.BytesIO() as copy:
        while portion := stream.read(PORTION):
            digest.update(portion)
            size += len(portion)
            if path is not None:
                copy.write(portion)
    return {"size": size, "sha256": digest.hexdigest()}


def _manifest_from(text: bytes) -> Manifest:
    if not text:
        raise ValueError("it has no manifest, so it was never finished")
    told = json.loads(text)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ValueError("its manifest is of another form")
    kinds = {"files": dict, "counts": dict, "settings": dict, "migrations": list, "missing": list}
    texts = ("version", "made_at", "database")
    if not all(isinstance(told.get(name), kind) for name, kind in (*kinds.items(), *((text, str) for text in texts))):
        raise ValueError("its manifest is not as ours are")
    return Manifest(**{name: told[name] for name in (*kinds, *texts)})


def _check_files(file: Path, found: dict[str, dict[str, Any]], manifest: Manifest) -> None:
    if wrong := sorted(
        name for name in found.keys() | manifest.files.keys() if found.get(name) != manifest.files.get(name)
    ):
        raise BackupError(
            f"{file} is damaged: {len(wrong)} of its files are not what its manifest says, such as {wrong[0]}."
        )


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
