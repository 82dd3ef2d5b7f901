"""The rows and terms of whole pages, by statements that are worked out once.

Django works out the SQL of a query anew each time, which takes most of the time of a small one, and a
practice has rows in ten tables. Here each table's statement is written once; the objects are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from practices.models import BeneficiaryGroup, Outcome, PracticePage, PracticePrinciple, Principle


def load_whole(page: PracticePage) -> None:
    """Bring along what a practice's own page shows, but for the rows that its family shows as well."""
    load_rows([page], "steps", "questions", "voices", "sources", "principles")
    _load_terms(page, "outcomes", Outcome)
    _load_terms(page, "beneficiary_groups", BeneficiaryGroup)
    named = _read(Principle, [page.pk], through=(PracticePrinciple._meta.db_table, "principle_id", "page_id"))
    principles = {term.pk: term for term in named}
    for row in page.principles.all():
        row.principle = principles[row.principle_id]


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
    outcomes = Outcome.objects.in_bulk({change.outcome_id for change in changes}) if changes else {}
    for change in changes:
        change.outcome = outcomes[change.outcome_id]


def _load_terms(page: PracticePage, relation: str, model: type[Model]) -> None:
    through = PracticePage._meta.get_field(relation).remote_field.through
    column = f"{model._meta.model_name}_id"
    _hold(page, relation, _read(model, [page.pk], through=(through._meta.db_table, column, "practicepage_id")))


def _hold(page: PracticePage, relation: str, found: list) -> None:
    """Where modelcluster looks for what belongs to a page before it asks the database."""
    page.__dict__.setdefault("_cluster_related_objects", {})[relation] = found


def _read(model: type[Model], page_ids: Sequence[int], *, through: tuple[str, str, str] | None = None) -> list[Any]:
    """The rows of some pages, in the order of their model.

    Args:
        model: a row of practices, or a term.
        page_ids: of the pages.
        through: for terms, the table that names them, and its columns of term and page.
    """
    places = ", ".join(["%s"] * len(page_ids))
    return list(model._base_manager.raw(_statement(model, through).format(places=places), list(page_ids)))


@cache
def _statement(model: type[Model], through: tuple[str, str, str] | None) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(f"own.{quote(str(field.column))}" for field in model._meta.concrete_fields)
    order = ", ".join(f"own.{quote(name)}" for name in _order_columns(model))
    table = f"{quote(model._meta.db_table)} own"
    page = f"own.{quote('page_id')}"
    if through is not None:
        name, term, page_column = map(quote, through)
        table += f" JOIN {name} named ON named.{term} = own.{quote('id')}"
        page = f"named.{page_column}"
    return f"SELECT {columns} FROM {table} WHERE {page} IN ({{places}}) ORDER BY {order}"  # noqa: S608 (our own names)


def _order_columns(model: type[Model]) -> Iterable[str]:
    """The columns by which a model is ordered; all of ours are, by plain names of fields."""
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    return [*(columns[str(name)] for name in model._meta.ordering or ()), "id"]
