"""Who to ring when somebody may be in danger today: a list that editors keep and confirm."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from search.danger import Danger

from .starter import StarterRow

# Editors confirm the list every quarter.
CONFIRMED_FOR = timedelta(days=92)


class HelpLineQuerySet(models.QuerySet["HelpLine"]):
    def shown(self) -> HelpLineQuerySet:
        return self.filter(shown=True).order_by("sort_order", "pk")


class HelpLine(StarterRow):
    """A number to ring. `dangers` are the values of Danger for which it is shown.

    Until an editor has rung it or looked it up, and again when a quarter has gone by, the page says that
    the number has not been confirmed.
    """

    name = models.CharField(
        _("name"), max_length=80, blank=True, help_text=_("Empty where the number says it, as 999.")
    )
    number = models.CharField(_("number"), max_length=40)
    what_for = models.CharField(_("what for"), max_length=80, help_text=_("In a few words, such as: to talk"))
    dangers = models.JSONField(_("shown for"), default=list)
    shown = models.BooleanField(_("shown"), default=True)
    sort_order = models.PositiveIntegerField(_("order"), default=0)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    objects = HelpLineQuerySet.as_manager()

    starter_fields = ("name", "number", "what_for", "dangers", "shown")

    class Meta:
        verbose_name = _("help line")
        verbose_name_plural = _("help lines")
        ordering = ["sort_order", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(number=""), name="search_help_line_number"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}".strip()

    @property
    def dialled(self) -> str:
        """The number as a telephone takes it."""
        return "".join(sign for sign in self.number if sign.isdigit() or sign == "+")

    def is_confirmed(self, today: date | None = None) -> bool:
        """Whether an editor has confirmed it within the last quarter."""
        today = today or timezone.localdate()
        return self.confirmed_on is not None and today - self.confirmed_on <= CONFIRMED_FOR

    def was_renewed(self) -> None:
        """Nobody has confirmed what the loader just wrote."""
        self.confirmed_on = self.confirmed_by = None

    def clean(self) -> None:
        if not self.dialled:
            raise ValidationError({"number": _("Write the number as it is dialled.")})
        known: list[Any] = list(Danger)
        if not isinstance(self.dangers, list) or not self.dangers or any(each not in known for each in self.dangers):
            raise ValidationError({"dangers": _("Choose when it is shown.")})
