"""A Redis server of one's own, for as long as one needs it.

It listens on a free port of this machine alone, has a password of its own and keeps nothing on the disk.

    with running() as address:
        os.environ["CACHE_URL"] = address
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

# Ends the server as soon as nobody holds the other end of its input, be it that we were killed.
KEEPER = '"$@" <&- & server=$!; read -r _; kill -KILL $server; wait $server'


def find() -> str:
    """The program; installs Debian's package where there is none.

    Raises:
        NotInstalledError: there is none, and it could not be installed.
    """
    from backing.debian import NotInstalledError, install_from_debian

    found = shutil.which("redis-server")
    if not found and shutil.which("apt-get"):
        print("Installing Redis ...", flush=True)
        install_from_debian("redis-server")
        found = shutil.which("redis-server")
    if not found:
        raise NotInstalledError(
            "This needs redis-server, and there is none.\n"
            "On Debian or Ubuntu, as an administrator: apt-get install redis-server"
        )
    return found


@contextmanager
def running() -> Iterator[str]:
    """The address of an empty server, as `CACHE_URL` has it. The server is gone at the end."""
    with Server() as server:
        yield server.address


class Server:
    """A server that can be stopped, started on the same port, and hung."""

    def __init__(self) -> None:
        self._program = find()
        self._password = secrets.token_urlsafe(16)
        self._keeper: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    @property
    def address(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def __enter__(self) -> Server:
        # Its settings are read from a file, so that no list of processes shows the password.
        self._place = Path(tempfile.mkdtemp(prefix="social-wiki-redis-"))
        self.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self._place, ignore_errors=True)

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        # Somebody may take the port between our asking and the server's taking it.
        for _ in range(5):
            if self._start():
                return
            self.port = _free_port()
        raise RuntimeError(f"Redis did not start. It said:\n{(self._place / 'log').read_text()[-2000:]}")

    def _start(self) -> bool:
        settings = self._place / "redis.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self._password}\nsave ""\nappendonly no\n'
            f"dir {self._place}\npidfile {self._place / 'pid'}\n"
        )
        with (self._place / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                ["sh", "-c", KEEPER, "sh", self._program, str(settings)],
                cwd=self._place, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        for _ in range(1_000):
            if self._answers():
                return True
            if "Failed listening" in (self._place / "log").read_text():
                break
            time.sleep(0.01)
        self.stop()
        return False

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as asked:
                asked.sendall(f"AUTH {self._password}\r\n".encode())
                return asked.recv(5) == b"+OK\r\n"
        except OSError:
            return False

    def stop(self) -> None:
        """End it at once, as a machine does that loses its power."""
        if self._keeper is not None and self._keeper.stdin is not None:
            # A process that was forked meanwhile may hold this end as well, so closing it does not do.
            self._keeper.stdin.write(b"\n")
            self._keeper.stdin.close()
            self._keeper.wait()
        self._keeper = None

    def hang(self) -> None:
        """Let it take connections and answer nobody."""
        os.kill(self._process, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._process, signal.SIGCONT)

    @property
    def _process(self) -> int:
        return int((self._place / "pid").read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
