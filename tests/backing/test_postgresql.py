"""A PostgreSQL server of one's own: there when it is asked for, and gone afterwards, whatever happens."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from backing import debian, postgresql
from backing.debian import NotInstalledError

ROOT = Path(__file__).resolve().parents[2]
HOLDING = """
import tempfile, time
from backing.postgresql import running
tempfile.tempdir = {folder!r}
with running() as address:
    print(address, flush=True)
    time.sleep(600)
"""


def answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that whoever the server runs as can reach, as those of pytest cannot be."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_it_takes_text_of_every_language_and_leaves_nothing(folder):
    with postgresql.running(folder) as address:
        with psycopg.connect(address) as person:
            found = person.execute("SELECT version(), 'ÉCOLE 📚' ILIKE 'école 📚', 'B' < 'a'").fetchone()
        assert found[0].startswith("PostgreSQL 1") and found[1:] == (True, True)
        stranger = address.replace(address.split(":")[2].split("@")[0], "guessed")
        assert not answers(stranger)
    assert not answers(address)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_whoever_started_it(folder, ending):
    command = [sys.executable, "-c", HOLDING.format(folder=str(folder))]
    holder = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    address = holder.stdout.readline().strip()
    assert answers(address)
    holder.send_signal(ending)
    holder.communicate(timeout=30)
    for _ in range(100):
        if not list(folder.iterdir()):
            break
        time.sleep(0.1)
    assert list(folder.iterdir()) == [] and not answers(address)


def programs(folder: Path, version: str) -> Path:
    """A folder with programs that say they are of a version."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version} (Debian {version}-1)'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_newest_is_taken_and_none_that_is_too_old(tmp_path, monkeypatch):
    monkeypatch.setattr(postgresql, "OF_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    programs(tmp_path / "9.6" / "bin", "9.6.24")
    programs(tmp_path / "14" / "bin", "14.9")
    with pytest.raises(NotInstalledError, match="needs PostgreSQL 15 or newer"):
        postgresql.find()
    programs(tmp_path / "15" / "bin", "15.4")
    newest = programs(tmp_path / "16" / "bin", "16beta1")
    (tmp_path / "17" / "bin").mkdir(parents=True)
    assert postgresql.find() == newest
    # Elsewhere it is found by its name.
    monkeypatch.setenv("PATH", str(programs(tmp_path / "elsewhere", "18.0")))
    assert postgresql.find() == tmp_path / "elsewhere"


def test_where_there_is_none_it_is_installed_or_it_says_how(tmp_path, monkeypatch):
    monkeypatch.setattr(postgresql, "OF_DEBIAN", tmp_path)
    (tmp_path / "apt-get").write_text(f"#!/bin/sh\necho $* >> {tmp_path}/asked\nexit 1\n")
    (tmp_path / "apt-get").chmod(0o755)
    (tmp_path / "sudo").write_text('#!/bin/sh\nshift\nexec "$@"\n')
    (tmp_path / "sudo").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/nowhere")
    with pytest.raises(NotInstalledError, match="apt-get install postgresql"):
        postgresql.find()
    assert "update" in (tmp_path / "asked").read_text()
    assert not debian.install_from_debian("postgresql")


def test_what_a_server_says_that_cannot_start_is_told(folder, monkeypatch):
    monkeypatch.setitem(postgresql.SETTINGS, "max_connections", "many")
    with pytest.raises(RuntimeError, match='invalid value for parameter "max_connections"'), postgresql.running(folder):
        pass
    assert list(folder.iterdir()) == []
