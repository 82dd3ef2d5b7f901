"""The fields of the form, made from those of the models, for people who never wrote for the web."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.room import tell_room
from practices.models import BeneficiaryGroup, Outcome, PracticePage, Principle

from .content import LARGEST, ROWS, TERMS, Content
from .questions import HINTS, ROW_HINTS, ROW_LABELS, label_of

TOO_LONG = gettext_lazy("Make it shorter: it has %(show_value)d characters, and there is room for %(limit_value)d")
FILL_IN = gettext_lazy("Fill this in")
NOT_A_NUMBER = gettext_lazy("Write a number in figures")
# Short answers of more letters than this get a box that grows.
ONE_LINE = 120
Choices = list[tuple[Any, str]]
# The order in which statuses and the like are offered is the model's; the empty choice says what it means.
NOT_TOLD = gettext_lazy("Not told")


class Vocabularies:
    """The terms that may be chosen, and those that stand on the page already; each vocabulary is read once."""

    def __init__(self, content: Content) -> None:
        chosen = {
            Outcome: {*content["outcomes"], *(row["outcome_id"] for row in content["changes"])},
            BeneficiaryGroup: set(content["beneficiary_groups"]),
            Principle: {row["principle_id"] for row in content["principles"]},
        }
        self.choices: dict[Any, Choices] = {}
        for model, ids in chosen.items():
            numbers = [each for each in ids if isinstance(each, int) and abs(each) <= LARGEST]
            terms = model.objects.current() | model.objects.filter(pk__in=numbers)
            self.choices[model] = [(term.pk, term.label) for term in terms.distinct()]


def fields_for(model: type[PracticePage], names: list[str], vocabularies: Vocabularies) -> dict[str, forms.Field]:
    """A field of the form for each of the names that is no list of rows."""
    found = {}
    for name in names:
        if name in ROWS:
            continue
        if name in TERMS:
            choices = vocabularies.choices[model._meta.get_field(name).related_model]
            field: forms.Field = forms.TypedMultipleChoiceField(
                choices=choices, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
            )
        else:
            field = _tuned(model._meta.get_field(name))
        field.label = label_of(model, name)
        field.help_text = HINTS.get(name) or field.help_text
        found[name] = field
    return found


def row_fields(row: Any, relation: str, vocabularies: Vocabularies, choices: dict[str, Choices]) -> dict[str, Any]:
    """The fields of one row.

    Args:
        row: the model of the row.
        relation: its name on the page.
        vocabularies: the terms it may name.
        choices: what a column that holds a key may be, by the name of the column.
    """
    found: dict[str, Any] = {}
    for panel in row.panels:
        column = row._meta.get_field(panel.field_name)
        if column.attname in choices:
            field: Any = forms.TypedChoiceField(
                choices=choices[column.attname], coerce=str, empty_value=None, required=not column.null
            )
        elif column.is_relation:
            offered = vocabularies.choices[column.related_model]
            empty = _("None of these") if column.null else _("Choose one")
            field = forms.TypedChoiceField(
                choices=[("", empty), *offered], coerce=int, empty_value=None, required=not column.null
            )
            field.error_messages["required"] = _("Choose one")
        else:
            field = _tuned(column)
        field.label = ROW_LABELS.get((relation, column.attname), field.label)
        field.help_text = ROW_HINTS.get((relation, column.attname)) or field.help_text or column.help_text
        found[column.attname] = field
    return found


def _tuned(column: models.Field) -> Any:
    """The model's own field, without what browsers do about limits: they cut what is pasted, and say nothing."""
    if isinstance(column, models.URLField):
        field: Any = column.formfield(assume_scheme="https")
        field.widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"})
    elif isinstance(column, models.IntegerField | models.DecimalField):
        field = column.formfield()
        # A box for numbers shows nothing of what is no number: what was typed would be gone.
        field.widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        field.error_messages["invalid"] = str(NOT_A_NUMBER)
    else:
        field = column.formfield()
    if column.choices and (column.blank or not column.has_default()):
        field.choices = [("", NOT_TOLD), *column.choices]
    elif isinstance(column, models.TextField):
        field.widget = forms.Textarea(attrs={"rows": 5})
    elif isinstance(column, models.CharField) and _takes_several_lines(column):
        field.widget = forms.Textarea(attrs={"rows": 2, "class": "one"})
    tell_room(field)
    field.error_messages |= {"max_length": str(TOO_LONG), "required": str(FILL_IN)}
    for validator in field.validators:
        if getattr(validator, "code", "") == "max_length":
            validator.message = TOO_LONG
    return field


def _takes_several_lines(column: models.CharField) -> bool:
    return (
        not column.choices
        and not isinstance(column, models.URLField)
        and (column.max_length or 0) > ONE_LINE
        and column.name != "title"
    )
