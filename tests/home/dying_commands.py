"""Run a command that is killed at the so-many-th call of a function: what a machine that loses its power does.

python -m tests.home.dying_commands home.backups.archive:ArchiveWriter.add 2 backup /some/where
"""

import os
import signal
import sys
from importlib import import_module
from typing import Any

import django
from django.core.management import call_command

if __name__ == "__main__":
    place, times, command, *arguments = sys.argv[1:]
    django.setup()
    module, _, name = place.partition(":")
    owner: Any = import_module(module)
    *path, name = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    work, left = getattr(owner, name), int(times)

    def work_or_die(*args: Any, **kwargs: Any) -> Any:
        global left  # noqa: PLW0603
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*args, **kwargs)

    setattr(owner, name, work_or_die)
    call_command(command, *arguments)
