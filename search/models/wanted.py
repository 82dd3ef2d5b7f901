"""What people looked for in vain."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .starter import StarterRow


class WantedState(models.TextChoices):
    OPEN = "open", _("Still wanted")
    ANSWERED = "answered", _("There is a page now")
    CLOSED = "closed", _("Closed")


class WantedQuerySet(models.QuerySet["WantedPractice"]):
    def open(self) -> WantedQuerySet:
        """What is still wanted, in the order of the list."""
        return self.filter(state=WantedState.OPEN).order_by("sort_order", "pk")


class WantedPractice(StarterRow):
    """Something people looked for, or that was mentioned in passing, of which nobody has written yet."""

    title = models.CharField(_("what is wanted"), max_length=200)
    why = models.TextField(_("why, and what we would like to know"), max_length=1000)
    source_title = models.CharField(_("where it was mentioned"), max_length=300, blank=True)
    source_publisher = models.CharField(_("publisher"), max_length=120, blank=True)
    source_date = models.CharField(_("date"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=WantedState, default=WantedState.OPEN)
    sort_order = models.PositiveIntegerField(_("order"), default=0)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    starter_fields = ("title", "why", "source_title", "source_publisher", "source_date", "state")
    objects = WantedQuerySet.as_manager()

    class Meta:
        verbose_name = _("wanted practice")
        verbose_name_plural = _("wanted practices")
        ordering = ["sort_order", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=WantedState.values), name="search_wanted_state"),
        ]

    def __str__(self) -> str:
        return self.title
