"""The forms of reports: for whoever reports, decides, or asks for a second look."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.open_forms import OpenForm
from people.room import tell_room

from .models import Concern, Reason, Subject
from .services import answer_pause, appeal_decision, decide_appeal, decide_concern

MOST_WORDS = 1_000
MOST_REASON = 2_000
TOO_LONG = _("Make it shorter: it has %(show_value)d letters, and there is room for %(limit_value)d")
YES, NO = "yes", "no"


class ReportForm(OpenForm):
    """What is wrong with something, in a tick and a few words."""

    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[(each.value, each.label) for each in Reason if each != Reason.ANSWER],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong"), "invalid_choice": _("Choose what is wrong")},
    )
    words = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "You need not write more, save for “something else”. It helps to say where. "
            "For example: the second step could scald a child."
        ),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("reason") == Reason.OTHER and not cleaned.get("words") and "words" not in self.errors:
            self.add_error("words", str(_("Say what is wrong")))
        return cleaned


class WordsForm(forms.Form):
    """A form in which a browser cuts nothing that is pasted, and says nothing of its own."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)
        for field in self.fields.values():
            tell_room(field)
            field.error_messages["max_length"] = TOO_LONG


class AppealForm(WordsForm):
    """Ask for a second look."""

    words = forms.CharField(
        label=_("How do you see it?"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say what the moderator did not know, or got wrong. You can ask once."),
        error_messages={"required": _("Say how you see it")},
    )

    def save(self, *, concern: Concern, by: User) -> None:
        appeal_decision(concern=concern, by=by, words=self.cleaned_data["words"])


class PauseAnswerForm(WordsForm):
    """Answer to a pause."""

    words = forms.CharField(
        label=_("Your answer"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Say how you see it. For example: it was a mistake, and this is what I do next time."),
        error_messages={"required": _("Write your answer")},
    )

    def save(self, *, by: User) -> None:
        answer_pause(by=by, words=self.cleaned_data["words"])


class DecisionForm(WordsForm):
    """A moderator's decision, with its reason in words for the person it is about."""

    # Which form it was: while it is open somebody else may decide, and then another is asked.
    step = "decide"
    CHOICES = {
        Subject.HARM: [
            (YES, _("Yes, something has to change")),
            (NO, _("No, it can stay as it is")),
        ],
        Subject.PAUSE: [(YES, _("The pause ends now")), (NO, _("The pause stays"))],
    }

    outcome = forms.ChoiceField(
        label=_("What do you decide?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you decide"), "invalid_choice": _("Choose what you decide")},
    )
    reason = forms.CharField(
        label=_("Why?"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Whoever it is about reads this. Start kindly, and leave out who reported it. "
            "For example: thank you for your care; the third step names a woman who was not asked."
        ),
        error_messages={"required": _("Say why: they read it")},
    )

    def __init__(self, data: Any = None, *, subject: str = Subject.HARM) -> None:
        super().__init__(data)
        self.fields["outcome"].choices = self.CHOICES[Subject(subject)]  # type: ignore[attr-defined]

    def save(self, *, concern: Concern, by: User) -> None:
        said = self.cleaned_data
        decide_concern(concern=concern, by=by, is_upheld=said["outcome"] == YES, reason=said["reason"])


class SecondLookForm(DecisionForm):
    """The second and last decision, by another moderator."""

    step = "again"
    CHOICES = {
        Subject.HARM: [
            (NO, _("It stays: something has to change")),
            (YES, _("Change it: it is not upheld any more")),
        ]
    }

    def save(self, *, concern: Concern, by: User) -> None:
        said = self.cleaned_data
        decide_appeal(concern=concern, by=by, is_changed=said["outcome"] == YES, reason=said["reason"])
