"""The three boxes that a page may begin and end with, and the parts of a page that they become."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from people.room import tell_room
from practices.models import Kind, PracticePage
from practices.models.pages import LONG_TEXT

from .content import Content
from .form_fields import TOO_LONG

# Where what is typed into a box stands on the page.
PART_OF_PAGE = {"did": "what_it_is", "with_whom": "people_needed", "happened": "local_form"}
LONGEST_NAME = 60
SENTENCE = re.compile(r"(?<=[.!?])\s+")


class BoxesForm(forms.Form):
    """What you did, with whom, what happened."""

    did = forms.CharField(
        label=_("What did you do?"), max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "As you would tell a colleague at the bus stop. For example: we opened the hall on Mondays and let people "
            "decide what for."
        ),
        error_messages={"required": _("Say what you did: a sentence is enough")},
    )  # fmt: skip
    with_whom = forms.CharField(
        label=_("With whom?"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Who was there, and what did they bring? No name, unless the person wants it there."),
    )  # fmt: skip
    happened = forms.CharField(
        label=_("What happened?"), max_length=LONG_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Good, bad or too early to say. It is fine if nothing came of it."),
    )  # fmt: skip
    title = forms.CharField(
        label=_("What should people call it?"), max_length=255, required=False,
        help_text=_("A few plain words. Leave it empty to keep your first line."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Is it one of these?"), choices=Kind, required=False, widget=forms.RadioSelect, initial=Kind.OTHER
    )

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, use_required_attribute=False, **given)
        for field in self.fields.values():
            tell_room(field)
            field.error_messages["max_length"] = str(TOO_LONG)

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the boxes, valid or not."""
        return {name: str(self.data.get(name, "")).replace("\x00", "").strip() for name in self.fields}

    @property
    def name_for_now(self) -> str:
        """What people will see it as, if it gets no other name."""
        did = self.data.get("did") if self.is_bound else self.initial.get("did")
        return name_from(did or "")


def name_from(text: str) -> str:
    """The beginning of a text as a name."""
    first = SENTENCE.split(" ".join(text.split()))[0].rstrip(".!?")
    if len(first) > LONGEST_NAME:
        first = Truncator(first).chars(LONGEST_NAME, truncate="").rsplit(" ", 1)[0]
    return first.rstrip(" ,;:–-")


def summary_from(text: str) -> str:
    """The first sentences of a text, as many as a summary has room for."""
    longest = PracticePage._meta.get_field("summary").max_length
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    summary = ""
    for sentence in SENTENCE.split(line):
        if len(summary) + len(sentence) + 1 > longest:
            break
        summary = f"{summary} {sentence}".strip()
    return summary or Truncator(line).chars(longest)


def content_of_boxes(content: Content, boxes: dict[str, str]) -> Content:
    """What the page says with what stands in the boxes; what else it says already stays."""
    typed = {part: boxes[name] for name, part in PART_OF_PAGE.items()}
    before = content["what_it_is"]
    if content["summary"] in ("", summary_from(before)):
        typed["summary"] = summary_from(boxes["did"])
    return {**content, **typed, "title": boxes["title"] or name_from(boxes["did"])}


def boxes_of(content: Content, kind: str) -> dict[str, str]:
    """What stands in the boxes for a page that was begun with them."""
    boxes = {name: content[part] for name, part in PART_OF_PAGE.items()}
    named = content["title"] if content["title"] != name_from(boxes["did"]) else ""
    return {**boxes, "title": named, "kind": kind}
