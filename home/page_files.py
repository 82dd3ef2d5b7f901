"""Read the texts of staff pages from TOML files, and say plainly what is wrong with one, and where."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGES = Path(__file__).resolve().parent / "pages"

# The key, the type of its value, and whether it has to be there.
PAGE_KEYS: dict[str, tuple[type, bool]] = {"title": (str, True), "lede": (str, False), "body": (list, True)}
BLOCK_KEYS: dict[str, dict[str, tuple[type, bool]]] = {
    "section": {"heading": (str, True), "text": (str, True), "links": (list, False)},
    "questions": {"heading": (str, True), "questions": (list, True)},
    "contact": {},
}
LINK_KEYS: dict[str, tuple[type, bool]] = {"words": (str, True), "address": (str, True)}
TYPE_NAMES: dict[Any, str] = {str: "a text", list: "a list"}


class PageFileError(Exception):
    """A file of home/pages cannot be read. The message names the file and the key."""


@dataclass(frozen=True)
class PageFile:
    slug: str
    title: str
    lede: str
    body: list[dict[str, Any]]
    digest: str


def read_page_files(folder: Path = PAGES) -> list[PageFile]:
    """Every page of the folder, by name.

    Raises:
        PageFileError: a file is no TOML, or a key is missing, unknown or of the wrong type.
    """
    return [read_page_file(path) for path in sorted(folder.glob("*.toml"))]


def read_page_file(path: Path) -> PageFile:
    raw = path.read_bytes()
    try:
        data = tomllib.loads(raw.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PageFileError(f"{path.name}: {error}") from error
    _check_keys(data, PAGE_KEYS, path.name)
    return PageFile(
        slug=path.stem,
        title=data["title"],
        lede=data.get("lede", ""),
        body=[_read_block(block, f"{path.name}: body[{number}]") for number, block in enumerate(data["body"])],
        digest=hashlib.sha256(raw).hexdigest(),
    )


def _read_block(block: Any, where: str) -> dict[str, Any]:
    """One block as StreamField takes it."""
    kind = block.get("type") if isinstance(block, dict) else None
    if kind not in BLOCK_KEYS:
        raise PageFileError(f"{where}.type: must be one of {', '.join(BLOCK_KEYS)}, not {kind!r}")
    value = {key: given for key, given in block.items() if key != "type"}
    _check_keys(value, BLOCK_KEYS[kind], where, joined_by=".")
    for number, link in enumerate(value.get("links", [])):
        _check_keys(link, LINK_KEYS, f"{where}.links[{number}]", joined_by=".")
    for number, question in enumerate(value.get("questions", [])):
        if not isinstance(question, str) or not question.strip():
            raise PageFileError(f"{where}.questions[{number}]: must be a text")
    return {"type": kind, "value": value or None}


def _check_keys(given: Any, keys: dict[str, tuple[type, bool]], where: str, joined_by: str = ": ") -> None:
    if not isinstance(given, dict):
        raise PageFileError(f"{where}: must be a table")
    for key in given:
        if key not in keys:
            raise PageFileError(f"{where}{joined_by}{key}: no such key; known are {', '.join(keys) or 'none'}")
    for key, (kind, required) in keys.items():
        if key not in given:
            if required:
                raise PageFileError(f"{where}{joined_by}{key}: is missing")
        elif not isinstance(given[key], kind):
            raise PageFileError(f"{where}{joined_by}{key}: must be {TYPE_NAMES[kind]}")
        elif required and not given[key]:
            raise PageFileError(f"{where}{joined_by}{key}: is empty")
