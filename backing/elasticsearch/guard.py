"""Runs a program for as long as another process lives: `python guard.py PID COMMAND…`.

A run of the tests that is killed can end nothing, and a server that outlived it would keep half a gigabyte.
"""

import os
import signal
import subprocess
import sys
import time


def main() -> int:
    watched, command = int(sys.argv[1]), sys.argv[2:]
    program = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: program.kill())
    while program.poll() is None:
        try:
            os.kill(watched, 0)
        except ProcessLookupError:
            program.kill()
        time.sleep(0.5)
    return program.returncode


if __name__ == "__main__":
    sys.exit(main())
