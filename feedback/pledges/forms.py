"""The forms of one thing to try, and of the answer to how it went."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.forms import WordsForm
from feedback.models import AskAfter, Pledge, Teller
from people.open_forms import OpenForm
from practices.text import LINE_BREAK, UNSEEN

from .services import Answer, Wish
from .steps import ToTry

MOST_PLACE, MOST_SENTENCE = 120, 500
PARTS_TO_PLAY = [
    (Teller.TOOK_PART.value, _("I take part")),
    (Teller.TOGETHER.value, _("We do it together")),
    (Teller.RAN_IT.value, _("I run it")),
    (Teller.PAID.value, _("I pay for it")),
    (Teller.NOT_SAID.value, _("I do not want to say")),
]
PARTS_PLAYED = [
    *[(part.value, part.label) for part in Teller if part != Teller.NOT_SAID],
    (Teller.NOT_SAID.value, _("I do not want to say")),
]
NO_SUCH_STEP = _("Choose what you want to try. The steps of the page may have changed since you opened this")


def _place_field(label: Any) -> forms.CharField:
    """Where, as roughly as they like. A box of one line would send the form at a press of the enter key."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=MOST_PLACE,
        widget=forms.Textarea(attrs={"rows": 1, "class": "one"}),
        help_text=_("As roughly as you like. For example: a market town in the north. Not a street."),
    )


class TryForm(OpenForm):
    """What somebody wants to try, and when we ask; of whoever has no account, where to."""

    step = forms.ChoiceField(
        label=_("What do you want to try?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want to try"), "invalid_choice": NO_SUCH_STEP},
    )
    ask_after = forms.ChoiceField(
        label=_("When shall we ask how it went?"),
        choices=AskAfter.choices,
        widget=forms.RadioSelect,
        help_text=_("We send one mail then. Many things take longer than one thinks."),
        error_messages={"required": _("Choose when we ask"), "invalid_choice": _("Choose when we ask")},
    )
    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        help_text=_(
            "We write to you now, so that you can say that it is yours, and then to ask. Nobody sees it, and it is "
            "forgotten once you have answered."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Write your email address, so that we can ask you"),
            "invalid": _("Write a whole email address, such as sam@example.org"),
        },
    )
    place = _place_field(_("Where will it be?"))
    teller = forms.ChoiceField(
        label=_("Which part will you play?"),
        choices=PARTS_TO_PLAY,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of these, or none")},
    )

    def __init__(self, data: Any = None, *, to_try: ToTry, is_signed_in: bool, pledge: Pledge | None = None) -> None:
        super().__init__(data, initial=_as_before(to_try, pledge), use_required_attribute=False)
        self.to_try = to_try
        self.fields["step"].choices = to_try.choices  # type: ignore[attr-defined]
        if is_signed_in:
            del self.fields["email"]

    @property
    def wish(self) -> Wish:
        """What a valid form asks for."""
        said = self.cleaned_data
        step, key = self.to_try.step(said["step"])
        return Wish(step, key, said["ask_after"], said["teller"] or Teller.NOT_SAID, in_one_line(said["place"]))


class AnswerForm(WordsForm):
    """How it went, by one of five buttons, and what else somebody wants to say."""

    answer = forms.ChoiceField(
        label=_("How did it go?"),
        choices=Answer.choices,
        error_messages={
            "required": _("Press one of the five buttons"),
            "invalid_choice": _("Press one of the five buttons"),
        },
    )
    sentence = forms.CharField(
        label=_("What happened, in a sentence? (if you like)"),
        required=False,
        max_length=MOST_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 1, "class": "one"}),
        help_text=_("No name, unless the person wants it there."),
    )
    place = _place_field(_("Where was it?"))
    teller = forms.ChoiceField(
        label=_("Which part did you play?"),
        choices=PARTS_PLAYED,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of these, or none")},
    )

    def __init__(self, data: Any = None, *, pledge: Pledge) -> None:
        super().__init__(data)
        told = pledge.report or pledge
        if told.place:
            del self.fields["place"]
        if told.teller != Teller.NOT_SAID:
            del self.fields["teller"]

    @property
    def said(self) -> dict[str, str]:
        """What a valid form says, by the names that the service has for it."""
        said = self.cleaned_data
        teller = said.get("teller", "")
        return {
            "answer": said["answer"],
            "sentence": UNSEEN.sub("", LINE_BREAK.sub("\n", said["sentence"])).strip(),
            "place": in_one_line(said.get("place", "")),
            "teller": "" if teller == Teller.NOT_SAID else teller,
        }


def in_one_line(text: str) -> str:
    """What somebody typed, without what cannot be seen."""
    return " ".join(UNSEEN.sub(" ", text).split())


def _as_before(to_try: ToTry, pledge: Pledge | None) -> dict[str, str]:
    """What somebody said before; where there is nothing to choose, it is chosen."""
    only = to_try.choices[0][0] if len(to_try.choices) == 1 else ""
    if pledge is None:
        return {"step": only}
    before = next((value for value, text in to_try.choices if value == str(pledge.step_key) or text == pledge.step), "")
    teller = "" if pledge.teller == Teller.NOT_SAID else pledge.teller
    return {"step": before or only, "ask_after": pledge.ask_after, "place": pledge.place, "teller": teller}
