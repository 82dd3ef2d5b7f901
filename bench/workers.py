"""Processes that stand ready and do a piece of work when told: a JSON line in, a JSON line out."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .libraries import ROOT, environment

Work = Callable[[dict[str, Any]], Any]


class WorkerError(Exception):
    """A worker ended, or could not do what it was told."""


class Worker:
    """One such process, on a library of its own or shared with others."""

    def __init__(self, module: str, folder: Path, more: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.workers", module],
            cwd=ROOT,
            env=environment(folder, **more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, **task: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()

    def told(self) -> Any:
        """Wait for the answer.

        Raises:
            WorkerError: there is none.
        """
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise WorkerError(f"a worker ended with {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer["done"]

    def ask(self, **task: Any) -> Any:
        self.tell(**task)
        return self.told()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()


@contextmanager
def workers(module: str, folders: list[Path], more: list[dict[str, str]] | None = None) -> Iterator[list[Worker]]:
    """A worker for each folder, all of them ready, with `more` settings for each. They end with the block."""
    started: list[Worker] = []
    try:
        started += [
            Worker(module, folder, told) for folder, told in zip(folders, more or [{}] * len(folders), strict=True)
        ]
        for each in started:
            each.told()
        yield started
    finally:
        for each in started:
            each.stop()


def work_when_told(module: str) -> None:
    """Say that it is ready, then let the `work` of a module do what each line asks."""
    from .measuring import prepare

    # What anything else prints must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    prepare()
    work: Work = importlib.import_module(module).work
    print(json.dumps({"done": "ready"}), file=answers)
    for line in sys.stdin:
        try:
            answer = {"done": work(json.loads(line))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    work_when_told(sys.argv[1])
