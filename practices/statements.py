"""Statements that are worked out once, and how their rows become objects.

Django works out the SQL of a query anew each time, which takes most of the time of a small one. A statement here is
text, with what makes objects of its rows; the objects are those that Django would make.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Field, Model


@dataclass(frozen=True, slots=True)
class Beside:
    """A row of another table that comes along with an object: there is none where its key is empty.

    Args:
        name: under which the object has it, such as the name of a foreign key.
        model: of the other row.
    """

    name: str
    model: type[Model]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(self.model._meta.concrete_fields)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, and how its rows become objects.

    Args:
        text: in which `{places}` stands for as many values as there are.
        models: what the rows become. Where there are several, the last column is the number of the model among them,
            and all have the same columns.
        fields: those of the model in the order of the columns.
        beside: what comes along, its columns after those.
        names: columns after these are attributes by these names.
    """

    text: str
    models: tuple[type[Model], ...]
    fields: tuple[Field, ...]
    beside: tuple[Beside, ...] = ()
    names: tuple[str, ...] = ()
    converters: tuple[tuple[int, Any, Sequence[Any]], ...] = field(init=False)
    # Of what comes along: its names, and which of them is its key.
    others: tuple[tuple[Beside, list[str], int], ...] = field(init=False)

    def __post_init__(self) -> None:
        others = ((other, [each.attname for each in other.fields], _key_of(other)) for other in self.beside)
        object.__setattr__(self, "others", tuple(others))
        read = [*self.fields, *(each for other in self.beside for each in other.fields)]
        columns = [each.get_col(each.model._meta.db_table) for each in read]
        converters = (
            (number, column, [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)])
            for number, column in enumerate(columns)
        )
        object.__setattr__(self, "converters", tuple(each for each in converters if each[2]))


def objects_of(statement: Statement, values: Sequence[Any]) -> list[Any]:
    """What Django's own `raw` gives, which works out columns and converters anew for each statement."""
    return made_of(statement, rows_of(statement, values))


def made_of(statement: Statement, rows: Iterable[list[Any]]) -> list[Any]:
    """The objects of some of its rows."""
    known = len(statement.fields)
    attributes = [each.attname for each in statement.fields]
    is_one_model = len(statement.models) == 1
    objects = []
    for row in rows:
        model = statement.models[0 if is_one_model else row.pop()]
        made = model.from_db(connection.alias, attributes, row[:known])
        start = known
        for other, names, key in statement.others:
            its_own = row[start : start + len(names)]
            start += len(names)
            there = its_own[key] is not None
            found = other.model.from_db(connection.alias, names, its_own) if there else None
            made._state.fields_cache[other.name] = found
        for name, value in zip(statement.names, row[start:], strict=True):
            setattr(made, name, value)
        objects.append(made)
    return objects


def rows_of(statement: Statement, values: Sequence[Any]) -> Iterable[list[Any]]:
    """What the database gives, in the types of the fields."""
    with connection.cursor() as cursor:
        cursor.execute(statement.text.format(places=places(len(values))), values)
        rows = cursor.fetchall()
    for row in rows:
        converted = list(row)
        for place, column, converters in statement.converters:
            for convert in converters:
                converted[place] = convert(converted[place], column, connection)
        yield converted


def _key_of(other: Beside) -> int:
    return next(number for number, each in enumerate(other.fields) if each.primary_key)


def columns_of(fields: Iterable[Field], alias: str) -> str:
    """The columns of some fields, for the list of what is selected."""
    return ", ".join(f"{alias}.{connection.ops.quote_name(str(each.column))}" for each in fields)


def table_of(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def places(number: int) -> str:
    """So many values of a statement."""
    return ", ".join(["%s"] * number)
