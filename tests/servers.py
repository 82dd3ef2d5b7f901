"""A real web server over the database of a test."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running_site(folder: Path, *, output: Path | None = None, **environment: str) -> Iterator[str]:
    """The address of a web server with two processes, as the product starts it.

    Args:
        folder: its data folder, which holds the index.
        output: a file for all that it says; without one it says it where the tests do.
        environment: more settings of it.
    """
    port = free_port()
    settings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        "PORT": str(port),
        "WEB_WORKERS": "2",
        **environment,
    }
    manage = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
    subprocess.run(manage, cwd=ROOT, env=settings, check=True)
    command = [sys.executable, "-m", "gunicorn", "-c", "docker/gunicorn.conf.py"]
    with Path(output or os.devnull).open("wb") as said:
        where = {"stdout": said, "stderr": subprocess.STDOUT} if output else {}
        server = subprocess.Popen(command, cwd=ROOT, env=settings, **where)
        try:
            _wait_for(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen) -> None:
    for _ in range(600):
        assert server.poll() is None
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web server did not answer")
