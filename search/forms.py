"""The forms by which editors keep synonyms and help lines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminPageChooser

from practices.forms import WordsField
from practices.models import PracticePage

from .danger import Danger
from .models import EverydayWords, Synonym
from .vocabularies import MODELS

DANGERS = [
    (Danger.SELF, _("hurting oneself")),
    (Danger.VIOLENCE, _("violence")),
    (Danger.CHILD, _("a child at risk")),
    (Danger.LIFE, _("life in danger")),
    (Danger.FOOD, _("no food")),
    (Danger.BED, _("no bed tonight")),
]


class TermsField(forms.MultipleChoiceField):
    """Terms of the three vocabularies, as "facet:slug". A term that is no longer offered stays where it is chosen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.SelectMultiple(attrs={"size": 10}))
        super().__init__(required=False, **kwargs)
        self.choices = offered_terms

    def valid_value(self, value: Any) -> bool:
        facet, _colon, slug = str(value).partition(":")
        return facet in MODELS and MODELS[facet].objects.at_address(slug) is not None


def offered_terms() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            str(model._meta.verbose_name_plural).capitalize(),
            [(f"{facet}:{slug}", label) for slug, label in model.objects.current().values_list("slug", "label")],
        )
        for facet, model in MODELS.items()
    ]


class KeptByEditorForm(WagtailAdminModelForm):
    """Notes who changed it last."""

    def save(self, commit: bool = True) -> Any:
        self.instance.changed_by = self.for_user
        return super().save(commit=commit)


class SynonymForm(KeptByEditorForm):
    says = WordsField(
        label=_("What people type"),
        max_length=4000,
        help_text=_(
            "One expression on each line, of up to six telling words. Words such as “the” and “her” do not count."
        ),
    )
    means = TermsField(
        label=_("Terms it means"),
        help_text=_("What has one of these answers the search. For example: skint means poverty."),
    )
    near = TermsField(
        label=_("Terms it is near to"),
        help_text=_(
            "What has one of these does not answer, and is shown apart. For example: “stop smoking” is near to health."
        ),
    )
    words = WordsField(
        label=_("Other words for it"),
        required=False,
        max_length=4000,
        help_text=_("As pages write them, one on each line. For example: self-reliant group, for “srg”."),
    )

    class Meta:
        model = Synonym
        fields = ("says", "means", "near", "words", "both_ways", "note")


class EverydayWordsForm(KeptByEditorForm):
    page = forms.ModelChoiceField(
        PracticePage.objects.all(), label=_("Practice"), widget=AdminPageChooser(target_models=[PracticePage])
    )
    says = WordsField(
        label=_("How people ask for it"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_(
            "One way to ask on each line, in the words of somebody who knows neither the name nor the words of the "
            "page: “mentors for lads coming out of custody”. Each word helps to find it, and the search shows the line "
            "that it was found by: write nothing that would hurt a reader."
        ),
    )

    class Meta:
        model = EverydayWords
        fields = ("page", "says")


class HelpLineForm(WagtailAdminModelForm):
    dangers = forms.MultipleChoiceField(
        label=_("Shown for"), choices=DANGERS, widget=forms.CheckboxSelectMultiple, help_text=_("When it is shown.")
    )

    def save(self, commit: bool = True) -> Any:
        if "number" in self.changed_data:
            # Nobody has confirmed the new number yet.
            self.instance.confirmed_on = self.instance.confirmed_by = None
        return super().save(commit=commit)
