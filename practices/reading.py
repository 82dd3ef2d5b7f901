"""Whole practices and their families, by statements that are worked out once.

A practice has rows in fourteen tables. Those of the same columns are read together, and what a row names comes along
with it, so that a page takes few statements. Who may see a page is said here in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Field, Model

from practices.models import (
    AdaptedEssential,
    BeneficiaryGroup,
    Change,
    Essential,
    Outcome,
    Photo,
    PracticeCare,
    PracticePage,
    PracticePrinciple,
    PracticeTotals,
    Principle,
    Question,
    ReportedOutcome,
    Step,
)
from practices.statements import Beside, Statement, columns_of, objects_of, places, table_of

ANCESTORS = ("adapted_from_id", "second_ancestor_id", "third_ancestor_id")
ESSENTIALS_OF_ANCESTORS = "essentials_of_ancestors"
MOST_LOCAL_VERSIONS = 20
# What a family draws of its members.
OF_A_MEMBER = ("id", "page_ptr", "title", "slug", "place", "since", "adapted_from", "adaptation_added", "sort_title")
# As `PracticeQuerySet.visible` says it: published, and behind no restriction of its own or of a page above it.
VISIBLE = (
    "page.live AND NOT EXISTS (SELECT 1 FROM wagtailcore_pageviewrestriction closed "
    "JOIN wagtailcore_page above ON above.id = closed.page_id "
    "WHERE substr(page.path, 1, length(above.path)) = above.path)"
)
# Rows that hold a text and nothing else, and terms: each read together.
TEXTS: dict[str, type[Model]] = {"steps": Step, "questions": Question, "essentials": Essential}
TERMS: dict[str, type[Model]] = {"outcomes": Outcome, "beneficiary_groups": BeneficiaryGroup}
# What a row names comes along with it.
NAMED: dict[type[Model], Beside] = {
    PracticePrinciple: Beside("principle", Principle),
    Change: Beside("outcome", Outcome),
    ReportedOutcome: Beside("outcome", Outcome),
}
# How it went in a local version, as `wording.verdict_of` says it.
VERDICT_OF_A_VERSION = (
    "CASE WHEN coalesce(totals.places, 0) = 0 THEN '' "
    "WHEN totals.places = totals.too_early THEN 'too-early' "
    "WHEN totals.helped > totals.in_part AND totals.helped > totals.did_not_help THEN 'helped' "
    "WHEN totals.did_not_help > totals.in_part AND totals.did_not_help > totals.helped THEN 'did-not-help' "
    "ELSE 'in-part' END"
)


class Family(NamedTuple):
    """What is read of a practice's family.

    Args:
        members: ancestors, siblings and local versions that anybody may read, by title. Of a large family, as many as a
            page can draw, and one more to know that there are more.
        told_outcomes: the outcomes that reports of each of them and of the practice itself say they saw, by its id.
        taken: what all its local versions did with its essentials, as `taken_by_versions` has it.
    """

    members: list[PracticePage]
    told_outcomes: dict[int, list[ReportedOutcome]]
    taken: list[TakenByVersions]


class TakenByVersions(NamedTuple):
    """In how many local versions an essential was taken so, of those where it went so.

    Args:
        essential: its key; None in the rows that count the versions themselves.
        taken: kept, changed or left out; empty in those rows.
        verdict: how it went there, as the value of a report; empty if nobody has told.
        versions: how many they are.
        helped: in how many of them it helped in some place.
    """

    essential: UUID | None
    taken: str
    verdict: str
    versions: int
    helped: int


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
    found = objects_of(_page_statement(model), [pk])
    if not found:
        return None
    page: PracticePage = found[0]
    _load_texts(page)
    load_rows([page], "voices", "sources", "principles")
    _load_terms(page)
    if page.photo_id:
        page.photo = Photo.objects.prefetch_related("renditions").filter(pk=page.photo_id).first()
    return page


def load_family(practice: PracticePage) -> Family:
    """The family of a practice that `practice_at` read.

    Its members and the practice get the rows that the family's list and the page itself both need.
    """
    members = _family_of(practice)
    pages = list({page.pk: page for page in (*members, practice)}.values())
    load_rows(pages, "changes", *(["adaptation"] if members else []))
    for member in members:
        _hold(member, "essentials", practice.__dict__[ESSENTIALS_OF_ANCESTORS].get(member.pk, []))
    told: dict[int, list[ReportedOutcome]] = {}
    for row in objects_of(_rows_statement(ReportedOutcome), [page.pk for page in pages]):
        told.setdefault(row.page_id, []).append(row)
    has_versions = any(member.adapted_from_id == practice.pk for member in members)
    return Family(
        members=sorted(members, key=lambda member: (member.sort_title, member.pk)),
        told_outcomes=told,
        taken=taken_by_versions(practice.pk) if has_versions else [],
    )


def _family_of(practice: PracticePage) -> list[PracticePage]:
    ancestors = _ids_of_ancestors(practice)
    parents = [practice.pk, practice.adapted_from_id] if practice.adapted_from_id else [practice.pk]
    statement = _family_statement(len(ancestors), len(parents))
    return objects_of(statement, [*ancestors, *parents])


def _ids_of_ancestors(practice: PracticePage) -> list[int]:
    return [pk for pk in (getattr(practice, name) for name in ANCESTORS) if pk]


def taken_by_versions(page_id: int) -> list[TakenByVersions]:
    """What all local versions of a practice that anybody may read did with its essentials, counted.

    Rows without an essential count the versions themselves.
    """
    with connection.cursor() as cursor:
        cursor.execute(_versions_statement(), [page_id, page_id])
        rows = cursor.fetchall()
    return [
        TakenByVersions(UUID(str(essential)) if essential else None, taken, verdict, versions, helped)
        for essential, taken, verdict, versions, helped in rows
    ]


def titles_and_slugs(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Title and slug of those among the practices of these ids that anybody may read."""
    with connection.cursor() as cursor:
        cursor.execute(_titles_statement().format(places=places(len(ids))), list(ids))
        return {pk: (title, slug) for pk, title, slug in cursor.fetchall()}


def load_rows(pages: Sequence[PracticePage], *relations: str) -> None:
    """Give each of the pages its rows of some relations, in their order, and what each of them names.

    The pages are for reading only.
    """
    for relation in relations:
        model = PracticePage._meta.get_field(relation).related_model
        rows: dict[int, list[Any]] = {page.pk: [] for page in pages}
        for row in objects_of(_rows_statement(model), list(rows)):
            rows[row.page_id].append(row)
        for page in pages:
            _hold(page, relation, rows[page.pk])
            for row in rows[page.pk]:
                row.page = page


def _load_texts(page: PracticePage) -> None:
    """Steps, questions and essentials, and the essentials of its ancestors, which its family tells of."""
    found: dict[type[Model], dict[int, list[Any]]] = {model: {} for model in TEXTS.values()}
    ancestors = _ids_of_ancestors(page)
    for row in objects_of(_texts_statement(1 + len(ancestors)), [page.pk, page.pk, page.pk, *ancestors]):
        found[type(row)].setdefault(row.page_id, []).append(row)
    for relation, model in TEXTS.items():
        _hold(page, relation, found[model].get(page.pk, []))
    page.__dict__[ESSENTIALS_OF_ANCESTORS] = {pk: found[Essential].get(pk, []) for pk in ancestors}


def _load_terms(page: PracticePage) -> None:
    found = objects_of(_terms_statement(), [page.pk] * len(TERMS))
    for relation, model in TERMS.items():
        _hold(page, relation, [term for term in found if isinstance(term, model)])


def _hold(page: PracticePage, relation: str, found: list) -> None:
    """Where modelcluster looks for what belongs to a page before it asks the database."""
    page.__dict__.setdefault("_cluster_related_objects", {})[relation] = found


@cache
def _rows_statement(model: type[Model]) -> Statement:
    """The rows of some pages in the order of their model, with what they name."""
    quote = connection.ops.quote_name
    fields = tuple(model._meta.concrete_fields)
    order = ", ".join(f"own.{quote(name)}" for name in _order_columns(model))
    beside = NAMED.get(model)
    named = ""
    columns = columns_of(fields, "own")
    if beside is not None:
        held = quote(f"{beside.name}_id")
        columns += f", {columns_of(beside.fields, 'named')}"
        named = f" LEFT JOIN {table_of(beside.model)} named ON named.id = own.{held}"
    text = (
        f"SELECT {columns} FROM {table_of(model)} own{named} "  # noqa: S608 (our own names)
        f"WHERE own.page_id IN ({{places}}) ORDER BY {order}"
    )
    return Statement(text, (model,), fields, beside=(beside,) if beside else ())


def _order_columns(model: type[Model]) -> Iterable[str]:
    """The columns by which a model is ordered; all of ours are, by plain names of fields."""
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    return [*(columns[str(name)] for name in model._meta.ordering or ()), str(model._meta.pk.column)]


@cache
def _texts_statement(pages: int) -> Statement:
    """Steps and questions of one page, and the essentials of several."""
    held = [places(1), places(1), places(pages)]
    sources = [
        f"{table_of(model)} own WHERE own.page_id IN ({each})" for model, each in zip(TEXTS.values(), held, strict=True)
    ]
    return _alike_statement(tuple(TEXTS.values()), sources)


@cache
def _terms_statement() -> Statement:
    """The outcomes and groups of a page."""
    sources = []
    for relation, model in TERMS.items():
        through = table_of(PracticePage._meta.get_field(relation).remote_field.through)
        named = connection.ops.quote_name(f"{model._meta.model_name}_id")
        sources.append(
            f"{table_of(model)} own JOIN {through} named ON named.{named} = own.id WHERE named.practicepage_id = %s"
        )
    return _alike_statement(tuple(TERMS.values()), sources)


def _alike_statement(models: tuple[type[Model], ...], sources: Sequence[str]) -> Statement:
    """Rows of several models that have the same columns, in their order."""
    fields = tuple(models[0]._meta.concrete_fields)
    columns = columns_of(fields, "own")
    parts = [f"SELECT {columns}, {number} FROM {source}" for number, source in enumerate(sources)]  # noqa: S608
    names = [str(field.column) for field in fields]
    order = ", ".join(str(names.index(name) + 1) for name in _order_columns(models[0]))
    return Statement(f"{' UNION ALL '.join(parts)} ORDER BY {order}", models, fields)


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
    """The row of one practice in all the tables of its kind, what stands beside it, and its parent's parents."""
    table = table_of(PracticePage)
    fields = tuple(model._meta.concrete_fields)
    beside = (Beside("totals", PracticeTotals), Beside("care", PracticeCare))
    its_own = ", ".join(columns_of(other.fields, other.name) for other in beside)
    text = (
        f"SELECT {_columns(fields)}, {its_own}, parent.adapted_from_id, second.adapted_from_id "  # noqa: S608
        f"FROM {_tables(model)} {' '.join(map(_joined, beside))} "
        f"LEFT JOIN {table} parent ON parent.page_ptr_id = practice.adapted_from_id "
        f"LEFT JOIN {table} second ON second.page_ptr_id = parent.adapted_from_id "
        "WHERE page.id = %s"
    )
    return Statement(text, (model,), fields, beside, names=ANCESTORS[1:])


@cache
def _family_statement(ancestors: int, parents: int) -> Statement:
    """Ancestors by their ids, and the oldest local versions of each parent, with their totals."""
    local = (
        f"SELECT id FROM (SELECT page.id FROM {_tables(PracticePage)} "  # noqa: S608 (our own names)
        f"WHERE practice.adapted_from_id = %s AND {VISIBLE} ORDER BY page.id LIMIT {MOST_LOCAL_VERSIONS + 1}) versions"
    )
    members = [f"page.id IN ({places(ancestors)})"] * bool(ancestors) + [f"page.id IN ({local})"] * parents
    fields = tuple(each for each in PracticePage._meta.concrete_fields if each.name in OF_A_MEMBER)
    totals = Beside("totals", PracticeTotals)
    text = (
        f"SELECT {_columns(fields)}, {columns_of(totals.fields, totals.name)} "  # noqa: S608 (our own names)
        f"FROM {_tables(PracticePage)} {_joined(totals)} "
        f"WHERE {VISIBLE} AND ({' OR '.join(members)})"
    )
    return Statement(text, (PracticePage,), fields, (totals,))


@cache
def _versions_statement() -> str:
    """What the local versions of a practice did with its essentials, and how many versions there are."""
    totals = _joined(Beside("totals", PracticeTotals))
    helped = "count(DISTINCT CASE WHEN totals.helped > 0 THEN page.id END)"
    versions = f"WHERE practice.adapted_from_id = %s AND {VISIBLE}"
    return (
        f"SELECT own.essential, own.taken, {VERDICT_OF_A_VERSION} verdict, "  # noqa: S608 (our own names)
        f"count(DISTINCT page.id), {helped} "
        f"FROM {_tables(PracticePage)} JOIN {table_of(AdaptedEssential)} own ON own.page_id = page.id {totals} "
        f"{versions} GROUP BY 1, 2, 3 "
        f"UNION ALL SELECT NULL, '', {VERDICT_OF_A_VERSION} verdict, count(*), {helped} "
        f"FROM {_tables(PracticePage)} {totals} {versions} GROUP BY 3"
    )


def _tables(model: type[PracticePage]) -> str:
    """The tables that hold a practice of a kind, joined by their key."""
    tables = f"wagtailcore_page page JOIN {table_of(PracticePage)} practice ON practice.page_ptr_id = page.id"
    if model is PracticePage:
        return tables
    return f"{tables} JOIN {table_of(model)} kind ON kind.practicepage_ptr_id = page.id"


def _joined(other: Beside) -> str:
    """A table of one row for each practice, which may lack it."""
    return f"LEFT JOIN {table_of(other.model)} {other.name} ON {other.name}.page_id = page.id"


def _columns(fields: Iterable[Field]) -> str:
    return ", ".join(columns_of([field], _alias(field)) for field in fields)


def _alias(field: Field) -> str:
    if field.model is PracticePage:
        return "practice"
    return "kind" if issubclass(field.model, PracticePage) else "page"
