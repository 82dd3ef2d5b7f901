"""Every reusable read of practices and terms. Who may see a page is answered here; reading.py says it in SQL."""

from __future__ import annotations

from functools import cache
from string import ascii_lowercase
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Substr
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from .models.values import Vocabulary

if TYPE_CHECKING:
    from .models import Term


def restricted_paths() -> list[str]:
    """The places in the tree that are closed to the public, with all that stands below them."""
    with connection.cursor() as cursor:
        cursor.execute(_restricted_paths_statement())
        return [path for (path,) in cursor.fetchall()]


@cache
def _restricted_paths_statement() -> str:
    """Asked for by every page: worked out once, it takes a fifth of the time."""
    return str(PageViewRestriction.objects.order_by().values_list("page__path").query)


class PracticeQuerySet(PageQuerySet):
    def visible(self) -> PracticeQuerySet:
        """What anybody may read: published, and behind no restriction of its own or of a page above it."""
        restricted = Q()
        for path in restricted_paths():
            restricted |= Q(path__startswith=path)
        return self.live().exclude(restricted) if restricted else self.live()

    def of_kind(self, kind: str) -> PracticeQuerySet:
        """Practices of one kind; "other" is those of no kind of their own."""
        from .models.kinds import kind_model

        return self.filter(content_type=ContentType.objects.get_for_model(kind_model(kind)))

    def with_term(self, vocabulary: str, term_ids: list[int]) -> PracticeQuerySet:
        """Practices that name one of the terms, each once."""
        from .models.pages import PracticePage
        from .models.rows import PracticePrinciple

        if vocabulary == Vocabulary.PRINCIPLE:
            named = PracticePrinciple.objects.filter(principle__in=term_ids).values("page")
        elif vocabulary == Vocabulary.OUTCOME:
            named = PracticePage.outcomes.through.objects.filter(outcome__in=term_ids).values("practicepage")
        else:
            named = PracticePage.beneficiary_groups.through.objects.filter(beneficiarygroup__in=term_ids).values(
                "practicepage"
            )
        return self.filter(pk__in=named)

    def beginning_with(self, letter: str) -> PracticeQuerySet:
        """Practices whose sort title begins with the letter; anything but a to z is found under "0"."""
        if letter == "0":
            return self.exclude(sort_title__regex=r"^[a-z]")
        return self.filter(sort_title__startswith=letter.lower())

    def by_title(self) -> PracticeQuerySet:
        return self.order_by("sort_title", "pk")

    def first_letters(self) -> set[str]:
        """The letters under which there is something; "0" stands for all that is no letter."""
        letters = (
            self.order_by().annotate(letter=Substr("sort_title", 1, 1)).values_list("letter", flat=True).distinct()
        )
        return {letter if letter in ascii_lowercase else "0" for letter in letters if letter}

    def naming(self, term: Term) -> PracticeQuerySet:
        """Practices that name a term, in the order of its own page: reported before hoped for, then by title."""
        if term.vocabulary == Vocabulary.OUTCOME:
            return self.hoping_for_or_reporting(term.pk).order_by("-is_reported", "sort_title", "pk")
        return self.with_term(term.vocabulary, [term.pk]).by_title()

    def hoping_for_or_reporting(self, outcome_id: int) -> PracticeQuerySet:
        """Practices that name an outcome; `is_reported` says whether a change on the page speaks of it."""
        from .models.rows import Change

        # Sets that are worked out once: asked for each practice, a common outcome took seconds at 10,000.
        reporting = Change.objects.filter(outcome=outcome_id).values("page")
        named = self.model.outcomes.through.objects.filter(outcome=outcome_id).values("practicepage")
        is_reported = ExpressionWrapper(Q(pk__in=reporting), output_field=BooleanField())
        return self.annotate(is_reported=is_reported).filter(Q(pk__in=named) | Q(pk__in=reporting))
