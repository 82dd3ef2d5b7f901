"""Runs several commands as one: a signal to end goes to all of them, and when one ends, all do.

python docker/together.py "gunicorn -c docker/gunicorn.conf.py" "python manage.py work"
"""

import shlex
import signal
import subprocess
import sys
from types import FrameType

# A worker may finish what it has begun; compose.yaml gives a container longer than this.
PATIENCE = 25.0


def run(commands: list[list[str]]) -> int:
    """Run them until the first ends or we are told to; returns 0 if we were told to, else the code of the first."""
    told: list[int] = []
    running: list[subprocess.Popen] = []

    def tell(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        for process in running:
            process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    running += [subprocess.Popen(command) for command in commands]  # noqa: S603 (the image's own)
    code = wait_for_one(running, told)
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0 if told else code or 1


def wait_for_one(running: list[subprocess.Popen], told: list[int]) -> int:
    """The code of the first that ends, or 0 when we were told to end before that."""
    while not told:
        for process in running:
            try:
                return process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
    return 0


if __name__ == "__main__":
    sys.exit(run([shlex.split(command) for command in sys.argv[1:]]))
