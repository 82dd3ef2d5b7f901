"""A real web server over the database of a test."""

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from tests.shared_servers import MEETING_PLACE

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_address() -> str:
    """The database of this test, as `DATABASE_URL` tells other processes of it."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    user, password = quote(given["USER"], safe=""), quote(given["PASSWORD"], safe="")
    return f"postgres://{user}:{password}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def _files_for_browsers() -> Path:
    """Collected once for all servers of a run of the tests: to compress them takes longer than all else at a start."""
    folder = Path(os.environ[MEETING_PLACE]) / "for-servers"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "static" / "staticfiles.json").exists():
            settings = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "config.settings.local",
                "DATA_DIR": str(folder),
                "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
            }
            command = [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"]
            subprocess.run(command, cwd=ROOT, env=settings, check=True)
    return folder / "static"


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
        "DATABASE_URL": database_address(),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        "PORT": str(port),
        "WEB_WORKERS": "2",
        **environment,
    }
    if not (folder / "static").exists():
        (folder / "static").symlink_to(_files_for_browsers())
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
