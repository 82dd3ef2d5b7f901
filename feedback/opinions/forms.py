"""The forms of what people think of a page: five words to choose from, and five reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.models import WhyNot
from people.open_forms import OpenForm

from .bound import STARS

STAR_WORDS = {
    1: _("1: Not useful"),
    2: _("2: A little useful"),
    3: _("3: Useful in parts"),
    4: _("4: Useful"),
    5: _("5: Very useful"),
}
CHOOSE = _("Choose one of the five")


class RatingForm(forms.Form):
    """How useful a page was to somebody."""

    stars = forms.TypedChoiceField(
        label=_("How useful was this page to you?"),
        choices=[(str(star), STAR_WORDS[star]) for star in STARS],
        coerce=int,
        widget=forms.RadioSelect,
        help_text=_("The page, not the practice: could you work with what it says?"),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )

    def __init__(self, data: Any = None, *, stars: int | None = None) -> None:
        super().__init__(data, initial={"stars": str(stars or "")}, use_required_attribute=False)


class NotForUsForm(OpenForm):
    """Why somebody rules a practice out."""

    why = forms.ChoiceField(
        label=_("Why is it not for you, where you are?"),
        choices=WhyNot.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason"), "invalid_choice": _("Choose a reason")},
    )

    def __init__(self, data: Any = None, *, why: str = "") -> None:
        super().__init__(data, initial={"why": why}, use_required_attribute=False)
