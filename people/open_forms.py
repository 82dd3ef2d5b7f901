"""Forms that anybody may send without an account: what keeps robots away and asks nothing of people."""

from __future__ import annotations

import time
from typing import Any, NoReturn

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .room import tell_room

OPEN_FOR = 24 * 60 * 60


class OpenForm(forms.Form):
    """A form with a field that people do not see, and the signed moment at which it was opened.

    Whatever it refuses, it keeps what was typed, and says what to do: a person whose browser filled the unseen
    field, or who left the form open over night, only has to press the button once more.
    """

    # Nobody reads a question and answers it in fewer seconds.
    fastest = 2

    homepage = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._signer = Signer(salt="people.open_forms")
        self.fields["opened"].initial = self._now()
        for field in self.fields.values():
            # A browser that keeps a limit cuts what is pasted, and says nothing.
            tell_room(field)
            field.error_messages["max_length"] = _(
                "Make it shorter: it has %(show_value)d letters, and there is room for %(limit_value)d"
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("homepage"):
            self._begin_again(_("A field was filled in that people cannot see. Please press the button once more."))
        age = self._age_of(cleaned.get("opened", ""))
        if age is None:
            self._begin_again(_("That did not reach us whole. Please press the button once more."))
        elif age > OPEN_FOR:
            self._begin_again(_("This page was open for a long time. Please press the button once more."))
        elif age < self.fastest and not self.errors:
            raise ValidationError(_("That was very quick. Please read it through and press the button once more."))
        return cleaned

    def _age_of(self, opened: str) -> float | None:
        """For how many seconds the form was open; None if the moment is not one that we signed."""
        try:
            return time.time() - float(self._signer.unsign(opened))
        except (BadSignature, ValueError):
            return None

    def _begin_again(self, told: str) -> NoReturn:
        """What is shown again begins now, without what a robot or a browser wrote into the unseen field."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["opened"], data["homepage"] = self._now(), ""
        self.data = data
        raise ValidationError(told)

    def _now(self) -> str:
        return self._signer.sign(f"{time.time():.1f}")
