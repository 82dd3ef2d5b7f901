"""Load the starter library from the text files beside this module.

A file is the whole of a page, readable and reviewable as text. The loader makes what is missing and
updates only pages that are still as it left them: once somebody has edited a page, it is theirs.
Rows carry readable keys; the key stored in the database is derived from the file's name, the list
and that key, so that it stays the same on every machine and through every rewording.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from .models import (
    BeneficiaryGroup,
    Change,
    Essential,
    FormerSlug,
    Kind,
    Outcome,
    PracticeIndexPage,
    PracticePage,
    PracticePrinciple,
    Principle,
    Question,
    Source,
    StarterEntry,
    Step,
    Term,
    Voice,
    kind_model,
)
from .models.rows import PracticeRow

FOLDER = Path(__file__).parent / "library"
NAMESPACE = uuid.UUID("6d1f3a52-91d5-4d55-8a43-6f2d8a1c7e10")
VOCABULARIES: dict[str, type[Term]] = {
    "outcomes": Outcome,
    "beneficiary_groups": BeneficiaryGroup,
    "principles": Principle,
}
ROWS: dict[str, type[PracticeRow]] = {
    "principles": PracticePrinciple,
    "essentials": Essential,
    "steps": Step,
    "changes": Change,
    "voices": Voice,
    "questions": Question,
    "sources": Source,
}
ROW_FIELDS = {
    "principles": ("principle", "how"),
    "essentials": ("text",),
    "steps": ("text",),
    "questions": ("text",),
    "changes": ("claim", "outcome", "figure", "basis", "told_by", "source", "date"),
    "voices": ("quote", "said_by", "source"),
    "sources": ("title", "publisher", "date", "url", "parts"),
}
PAGE_FIELDS = (
    "title", "summary", "what_it_is", "why_it_works", "local_form", "did_not_work", "people_needed", "time_needed",
    "cost", "cost_band", "aim", "place", "nations", "latitude", "longitude", "organisation", "website", "since",
    "status", "status_reported", "adaptation_added",
)  # fmt: skip

Progress = Callable[[int, int], None]


class StarterFileError(Exception):
    """A starter file cannot be used. The message names the file, the key and the line."""

    def __init__(self, path: Path, message: str, *, key: str = "", line: int | None = None) -> None:
        where = f"{path.name}, line {line}" if line else path.name
        super().__init__(f"{where}: {f'{key}: ' if key else ''}{message}")


@dataclass(frozen=True)
class StarterFile:
    """One practice as its file tells it: checked for shape, not yet for terms."""

    path: Path
    text: str
    data: dict[str, Any]

    @property
    def slug(self) -> str:
        return self.path.stem

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def error(self, key: str, message: str, *, row: int | None = None, table: str = "") -> StarterFileError:
        """The error to raise for a key of the file, or of the n-th row (from 0) of one of its tables."""
        return StarterFileError(self.path, message, key=key, line=line_of(self.text, key, table=table, row=row))


def line_of(text: str, key: str, *, table: str = "", row: int | None = None) -> int | None:
    """The number of the line that sets a key, at the top or in the n-th row of a table; None if there is none."""
    lines = text.splitlines()
    start, inside = 0, -1
    if table:
        for number, line in enumerate(lines):
            if line.strip() == f"[[{table}]]":
                inside += 1
                if inside == (row or 0):
                    start = number
                    break
    for number, line in enumerate(lines[start:], start + 1):
        if re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
        if table and number > start + 1 and line.startswith("[["):
            break
    return start + 1 if table else None


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a file and what it says.

    Raises:
        StarterFileError: the file is not there, not UTF-8, or not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except FileNotFoundError as error:
        raise StarterFileError(path, "there is no such file.") from error
    except UnicodeDecodeError as error:
        raise StarterFileError(path, f"this is not UTF-8 text (byte {error.start}).") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        raise StarterFileError(path, f"this is not TOML: {error}", line=int(found[1]) if found else None) from error


def read_practice(path: Path) -> StarterFile:
    """Read one practice and check its keys, its kind and the keys of its rows."""
    text, data = read_toml(path)
    file = StarterFile(path, text, data)
    if data.get("kind") not in Kind.values:
        raise file.error("kind", f"write one of {', '.join(Kind.values)}.")
    known = {
        "kind",
        "outcomes",
        "beneficiary_groups",
        "adapted_from",
        *PAGE_FIELDS,
        *ROWS,
        *kind_model(data["kind"]).kind_fields,
    }
    for key in data:
        if key not in known:
            raise file.error(key, "this kind of practice has no such part.")
        if key not in ROWS and not is_of_right_type(key, data[key]):
            raise file.error(key, "this is not of the right type: a text, a whole number or a list of texts.")
    for key in ("title", "summary"):
        if not data.get(key):
            raise file.error(key, "a practice needs this.")
    for table, fields in ROW_FIELDS.items():
        check_rows(file, table, {"key", *fields})
    return file


def is_of_right_type(key: str, value: Any) -> bool:
    """Lists hold texts, years and months are whole numbers, places on the map are numbers, the rest is text."""
    if key in ("outcomes", "beneficiary_groups", "nations", "parts"):
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if key == "since" or key.startswith("months_"):
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) or (key in ("latitude", "longitude") and isinstance(value, int | float))


def check_rows(file: StarterFile, table: str, known: set[str]) -> None:
    rows = file.data.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise file.error(table, f"write each row under a line [[{table}]].")
    keys: set[str] = set()
    for number, row in enumerate(rows):
        for key in row:
            if key not in known:
                raise file.error(key, f"a row of {table} has no such field.", table=table, row=number)
            if not is_of_right_type(key, row[key]):
                raise file.error(key, "this is not of the right type.", table=table, row=number)
        if not row.get("key") or row["key"] in keys:
            raise file.error("key", "each row needs a key of its own.", table=table, row=number)
        keys.add(row["key"])


def row_key(slug: str, table: str, key: str) -> uuid.UUID:
    """The key that is stored for a row: the same on every machine."""
    return uuid.uuid5(NAMESPACE, f"{slug}/{table}/{key}")


@transaction.atomic
def load_vocabularies(folder: Path = FOLDER) -> int:
    """Add the terms that are missing, and return how many. What moderators made of the others stays."""
    path = folder / "vocabulary.toml"
    text, data = read_toml(path)
    added = 0
    for table, model in VOCABULARIES.items():
        for number, row in enumerate(data.get(table, [])):
            slug = row.get("slug", "")
            if model.objects.filter(slug=slug).exists():
                continue
            if FormerSlug.objects.filter(vocabulary=model.vocabulary, slug=slug).exists():
                continue
            term = model(slug=slug, label=row.get("label", ""), also=row.get("also", []), sort_order=number)
            try:
                term.full_clean()
            except ValidationError as error:
                key, message = first_error(error)
                raise StarterFileError(
                    path, message, key=key, line=line_of(text, key, table=table, row=number)
                ) from error
            term.save()
            added += 1
    return added


def first_error(error: ValidationError) -> tuple[str, str]:
    """The field that an error speaks of first, and what it says."""
    key, messages = next(iter(error.message_dict.items()))
    return ("" if key == "__all__" else key), " ".join(messages)


class TermFinder:
    """Finds terms by the slugs that files use, old addresses and merged terms included."""

    def __init__(self) -> None:
        self.by_slug: dict[str, dict[str, Term]] = {}
        for table, model in VOCABULARIES.items():
            terms = {term.pk: term for term in model.objects.select_related("merged_into")}
            former = FormerSlug.objects.filter(vocabulary=model.vocabulary).values_list("slug", "term_id")
            self.by_slug[table] = {slug: terms[pk].target for slug, pk in former if pk in terms}
            self.by_slug[table] |= {term.slug: term.target for term in terms.values()}

    def find(self, file: StarterFile, vocabulary: str, slug: str, *, key: str = "", **where: Any) -> Term:
        try:
            return self.by_slug[vocabulary][slug]
        except (KeyError, TypeError) as error:
            raise file.error(key or vocabulary, f"the vocabulary has no term {slug!r}.", **where) from error


class StarterLoader:
    """Makes and updates the pages of one folder. Use `load_library`."""

    def __init__(self) -> None:
        self.terms = TermFinder()
        self.index = PracticeIndexPage.objects.get()
        self.entries = {entry.page.slug: entry for entry in StarterEntry.objects.select_related("page")}
        self.taken = set(self.index.get_children().values_list("slug", flat=True))

    def load(self, file: StarterFile) -> bool:
        """Make or update the page of a file; False when there was nothing to do or the page is somebody's."""
        entry = self.entries.get(file.slug)
        if entry is None and file.slug in self.taken:
            return False
        if entry is None:
            self.publish(file, kind_model(file.data["kind"])(slug=file.slug, live=False))
            return True
        untouched = entry.page.live and entry.page.latest_revision_id == entry.revision_id
        if entry.digest == file.digest or not untouched:
            return False
        page = entry.page.specific
        if page.kind != file.data["kind"]:
            raise file.error("kind", "the page is of another kind. Change it on the site.")
        self.publish(file, page, entry)
        return True

    def publish(self, file: StarterFile, page: PracticePage, entry: StarterEntry | None = None) -> None:
        self.fill(file, page)
        if entry is None:
            self.index.add_child(instance=page)
        revision = page.save_revision()
        revision.publish()
        StarterEntry.objects.update_or_create(page_id=page.pk, defaults={"revision": revision, "digest": file.digest})

    def fill(self, file: StarterFile, page: PracticePage) -> None:
        """Set every part from the file; a part the file does not name becomes empty."""
        data = file.data
        for name in (*PAGE_FIELDS, *page.kind_fields):
            field = page._meta.get_field(name)
            value = data.get(name, field.get_default())
            setattr(page, name, value.strip() if isinstance(value, str) else value)
        for name in ("outcomes", "beneficiary_groups"):
            setattr(page, name, [self.terms.find(file, name, slug) for slug in data.get(name, [])])
        page.adapted_from = self.original(file)
        for table in ROWS:
            setattr(page, table, list(self.rows(file, table)))
        skip = {"path", "depth", "numchild", "content_type", "locale", "translation_key", "draft_title"}
        try:
            page.full_clean(exclude=skip, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            raise file.error(*first_error(error)) from error

    def original(self, file: StarterFile) -> PracticePage | None:
        slug = file.data.get("adapted_from")
        if not slug:
            return None
        original = PracticePage.objects.filter(slug=slug).first()
        if original is None:
            raise file.error("adapted_from", f"there is no practice {slug!r}.")
        return original

    def rows(self, file: StarterFile, table: str) -> Iterator[PracticeRow]:
        sources = {row["key"] for row in file.data.get("sources", [])}
        for number, row in enumerate(file.data.get(table, [])):
            where: dict[str, Any] = {"table": table, "row": number}
            values: dict[str, Any] = {name: row[name] for name in ROW_FIELDS[table] if name in row}
            if table == "principles":
                values["principle"] = self.terms.find(
                    file, "principles", row.get("principle", ""), key="principle", **where
                )
            if row.get("outcome"):
                values["outcome"] = self.terms.find(file, "outcomes", row["outcome"], key="outcome", **where)
            if row.get("source"):
                if row["source"] not in sources:
                    raise file.error("source", f"the list of sources has no {row['source']!r}.", **where)
                values["source"] = row_key(file.slug, "sources", row["source"])
            made = ROWS[table](key=row_key(file.slug, table, row["key"]), sort_order=number, **values)
            try:
                made.full_clean(exclude={"page"}, validate_unique=False, validate_constraints=False)
            except ValidationError as error:
                key, message = first_error(error)
                raise file.error(key, message, **where) from error
            yield made


def originals_first(files: list[StarterFile]) -> list[StarterFile]:
    """The files in an order in which each comes after the one it was adapted from."""
    by_slug = {file.slug: file for file in files}
    ordered: dict[str, StarterFile] = {}

    def place(file: StarterFile, above: tuple[str, ...]) -> None:
        if file.slug in above:
            raise file.error("adapted_from", "these practices are adapted from each other in a circle.")
        original = by_slug.get(file.data.get("adapted_from", ""))
        if original is not None and original.slug not in ordered:
            place(original, (*above, file.slug))
        ordered[file.slug] = file

    for file in files:
        if file.slug not in ordered:
            place(file, ())
    return list(ordered.values())


@transaction.atomic
def load_library(folder: Path = FOLDER, progress: Progress | None = None) -> int:
    """Make and update the pages of the starter library, all of them or, on an error, none.

    Args:
        folder: holds `practices/`, a TOML file for each page, named by its slug.
        progress: called after each file with how many are done and how many there are.

    Returns:
        How many pages were made or updated.

    Raises:
        StarterFileError: a file cannot be used.
    """
    files = originals_first([read_practice(path) for path in sorted((folder / "practices").glob("*.toml"))])
    loader, changed = StarterLoader(), 0
    for number, file in enumerate(files, 1):
        changed += loader.load(file)
        if progress:
            progress(number, len(files))
    return changed
