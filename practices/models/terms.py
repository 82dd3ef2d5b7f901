"""The three controlled vocabularies: what could change, who it is with, why it works."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .values import Vocabulary


@lru_cache(maxsize=1_024)
def term_address(vocabulary: str, slug: str) -> str:
    """A term’s own page. Worked out once: a page of results names a hundred terms."""
    return reverse(f"practices:{vocabulary}", args=[slug])


class TermInUseError(Exception):
    """A term that some page or revision has named must be retired or merged, never deleted."""


class TermQuerySet(models.QuerySet["Term"]):
    def current(self) -> TermQuerySet:
        """The terms that may be chosen: neither retired nor merged into another."""
        return self.filter(retired=False, merged_into=None)

    def at_address(self, slug: str) -> Term | None:
        """The term that an address leads to today, through renames and merges; None for an unknown one."""
        term = self.select_related("merged_into").filter(slug=slug).first()
        if term is None:
            former = FormerSlug.objects.filter(vocabulary=self.model.vocabulary, slug=slug).values("term_id")
            term = self.select_related("merged_into").filter(pk__in=former).first()
        return term.target if term else None

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.filter(named=True).exists():
            raise TermInUseError(_("A term that a page has named is retired or merged, not deleted."))
        return super().delete()


class Term(models.Model):
    """One idea of a vocabulary, with the words people type for it.

    `also` holds synonyms, harsh ones included: search reads them, no page ever shows them.
    `named` is set at the first save of a page that names the term and never unset, since old
    revisions go on naming it: reverting to one would silently drop a deleted term.
    """

    vocabulary: Vocabulary
    merged_into_id: int | None
    merged_from: Any

    label = models.CharField(_("label"), max_length=80)
    slug = models.SlugField(
        _("slug"),
        max_length=80,
        unique=True,
        help_text=_("The term’s address. An old address goes on working after a change."),
    )
    description = models.TextField(_("description"), max_length=500, blank=True)
    also = models.JSONField(
        _("also"),
        default=list,
        blank=True,
        help_text=_("Other words people type for this, one on each line. They help to find; they are never shown."),
    )
    sort_order = models.PositiveIntegerField(_("order"), default=0)
    retired = models.BooleanField(
        _("retired"), default=False, help_text=_("Stays on the pages that have it; is not offered any more.")
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("merged into"),
    )
    named = models.BooleanField(_("named by a page"), default=False, editable=False)

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["sort_order", "label"]
        constraints = [
            models.UniqueConstraint(
                Lower("label"),
                name="%(app_label)s_%(class)s_label_unique",
                violation_error_message=_("There is a term with this label already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="%(app_label)s_%(class)s_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        """The term’s own page. Routes are named for the vocabularies."""
        return term_address(str(self.vocabulary), self.slug)

    @property
    def target(self) -> Term:
        """The term that stands for this one today: itself, or the one it was merged into."""
        return self.merged_into.target if self.merged_into else self

    def clean(self) -> None:
        super().clean()
        taken = FormerSlug.objects.filter(vocabulary=self.vocabulary, slug=self.slug).exclude(term_id=self.pk)
        if taken.exists():
            raise ValidationError({"slug": _("This was once the address of another term, and still leads there.")})
        if not isinstance(self.also, list) or not all(isinstance(word, str) and word.strip() for word in self.also):
            raise ValidationError({"also": _("Write one word or phrase on each line.")})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.named:
            raise TermInUseError(_("A term that a page has named is retired or merged, not deleted."))
        FormerSlug.objects.filter(vocabulary=self.vocabulary, term_id=self.pk).delete()
        return super().delete(*args, **kwargs)


class Outcome(Term):
    """What a practice hopes for, or what was reported to have changed."""

    vocabulary = Vocabulary.OUTCOME

    class Meta(Term.Meta):
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")


class BeneficiaryGroup(Term):
    """The people it was made with and for."""

    vocabulary = Vocabulary.GROUP

    class Meta(Term.Meta):
        verbose_name = _("group")
        verbose_name_plural = _("groups")


class Principle(Term):
    """Why it works: the part that travels when a process does not."""

    vocabulary = Vocabulary.PRINCIPLE

    class Meta(Term.Meta):
        verbose_name = _("principle")
        verbose_name_plural = _("principles")


def vocabulary_model(vocabulary: str) -> type[Term]:
    """The model that holds a vocabulary's terms; raises KeyError for an unknown one."""
    models_by_name: dict[str, type[Term]] = {
        model.vocabulary: model for model in (Outcome, BeneficiaryGroup, Principle)
    }
    return models_by_name[vocabulary]


class FormerSlug(models.Model):
    """An address that a term once had. It leads to the term for ever."""

    vocabulary = models.CharField(_("vocabulary"), max_length=20, choices=Vocabulary)
    slug = models.SlugField(_("slug"), max_length=80)
    term_id = models.PositiveBigIntegerField(_("term"), db_index=True)

    class Meta:
        verbose_name = _("former slug")
        verbose_name_plural = _("former slugs")
        constraints = [
            models.UniqueConstraint(fields=["vocabulary", "slug"], name="practices_former_slug_unique"),
            models.CheckConstraint(
                condition=models.Q(vocabulary__in=Vocabulary.values), name="practices_former_slug_vocabulary"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vocabulary}: {self.slug}"
