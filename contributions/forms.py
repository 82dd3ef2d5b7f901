"""What is asked when a change is sent, and when it is answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .form_fields import TOO_LONG
from .models import Consent, ProposedEdit
from .recognisable import Recognisable

NOT_YET = "yet"
ANSWERS = [
    (Consent.YES.value, Consent.YES.label),
    (NOT_YET, _("Not yet. Keep it as my draft until I have asked")),
    (Consent.UNSURE.value, Consent.UNSURE.label),
    (Consent.NOBODY.value, Consent.NOBODY.label),
]


class SendForm(forms.Form):
    """Why somebody changes it; and, if somebody could be recognised, whether they said yes."""

    consent = forms.ChoiceField(
        label=_("Have they read this and said yes?"), choices=ANSWERS, widget=forms.RadioSelect,
        error_messages={"required": _("Say whether those it tells of have read it")},
    )  # fmt: skip
    note = forms.CharField(
        label=_("What did you change, and why?"), max_length=300,
        help_text=_("One line that everyone can read. For example: added what we learnt in our second year."),
        error_messages={
            "required": _("Say in a line what you changed, and why"),
            "max_length": TOO_LONG,
        },
    )  # fmt: skip

    def __init__(self, data: Any, *, proposal: ProposedEdit, recognisable: list[Recognisable]) -> None:
        initial = {"note": proposal.note, "consent": proposal.consent or None}
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.recognisable = recognisable
        self.fields["note"].widget.attrs.pop("maxlength", None)
        if not recognisable:
            del self.fields["consent"]

    @property
    def typed_note(self) -> str:
        """What was typed, valid or not."""
        return str(self.data.get("note", "")).replace("\x00", "")

    @property
    def given_consent(self) -> str:
        answer = str(self.data.get("consent", ""))
        return answer if answer in Consent.values and "consent" in self.fields else ""

    @property
    def waits_for_consent(self) -> bool:
        return "consent" in self.fields and self.data.get("consent") == NOT_YET


class AnswerForm(forms.Form):
    """A moderator's answer to its author. What is needed depends on the answer."""

    words = forms.CharField(
        label=_("Your words to the author"), required=False, max_length=2000, strip=True,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Start with what is good. They get it by email too. Needed to send it back."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "class": "one"}),
        help_text=_("For example: it is about something else; it names somebody who has not said yes."),
    )  # fmt: skip
    next_step = forms.CharField(
        label=_("What can they do next?"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "one"}),
        help_text=_("Always give a way on. For example: this would make a good page of its own, start it here."),
    )  # fmt: skip

    # What each button needs.
    NEEDED = {
        "ask": {"words": _("Write what you would like to know, or to be changed")},
        "reject": {"reason": _("Say why"), "next_step": _("Say what they can do next")},
    }

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, told in self.NEEDED.get(self.data.get("do", ""), {}).items():
            if not cleaned.get(name):
                self.add_error(name, told)
        return cleaned
