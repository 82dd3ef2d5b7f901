"""What `make run` says and does, on machines where something is missing and on one where nothing is."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from config import start

ROOT = Path(__file__).resolve().parents[1]


def test_a_python_that_is_too_old_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setattr(start.sys, "version_info", (3, 9, 2))
    with pytest.raises(start.CannotStart, match=r"needs Python 3\.11 or newer; .* is 3\.9[\s\S]*PYTHON=python3"):
        start.check_python()


def test_a_missing_venv_module_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(start.CannotStart, match="apt-get install python3-venv"):
        start.check_python()


def test_a_taken_port_is_named_with_another_to_try():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(start.CannotStart, match=rf"make run PORT={port + 1000}"):
            start.check_port("127.0.0.1", port)
    start.check_port("127.0.0.1", port)


def test_a_registry_that_cannot_be_reached_is_told_apart_from_other_troubles(tmp_path):
    def pip(*arguments: str) -> str:
        command = [sys.executable, "-m", "pip", "install", "--retries", "0", "--target", str(tmp_path), *arguments]
        env = {key: value for key, value in os.environ.items() if not key.upper().endswith("_PROXY")}
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env).stdout

    nowhere = pip("--index-url", "http://127.0.0.1:9/simple", "no-such-package-at-all")
    assert "may not reach a package registry" in start.why_pip_failed(nowhere)
    assert "may not reach" not in start.why_pip_failed("error: could not write to /: No space left on device")


def test_the_stamp_changes_with_requirements_and_contents_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(start, "ROOT", tmp_path)
    (tmp_path / "requirements.txt").write_text("a==1")
    before = start.digest_of(["requirements.txt", "*/migrations/*.py"])
    (tmp_path / "notes.txt").write_text("nothing")
    assert start.digest_of(["requirements.txt", "*/migrations/*.py"]) == before
    (tmp_path / "home" / "migrations").mkdir(parents=True)
    (tmp_path / "home" / "migrations" / "0001_initial.py").write_text("")
    assert start.digest_of(["requirements.txt", "*/migrations/*.py"]) != before


def test_a_new_environment_is_made_once_and_a_broken_one_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(start, "VENV", tmp_path / "venv")
    (tmp_path / "nothing.txt").write_text("")
    monkeypatch.setattr(start, "ROOT", tmp_path)
    (tmp_path / "requirements.txt").write_text("")
    python = start.make_environment("requirements.txt")
    assert python.exists()
    assert "Making a virtual environment" in capsys.readouterr().out
    start.make_environment("requirements.txt")
    assert capsys.readouterr().out == ""
    python.unlink()
    start.make_environment("requirements.txt")
    assert "Making a virtual environment" in capsys.readouterr().out


def run_site(data: Path, port: int) -> subprocess.Popen[str]:
    environment = Path(sys.executable).parents[1]
    # The tests run in an environment that has all packages; saying so keeps this from asking a registry.
    (environment / "requirements.txt.installed").write_text(start.digest_of(["requirements.txt"]))
    env = {**os.environ, "DATA_DIR": str(data), "VENV": str(environment)}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "site/config/start.py", "run", "--port", str(port)]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def output_until_it_serves(site: subprocess.Popen[str]) -> str:
    lines = []
    for line in site.stdout or ():
        lines.append(line)
        if "The Social Wiki is at" in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_one_command_makes_the_library_serves_it_and_stops_when_told(tmp_path):
    port = free_port()
    site = run_site(tmp_path, port)
    try:
        said = output_until_it_serves(site)
        for step in ("Database", "Vocabularies", "Starter library", "Search index"):
            assert step in said
        with urlopen(f"http://127.0.0.1:{port}/search/?q=lonely+older+people") as page:
            assert page.status == 200
            assert "data-practice=" in page.read().decode()
        children = children_of(site.pid)
        assert len(children) >= 2
    finally:
        site.send_signal(signal.SIGINT)
        site.wait(timeout=30)
    assert not [child for child in children if alive(child)]

    again = run_site(tmp_path, port)
    try:
        assert "Preparing" not in output_until_it_serves(again)
    finally:
        again.send_signal(signal.SIGTERM)
        again.wait(timeout=30)


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
