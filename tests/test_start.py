"""What `make run` says and does, on machines where something is missing and on one where nothing is."""

import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from config import start
from tests.servers import free_port
from tests.starter import first_start, output_until_it_serves, run_site


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


def test_one_command_makes_the_library_serves_it_and_stops_when_told(tmp_path):
    data, first = first_start()
    for step in ("Database", "Vocabularies", "Starter library", "Search index"):
        assert step in first.said
    assert "data-practice=" in first.page
    assert len(first.children) >= 2 and not first.left

    # A copy: the first is the library of other tests.
    shutil.copytree(data, tmp_path / "data")
    again = run_site(tmp_path / "data", free_port())
    try:
        assert "Preparing" not in output_until_it_serves(again)
    finally:
        again.send_signal(signal.SIGTERM)
        again.wait(timeout=30)
