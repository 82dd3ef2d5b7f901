"""The forms of reports of how it went: four questions and more for who has time; a moderator's answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.forms import TOO_LONG, WordsForm
from feedback.models import Setting, Teller, TriedReport, Verdict
from people.open_forms import OpenForm
from people.room import tell_room
from practices.models import Nation, Taken
from practices.text import LINE_BREAK, UNSEEN

from .asked import Asked
from .recognisable import TELLING, Passage, telling_passages
from .services import Said

QUESTIONS = ("teller", "place", "verdict", "sentence")
WHERE = ("place", "nation", "setting")
TAKEN, HOW = "taken-", "how-"
NOT_SAID = [("", _("Not said"))]


class Words(forms.CharField):
    """What somebody types, without what cannot be seen; in one line, unless the box has several."""

    def to_python(self, value: Any) -> str:
        text = LINE_BREAK.sub("\n", str(value)) if value not in self.empty_values else ""
        if isinstance(self.widget, forms.Textarea):
            return UNSEEN.sub("", text).strip()
        return " ".join(UNSEEN.sub(" ", text).split())


def _line(label: Any, most: int, hint: Any = "", **more: Any) -> Words:
    return Words(label=label, max_length=most, help_text=hint, required=False, **more)


def _box(label: Any, most: int, hint: Any = "", rows: int = 3) -> Words:
    return _line(label, most, hint, widget=forms.Textarea(attrs={"rows": rows, "class": "one"}))


def _choice(label: Any, choices: Iterable[Any], told: Any, **more: Any) -> forms.ChoiceField:
    told_both = {"required": told, "invalid_choice": told}
    return forms.ChoiceField(label=label, choices=list(choices), error_messages=told_both, **more)


class TellForm(OpenForm):
    """How it went, told by somebody who was there."""

    teller = _choice(
        _("Who is telling?"),
        [(each.value, each.label) for each in Teller if each != Teller.NOT_SAID],
        _("Choose who is telling"),
        widget=forms.RadioSelect,
        help_text=_("People who took part are shown first. Each of you at one place can tell it your own way."),
    )
    place = Words(
        label=_("As roughly as you like"),
        max_length=120,
        help_text=_("For example: a market town in the north. Not a street."),
        error_messages={"required": _("Say roughly where it was")},
    )
    nation = _choice(_("Which nation?"), [*NOT_SAID, *Nation.choices], _("Choose one of the list"), required=False)
    setting = _choice(
        _("What kind of place?"), [*NOT_SAID, *Setting.choices], _("Choose one of the list"), required=False
    )
    verdict = _choice(_("How did it go?"), Verdict.choices, _("Choose how it went"), widget=forms.RadioSelect)
    sentence = Words(
        label=_("One is enough"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "class": "one"}),
        help_text=_(
            "For example: it took us a year to stop talking about the agenda. "
            "No name, unless the person wants it there."
        ),
        error_messages={"required": _("Say in a sentence what happened")},
    )

    outcomes = forms.MultipleChoiceField(
        label=_("Which of these did you see happen?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only what you saw yourself. What nobody has seen yet stays a hope on the page."),
        error_messages={"invalid_choice": _("Choose from the list")},
    )
    added = _line(_("What did you add?"), 500, _("For example: a meal each time, cooked by whoever wanted to."))
    with_whom = _line(_("With whom?"), 200, _("For example: 26 people from two estates. No names."))
    tried_when = _line(_("When?"), 60, _("For example: spring 2026, or the last two winters."))
    cost = _line(_("What did it cost?"), 200, _("For example: £40 a month for the hall, and our time."))
    how_long = _line(_("How long did it take?"), 200, _("For example: fourteen months to the first change."))
    advice = _box(
        _("What would you tell the next person?"),
        1000,
        _("The thing you wish you had known. For example: ring the people who did it before you."),
    )
    who_decided = _line(
        _("Who decided what would be done?"), 300, _("For example: the people who come, at a meeting each month.")
    )
    people_say = _box(
        _("What do the people themselves say of it?"), 1000, _("In their own words, and only what they want told.")
    )
    people_agreed = forms.BooleanField(label=_("They have read this and said yes"), required=False)
    organisation = _line(_("Your organisation"), 200, _("Only if you want to say."))
    organisation_is_hidden = forms.BooleanField(
        label=_("Hide my organisation: it is shown nowhere, only to you"), required=False
    )
    on_paper = forms.BooleanField(
        label=_("I type this in from a paper slip, for somebody who said yes to that"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        asked: Asked,
        is_draft: bool = False,
        needs_sentence: bool = True,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """Ask what a page asks.

        Args:
            data: what was typed.
            asked: the page.
            is_draft: whether it may be half empty.
            needs_sentence: whether a sentence has to be there, once it is sent.
            initial: what stands in the boxes at first.
        """
        self.asked, self.is_draft = asked, is_draft
        super().__init__(data, initial=initial)
        for key, text in asked.essentials.items():
            self._ask_of_essential(key, text)
        for name in QUESTIONS:
            self.fields[name].required = not is_draft and (needs_sentence or name != "sentence")
        # Whoever answered a mail need not have said it, and can put their words right without saying it now.
        if (initial or {}).get("teller") == Teller.NOT_SAID or (data and not needs_sentence):
            teller: Any = self.fields["teller"]
            teller.choices = [*teller.choices, (Teller.NOT_SAID.value, _("I do not want to say"))]
        chosen: Any = self.fields["outcomes"]
        chosen.choices = [(str(each.pk), each.label) for each in asked.outcomes]

    def _ask_of_essential(self, key: UUID, text: str) -> None:
        choices, told = [*Taken.choices, ("", _("I cannot say"))], _("Choose kept, changed or left out")
        self.fields[f"{TAKEN}{key}"] = _choice(text, choices, told, required=False, widget=forms.RadioSelect)
        self.fields[f"{HOW}{key}"] = how = _line(_("How, and what came of it?"), 300)
        tell_room(how)
        how.error_messages["max_length"] = TOO_LONG

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for key in self.asked.essentials:
            if cleaned.get(f"{HOW}{key}") and not cleaned.get(f"{TAKEN}{key}") and f"{TAKEN}{key}" not in self.errors:
                self.add_error(f"{TAKEN}{key}", str(_("Choose kept, changed or left out, for what you wrote below it")))
        if not cleaned.get("people_say"):
            cleaned["people_agreed"] = False
        elif not cleaned.get("people_agreed") and not self.is_draft:
            told = _("Tick this once they have read it and said yes. Until then, leave the box above empty")
            self.add_error("people_agreed", str(told))
        return cleaned

    def name_of(self, name: str) -> str:
        """What a box is called away from the form."""
        named = {"place": _("Where?"), "sentence": _("What happened, in a sentence?")}
        label = str(named.get(name, self.fields[name].label))
        return f"{self.fields[TAKEN + name.removeprefix(HOW)].label} {label}" if name.startswith(HOW) else label

    @property
    def essentials(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """For each essential of the page, what was done with it, and how."""
        return [(self[f"{TAKEN}{key}"], self[f"{HOW}{key}"]) for key in self.asked.essentials]

    @property
    def more(self) -> list[str]:
        """What is asked beside the four questions."""
        return [name for name in self.fields if name not in (*QUESTIONS, *WHERE, "opened", "homepage")]

    @property
    def is_long(self) -> bool:
        """Whether something stands beside the four questions, so that it is seen at once."""
        return any(self[name].value() or self[name].errors for name in self.more)

    @property
    def said(self) -> Said:
        cleaned = self.cleaned_data
        extra = {"opened", "homepage", "outcomes"}
        fields = {name: value for name, value in cleaned.items() if name not in extra and "-" not in name}
        taken = {key: (cleaned[f"{TAKEN}{key}"], cleaned[f"{HOW}{key}"]) for key in self.asked.essentials}
        return Said(
            fields,
            frozenset(int(number) for number in cleaned["outcomes"]),
            {key: answer for key, answer in taken.items() if answer[0]},
        )

    @property
    def telling(self) -> list[Passage]:
        """What was typed that could tell who a person is. The people’s own words have a tick of their own."""
        names = [name for name in TELLING if name != "people_say"]
        names += [f"{HOW}{key}" for key in self.asked.essentials]
        return telling_passages(self.cleaned_data[name] for name in names)


def typed_before(report: TriedReport) -> dict[str, Any]:
    """What stands in the boxes of whoever changes a report."""
    names = [name for name in TellForm.base_fields if hasattr(report, name) and name != "outcomes"]
    boxes: dict[str, Any] = {name: getattr(report, name) for name in names}
    boxes["outcomes"] = [str(outcome.target.pk) for outcome in report.outcomes.select_related("merged_into")]
    for each in report.essentials.all():
        boxes |= {f"{TAKEN}{each.essential}": each.taken, f"{HOW}{each.essential}": each.how}
    return boxes


class CheckForm(WordsForm):
    """What a moderator asks of whoever told."""

    reason = forms.CharField(
        label=_("What should they change, and why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "They read this. Thank them first. For example: thank you for telling; please leave out the name of the "
            "street, since few people live there."
        ),
        error_messages={"required": _("Say what to change: they read it")},
    )
