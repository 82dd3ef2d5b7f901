"""Rows that come with the product and belong to the editors of a site from then on."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StarterRow(models.Model):
    """A row that a starter file may have brought. The loader renews it for as long as nobody has edited it."""

    starter_key = models.SlugField(_("key in the starter list"), max_length=100, unique=True, null=True, editable=False)
    starter_digest = models.CharField(_("as the loader left it"), max_length=64, blank=True, editable=False)

    starter_fields: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def has_its_place(self) -> bool:
        """Whether a row that the loader is about to make belongs anywhere on this site; else it is left out."""
        return True

    def was_renewed(self) -> None:
        """Called before the loader saves a row that it wrote anew."""

    @property
    def digest(self) -> str:
        """What the row says now: differs from `starter_digest` once somebody has edited it."""
        values = (getattr(self, name) for name in self.starter_fields)
        return hashlib.sha256("\x1f".join(map(str, values)).encode()).hexdigest()


class KeptByEditors(StarterRow):
    """A row that editors change under Finding, with who did it last."""

    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        abstract = True
