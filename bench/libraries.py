"""The libraries that are measured: made once for each size, and again when what makes them has changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .figures import Row

ROOT = Path(__file__).resolve().parents[1]
MADE_FROM = (
    "bench/fill.py",
    "bench/library.py",
    "bench/sentences.py",
    "bench/terms.py",
    "bench/words.py",
    "bench/words.toml",
    "*/migrations/*.py",
    "practices/bulk/*.py",
    "practices/library/vocabulary.toml",
    "search/documents.py",
    "search/text.py",
    "search/engines/**/*.py",
)
STAMP = "made.json"
TOLD = re.compile(r"^(Made|Loaded|Indexed) ([\d,]+) practices in ([\d.]+) s", re.MULTILINE)
BULK_GOAL = 580


class LibraryError(Exception):
    """A library could not be made."""


def digest_of_makers(root: Path = ROOT) -> str:
    """A digest of everything that a library follows from."""
    total = hashlib.sha256()
    for pattern in MADE_FROM:
        for path in sorted(root.glob(pattern)):
            if "__pycache__" not in path.parts and path.is_file():
                total.update(str(path.relative_to(root)).encode())
                total.update(path.read_bytes())
    return total.hexdigest()


def read_stamp(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / STAMP).read_text())
    except (OSError, ValueError):
        return {}


def library_of(size: int, data: Path, root: Path = ROOT) -> Path:
    """The folder of the library of a size, made now unless it stands there and is what would be made."""
    folder = data / str(size)
    if read_stamp(folder).get("digest") != digest_of_makers(root):
        make_library(size, folder, root)
    return folder


def make_library(size: int, folder: Path, root: Path = ROOT) -> dict[str, Any]:
    """Make a library anew, and write down from what and how fast."""
    digest = digest_of_makers(root)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    said = run_fill(size, folder)
    stamp = {"digest": digest, "size": size, "seconds": seconds_told(said), "made": time.time()}
    (folder / STAMP).write_text(json.dumps(stamp, indent=1))
    return stamp


def run_fill(size: int, folder: Path) -> str:
    """Let `bench.fill` work, show its progress, and return all it said."""
    command = [sys.executable, "-u", "-m", "bench.fill", "--practices", str(size), "--data-dir", str(folder)]
    lines = []
    filling = subprocess.Popen(
        command, cwd=ROOT, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        for line in filling.stdout or ():
            lines.append(line)
            print("  " + line.rstrip(), flush=True)
        ended = filling.wait()
    finally:
        if filling.poll() is None:
            filling.terminate()
            filling.wait()
    if ended:
        raise LibraryError(f"the library of {size:,} could not be made: {''.join(lines[-3:]).strip()}")
    return "".join(lines)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a process needs to work on a library as the site does."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CACHE_URL")}
    return {
        **env,
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]),
        "LOG_LEVEL": "WARNING",
        **more,
    }


def seconds_told(said: str) -> dict[str, float]:
    return {done.lower(): float(seconds) for done, _, seconds in TOLD.findall(said)}


def bulk_row(stamp: dict[str, Any], *, was_reused: bool) -> Row:
    """How fast a library was loaded with first revisions, log, terms and index.

    Making the texts is not counted for those that are made beforehand.
    """
    seconds, size = stamp["seconds"], stamp["size"]
    rate = size / max(seconds["loaded"] + seconds["indexed"], 1e-9)
    notes = [f"bulk load of {size:,}: loading {seconds['loaded']:.1f} s, {seconds['indexed']:.1f} s more until indexed"]
    return Row(
        f"bulk load, {size:,}" + (" (when it was made)" if was_reused else ""),
        f"{rate:,.0f} pages a second",
        f"at least {BULK_GOAL}",
        rate >= BULK_GOAL,
        notes=notes,
    )


@contextmanager
def copy_of(folder: Path) -> Iterator[Path]:
    """A library to change, which goes afterwards: the next run finds the made one as it was."""
    copy = folder.with_name(f"{folder.name}-copy-{os.getpid()}")
    shutil.copytree(folder, copy)
    try:
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)
