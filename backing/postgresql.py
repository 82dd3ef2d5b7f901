"""A PostgreSQL server of one's own, for as long as one needs it.

It stands in a temporary folder, listens on a free port of this machine alone, and has a password of its own. What
it holds is thrown away, so nothing waits for the disk. A cluster that the machine has otherwise is never touched.

    with running() as address:
        os.environ["DATABASE_URL"] = address
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OLDEST = 15
OF_DEBIAN = Path("/usr/lib/postgresql")
PERSON = "library"
# The order of SQLite, and letters of every language have small and capital ones.
LOCALE = "C.UTF-8"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "logging_collector": "off",
}
NOTHING_WAITS_FOR_THE_DISK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find() -> Path:
    """The folder with `initdb` and `postgres`, the newest there is; installs Debian's package where there is none.

    Raises:
        NotInstalledError: there is none, and it could not be installed.
    """
    from backing.debian import NotInstalledError, install_from_debian

    found = _newest()
    if not found and shutil.which("apt-get"):
        print("Installing PostgreSQL ...", flush=True)
        install_from_debian("postgresql")
        found = _newest()
    if not found:
        raise NotInstalledError(
            f"This needs PostgreSQL {OLDEST} or newer (initdb and postgres), and there is none.\n"
            "On Debian or Ubuntu, as an administrator: apt-get install postgresql"
        )
    return found


def _newest() -> Path | None:
    on_path = shutil.which("postgres")
    folders = [*OF_DEBIAN.glob("*/bin"), *([Path(on_path).resolve().parent] if on_path else [])]
    known = [(version, folder) for folder in folders if (version := _version(folder)) >= OLDEST]
    return max(known)[1] if known else None


def _version(folder: Path) -> int:
    """The version of the server in a folder; 0 where it cannot be started."""
    if not (folder / "initdb").exists():
        return 0
    try:
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True).stdout
    except OSError:
        return 0
    number = re.search(r"\) (\d+)", said)
    return int(number.group(1)) if number else 0


@contextmanager
def running(folder: Path | None = None, *, durable: bool = False) -> Iterator[str]:
    """The address of an empty database, as `DATABASE_URL` has it. Server and folder are gone at the end.

    Args:
        folder: where its own folder is made; the system's temporary folder without one. It has to be open to all,
            since PostgreSQL refuses to run as root and is then run as somebody else.
        durable: whether a commit waits for the disk, as it does where people's work is kept. For measurements.
    """
    programs, person = find(), _somebody_else()
    place = Path(tempfile.mkdtemp(prefix="social-wiki-postgresql-", dir=folder))
    password = secrets.token_urlsafe(16)
    try:
        _make(programs, place, password, person)
        keeper, port = _start(programs, place, person, durable=durable)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    try:
        yield f"postgres://{PERSON}:{password}@127.0.0.1:{port}/postgres"
    finally:
        # Its keeper stops it and removes the folder as soon as nobody holds this end, be it that we were killed.
        keeper.stdin.close()
        keeper.wait()
        shutil.rmtree(place, ignore_errors=True)


def _somebody_else() -> str | None:
    """For root, the name of somebody with fewer rights."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as(person: str | None) -> dict:
    if person is None:
        return {}
    return {"user": person, "group": pwd.getpwnam(person).pw_gid, "extra_groups": []}


def _make(programs: Path, place: Path, password: str, person: str | None) -> None:
    kept = place / "password"
    kept.touch(mode=0o600)
    kept.write_text(password)
    if person:
        for path in (place, kept):
            shutil.chown(path, person, pwd.getpwnam(person).pw_gid)
    command = [programs / "initdb", "--no-sync", "--no-instructions", "--encoding=UTF8", f"--locale={LOCALE}",
               f"--username={PERSON}", "--auth=password", f"--pwfile={kept}", "-D", place / "data"]  # fmt: skip
    done = subprocess.run(
        command, cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **_as(person)
    )
    if done.returncode:
        raise RuntimeError(f"PostgreSQL could not be set up. It said:\n{done.stdout}")


def _start(programs: Path, place: Path, person: str | None, *, durable: bool) -> tuple[subprocess.Popen, int]:
    settings = SETTINGS | ({} if durable else NOTHING_WAITS_FOR_THE_DISK)
    # Somebody may take the port between our asking and the server's taking it.
    for _ in range(5):
        port = _free_port()
        options = [f"--{name}={value}" for name, value in {**settings, "port": str(port)}.items()]
        command = [programs / "postgres", "-D", place / "data", *options]
        # A session of its own: whoever stops the tests from the keyboard does not stop the server before them.
        keeper = subprocess.Popen(
            [sys.executable, __file__, place, person or "", *command],
            cwd="/", stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        try:
            if _answers(place, keeper):
                return keeper, port
            if "Address already in use" not in _told(place):
                break
        except BaseException:
            keeper.stdin.close()
            keeper.wait()
            raise
    raise RuntimeError(f"PostgreSQL did not start. It said:\n{_told(place)}")


def _answers(place: Path, keeper: subprocess.Popen) -> bool:
    """Wait until the server takes connections; False when it stopped instead."""
    state = place / "data" / "postmaster.pid"
    for _ in range(3000):
        if keeper.poll() is not None:
            return False
        lines = state.read_text().splitlines() if state.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not answer within a minute. It said:\n{_told(place)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _told(place: Path) -> str:
    log = place / "log"
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""


def keep(place: Path, person: str | None, command: list[str]) -> int:
    """Run a server until nobody holds the other end of our input, then stop it and remove its folder.

    A server that stops by itself leaves the folder, with what it said.
    """
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(ending, lambda *_: sys.exit(1))
    with (place / "log").open("ab") as log:
        server = subprocess.Popen(
            command, cwd=place, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **_as(person)
        )
    try:
        while not select.select([sys.stdin], [], [], 0.2)[0]:
            if server.poll() is not None:
                return 1
    finally:
        # At once: what it holds is thrown away.
        server.send_signal(signal.SIGQUIT)
        server.wait()
    shutil.rmtree(place, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1]), sys.argv[2] or None, sys.argv[3:]))
