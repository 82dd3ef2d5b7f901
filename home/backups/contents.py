"""What a database holds, asked in SQL that every database of ours understands, be it the live one or a copy of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import FileField

Ask = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Contents:
    """What a manifest says of a database.

    Args:
        counts: how many rows each table has.
        migrations: those it has had, as "app.name".
        files: the names of photos and other files that its rows name.
    """

    counts: dict[str, int]
    migrations: list[str]
    files: list[str]


def contents_of(ask: Ask, tables: Iterable[str]) -> Contents:
    known = sorted(tables)
    return Contents(
        counts={table: count_of(ask, table) for table in known},
        migrations=migrations_of(ask, known),
        files=files_named(ask, known),
    )


def count_of(ask: Ask, table: str) -> int:
    return int(ask(f'SELECT COUNT(*) FROM "{table}"')[0][0])  # noqa: S608 (a table of ours)


def migrations_of(ask: Ask, tables: Iterable[str]) -> list[str]:
    if "django_migrations" not in tables:
        return []
    return sorted(f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations"))


def files_named(ask: Ask, tables: Iterable[str]) -> list[str]:
    """Every file that a row names, whichever model it is of."""
    found: set[str] = set()
    for model in apps.get_models(include_auto_created=True):
        for column in model._meta.local_concrete_fields:
            if isinstance(column, FileField) and model._meta.db_table in tables:
                rows = ask(f'SELECT DISTINCT "{column.column}" FROM "{model._meta.db_table}"')  # noqa: S608 (as above)
                found |= {name for (name,) in rows if name}
    return sorted(found)


def library_of(ask: Ask, tables: Iterable[str]) -> str:
    """By which identity the library's index is known; empty where there is no library yet."""
    rows = ask("SELECT uuid FROM practices_library") if "practices_library" in tables else []
    return str(rows[0][0]) if rows else ""
