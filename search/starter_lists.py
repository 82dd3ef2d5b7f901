"""The lists that come with the product, loaded from files that can be read and reviewed as text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from .models import EverydayWords, HelpLine, StarterRow, Synonym, WantedPractice

HERE = Path(__file__).parent
KIND_OF_VALUE = {str: "text, in quotes", list: "a list of texts, in square brackets", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class StarterList:
    """A file of entries, each begun by `[[table]]` and known by its key for ever.

    `fields` are the names and types of what an entry may say, `shared` what stands once above all entries.
    """

    path: Path
    table: str
    model: type[StarterRow]
    fields: dict[str, type]
    shared: tuple[str, ...] = ()
    order: str = ""


WANTED = StarterList(
    HERE / "wanted.toml",
    "wanted",
    WantedPractice,
    dict.fromkeys(("title", "why", "source_title", "source_publisher", "source_date"), str),
    shared=("source_publisher",),
    order="sort_order",
)
SYNONYMS = StarterList(
    HERE / "synonyms.toml",
    "synonym",
    Synonym,
    {"says": list, "means": list, "near": list, "words": list, "both_ways": bool, "note": str},
)
EVERYDAY_WORDS = StarterList(HERE / "everyday.toml", "page", EverydayWords, {"says": list})
HELP_LINES = StarterList(
    HERE / "help_lines.toml",
    "help_line",
    HelpLine,
    {"name": str, "number": str, "what_for": str, "dangers": list},
    order="sort_order",
)


class StarterListError(Exception):
    """The list cannot be used. The message names the file, the key and the line."""


@transaction.atomic
def load_list(starter: StarterList, path: Path | None = None) -> tuple[int, int]:
    """Add what is missing and renew what nobody has edited; returns how many of each.

    Args:
        starter: which list.
        path: another file than the one supplied.

    Raises:
        StarterListError: something in the file is not as it should be; then nothing is loaded.
    """
    file = _File(starter, path or starter.path)
    rows = starter.model._default_manager
    there = {row.starter_key: row for row in rows.exclude(starter_key=None)}
    added = renewed = 0
    seen: set[str] = set()
    for order, (key, values) in enumerate(file.entries()):
        if key in seen:
            raise StarterListError(file.where(key, f"the key {key!r} stands twice"))
        seen.add(key)
        row = there.get(key) or starter.model(starter_key=key)
        if (row.pk and row.digest != row.starter_digest) or not row.has_its_place():
            continue
        for name, value in values.items():
            setattr(row, name, value)
        if starter.order:
            setattr(row, starter.order, order)
        if row.pk and row.digest == row.starter_digest:
            continue
        row.starter_digest = row.digest
        row.was_renewed()
        try:
            row.full_clean()
        except ValidationError as error:
            name, messages = next(iter(error.message_dict.items()))
            raise StarterListError(file.where(key, f"{name}: {' '.join(messages)}", name)) from error
        added, renewed = (added, renewed + 1) if row.pk else (added + 1, renewed)
        row.save()
    return added, renewed


class _File:
    """The file of a list, read, with the places of its entries."""

    def __init__(self, starter: StarterList, path: Path) -> None:
        self.starter = starter
        self.name = path.name
        try:
            self.text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise StarterListError(f"{path.name}: cannot be read: {error}") from error

    def entries(self) -> list[tuple[str, dict[str, Any]]]:
        try:
            data = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise StarterListError(f"{self.name}: {error}") from error
        table = self.starter.table
        shared = {name: data[name] for name in self.starter.shared if name in data}
        rows = data.get(table, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise StarterListError(f"{self.name}: {table}: each entry begins with [[{table}]]")
        return [self._entry(number, shared | row) for number, row in enumerate(rows, 1)]

    def _entry(self, number: int, row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        key = row.get("key")
        if not isinstance(key, str) or not key:
            raise StarterListError(f"{self.name}: key: the entry number {number} has none")
        fields = self.starter.fields
        for name, value in row.items():
            if name not in (*fields, "key"):
                raise StarterListError(self.where(key, f"{name}: there is no such field", name))
            if not isinstance(value, fields.get(name, str)):
                wanted = KIND_OF_VALUE[fields[name]]
                raise StarterListError(self.where(key, f"{name}: write it as {wanted}", name))
        return key, {name: row.get(name, kind()) for name, kind in fields.items()}

    def where(self, key: str, message: str, name: str = "key") -> str:
        """The message with file, entry and line: that of the field in the last entry of this key."""
        lines = self.text.splitlines()
        at_key = [n for n, line in enumerate(lines) if re.match(rf'\s*key\s*=\s*["\']{re.escape(key)}["\']', line)]
        begin = at_key[-1] if at_key else 0
        found = begin
        for number in range(begin, len(lines)):
            if number > begin and lines[number].strip().startswith("[["):
                break
            if re.match(rf"\s*{re.escape(name)}\s*=", lines[number]):
                found = number
                break
        return f"{self.name}, line {found + 1}: {key}: {message}"
