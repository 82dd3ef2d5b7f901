"""The forms of the admin: plain fields where Wagtail would show raw data."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from .models import PracticePage, Term
from .photos import UnreadablePhotoError, reencode
from .services import save_term


class WordsField(forms.CharField):
    """Words or phrases, one on each line; the value is a list."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = (" ".join(line.split()) for line in super().clean(value).splitlines())
        return list(dict.fromkeys(line for line in lines if line))


class TermForm(WagtailAdminModelForm):
    also = WordsField(
        label=_("Also"),
        required=False,
        max_length=4000,
        help_text=_("Other words people type for this, one on each line. They help to find; they are never shown."),
    )

    def save(self, commit: bool = True) -> Term:
        return save_term(term=self.instance, by=self.for_user)


class MergeTermForm(forms.Form):
    """Choose the term that shall stand for another."""

    def __init__(self, *args: Any, source: Term, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = type(source).objects.current().exclude(pk=source.pk)
        self.fields["target"] = forms.ModelChoiceField(terms, label=_("Merge into"))


class ChangeKindForm(forms.Form):
    """Choose the kind that a practice shall be of."""

    def __init__(self, *args: Any, page: PracticePage, choices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(
            choices=choices, initial=page.kind, widget=forms.RadioSelect, label=_("What kind of thing is it?")
        )


class PracticePageForm(WagtailAdminPageForm):
    """The admin's form for a practice: terms as ticks, and rows that choose what they point to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("outcomes", "beneficiary_groups"):
            if name in self.fields:
                self._offer_terms(name)
        sources = [(str(row.key), row.title) for row in self.instance.sources.all()] if self.instance.pk else []
        for name in ("changes", "voices"):
            self._offer_rows(name, "source", sources)
        original = self.instance.adapted_from if self.instance.adapted_from_id else None
        essentials = [(str(row.key), row.text) for row in original.essentials.all()] if original else []
        self._offer_rows("adaptation", "essential", essentials)

    def _offer_terms(self, name: str) -> None:
        """Offer current terms, and those that the page has already."""
        field = self.fields[name]
        chosen = [term.pk for term in getattr(self.instance, name).all()] if self.instance.pk else []
        model = field.queryset.model
        field.queryset = (model.objects.current() | model.objects.filter(pk__in=chosen)).distinct()

    def _offer_rows(self, formset_name: str, field_name: str, choices: list[tuple[str, str]]) -> None:
        """Let a field that holds the key of a row be chosen by what the row says."""
        formset = self.formsets.get(formset_name)
        if formset is None:
            return
        field = forms.TypedChoiceField(
            choices=[("", "---------"), *choices],
            coerce=lambda value: uuid.UUID(str(value)),
            empty_value=None,
            required=formset.form.base_fields[field_name].required,
            label=formset.form.base_fields[field_name].label,
        )
        formset.form = type(formset.form.__name__, (formset.form,), {field_name: field})


class PhotoField(WagtailImageField):
    """Reads the picture before Wagtail does, which answers some broken files with an error 500."""

    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(reencode(data) if data else data)
        except forms.ValidationError:
            raise
        except Exception as error:
            raise UnreadablePhotoError(_("We cannot read this file as a photo.")) from error


class PhotoForm(BaseImageForm):
    """Wagtail's form for images, for photos of people: consent is asked for, and broken files are told kindly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "consent" in self.fields:
            self.fields["consent"].required = True
        if "file" in self.fields:
            old = self.fields["file"]
            self.fields["file"] = PhotoField(
                label=old.label, required=old.required, widget=old.widget, initial=old.initial
            )
