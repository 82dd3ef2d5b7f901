"""Check what was given, one practice at a time, before anything is locked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_relations

from practices.models import PracticePage, Vocabulary, practice_models
from practices.models.pages import RESERVED_SLUGS
from practices.models.rows import PracticeRow

from .checks import Fields, check_together, fields_of_page, fields_of_row
from .new import NewPractice, PracticeLoadError
from .tables import Table

LONGEST_SLUG = 255
# The lists of a page that name a term, by the field that does.
TERM_OF_ROW = {"principles": ("principle", Vocabulary.PRINCIPLE), "changes": ("outcome", Vocabulary.OUTCOME)}
# A row that says what another of its page has said already is left out, as PracticePage.save does.
ONCE = {"principles": "principle", "adaptation": "essential"}


def template_of(model: type[models.Model]) -> dict[str, Any]:
    """A model's part of a revision, in Wagtail's order, with the values that an empty instance has."""
    fields = [field for field in model._meta.fields if getattr(field, "serialize", True)]
    defaults = {field.name: field.get_default() for field in fields}
    return {"pk": None} | {
        name: str(value) if isinstance(value, str | uuid.UUID) else value for name, value in defaults.items()
    }


class RowPlan:
    """How the rows of one list are checked and written."""

    def __init__(self, name: str, model: type[PracticeRow]) -> None:
        self.name = name
        self.model = model
        self.fields = fields_of_row(model)
        self.template = template_of(model)
        self.table = Table(model)
        self.keys = [name for name in ("key", "source", "essential") if name in self.template]
        self.term, self.vocabulary = TERM_OF_ROW.get(name, ("", ""))
        self.term_is_needed = bool(self.term) and not model._meta.get_field(self.term).null


class KindPlan:
    """How the pages of one kind are checked and written."""

    def __init__(self, model: type[PracticePage]) -> None:
        self.fields: Fields = fields_of_page(model)
        self.content_type = ContentType.objects.get_for_model(model).pk
        self.template = template_of(model) | {"content_type": self.content_type, "live": False}
        self.own = None if model is PracticePage else Table(model)


@dataclass(slots=True)
class Checked:
    """A practice that can be written, but for its terms, its address and its original."""

    number: int
    given: NewPractice
    kind: KindPlan
    values: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]]

    def error(self, message: str, where: str = "") -> PracticeLoadError:
        return PracticeLoadError(self.given, self.number, message, where=where)


class Checker:
    """Knows the fields of every kind and row."""

    def __init__(self) -> None:
        self.kinds = {str(model.kind): KindPlan(model) for model in practice_models()}
        self.rows = {
            relation.get_accessor_name(): RowPlan(relation.get_accessor_name(), relation.related_model)
            for relation in get_all_child_relations(PracticePage)
            if issubclass(relation.related_model, PracticeRow)
        }

    def check(self, given: NewPractice, number: int) -> Checked:
        """A practice with its values checked.

        Raises:
            PracticeLoadError: something of it would be refused by a form.
        """
        try:
            kind = self._kind_of(given)
            values = kind.fields.read(given.fields)
            check_together(values)
        except ValidationError as error:
            raise PracticeLoadError(given, number, *message_and_place(error)) from error
        checked = Checked(number, given, kind, values, {})
        sources: set[uuid.UUID] = set()
        # Sources first, since rows of other lists name them.
        for name in sorted(given.rows, key=lambda name: name != "sources"):
            if name not in self.rows:
                raise checked.error(_("There is no such list."), name)
            checked.rows[name] = self._check_rows(checked, self.rows[name], sources)
        return checked

    def _kind_of(self, given: NewPractice) -> KindPlan:
        """How practices of this kind are written, once what stands beside its fields is checked."""
        kind = self.kinds.get(given.kind)
        if kind is None:
            raise ValidationError({"kind": _("Choose from: %(values)s.") % {"values": ", ".join(self.kinds)}})
        if given.slug:
            check_slug(given.slug)
        for name in ("first_published_at", "last_published_at"):
            moment = getattr(given, name)
            if moment is not None and timezone.is_naive(moment):
                raise ValidationError({name: _("Say in which time zone.")})
        return kind

    def _check_rows(self, checked: Checked, plan: RowPlan, sources: set[uuid.UUID]) -> list[dict[str, Any]]:
        """The rows of a list with their values; a term is still the slug that was given."""
        rows, keys = [], set()
        for number, given in enumerate(checked.given.rows[plan.name], 1):
            try:
                if not isinstance(given, Mapping):
                    raise ValidationError(_("Write the fields of a row by their names."))
                values = self._check_row(plan, given)
                key = values.get("key")
                if key is None:
                    key = values["key"] = uuid.uuid4()
                if key in keys:
                    raise ValidationError({"key": _("Another row of this list has the same.")})
                source = values.get("source")
                if source is not None and source not in sources:
                    raise ValidationError({"source": _("The list of sources has no such row.")})
            except ValidationError as error:
                message, part = message_and_place(error)
                place = _("%(list)s, row %(number)s") % {"list": plan.name, "number": number}
                raise checked.error(message, f"{place}, {part}" if part else place) from error
            keys.add(key)
            rows.append(values)
        if plan.name == "sources":
            sources |= keys
        return rows

    def _check_row(self, plan: RowPlan, given: Mapping[str, Any]) -> dict[str, Any]:
        if plan.term and plan.term in given:
            values = plan.fields.read({name: value for name, value in given.items() if name != plan.term})
            if given[plan.term]:
                values[plan.term] = given[plan.term]
        else:
            values = plan.fields.read(given)
        if plan.term_is_needed and plan.term not in values:
            raise ValidationError({plan.term: _("A practice needs this.")})
        return values


def check_slug(slug: str) -> None:
    """Raises ValidationError unless a practice may have this address."""
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise ValidationError({"slug": error.messages}) from None
    if len(slug) > LONGEST_SLUG:
        raise ValidationError({"slug": _("At most %(most)s characters.") % {"most": LONGEST_SLUG}})
    if slug in RESERVED_SLUGS:
        raise ValidationError({"slug": _("This is a word of the site’s own addresses.")})


def message_and_place(error: ValidationError, where: str = "") -> tuple[str, str]:
    """What a ValidationError says, and of which field."""
    if hasattr(error, "error_dict"):
        name, messages = next(iter(error.message_dict.items()))
        return " ".join(messages), name
    return " ".join(error.messages), where
