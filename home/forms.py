"""What is asked before something is erased."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import User

from .erasure import Passage


class PassageForm(forms.Form):
    passage = forms.CharField(
        label=gettext_lazy("The words"), widget=forms.Textarea(attrs={"rows": 3, "class": "one"}),
        help_text=gettext_lazy("Just as they stand there: a name, or a whole sentence. Capitals do not matter."),
        error_messages={"required": gettext_lazy("Write the words")},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)

    def clean_passage(self) -> Passage:
        return Passage(self.cleaned_data["passage"])


class ErasePersonForm(forms.Form):
    handle = forms.CharField(
        label=gettext_lazy("Type their handle"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type their handle")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, use_required_attribute=False)
        self.person = person

    def clean_handle(self) -> str:
        if self.cleaned_data["handle"].strip().lower() != self.person.username:
            raise ValidationError(_("This is another handle"))
        return self.person.username
