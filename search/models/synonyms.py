"""What typed expressions mean, as editors say it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from search.text import words_of
from search.thesaurus import LONGEST, expression
from search.vocabularies import MODELS, Rule

from .starter import KeptByEditors


class Synonym(KeptByEditors):
    """Expressions that people type for a term of the vocabularies, or for other words.

    `says`, `means`, `near` and `words` are lists of text: what is typed, terms as "facet:slug" (an old slug goes
    on meaning its term), and other ways to write it. What has a term that is meant answers; what has one that is
    only near does not, and may still help: a page on health is no answer to "stop smoking". None is ever shown.
    """

    says = models.JSONField(_("what people type"), default=list)
    means = models.JSONField(_("terms it means"), default=list, blank=True)
    near = models.JSONField(_("terms it is near to"), default=list, blank=True)
    words = models.JSONField(_("other words for it"), default=list, blank=True)
    both_ways = models.BooleanField(
        _("both ways"), default=False, help_text=_("The other words also find what is said in these.")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    starter_fields = ("says", "means", "near", "words", "both_ways", "note")

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(says=[]), name="search_synonym_says_something"),
            models.CheckConstraint(
                condition=~models.Q(means=[], near=[], words=[]), name="search_synonym_means_something"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(map(str, self.says[:4]))

    def as_rule(self) -> Rule:
        return Rule(
            id=self.pk or 0,
            says=tuple(self.says),
            means=tuple(facets_and_slugs(self.means)),
            near=tuple(facets_and_slugs(self.near)),
            words=tuple(self.words),
            both_ways=self.both_ways,
        )

    def clean(self) -> None:
        for name in ("says", "words"):
            for way in _texts(getattr(self, name), name):
                if not 0 < len(expression(words_of(way))) <= LONGEST:
                    message = _("“%(way)s”: write one to %(most)s words, small ones such as “the” left out.")
                    raise ValidationError({name: message % {"way": way, "most": LONGEST}})
        for name in ("means", "near"):
            for facet, slug in facets_and_slugs(_texts(getattr(self, name), name)):
                model = MODELS.get(facet)
                if model is None or model.objects.at_address(slug) is None:
                    raise ValidationError({name: _("There is no term “%(term)s”.") % {"term": f"{facet}:{slug}"}})
        if not (self.means or self.near or self.words):
            raise ValidationError(_("Say what it means: a term, or other words."))


def facets_and_slugs(named: list[str]) -> list[tuple[str, str]]:
    """Terms written as "facet:slug", as pairs."""
    return [(facet, slug) for facet, _colon, slug in (each.partition(":") for each in named)]


def _texts(value: Any, name: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) and len(each) <= 200 for each in value):
        raise ValidationError({name: _("Write a list of words.")})
    return value
