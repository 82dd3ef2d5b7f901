"""Whole practices and their families, by statements that are worked out once.

Django works out the SQL of a query anew each time, which takes most of the time of a small one, and a
practice has rows in twelve tables. Here each table's statement is written once, with what makes objects
of its rows; the objects are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Field, Model

from practices.models import (
    BeneficiaryGroup,
    Outcome,
    Photo,
    PracticeCare,
    PracticePage,
    PracticePrinciple,
    PracticeTotals,
    Principle,
)

ANCESTORS = ("adapted_from_id", "second_ancestor_id", "third_ancestor_id")
MOST_LOCAL_VERSIONS = 20
# What a family draws of its members.
OF_A_MEMBER = ("id", "page_ptr", "title", "slug", "place", "since", "adapted_from", "adaptation_added", "sort_title")
# As `PracticeQuerySet.visible` says it: published, and behind no restriction of its own or of a page above it.
VISIBLE = (
    "page.live AND NOT EXISTS (SELECT 1 FROM wagtailcore_pageviewrestriction closed "
    "JOIN wagtailcore_page above ON above.id = closed.page_id "
    "WHERE substr(page.path, 1, length(above.path)) = above.path)"
)


def practice_at(slug: str) -> PracticePage | None:
    """The practice at an address that anybody may read, as the page of its own kind; None if there is none.

    It comes with what its own page shows, but for the rows that its family shows as well. The ids of three
    ancestors come along, so that the family is one question.
    """
    with connection.cursor() as cursor:
        cursor.execute(_place_statement(), [slug])
        place = cursor.fetchone()
    if place is None:
        return None
    pk, content_type_id = place
    model = ContentType.objects.get_for_id(content_type_id).model_class() or PracticePage
    found = _objects(_page_statement(model), [pk])
    if not found:
        return None
    page: PracticePage = found[0]
    load_rows([page], "steps", "questions", "voices", "sources", "principles")
    _load_beside(page)
    _load_terms(page, "outcomes", Outcome)
    _load_terms(page, "beneficiary_groups", BeneficiaryGroup)
    named = _read(Principle, [page.pk], through=(PracticePrinciple._meta.db_table, "principle_id", "page_id"))
    principles = {term.pk: term for term in named}
    for row in page.principles.all():
        row.principle = principles[row.principle_id]
    return page


def load_family(practice: PracticePage) -> list[PracticePage]:
    """The visible ancestors, siblings and local versions of a practice that `practice_at` read, by title.

    They and the practice get the rows that the family's list and the page itself both need. Of a large
    family, as many come as a page can draw, and one more to know that there are more.
    """
    members = _family_of(practice)
    pages = list({page.pk: page for page in (*members, practice)}.values())
    load_rows(pages, "essentials", "adaptation")
    load_changes(pages)
    return sorted(members, key=lambda member: (member.sort_title, member.pk))


def _family_of(practice: PracticePage) -> list[PracticePage]:
    ancestors = [pk for pk in (getattr(practice, name) for name in ANCESTORS) if pk]
    parents = [practice.pk, practice.adapted_from_id] if practice.adapted_from_id else [practice.pk]
    statement = _family_statement(len(ancestors), len(parents))
    return _objects(statement, [*ancestors, *parents])


def titles_and_slugs(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Title and slug of those among the practices of these ids that anybody may read."""
    with connection.cursor() as cursor:
        cursor.execute(_titles_statement().format(places=_places(len(ids))), list(ids))
        return {pk: (title, slug) for pk, title, slug in cursor.fetchall()}


def load_rows(pages: Sequence[PracticePage], *relations: str) -> None:
    """Give each of the pages its rows of some relations, in their order. The pages are for reading only."""
    for relation in relations:
        model = PracticePage._meta.get_field(relation).related_model
        rows: dict[int, list[Any]] = {page.pk: [] for page in pages}
        for row in _read(model, list(rows)):
            rows[row.page_id].append(row)
        for page in pages:
            _hold(page, relation, rows[page.pk])
            for row in rows[page.pk]:
                row.page = page


def load_changes(pages: Sequence[PracticePage]) -> None:
    """Give each of the pages its changes with the outcomes that they name."""
    load_rows(pages, "changes")
    changes = [change for page in pages for change in page.changes.all() if change.outcome_id]
    named = _read(Outcome, sorted({change.outcome_id for change in changes}), by="id") if changes else []
    outcomes = {outcome.pk: outcome for outcome in named}
    for change in changes:
        change.outcome = outcomes[change.outcome_id]


def _load_beside(page: PracticePage) -> None:
    """The rows that stand beside the page's own."""
    for name, model in (("totals", PracticeTotals), ("care", PracticeCare)):
        page._state.fields_cache[name] = next(iter(_read(model, [page.pk])), None)
    if page.photo_id:
        page.photo = Photo.objects.prefetch_related("renditions").filter(pk=page.photo_id).first()


def _load_terms(page: PracticePage, relation: str, model: type[Model]) -> None:
    through = PracticePage._meta.get_field(relation).remote_field.through
    column = f"{model._meta.model_name}_id"
    _hold(page, relation, _read(model, [page.pk], through=(through._meta.db_table, column, "practicepage_id")))


def _hold(page: PracticePage, relation: str, found: list) -> None:
    """Where modelcluster looks for what belongs to a page before it asks the database."""
    page.__dict__.setdefault("_cluster_related_objects", {})[relation] = found


def _read(
    model: type[Model], ids: Sequence[int], *, by: str = "page_id", through: tuple[str, str, str] | None = None
) -> list[Any]:
    """Rows in the order of their model.

    Args:
        model: a row of practices, or a term.
        ids: of the pages, or of whatever the column named `by` holds.
        through: for terms of pages, the table that names them, and its columns of term and page.
    """
    return _objects(_statement(model, by, through), list(ids))


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, and how its rows become objects.

    `fields` are those of the model in the order of the columns; columns after them are attributes by `names`.
    `{places}` in the text stands for as many values as there are.
    """

    text: str
    model: type[Model]
    fields: tuple[Field, ...]
    names: tuple[str, ...] = ()
    converters: tuple[tuple[int, Any, Sequence[Any]], ...] = field(init=False)

    def __post_init__(self) -> None:
        columns = [each.get_col(self.model._meta.db_table) for each in self.fields]
        converters = (
            (number, column, [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)])
            for number, column in enumerate(columns)
        )
        object.__setattr__(self, "converters", tuple(each for each in converters if each[2]))


def _objects(statement: Statement, values: Sequence[Any]) -> list[Any]:
    """What Django's own `raw` gives, which works out columns and converters anew for each statement."""
    known = len(statement.fields)
    attributes = [each.attname for each in statement.fields]
    objects = []
    with connection.cursor() as cursor:
        cursor.execute(statement.text.format(places=_places(len(values))), values)
        rows = cursor.fetchall()
    for row in rows:
        converted = list(row)
        for place, column, converters in statement.converters:
            for convert in converters:
                converted[place] = convert(converted[place], column, connection)
        made = statement.model.from_db(connection.alias, attributes, converted[:known])
        for name, value in zip(statement.names, converted[known:], strict=True):
            setattr(made, name, value)
        objects.append(made)
    return objects


def _places(number: int) -> str:
    return ", ".join(["%s"] * number)


@cache
def _statement(model: type[Model], by: str, through: tuple[str, str, str] | None) -> Statement:
    quote = connection.ops.quote_name
    columns = ", ".join(f"own.{quote(str(field.column))}" for field in model._meta.concrete_fields)
    order = ", ".join(f"own.{quote(name)}" for name in _order_columns(model))
    table = f"{quote(model._meta.db_table)} own"
    held = f"own.{quote(by)}"
    if through is not None:
        name, term, page_column = map(quote, through)
        table += f" JOIN {name} named ON named.{term} = own.{quote('id')}"
        held = f"named.{page_column}"
    text = f"SELECT {columns} FROM {table} WHERE {held} IN ({{places}}) ORDER BY {order}"  # noqa: S608 (our own names)
    return Statement(text, model, tuple(model._meta.concrete_fields))


def _order_columns(model: type[Model]) -> Iterable[str]:
    """The columns by which a model is ordered; all of ours are, by plain names of fields."""
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    return [*(columns[str(name)] for name in model._meta.ordering or ()), str(model._meta.pk.column)]


@cache
def _place_statement() -> str:
    """Where the practice with a slug stands in the tree, and of which type it is."""
    return (
        "SELECT page.id, page.content_type_id "  # noqa: S608 (our own names)
        f"FROM {_tables(PracticePage)} WHERE page.slug = %s AND {VISIBLE} ORDER BY page.path LIMIT 1"
    )


@cache
def _titles_statement() -> str:
    return (
        "SELECT page.id, page.title, page.slug "  # noqa: S608 (our own names)
        f"FROM {_tables(PracticePage)} WHERE page.id IN ({{places}}) AND {VISIBLE}"
    )


@cache
def _page_statement(model: type[PracticePage]) -> Statement:
    """The row of one practice in all the tables of its kind, with the ids of its parent's parents."""
    table = connection.ops.quote_name(PracticePage._meta.db_table)
    fields = tuple(model._meta.concrete_fields)
    text = (
        f"SELECT {_columns(fields)}, parent.adapted_from_id, second.adapted_from_id "  # noqa: S608 (our own names)
        f"FROM {_tables(model)} "
        f"LEFT JOIN {table} parent ON parent.page_ptr_id = practice.adapted_from_id "
        f"LEFT JOIN {table} second ON second.page_ptr_id = parent.adapted_from_id "
        "WHERE page.id = %s"
    )
    return Statement(text, model, fields, names=ANCESTORS[1:])


@cache
def _family_statement(ancestors: int, parents: int) -> Statement:
    """Ancestors by their ids, and the oldest local versions of each parent."""
    local = (
        f"SELECT id FROM (SELECT page.id FROM {_tables(PracticePage)} "  # noqa: S608 (our own names)
        f"WHERE practice.adapted_from_id = %s AND {VISIBLE} ORDER BY page.id LIMIT {MOST_LOCAL_VERSIONS + 1}) versions"
    )
    members = [f"page.id IN ({_places(ancestors)})"] * bool(ancestors) + [f"page.id IN ({local})"] * parents
    fields = tuple(each for each in PracticePage._meta.concrete_fields if each.name in OF_A_MEMBER)
    text = (
        f"SELECT {_columns(fields)} FROM {_tables(PracticePage)} "  # noqa: S608 (our own names)
        f"WHERE {VISIBLE} AND ({' OR '.join(members)})"
    )
    return Statement(text, PracticePage, fields)


def _tables(model: type[PracticePage]) -> str:
    """The tables that hold a practice of a kind, joined by their key."""
    quote = connection.ops.quote_name
    tables = (
        f"wagtailcore_page page JOIN {quote(PracticePage._meta.db_table)} practice ON practice.page_ptr_id = page.id"
    )
    if model is PracticePage:
        return tables
    return f"{tables} JOIN {quote(model._meta.db_table)} kind ON kind.practicepage_ptr_id = page.id"


def _columns(fields: Iterable[Field]) -> str:
    return ", ".join(f"{_alias(field)}.{connection.ops.quote_name(str(field.column))}" for field in fields)


def _alias(field: Field) -> str:
    if field.model is PracticePage:
        return "practice"
    return "kind" if issubclass(field.model, PracticePage) else "page"
