"""Make a backup of the whole library while it is used."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from .archive import MEDIA, SECRET_KEY, ArchiveWriter, Manifest, writing
from .contents import files_named
from .databases import this_database
from .errors import BackupError, told_plainly
from .media import Held
from .settings_list import settings_that_are_set
from .workplace import workplace

ENDING = ".tar.gz"
NAME = "social-wiki-{:%Y%m%d-%H%M%S}" + ENDING
OURS = "social-wiki-" + "[0-9]" * 8 + "-" + "[0-9]" * 6 + ENDING


@dataclass(frozen=True)
class Made:
    file: Path
    size: int
    manifest: Manifest


def make_backup(*, where: Path, with_secret_key: bool = False, with_media: bool = True) -> Made:
    """Write one archive with database, photos and the list of settings.

    Photos are given a second name before the database is copied, and those that came meanwhile after it: what is
    deleted while the archive is written stays in it. A photo that was not there before is named, and no reason to fail.

    Args:
        where: a folder, which gives it a name with the time, or the file to write.
        with_secret_key: whether the key of this place goes in as well.
        with_media: whether photos do.

    Raises:
        BackupError: it could not be made; there is no file then.
    """
    now = datetime.now(UTC)
    target = where / NAME.format(now) if where.is_dir() or not where.suffix else where
    database = this_database()
    files = _files_named_now()
    with told_plainly("The backup could not be made"), workplace(settings.DATA_DIR) as folder:
        key = _secret_key() if with_secret_key else None
        held = Held(folder / "held")
        held.hold(files if with_media else ())
        copy = folder / database.file
        contents = database.snapshot(copy)
        held.hold(contents.files if with_media else ())
        manifest = Manifest(
            version=product_version(),
            made_at=now.isoformat(timespec="seconds"),
            database=database.kind,
            migrations=contents.migrations,
            counts=contents.counts,
            settings=settings_that_are_set(),
        )
        with writing(target) as archive:
            archive.add_file(database.file, copy)
            missing = _add_media(archive, held, contents.files) if with_media else contents.files
            if key:
                archive.add_file(SECRET_KEY, key)
            manifest = replace(manifest, missing=missing)
            archive.finish(manifest)
        return Made(target, target.stat().st_size, replace(manifest, files=archive.files))


def forget_older(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest so many backups that got their name here; returns those."""
    older = sorted(folder.glob(OURS), reverse=True)[keep:]
    for file in older:
        file.unlink(missing_ok=True)
    return older


def product_version() -> str:
    told = tomllib.loads((settings.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(told["project"]["version"])


def _files_named_now() -> list[str]:
    tables = set(connection.introspection.table_names())
    if "practices_practicepage" not in tables:
        raise BackupError("There is no library here yet.")
    with connection.cursor() as cursor:

        def ask(statement: str) -> list[tuple]:
            cursor.execute(statement)
            return cursor.fetchall()

        return files_named(ask, tables)


def _add_media(archive: ArchiveWriter, held: Held, names: Iterable[str]) -> list[str]:
    missing = []
    for name in names:
        with held.opened(name) as found:
            if found is None:
                missing.append(name)
            else:
                archive.add(f"{MEDIA}{name}", *found)
    return missing


def _secret_key() -> Path:
    path = settings.DATA_DIR / "secret_key"
    if os.environ.get("SECRET_KEY") or not path.exists():
        raise BackupError("The key of this place is no file of its own: keep SECRET_KEY where you keep your secrets.")
    return path
