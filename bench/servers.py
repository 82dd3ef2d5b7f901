"""Web servers while they are measured. Each of them stops with its block, whatever happens in it."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from .libraries import ROOT, environment

HERE = "127.0.0.1"
OURS = "config.wsgi:application"
PLAIN = "bench.plain_site:made_application()"


class ServerError(Exception):
    """A server did not start."""


class Server:
    """A gunicorn with the site's own configuration, on a free port of this machine."""

    def __init__(self, application: str, folder: Path, **more: str) -> None:
        self.port = free_port()
        self.address = f"http://{HERE}:{self.port}"
        env = environment(folder, HOST=HERE, PORT=str(self.port), BASE_URL=self.address, **more)
        command = [sys.executable, "-m", "gunicorn", "-c", "docker/gunicorn.conf.py", application]
        # A log with a line for each page that was asked for would be measured as well.
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)

    def wait(self, path: str) -> None:
        """Wait until a page is answered.

        Raises:
            ServerError: it ended, or did not answer within a minute.
        """
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise ServerError(f"the web server ended with {self.process.returncode}")
            try:
                with urlopen(self.address + path, timeout=10):
                    return
            except HTTPError as error:
                raise ServerError(f"the web server answered {error.code} to {path}") from error
            except (URLError, OSError, http.client.HTTPException):
                time.sleep(0.1)
        raise ServerError("the web server did not answer within a minute")

    def fetch(self, path: str, **headers: str) -> tuple[bytes, str]:
        """A page and its ETag."""
        asked = Request(self.address + path, headers={name.replace("_", "-"): said for name, said in headers.items()})
        with urlopen(asked, timeout=30) as answer:
            return answer.read(), answer.headers.get("ETag", "")

    def worker_pids(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(each) for each in path.read_text().split()]

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def serving(application: str, folder: Path, path: str, **more: str) -> Iterator[Server]:
    server = Server(application, folder, **more)
    try:
        server.wait(path)
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]
