"""The settings of a place as a backup lists them: what is no secret, and of secrets that they were set."""

from __future__ import annotations

import os
import re
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

SOURCES = ("site/config/settings/*.py", "docker/gunicorn.conf.py")
READ = re.compile(r"""(?:env(?:\.\w+)?\(|environ(?:\.get\(|\[|\.setdefault\())\s*["']([A-Z][A-Z0-9_]+)["']""")
SECRET = re.compile(r"KEY|SECRET|PASSWORD|TOKEN|CREDENTIAL|DSN")
SET = "(set)"


@cache
def setting_names() -> frozenset[str]:
    """Every setting that the product reads from its environment, as its own sources have it."""
    files = [path for pattern in SOURCES for path in settings.ROOT.glob(pattern)]
    found = {name for path in files for name in READ.findall(path.read_text(encoding="utf-8"))}
    return frozenset(found | {"DJANGO_SETTINGS_MODULE"})


def settings_that_are_set() -> dict[str, str]:
    return {name: _shown(name, os.environ[name]) for name in sorted(setting_names()) if os.environ.get(name)}


def _shown(name: str, value: str) -> str:
    if SECRET.search(name):
        return SET
    if "://" not in value:
        return value
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return SET
    # Neither who, nor the password, nor what stands behind the question mark.
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
