"""The first wanted list, loaded from a file that can be read and reviewed as text."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from .models import WantedPractice

FILE = Path(__file__).parent / "wanted.toml"
FIELDS = ("title", "why", "source_title", "source_publisher", "source_date")


class WantedFileError(Exception):
    """The list cannot be used. The message names the file, the key and the line."""


@transaction.atomic
def load_wanted(path: Path = FILE) -> tuple[int, int]:
    """Add what is missing and renew what nobody has edited; returns how many of each.

    Raises:
        WantedFileError: something in the file is not as it should be; then nothing is loaded.
    """
    text = _read(path)
    there = {row.starter_key: row for row in WantedPractice.objects.exclude(starter_key=None)}
    added = renewed = 0
    seen: set[str] = set()
    for order, (key, values) in enumerate(_entries(path, text)):
        if key in seen:
            raise WantedFileError(_where(path, text, key, f"the key {key!r} stands twice"))
        seen.add(key)
        row = there.get(key) or WantedPractice(starter_key=key)
        if row.pk and row.digest != row.starter_digest:
            continue
        for name, value in values.items():
            setattr(row, name, value)
        row.sort_order = order
        if row.pk and row.digest == row.starter_digest:
            continue
        row.starter_digest = row.digest
        try:
            row.full_clean()
        except ValidationError as error:
            name, messages = next(iter(error.message_dict.items()))
            raise WantedFileError(_where(path, text, key, f"{name}: {' '.join(messages)}", name)) from error
        added, renewed = (added, renewed + 1) if row.pk else (added + 1, renewed)
        row.save()
    return added, renewed


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WantedFileError(f"{path.name}: cannot be read: {error}") from error


def _entries(path: Path, text: str) -> list[tuple[str, dict[str, str]]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WantedFileError(f"{path.name}: {error}") from error
    publisher = data.get("source_publisher", "")
    rows = data.get("wanted", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise WantedFileError(f"{path.name}: wanted: each entry begins with [[wanted]]")
    return [_entry(path, text, number, {"source_publisher": publisher} | row) for number, row in enumerate(rows, 1)]


def _entry(path: Path, text: str, number: int, row: dict[str, Any]) -> tuple[str, dict[str, str]]:
    key = row.get("key")
    if not isinstance(key, str) or not key:
        raise WantedFileError(f"{path.name}: key: the entry number {number} has none")
    for name, value in row.items():
        if name not in (*FIELDS, "key"):
            raise WantedFileError(_where(path, text, key, f"{name}: there is no such field", name))
        if not isinstance(value, str):
            raise WantedFileError(_where(path, text, key, f"{name}: write it as text, in quotes", name))
    return key, {name: row.get(name, "") for name in FIELDS}


def _where(path: Path, text: str, key: str, message: str, name: str = "key") -> str:
    """The message with file, entry and line: that of the field in the last entry of this key."""
    lines = text.splitlines()
    at_key = [n for n, line in enumerate(lines) if re.match(rf'\s*key\s*=\s*["\']{re.escape(key)}["\']', line)]
    begin = at_key[-1] if at_key else 0
    found = begin
    for number in range(begin, len(lines)):
        if number > begin and lines[number].strip().startswith("[["):
            break
        if re.match(rf"\s*{re.escape(name)}\s*=", lines[number]):
            found = number
            break
    return f"{path.name}, line {found + 1}: {key}: {message}"
