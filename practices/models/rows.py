"""The repeatable rows of a practice.

Each row has a `key` that lives as long as the row's idea does: primary keys change with every
publish, so reports, local versions and merges name a row by its key. Rewording keeps the key.
The order is never unique, since swapping two rows would fail half way.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable

from .fields import ValuesField
from .values import Basis, Part, Taken, ToldBy


class PracticeRow(Orderable):
    """What every row has: its place on the page, and a key that outlives its wording."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, editable=False)

    class Meta(Orderable.Meta):
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["page", "key"], name="%(app_label)s_%(class)s_key_unique")
        ]


class PracticePrinciple(PracticeRow):
    page = ParentalKey("practices.PracticePage", on_delete=models.CASCADE, related_name="principles")
    principle = models.ForeignKey(
        "practices.Principle", models.CASCADE, related_name="uses", verbose_name=_("principle")
    )
    how = models.CharField(
        _("how it shows here"),
        max_length=300,
        blank=True,
        help_text=_("One sentence. For example: “Those living with poverty led, and the others came as guests.”"),
    )

    panels = [FieldPanel("principle"), FieldPanel("how")]

    class Meta(PracticeRow.Meta):
        verbose_name = _("principle of a practice")
        verbose_name_plural = _("principles of practices")

    def __str__(self) -> str:
        return f"{self.principle}: {self.how}"


class Essential(PracticeRow):
    page = ParentalKey("practices.PracticePage", on_delete=models.CASCADE, related_name="essentials")
    text = models.CharField(
        _("what must be kept"),
        max_length=300,
        help_text=_("One short sentence. For example: “Do not cut short the time people have on their own.”"),
    )

    panels = [FieldPanel("text")]

    class Meta(PracticeRow.Meta):
        verbose_name = _("essential")
        verbose_name_plural = _("essentials")

    def __str__(self) -> str:
        return self.text


class Step(PracticeRow):
    page = ParentalKey("practices.PracticePage", on_delete=models.CASCADE, related_name="steps")
    text = models.CharField(
        _("step"),
        max_length=500,
        help_text=_(
            "What somebody does, and how long it takes. For example: “Make the plan together, to fit the person.”"
        ),
    )

    panels = [FieldPanel("text")]

    class Meta(PracticeRow.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")

    def __str__(self) -> str:
        return self.text


class Question(PracticeRow):
    page = ParentalKey("practices.PracticePage", on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(
        _("question"),
        max_length=300,
        help_text=_("A question to sit with. For example: “What do we say when nothing has changed yet?”"),
    )

    panels = [FieldPanel("text")]

    class Meta(PracticeRow.Meta):
        verbose_name = _("question to sit with")
        verbose_name_plural = _("questions to sit with")

    def __str__(self) -> str:
        return self.text


class Change(PracticeRow):
    """Something reported to have changed. It turns the outcome it names from hoped for to reported."""

    page = ParentalKey("practices.PracticePage", on_delete=models.CASCADE, related_name="changes")
    claim = models.CharField(
        _("what changed"),
        max_length=500,
        help_text=_("Say only what was seen. For example: “Two thirds of the people felt less lonely at the end.”"),
    )
    outcome = models.ForeignKey(
        "practices.Outcome",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="changes",
        verbose_name=_("the outcome it speaks of"),
    )
    figure = models.CharField(
        _("figure"),
        max_length=60,
        blank=True,
        help_text=_("The number that was counted, as it was given. For example: “two thirds”."),
    )
    basis = models.CharField(_("how do you know?"), max_length=10, choices=Basis, default=Basis.TOLD)
    told_by = models.CharField(_("who tells it?"), max_length=10, choices=ToldBy, default=ToldBy.UNKNOWN)
    source = models.UUIDField(
        _("source"), null=True, blank=True, help_text=_("A row of the list of sources, once that is saved.")
    )
    date = models.CharField(
        _("when"), max_length=60, blank=True, help_text=_("As far as it is known. For example: “spring 2023”.")
    )

    panels = [FieldPanel(name) for name in ("claim", "outcome", "figure", "basis", "told_by", "source", "date")]

    class Meta(PracticeRow.Meta):
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [
            *PracticeRow.Meta.constraints,
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="practices_change_basis"),
            models.CheckConstraint(condition=models.Q(told_by__in=ToldBy.values), name="practices_change_told_by"),
        ]

    def __str__(self) -> str:
        return self.claim


class Voice(PracticeRow):
    page = ParentalKey("practices.PracticePage", on_delete=models.CASCADE, related_name="voices")
    quote = models.CharField(_("in their own words"), max_length=1000, help_text=_("Word for word. Leave names out."))
    said_by = models.CharField(
        _("said by"),
        max_length=120,
        blank=True,
        help_text=_(
            "The part they played. No name, unless the person wants it there. For example: “a civic commissioner”."
        ),
    )
    source = models.UUIDField(
        _("source"), null=True, blank=True, help_text=_("A row of the list of sources, once that is saved.")
    )

    panels = [FieldPanel(name) for name in ("quote", "said_by", "source")]

    class Meta(PracticeRow.Meta):
        verbose_name = _("voice")
        verbose_name_plural = _("voices")

    def __str__(self) -> str:
        return self.quote


class Source(PracticeRow):
    """Where something on the page comes from. Changes and voices name it by its key."""

    page = ParentalKey("practices.PracticePage", on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=120, blank=True)
    date = models.CharField(
        _("date"), max_length=60, blank=True, help_text=_("As it stands there. For example: “undated”, “2 March 2023”.")
    )
    url = models.URLField(_("web address"), max_length=500, blank=True)
    parts = ValuesField(_("the parts it speaks for"), values=Part)

    panels = [FieldPanel(name) for name in ("title", "publisher", "date", "url", "parts")]

    class Meta(PracticeRow.Meta):
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.title


class AdaptedEssential(PracticeRow):
    """What a local version did with one essential of the practice it was adapted from."""

    page = ParentalKey("practices.PracticePage", on_delete=models.CASCADE, related_name="adaptation")
    essential = models.UUIDField(_("essential"), help_text=_("An essential of the original."))
    taken = models.CharField(_("kept, changed or left out"), max_length=10, choices=Taken)
    how = models.CharField(_("in a sentence"), max_length=300, blank=True)

    panels = [FieldPanel(name) for name in ("essential", "taken", "how")]

    class Meta(PracticeRow.Meta):
        verbose_name = _("adapted essential")
        verbose_name_plural = _("adapted essentials")
        constraints = [
            *PracticeRow.Meta.constraints,
            models.CheckConstraint(condition=models.Q(taken__in=Taken.values), name="practices_adaptedessential_taken"),
        ]

    def __str__(self) -> str:
        return f"{self.get_taken_display()}: {self.how}"
