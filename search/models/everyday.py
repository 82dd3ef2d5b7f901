"""How people ask for a practice who know neither its name nor the words of its page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from practices.models import PracticePage

from .starter import KeptByEditors

MOST_WAYS = 60
LONGEST_WAY = 120


class EverydayWords(KeptByEditors):
    """The everyday words for one practice, each way of asking a text of its own in `says`.

    A synonym says what an expression means wherever it is typed; these say what one page answers, and any of
    their words helps to find it. A hit that was found by them quotes the way it was found by.
    """

    page = models.OneToOneField(PracticePage, models.CASCADE, related_name="everyday_words", verbose_name=_("practice"))
    says = models.JSONField(_("how people ask for it"), default=list)

    starter_fields = ("says",)

    class Meta:
        verbose_name = _("everyday words")
        verbose_name_plural = _("everyday words")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(says=[]), name="search_everyday_says_something"),
        ]

    def __str__(self) -> str:
        return self.page.title

    def has_its_place(self) -> bool:
        """Whether the practice is there, and nobody has written words for it."""
        if self.page_id is None:
            free = PracticePage.objects.filter(slug=self.starter_key, everyday_words=None)
            self.page_id = free.values_list("pk", flat=True).first()
        return self.page_id is not None

    def clean(self) -> None:
        says: Any = self.says
        if not isinstance(says, list) or not all(isinstance(way, str) and way.strip() for way in says):
            raise ValidationError({"says": _("Write a list of texts.")})
        if len(says) > MOST_WAYS:
            raise ValidationError({"says": _("Write at most %(most)s ways to ask.") % {"most": MOST_WAYS}})
        for way in says:
            if len(way) > LONGEST_WAY:
                message = _("“%(way)s…”: write at most %(most)s letters on a line.")
                raise ValidationError({"says": message % {"way": way[:40], "most": LONGEST_WAY}})
