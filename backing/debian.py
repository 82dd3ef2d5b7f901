"""What a machine has to have installed, and how it comes there."""

from __future__ import annotations

import os
import subprocess


class NotInstalledError(Exception):
    """A program is missing and could not be installed. The message says how to get it."""


def install_from_debian(*packages: str) -> bool:
    """Install packages with apt-get, as root or by sudo without a password; returns whether that went well."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        try:
            done = subprocess.run([*sudo, "apt-get", *command], env=quiet, stdout=subprocess.DEVNULL)
        except OSError:
            return False
        if done.returncode:
            return False
    return True
