"""Write rows into a table of a model, many at a time.

Django's `bulk_create` refuses pages, since their fields stand in two or three tables, and it reads each
value off an instance. Here a row is a dictionary by field names. Keys are drawn beforehand, since
the first revision of a page holds the keys of all its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import itemgetter
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

# What a database driver takes as it is. A field of another type prepares its values itself.
PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.AutoField,
    models.ForeignKey,
)


class Table:
    """One table of a model: of a page, the fields of that class alone.

    Args:
        numbered: the database gives the rows their keys, since nothing names them.
    """

    def __init__(self, model: type[models.Model], *, numbered: bool = False) -> None:
        fields = [
            field
            for field in model._meta.local_concrete_fields
            if not (numbered and isinstance(field, models.AutoField))
        ]
        self.model = model
        self.names = [field.name for field in fields]
        # The connection itself: the proxy of that name looks it up for each value anew.
        using = connections[DEFAULT_DB_ALIAS]
        self.prepare: dict[str, Callable[[Any], Any]] = {
            field.name: partial(field.get_db_prep_save, connection=using)
            for field in fields
            if not isinstance(field, PLAIN)
        }
        self.values_of: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*self.names)
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in fields)
        marks = ", ".join(["%s"] * len(fields))
        self.sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 (names of ours)

    def prepare_row(self, row: dict[str, Any]) -> None:
        """Turn the values of a row that need it into what the database takes."""
        for name, prepare in self.prepare.items():
            if row[name] is not None:
                row[name] = prepare(row[name])

    def insert(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows whose values are prepared for the database."""
        values = list(map(self.values_of, rows))
        if values:
            with connection.cursor() as cursor:
                cursor.executemany(self.sql, values)


def draw_keys(model: type[models.Model], count: int) -> list[int]:
    """Primary keys that no row has had, to be used before the transaction ends.

    Raises:
        ImproperlyConfigured: nobody has said how this database gives keys out.
    """
    column = model._meta.pk.column
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, count]
            )
            return [row[0] for row in cursor.fetchall()]
        if connection.vendor == "sqlite":
            # The transaction holds the only right to write, and the insert moves the sequence on.
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
            last = (cursor.fetchone() or (0,))[0]
            return list(range(last + 1, last + 1 + count))
    raise ImproperlyConfigured(f"Practices cannot be loaded in bulk into {connection.vendor}.")
