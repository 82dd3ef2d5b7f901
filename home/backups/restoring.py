"""Put a backup in the place of what is here: tried apart first, then swapped in one step."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from people.models import Event

from . import media
from .archive import MEDIA, SECRET_KEY, Manifest, unpack
from .contents import count_of, files_named, library_of
from .databases import Candidate, Database, this_database
from .errors import BackupError, told_plainly
from .workplace import workplace

# Of what stands here, what nobody may write over without saying so.
COUNTED = {"practices": "practices_practicepage", "people": "people_user", "reports": "feedback_triedreport"}
# Whoever was signed in when the backup was made need not be any more.
SESSIONS = ("django_session", "usersessions_usersession")
Tell = Callable[[str], None]


@dataclass
class Here:
    """What a restore would write over.

    Args:
        counts: how much there is of each thing; empty when there is nothing.
        is_readable: whether the database can be asked at all.
        library: by which identity its search index is known.
        files: those that its rows name.
    """

    counts: dict[str, int] = field(default_factory=dict)
    is_readable: bool = True
    library: str = ""
    files: list[str] = field(default_factory=list)


def check_backup(file: Path) -> Manifest:
    """Read a whole backup and try its database, and change nothing.

    Raises:
        BackupError: it is damaged, or could not be put back here.
    """
    with workplace(settings.DATA_DIR) as folder:
        manifest = unpack(file, folder, with_media=False)
        database = this_database()
        _check_fits(manifest, database)
        with database.candidate(folder / database.file) as candidate:
            _check_counts(candidate, manifest)
    return manifest


def restore_backup(*, file: Path, replace: bool, tell: Tell) -> Manifest:
    """Put a backup in the place of what is here.

    Until the database is swapped, photos are only added: whoever is killed on the way has the old site. After it,
    what only the old one had goes.

    Args:
        file: the archive.
        replace: whether what is here may be written over.
        tell: called with what is being done.

    Raises:
        BackupError: it was not put back, and everything is as it was; or it was, but for files that its message
            tells of.
    """
    _check_owner()
    database = this_database()
    with workplace(settings.DATA_DIR) as folder:
        with told_plainly("The backup could not be put back, and all is as it was"):
            here = _what_is_here()
            _check_may_replace(here, replace)
            tell("Reading and checking the backup")
            manifest = unpack(file, folder)
            _check_fits(manifest, database)
            erased = _erased_since(manifest) if here.is_readable else []
            tell("Trying its database")
            with database.candidate(folder / database.file) as candidate:
                _check_counts(candidate, manifest)
                _bring_up_to_date(candidate, manifest, tell)
                _make_it_a_library_of_its_own(candidate)
                tell("Putting it in place")
                with media.put_beside(folder / MEDIA, manifest.media) as others:
                    os.sync()
                    candidate.take_over()
        with told_plainly("The database is restored, but not every file. Run it once more"):
            media.put_over(folder / MEDIA, others)
            media.remove(set(here.files) - set(manifest.media) - set(manifest.missing))
            _put_secret_key(folder)
    _let_go_of_what_was_made_of_the_old_one(here)
    for what in erased:
        tell(f"Was erased after this backup was made, and is back: {what}")
    return manifest


def _check_owner() -> None:
    owner = settings.DATA_DIR.stat().st_uid
    if os.geteuid() != owner:
        raise BackupError(f"Run this as the user of the site (number {owner}), or it could not write its own files.")


def _check_fits(manifest: Manifest, database: Database) -> None:
    if manifest.database != database.kind or database.file not in manifest.files:
        raise BackupError(
            f"This backup is of {manifest.database} and the site has {database.kind}. Put it back where there is "
            f"{manifest.database}, and move from there: manage.py move_database."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    if newer := sorted(set(manifest.migrations) - known):
        raise BackupError(
            f"This backup was made by a newer version ({manifest.version}), or one with more apps: this one does not "
            f"know {len(newer)} of its migrations, such as {newer[0]}."
        )


def _what_is_here() -> Here:
    here = Here()
    try:
        tables = set(connection.introspection.table_names())
        here.counts = {name: count_of(_ask, table) for name, table in COUNTED.items() if table in tables}
        here.library, here.files = library_of(_ask, tables), files_named(_ask, tables)
    except DatabaseError:
        here.is_readable = False
    here.counts["photos and other files"] = media.count_files()
    here.counts = {name: count for name, count in here.counts.items() if count}
    return here


def _erased_since(manifest: Manifest) -> list[str]:
    """What the log here says was erased since the backup was made: it would be back."""
    if Event._meta.db_table not in connection.introspection.table_names():
        return []
    events = Event.objects.filter(at__gt=datetime.fromisoformat(manifest.made_at), what__endswith=".erased")
    return [f"{event.target_kind} {event.target_id}, on {event.at:%Y-%m-%d}" for event in events.order_by("at")]


def _ask(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def _check_may_replace(here: Here, replace: bool) -> None:
    if replace:
        return
    if not here.is_readable:
        raise BackupError("The database here cannot be read. With --replace it is put aside.")
    if here.counts:
        stands = ", ".join(f"{count:,} {name}" for name, count in here.counts.items())
        raise BackupError(
            f"This site is not empty ({stands}). Nothing was changed. With --replace all of it is replaced."
        )


def _check_counts(candidate: Candidate, manifest: Manifest) -> None:
    found = candidate.contents()
    if found.counts != manifest.counts or found.migrations != manifest.migrations:
        raise BackupError("The database in this backup does not hold what its manifest says.")


def _bring_up_to_date(candidate: Candidate, manifest: Manifest, tell: Tell) -> None:
    """Run the migrations that the backup has not had, over the copy, in a process that knows no other database."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    missing = known - set(manifest.migrations)
    if not missing:
        return
    tell(f"Bringing it up to date ({len(missing)} migrations)")
    command = [sys.executable, str(settings.ROOT / "manage.py"), "migrate", "--no-input", "--skip-checks", "-v0"]
    env = {**os.environ, "DATABASE_URL": candidate.address}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"The backup could not be brought up to date. It said:\n{done.stderr.strip()[-2000:]}")


def _make_it_a_library_of_its_own(candidate: Candidate) -> None:
    """No index of another time is believed of it, and nobody is signed in."""
    candidate.do("UPDATE practices_library SET uuid = %s", uuid.uuid4().hex)
    for table in SESSIONS:
        candidate.do(f"DELETE FROM {table}")  # noqa: S608


def _put_secret_key(folder: Path) -> None:
    key = folder / SECRET_KEY
    if key.exists():
        key.chmod(0o600)
        key.replace(settings.DATA_DIR / SECRET_KEY)


def _let_go_of_what_was_made_of_the_old_one(here: Here) -> None:
    """Its search index, and the note of `make run` that nothing is left to be prepared."""
    if here.library:
        for index in Path(settings.SEARCH_INDEX_DIR).glob(f"{uuid.UUID(here.library)}-v*"):
            shutil.rmtree(index, ignore_errors=True)
    (settings.DATA_DIR / "prepared").unlink(missing_ok=True)
