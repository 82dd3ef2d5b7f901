"""Today's terms, held in memory for a batch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from practices.models import FormerSlug, Vocabulary, vocabulary_model


class Terms:
    """Finds terms by slug. A former address, and the slug of a merged term, lead to the term of today."""

    def __init__(self) -> None:
        self.by_slug: dict[str, dict[str, int]] = {}
        self.order: dict[str, dict[int, int]] = {}
        self.not_named: dict[str, set[int]] = {}
        self.used: dict[str, set[int]] = {str(vocabulary): set() for vocabulary in Vocabulary.values}
        for vocabulary in Vocabulary.values:
            terms = {term.pk: term for term in vocabulary_model(vocabulary).objects.select_related("merged_into")}
            former = FormerSlug.objects.filter(vocabulary=vocabulary).values_list("slug", "term_id")
            found = {slug: terms[pk].target.pk for slug, pk in former if pk in terms}
            self.by_slug[vocabulary] = found | {term.slug: term.target.pk for term in terms.values()}
            self.order[vocabulary] = {pk: place for place, pk in enumerate(terms)}
            self.not_named[vocabulary] = {pk for pk, term in terms.items() if not term.named}

    def find(self, vocabulary: str, slug: Any) -> int:
        """The key of the term that a slug means today; it will be marked as named.

        Raises:
            ValidationError: there is none.
        """
        try:
            pk = self.by_slug[vocabulary][slug]
        except (KeyError, TypeError):
            raise ValidationError(_("The vocabulary has no term “%(slug)s”.") % {"slug": slug}) from None
        self.used[vocabulary].add(pk)
        return pk

    def find_all(self, vocabulary: str, slugs: Iterable[Any]) -> list[int]:
        """The keys of several terms, each once, in the order of the vocabulary."""
        return sorted({self.find(vocabulary, slug) for slug in slugs}, key=self.order[vocabulary].__getitem__)

    def mark_named(self) -> None:
        """What a page has named is never deleted."""
        for vocabulary, used in self.used.items():
            if new := used & self.not_named[vocabulary]:
                vocabulary_model(vocabulary).objects.filter(pk__in=new).update(named=True)
