"""What is asked when a change is sent, and when it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.room import tell_room

from .form_fields import TOO_LONG
from .models import Consent, ProposedEdit, State
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

    answer = forms.CharField(
        label=_("Your answer to the moderator"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only moderators read it. If your text says it by now, leave it empty."),
        error_messages={"max_length": TOO_LONG},
    )  # fmt: skip

    field_order = ("answer", "consent", "note")

    def __init__(self, data: Any, *, proposal: ProposedEdit, recognisable: list[Recognisable]) -> None:
        initial = {"note": proposal.note, "consent": proposal.consent or None, "answer": proposal.answer}
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.recognisable = recognisable
        tell_room(self.fields["note"])
        tell_room(self.fields["answer"])
        if proposal.state != State.CHANGES_ASKED:
            del self.fields["answer"]
        if not recognisable:
            del self.fields["consent"]

    @property
    def typed_note(self) -> str:
        """What was typed, valid or not."""
        return str(self.data.get("note", "")).replace("\x00", "")

    @property
    def typed_answer(self) -> str | None:
        """What was answered, valid or not; None where nothing was asked."""
        return str(self.data.get("answer", "")).replace("\x00", "") if "answer" in self.fields else None

    @property
    def given_consent(self) -> str:
        answer = str(self.data.get("consent", ""))
        return answer if answer in Consent.values and "consent" in self.fields else ""

    @property
    def waits_for_consent(self) -> bool:
        return "consent" in self.fields and self.data.get("consent") == NOT_YET


@dataclass(frozen=True, slots=True)
class Rejection:
    """A reason not to take a change, in words for its author, and the way on that goes with it."""

    label: Promise
    next_step: Promise


OTHER = "other"
REJECTIONS = {
    "elsewhere": Rejection(
        _("It is about something else than this page."),
        _("It may make a good page of its own. Press Add, and begin it from these words."),
    ),
    "person": Rejection(
        _("It names or shows somebody who has not said yes, as far as we know."),
        _("Ask them, or tell it so that nobody can know who it is, and send it again."),
    ),
    "copied": Rejection(
        _("It stands somewhere else in the same words, and those may not be ours to give."),
        _("Tell it in your own words, and name where it comes from."),
    ),
    "selling": Rejection(
        _("It sells something, or speaks for one seller."),
        _("Say what helped and how anybody could do it, without the offer."),
    ),
    "untrue": Rejection(
        _("It says something else than what we know, and does not say where it comes from."),
        _("Add where it comes from, and send it again."),
    ),
    "nonsense": Rejection(
        _("We could not make out what it says."),
        _("If there is something you know about this, one plain sentence is enough."),
    ),
}


class ReasonForm(forms.Form):
    """Why something is not taken, or taken out again, and what its author can do next."""

    why = forms.ChoiceField(
        label=_("Why"), required=False, widget=forms.RadioSelect,
        choices=[
            *((word, each.label) for word, each in REJECTIONS.items()), (OTHER, _("Something else, in my words below"))
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("More about why"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "one"}),
        help_text=_("In words for the author, kind part first. Needed only for something else."),
    )  # fmt: skip
    next_step = forms.CharField(
        label=_("What can they do next?"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "one"}),
        help_text=_("Left empty, we say what goes with the reason: for example, to ask the person, and send it again."),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)
        for field in self.fields.values():
            tell_room(field)
            field.error_messages["max_length"] = str(TOO_LONG)

    def check_reason(self, cleaned: dict[str, Any]) -> None:
        """Put reason and next step together, and say what is missing."""
        word = cleaned.get("why") or ""
        ready = REJECTIONS.get(word)
        if not word and not cleaned.get("reason"):
            self.add_error("why", _("Choose why, or say it in your words"))
        elif ready is None and not cleaned.get("reason"):
            self.add_error("reason", _("Say why"))
        if ready is None and not cleaned.get("next_step"):
            self.add_error("next_step", _("Say what they can do next"))
        if ready is not None:
            cleaned["reason"] = "\n\n".join(each for each in (str(ready.label), cleaned.get("reason")) if each)
            cleaned["next_step"] = cleaned.get("next_step") or str(ready.next_step)


class AnswerForm(ReasonForm):
    """A moderator's answer to its author. What is needed depends on the answer."""

    words = forms.CharField(
        label=_("Your words to the author"), required=False, max_length=2000, strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Start with what is good. They read it, whatever you decide. Needed to ask for changes."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        do = self.data.get("do", "")
        if do == "ask" and not cleaned.get("words"):
            self.add_error("words", _("Write what you would like to know, or to be changed"))
        if do == "leave" and cleaned.get("words"):
            self.add_error("words", _("Nobody would read this. Ask for changes, or empty the box and leave it"))
        if do == "reject":
            self.check_reason(cleaned)
            if cleaned.get("words"):
                cleaned["reason"] = f"{cleaned['words']}\n\n{cleaned.get('reason', '')}".strip()
        return cleaned


class TakeOutForm(ReasonForm):
    """Why a change is taken out of a page again."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.check_reason(cleaned)
        return cleaned


class UndoForm(TakeOutForm):
    """From when on everything of somebody is undone, and why. The day is the one whose changes were shown."""

    since = forms.DateField(
        label=_("Everything since"), widget=forms.HiddenInput,
        error_messages={"required": _("Choose a day"), "invalid": _("Write the day such as 2027-01-31")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data)
        self.initial = initial or {}


class RejectManyForm(forms.Form):
    """One reason for many."""

    NOTHING_TICKED = _("Tick those that you mean.")

    why = forms.ChoiceField(
        label=_("Why"), choices=[("", _("Choose why")), *((word, each.label) for word, each in REJECTIONS.items())],
        error_messages={"required": _("Choose why"), "invalid_choice": _("Choose why")},
    )  # fmt: skip

    @property
    def answer(self) -> dict[str, str]:
        """What their authors are told."""
        word = self.cleaned_data["why"]
        return {"why": word, "reason": str(REJECTIONS[word].label), "next_step": str(REJECTIONS[word].next_step)}
