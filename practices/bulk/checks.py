"""What a form would refuse, checked without a form, an instance or a query."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from practices.models import PracticePage, Status
from practices.models.fields import ValuesField
from practices.models.rows import PracticeRow

Check = Callable[[Any], Any]
# Set by whoever loads: the place in the tree, the terms, the original, what is derived.
NOT_GIVEN = {"page_ptr", "adapted_from", "photo", "sort_title"}


def check_for(field: models.Field) -> Check:
    """A function that returns the value a field stores, or raises ValidationError."""
    if isinstance(field, models.CharField | models.TextField) and not field.choices and not _own_validators(field):
        return _text_check(field)
    if isinstance(field, models.CharField) and field.choices:
        return _choice_check(field)
    if isinstance(field, models.UUIDField):
        return _key_check(field)
    if isinstance(field, ValuesField):
        return _values_check(field)

    def check(value: Any) -> Any:
        if isinstance(value, bool):
            raise ValidationError(_("This is not of the right type."))
        return field.clean(value, None)

    return check


def _own_validators(field: models.Field) -> bool:
    return any(type(each).__name__ != "MaxLengthValidator" for each in field.validators)


def _text_check(field: models.Field) -> Check:
    longest, blank = field.max_length, field.blank

    def check(value: Any) -> str:
        if type(value) is not str:
            raise ValidationError(_("This is not text."))
        if not value and not blank:
            raise ValidationError(_("A practice needs this."))
        if longest and len(value) > longest:
            raise ValidationError(
                _("At most %(most)s characters: this has %(number)s.") % {"most": longest, "number": len(value)}
            )
        if "\x00" in value:
            raise ValidationError(_("This holds a null character."))
        return value

    return check


def _choice_check(field: models.Field) -> Check:
    allowed = {str(value): str(value) for value, label in field.flatchoices}
    if field.blank:
        allowed[""] = ""

    def check(value: Any) -> str:
        try:
            return allowed[value]
        except (KeyError, TypeError):
            known = ", ".join(each for each in allowed if each)
            raise ValidationError(_("Choose from: %(values)s.") % {"values": known}) from None

    return check


def _key_check(field: models.Field) -> Check:
    def check(value: Any) -> uuid.UUID | None:
        if type(value) is uuid.UUID or (value is None and field.null):
            return value
        raise ValidationError(_("This is not a UUID."))

    return check


def _values_check(field: ValuesField) -> Check:
    allowed = frozenset(field.values.values if field.values else ())

    def check(value: Any) -> list[str]:
        if type(value) is list and allowed.issuperset(value):
            return sorted(set(value))
        return field.clean(value, None)

    return check


class Fields:
    """The fields that may be given for a model, with what they hold when they are not."""

    def __init__(self, fields: list[models.Field]) -> None:
        self.fields = fields
        self.checks: dict[str, Check] = {field.name: check_for(field) for field in fields}
        self.needed = [field.name for field in fields if not field.blank and not field.has_default()]

    def read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of what is given, checked.

        Raises:
            ValidationError: by the name of the field at fault.
        """
        values = {}
        checks = self.checks
        for name, value in given.items():
            try:
                values[name] = checks[name](value)
            except KeyError:
                raise ValidationError({name: _("There is no such part.")}) from None
            except ValidationError as error:
                raise ValidationError({name: error.messages}) from None
        for name in self.needed:
            if name not in values:
                raise ValidationError({name: _("A practice needs this.")})
        return values


def fields_of_page(model: type[PracticePage]) -> Fields:
    """Title, what every practice answers, and what only this kind does."""
    shared = [field for field in PracticePage._meta.local_concrete_fields if field.name not in NOT_GIVEN]
    own = [model._meta.get_field(name) for name in model.kind_fields]
    return Fields([model._meta.get_field("title"), *shared, *own])


def fields_of_row(model: type[PracticeRow]) -> Fields:
    """The fields of a row but for its place, its page and its terms."""
    return Fields(
        [
            field
            for field in model._meta.local_concrete_fields
            if field.name not in {"id", "sort_order"} and not isinstance(field, models.ForeignKey)
        ]
    )


def check_together(values: Mapping[str, Any]) -> None:
    """What fields may not say beside each other, as the page's own `clean` and constraints have it.

    Raises:
        ValidationError: by the name of the field at fault.
    """
    if values.get("status_reported") and values.get("status", Status.UNKNOWN) == Status.UNKNOWN:
        raise ValidationError({"status": _("Say what was reported then.")})
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None:
        raise ValidationError({"latitude": _("Give both latitude and longitude, or neither.")})
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValidationError({"latitude": _("There is no such place on the map.")})
