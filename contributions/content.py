"""What a practice says, as plain values that can be kept, compared and merged; and back onto the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from wagtail.models import Revision

from practices.models import PracticePage
from practices.models.fields import ValuesField

from .merging import KEY, Conflict, Merge, Merged, Row, merge_rows, merge_set, merge_text, merge_value

# A photo is the moderators' to choose, and what a page was adapted from is said when it begins.
TEXTS = ("what_it_is", "why_it_works", "local_form", "did_not_work", "adaptation_added")
VALUES = (
    "title", "summary", "people_needed", "time_needed", "cost", "cost_band", "aim", "place", "latitude", "longitude",
    "organisation", "website", "since", "status", "status_reported",
)  # fmt: skip
TERMS = ("outcomes", "beneficiary_groups")
SETS = (*TERMS, "nations")
ROWS = ("principles", "essentials", "steps", "changes", "voices", "questions", "sources", "adaptation")
LARGEST = 2**63 - 1
# A list has room for so many rows, and a text is kept up to so many letters, valid or not: drawing more takes seconds.
MOST_ROWS = 200
LONGEST_KEPT = 100_000
NOT_SAID = frozenset({"id", "page", "sort_order", KEY})
Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A field as it was when somebody began, and as they left it."""

    base: Any
    mine: Any


@dataclass(frozen=True, slots=True)
class MergedContent:
    """What a page would say, and what could not be put together, by field."""

    content: Content
    conflicts: dict[str, tuple[Conflict, ...]]


def too_many_rows() -> str:
    return _("there is room for %(most)d. What is more could be a page of its own.") % {"most": MOST_ROWS}


def is_too_much(content: Content) -> bool:
    """Whether something is so long that it could not be kept as a draft."""
    values = [*content.values(), *(each for name in ROWS for row in content.get(name, ()) for each in row.values())]
    return any(isinstance(each, str) and len(each) > LONGEST_KEPT for each in values)


def lost_with_its_kind(model: type[PracticePage], changes: dict[str, Change]) -> dict[str, Change]:
    """Changes of fields that the page does not have any more, since it became one of another kind."""
    return {name: change for name, change in changes.items() if name not in merges_of(model)}


def merges_of(model: type[PracticePage]) -> dict[str, Merge]:
    """How each field of a kind is merged; the names are all there is to say on a page of this kind."""
    found: dict[str, Merge] = dict.fromkeys((*VALUES, *model.kind_fields), merge_value)
    found |= dict.fromkeys(TEXTS, merge_text)
    found |= dict.fromkeys(SETS, merge_set)
    return found | dict.fromkeys(ROWS, merge_rows)


def content_of(page: PracticePage) -> Content:
    """What a page says, in values that JSON can hold: numbers with a point as text, terms and keys by their ids."""
    return {name: _value_of(page, name) for name in merges_of(type(page))}


def _value_of(page: PracticePage, name: str) -> Any:
    if name in ROWS:
        return [_row_of(row) for row in getattr(page, name).all()]
    if name in TERMS:
        return sorted(term.pk for term in getattr(page, name).all())
    return plain(getattr(page, name))


def _row_of(row: models.Model) -> Row:
    columns = _columns(type(row))
    return {KEY: str(getattr(row, KEY))} | {column: plain(getattr(row, column)) for column in columns}


@lru_cache(maxsize=16)
def _columns(model: Any) -> tuple[str, ...]:
    """What a row says: the names of its columns, those of what it points to as ids."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.name not in NOT_SAID)


def content_of_revision(revision: Revision, model: type[PracticePage]) -> Content:
    """What a page said in a revision, read from what is stored, without asking the database for what it points to.

    Args:
        revision: of a practice, of whatever kind it was then.
        model: the kind whose fields are asked for. What there was not yet is as empty as it begins.
    """
    stored = revision.content
    return {name: _stored_value(model, stored, name) for name in merges_of(model)}


def content_at(page: PracticePage | None, revision: Revision | None, model: type[PracticePage]) -> Content:
    """What a page said at some time: in a revision, else as it is now; a page that is not there says nothing."""
    if revision is not None:
        return content_of_revision(revision, model)
    return content_of(page.specific) if page is not None else empty_content(model)


def empty_content(model: type[PracticePage]) -> Content:
    """What a page says that nobody has written yet."""
    return {name: _stored_value(model, {}, name) for name in merges_of(model)}


def _stored_value(model: type[PracticePage], stored: dict[str, Any], name: str) -> Any:
    field = model._meta.get_field(name)
    if name in ROWS:
        rows = sorted(stored.get(name, ()), key=lambda row: row.get("sort_order") or 0)
        return [_stored_row(field.related_model, row) for row in rows]
    if name in TERMS:
        return sorted(stored.get(name, ()))
    return plain(field.to_python(stored[name]) if name in stored else field.get_default())


def _stored_row(model: Any, stored: dict[str, Any]) -> Row:
    names = {field.attname: field.name for field in model._meta.concrete_fields}
    values = {column: stored.get(names[column]) for column in _columns(model)}
    return {KEY: str(stored[KEY])} | {column: plain(value) for column, value in values.items()}


def plain(value: Any) -> Any:
    """A value that JSON can hold, the same for values that mean the same."""
    if isinstance(value, Decimal):
        # However many noughts it was written with: the database adds its own.
        return format(value.normalize(), "f")
    return str(value) if isinstance(value, UUID | str) else value


def changes_between(before: Content, after: Content) -> dict[str, Change]:
    """Only what differs. Texts are the same if they are but for the blanks at their ends and the kind of line break."""
    return {
        name: Change(before.get(name), now) for name, now in after.items() if _tidied(before.get(name)) != _tidied(now)
    }


def _tidied(value: Any) -> Any:
    if isinstance(value, list):
        return [_tidied(each) for each in value]
    if isinstance(value, dict):
        return {name: _tidied(each) for name, each in value.items()}
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def merge_changes(model: type[PracticePage], changes: dict[str, Change], theirs: Content) -> MergedContent:
    """Put somebody's changes together with what a page says by now.

    Args:
        model: the kind of the page.
        changes: by field. Of a field that the kind does not have (any more), nothing is taken.
        theirs: what the page says now.
    """
    content, conflicts = dict(theirs), {}
    for name, merge in merges_of(model).items():
        if name not in changes:
            continue
        merged: Merged = merge(changes[name].base, changes[name].mine, theirs[name])
        content[name] = merged.value
        if merged.conflicts:
            conflicts[name] = merged.conflicts
    return MergedContent(content, conflicts)


def put_content(page: PracticePage, content: Content) -> None:
    """Let a page say this. Nothing is saved; rows keep their keys.

    Raises:
        ValidationError: a value is not of the shape that its field has.
    """
    for name in merges_of(type(page)):
        if name in content:
            try:
                _put(page, name, content[name])
            except (ValueError, TypeError, LookupError, AttributeError) as error:
                raise ValidationError({name: _("This did not reach us whole.")}) from error


def _put(page: PracticePage, name: str, value: Any) -> None:
    if name in ROWS:
        model = page._meta.get_field(name).related_model
        getattr(page, name).set(list(_rows(model, value)))
    elif name in TERMS:
        ids = [each for each in value if isinstance(each, int) and abs(each) <= LARGEST]
        terms = list(page._meta.get_field(name).related_model._default_manager.filter(pk__in=ids))
        if len(terms) < len(set(value)):
            raise ValueError("There is no such term.")
        setattr(page, name, terms)
    elif isinstance(page._meta.get_field(name), ValuesField):
        setattr(page, name, list(value))
    else:
        setattr(page, name, page._meta.get_field(name).to_python(value))


def _rows(model: Any, rows: list[Row]) -> Iterator[models.Model]:
    columns = set(_columns(model))
    for place, row in enumerate(rows):
        said = {each: model._meta.get_field(each).to_python(row[each]) for each in columns if each in row}
        if any(isinstance(each, int) and abs(each) > LARGEST for each in said.values()):
            raise ValueError("No database has such a number.")
        yield model(key=UUID(row[KEY]), sort_order=place, **said)
