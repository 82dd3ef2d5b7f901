"""The database that tests begin with: made once for all workers, and kept until something changes that makes it."""

import fcntl
import gc
import hashlib
import multiprocessing
import shutil
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from practices.models import Library
from tests.trees import make_tree

KEPT = 2


def put_in_place(folder: Path, own: Path) -> None:
    """Copy the database that stands in a folder, or is made there now, to where this process has its own."""
    path = folder / f"{_digest()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        # Whoever comes second finds it made.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            connection.close()
            maker = multiprocessing.get_context("fork").Process(target=_make, args=(path,))
            maker.start()
            maker.join()
            assert maker.exitcode == 0
            for older in sorted(folder.glob("*.sqlite3"), key=lambda each: each.stat().st_mtime)[:-KEPT]:
                older.unlink()
    shutil.copy(path, own)


def _digest() -> str:
    """A digest of all that makes it: each migration, what runs them, and the tree that tests begin with."""
    total = hashlib.sha256(django.__version__.encode())
    folders = sorted(Path(app.path) / "migrations" for app in apps.get_app_configs())
    files = [path for folder in folders for path in sorted(folder.glob("*.py"))]
    for path in [*files, Path(__file__), Path(__file__).with_name("trees.py")]:
        total.update(path.read_bytes())
    return total.hexdigest()[:20]


def _make(path: Path) -> None:
    """In a process of its own, which gives back its memory.

    Migrations make some 20,000 classes: to look through them for garbage took 9 seconds of 24.
    """
    gc.disable()
    making = path.with_suffix(".making")
    making.unlink(missing_ok=True)
    connection.settings_dict["NAME"] = str(making)
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    make_tree()
    # Each test makes its own, whose name no index has that another test left: tests of search rest on it.
    Library.objects.all().delete()
    # The last who closes it writes everything into the one file.
    connection.close()
    making.replace(path)
