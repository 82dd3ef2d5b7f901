"""The forms of the wanted list: for readers who ask, and for moderators who decide."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.open_forms import OpenForm
from practices.models import PracticePage

from .models import WantedPractice, WantedState
from .text import clean, clean_lines, words_of
from .wanted import (
    answer_wanted,
    ask_for_practice,
    ask_too,
    close_wanted,
    invite_to_write,
    merge_wanted,
    show_wanted,
    similar_wanted,
)

LONGEST_TITLE = 200
LONGEST_WHY = 1000
FEWEST_WORDS = 2
NONE_OF_THESE = "none"
# An address of mail, a telephone number as it is written in Britain or with its country, a postcode.
REACHES_SOMEBODY = re.compile(
    r"\S@\S|(?<!\d)(?:\+|0)(?:[\s().-]*\d){8,}|\b[a-z]{1,2}\d{1,2}[a-z]?\s*\d[a-z]{2}\b", re.IGNORECASE
)


class AskForm(OpenForm):
    """Ask for a practice. When something much like it is on the list, the form asks whether that is it."""

    title = forms.CharField(
        label=gettext_lazy("What were you hoping to find?"),
        max_length=LONGEST_TITLE,
        help_text=gettext_lazy(
            "One line that others can read. For example: how to run a group when we share no language. Leave names out."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write what you were hoping to find")},
    )
    why = forms.CharField(
        label=gettext_lazy("What would help somebody to answer? (optional)"),
        max_length=LONGEST_WHY,
        required=False,
        help_text=gettext_lazy(
            "What you know already, or what makes it hard. For example: we meet weekly, and nobody can interpret."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    same_as = forms.CharField(
        label=gettext_lazy("Is it one of these?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Others asked for them. If yours is the same, we count you in."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.similar: list[WantedPractice] = []

    def clean_title(self) -> str:
        title = clean(self.cleaned_data["title"], LONGEST_TITLE)
        if len(words_of(title)) < FEWEST_WORDS:
            raise ValidationError(_("Write a few words more, so that others know what you mean"))
        return _for_everybody(title)

    def clean_why(self) -> str:
        return _for_everybody(clean_lines(self.cleaned_data["why"], LONGEST_WHY))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "title" in cleaned:
            self._compare(cleaned["title"], cleaned.get("same_as", ""))
        return cleaned

    def _compare(self, title: str, same_as: str) -> None:
        self.similar = similar_wanted(title)
        choices = [(str(each.pk), _offered(each)) for each in self.similar]
        choices.append((NONE_OF_THESE, _("No, mine is something else")))
        self.fields["same_as"].widget = forms.RadioSelect(choices=choices)
        if self.similar and same_as not in dict(choices) and not self.errors:
            self.errors_title = _("One question first")
            self.add_error("same_as", _("Say whether it is one of these"))

    def save(self, visitor: str) -> WantedPractice:
        """Ask; returns what they ask for now: it may have been on the list, or have a page that answers it.

        Raises:
            search.wanted.ListIsFull: nothing was written.
        """
        title, why, same_as = (self.cleaned_data[name] for name in ("title", "why", "same_as"))
        chosen = next((each for each in self.similar if str(each.pk) == same_as), None)
        if chosen is not None:
            return chosen if chosen.answer else ask_too(wanted=chosen, visitor=visitor)
        is_other = same_as == NONE_OF_THESE
        return ask_for_practice(title=title, why=why, visitor=visitor, is_other=is_other)


def _offered(wanted: WantedPractice) -> str:
    """How something that is alike is offered."""
    return _("%(title)s (there is a page now)") % {"title": wanted.title} if wanted.answer else wanted.title


class AskTooForm(OpenForm):
    """One button: a form without questions may be sent as fast as anybody can press it."""

    fastest = 0


class DecisionForm(forms.ModelForm):
    """What becomes of a want; its words may be put right in the same step."""

    DECISIONS: ClassVar[dict[str, Promise]] = {
        WantedState.OPEN: gettext_lazy("Show it on the list"),
        WantedState.INVITED: gettext_lazy("Show it as an invitation to write"),
        WantedState.ANSWERED: gettext_lazy("There is a page now"),
        WantedState.MERGED: gettext_lazy("It is the same as another"),
        WantedState.CLOSED: gettext_lazy("Close it: it is not shown"),
    }
    # What a decision needs, and what is said when it is missing.
    NEEDS: ClassVar[dict[str, tuple[str, Promise]]] = {
        WantedState.INVITED: ("invitation", gettext_lazy("Say what somebody could write")),
        WantedState.ANSWERED: ("page", gettext_lazy("Say which page it is")),
        WantedState.MERGED: ("into", gettext_lazy("Choose the one that stays")),
        WantedState.CLOSED: ("reason", gettext_lazy("Say why")),
    }

    decision = forms.ChoiceField(
        label=gettext_lazy("What becomes of it?"), choices=list(DECISIONS.items()), widget=forms.RadioSelect
    )
    page = forms.CharField(
        label=gettext_lazy("The page there is now"),
        required=False,
        help_text=gettext_lazy("Its address, as the browser shows it."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why it is closed"), required=False, max_length=300, help_text=gettext_lazy("For the log.")
    )

    class Meta:
        model = WantedPractice
        fields = ("title", "why", "invitation")
        widgets: ClassVar = {"why": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = WantedPractice.objects.still_wanted().exclude(pk=self.instance.pk)
        self.fields["into"] = forms.ModelChoiceField(others, label=_("The same as"), required=False)
        self.now = self.instance.as_decided
        self.fields["seen"].initial = self.now
        self.order_fields(["title", "why", "decision", "invitation", "page", "into", "reason"])

    def clean_page(self) -> PracticePage | None:
        typed = self.cleaned_data["page"].strip()
        slug = _slug_of(typed)
        page = PracticePage.objects.visible().filter(slug=slug).first() if slug else None
        if typed and page is None:
            raise ValidationError(_("No page that readers can see has this address"))
        return page

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("seen") != self.now:
            self._somebody_was_faster()
        needed, told = self.NEEDS.get(cleaned.get("decision", ""), ("", ""))
        if needed and not cleaned.get(needed) and needed not in self.errors:
            self.add_error(needed, str(told))
        return cleaned

    def _somebody_was_faster(self) -> None:
        """A colleague decided while this form was open: it says what they made of it, and the next press counts."""
        was = self.instance
        told = _(
            "Somebody decided on it while you looked. It is now: %(state)s. It says: “%(title)s” “%(why)s” "
            "“%(invitation)s”. What you wrote is still here; press once more if it shall be so."
        )
        self.data = {**self.data, "seen": self.now}
        self.add_error(
            None,
            told
            % {
                "state": was.get_state_display(),
                "title": was.title,
                "why": was.why,
                "invitation": was.invitation,
            },
        )

    def decide(self, by: Any) -> None:
        """Carry the decision out."""
        wanted, cleaned = self.instance, self.cleaned_data
        match cleaned["decision"]:
            case WantedState.OPEN:
                show_wanted(wanted=wanted, by=by)
            case WantedState.INVITED:
                invite_to_write(wanted=wanted, invitation=cleaned["invitation"], by=by)
            case WantedState.ANSWERED:
                answer_wanted(wanted=wanted, page=cleaned["page"], by=by)
            case WantedState.MERGED:
                merge_wanted(wanted=wanted, into=cleaned["into"], by=by)
            case WantedState.CLOSED:
                close_wanted(wanted=wanted, reason=cleaned["reason"], by=by)


def _slug_of(address: str) -> str:
    """The last part of a practice's address; nothing for what is none."""
    try:
        path = urlsplit(address).path.rstrip("/")
    except ValueError:
        return ""
    before, _slash, slug = path.rpartition("/")
    return slug if before.endswith("/practices") else ""


def _for_everybody(text: str) -> str:
    """Text that anybody may read: nothing by which somebody can be reached, and nowhere to be led to."""
    if REACHES_SOMEBODY.search(text):
        raise ValidationError(_("Leave e-mail addresses, telephone numbers and postcodes out: everybody can read this"))
    if "://" in text or "www." in text.lower():
        raise ValidationError(_("Leave web addresses out"))
    return text
