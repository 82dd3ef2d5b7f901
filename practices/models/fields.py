"""A set of values from one closed list, stored as a sorted JSON list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _


class ValuesField(models.JSONField):
    """Holds any of the values of a `TextChoices` class; a form shows it as ticks.

    Args:
        values: the class whose values may stand in the list.
    """

    def __init__(self, *args: Any, values: type[models.TextChoices] | None = None, **kwargs: Any) -> None:
        self.values = values
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    def clean(self, value: Any, model_instance: models.Model | None) -> list[str]:
        """Check the values and put them in order, each once.

        Raises:
            ValidationError: it is no list, or some value is not one of the class's.
        """
        allowed = self.values.values if self.values else []
        if not isinstance(value, list) or any(item not in allowed for item in value):
            raise ValidationError(_("Choose from: %(values)s.") % {"values": ", ".join(allowed)})
        return sorted(set(value))

    def get_prep_value(self, value: Any) -> Any:
        """What code saves without cleaning is in order too: merges compare it as a set."""
        return super().get_prep_value(sorted(set(value)) if isinstance(value, list) else value)

    def formfield(self, **kwargs: Any) -> forms.Field:
        return forms.MultipleChoiceField(
            choices=self.values.choices if self.values else [],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=kwargs.get("label", self.verbose_name),
            help_text=kwargs.get("help_text", self.help_text),
        )
