"""Many requests at once, by wrk, and how many a second were answered."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).with_name("asking.lua")


class LoadError(Exception):
    """Requests were refused or broke off, so that their number says nothing."""


class Load(NamedTuple):
    rate: float
    p50: float
    p99: float


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


def load(address: str, lines: list[str], *, cookie: str = "", seconds: float = 4) -> Load:
    """Sixteen connections that ask for the paths in turns; an ETag may stand behind a path.

    Raises:
        LoadError: not every answer was right.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        command = [
            "wrk",
            "-t2",
            "-c16",
            f"-d{seconds:g}s",
            "--timeout",
            "20s",
            "-s",
            str(SCRIPT),
            address,
            "--",
            file.name,
            cookie,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    told = done.stdout.rpartition("TOLD ")[2]
    if done.returncode or not told:
        raise LoadError((done.stderr or done.stdout).strip()[-200:])
    said = json.loads(told)
    if said["refused"] or said["broken"] or not said["requests"]:
        raise LoadError(f"{said['refused']} of {said['requests']} requests refused, {said['broken']} broken off")
    return Load(said["requests"] / said["seconds"], said["p50"], said["p99"])
