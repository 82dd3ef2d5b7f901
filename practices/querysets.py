"""Every reusable read of practices and terms. Who may see a page is answered here; reading.py says it in SQL."""

from __future__ import annotations

from functools import cache
from string import ascii_lowercase
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, IntegerField, Q, Subquery
from django.db.models.lookups import Exact
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
        """Practices of one kind; "other" is those of no kind of their own.

        There are few kinds, so their index would lead to a large part of the library: with the sum, which no
        index has, databases walk the titles instead, and stop at the end of a page.
        """
        from .models.kinds import kind_model

        type_id = ExpressionWrapper(F("content_type_id") + 0, output_field=IntegerField())
        return self.filter(Exact(type_id, ContentType.objects.get_for_model(kind_model(kind)).pk))

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
        """Practices whose sort title begins with the letter; anything but a to z is found under "0".

        Sort titles hold nothing but small letters, digits and spaces, so a letter is a stretch of their index.
        """
        if letter == "0":
            return self.filter(sort_title__lt="a")
        beginning = self.filter(sort_title__gte=letter.lower())
        # What comes after "z" differs between databases, and there is nothing.
        return beginning if letter.lower() == "z" else beginning.filter(sort_title__lt=chr(ord(letter.lower()) + 1))

    def by_title(self) -> PracticeQuerySet:
        return self.order_by("sort_title", "pk")

    def first_letters(self) -> set[str]:
        """The letters under which there is something; "0" stands for all that is no letter.

        The first practice of each is looked for: to read them all took 0.2 s at 100,000.
        """
        letters = ["0", *ascii_lowercase]
        first = [Subquery(self.beginning_with(letter).by_title().values("pk")[:1]) for letter in letters]
        row = self.model.objects.order_by().values_list(*first)[:1]
        return {letter for found in row for letter, first_id in zip(letters, found, strict=True) if first_id}

    def naming(self, term: Term) -> PracticeQuerySet:
        """Practices that name a term, in the order of its own page: reported before hoped for, then by title."""
        if term.vocabulary == Vocabulary.OUTCOME:
            return self.hoping_for_or_reporting(term.pk).order_by("-is_reported", "sort_title", "pk")
        return self.with_term(term.vocabulary, [term.pk]).by_title()

    def hoping_for_or_reporting(self, outcome_id: int) -> PracticeQuerySet:
        """Practices that name an outcome; `is_reported` says whether a change on the page or a report speaks of it."""
        from .models.records import ReportedOutcome
        from .models.rows import Change

        # Sets that are worked out once: asked for each practice, a common outcome took seconds at 10,000.
        changes = Change.objects.filter(outcome=outcome_id).order_by().values("page")
        reporting = changes.union(ReportedOutcome.objects.filter(outcome=outcome_id).values("page"))
        named = self.model.outcomes.through.objects.filter(outcome=outcome_id).values("practicepage")
        is_reported = ExpressionWrapper(Q(pk__in=reporting), output_field=BooleanField())
        return self.annotate(is_reported=is_reported).filter(Q(pk__in=named) | Q(pk__in=reporting))
