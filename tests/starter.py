"""The starter library as `make run` makes it out of nothing: once for all processes of a run of the tests."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.request import urlopen

from config import start
from tests.servers import ROOT, free_port
from tests.shared_servers import MEETING_PLACE


@dataclass(frozen=True)
class FirstStart:
    """What was seen of it: what it said, the page that it answered with, and which of its processes outlived it."""

    said: str
    page: str
    children: list[int]
    left: list[int]


def first_start() -> tuple[Path, FirstStart]:
    """The data folder with the library, and how it was made: by whichever process comes first, while others wait."""
    data = Path(os.environ[MEETING_PLACE]) / "starter-library"
    with data.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = data.with_suffix(".json")
        if not told.exists():
            told.write_text(json.dumps(asdict(_start_once(data))))
        return data, FirstStart(**json.loads(told.read_text()))


def _start_once(data: Path) -> FirstStart:
    port = free_port()
    site = run_site(data, port)
    try:
        said = output_until_it_serves(site)
        with urlopen(f"http://127.0.0.1:{port}/search/?q=lonely+older+people") as answer:
            page = answer.read().decode()
        children = children_of(site.pid)
    finally:
        site.send_signal(signal.SIGINT)
        site.wait(timeout=30)
    return FirstStart(said, page, children, [child for child in children if alive(child)])


def run_site(data: Path, port: int) -> subprocess.Popen[str]:
    environment = Path(sys.executable).parents[1]
    # The tests run in an environment that has all packages; saying so keeps this from asking a registry.
    (environment / "requirements.txt.installed").write_text(start.digest_of(["requirements.txt"]))
    env = {**os.environ, "DATA_DIR": str(data), "VENV": str(environment)}
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        env.pop(name, None)
    command = [sys.executable, "site/config/start.py", "run", "--port", str(port)]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def output_until_it_serves(site: subprocess.Popen[str]) -> str:
    lines = []
    for line in site.stdout or ():
        lines.append(line)
        if "The Social Wiki is at" in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def children_of(pid: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = re.search(r"PPid:\s+(\d+)", status.read_text())
        except OSError:
            continue
        if parent and int(parent[1]) == pid:
            found.append(int(status.parent.name))
    return found


def alive(pid: int) -> bool:
    for _ in range(50):
        if not Path(f"/proc/{pid}").exists():
            return False
        time.sleep(0.1)
    return True
