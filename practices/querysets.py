"""Every reusable read of practices and terms. Who may see a page is answered here, once."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, Q
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from .models.values import Vocabulary


class PracticeQuerySet(PageQuerySet):
    def visible(self) -> PracticeQuerySet:
        """What anybody may read: published, and behind no restriction of its own or of a page above it."""
        restricted = Q()
        for path in PageViewRestriction.objects.values_list("page__path", flat=True):
            restricted |= Q(path__startswith=path)
        return self.live().exclude(restricted) if restricted else self.live()

    def of_kind(self, kind: str) -> PracticeQuerySet:
        """Practices of one kind; "other" is those of no kind of their own."""
        from .models.pages import kind_model

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

    def for_cards(self) -> PracticeQuerySet:
        """With all that a card shows, in a number of queries that does not grow with the page."""
        return self.select_related("content_type", "totals", "photo").prefetch_related(
            "outcomes", "beneficiary_groups", "changes"
        )

    def for_index(self) -> PracticeQuerySet:
        """With all that the search index takes in from the shared fields."""
        from .models.rows import PracticePrinciple

        return self.for_cards().prefetch_related(
            "essentials",
            "steps",
            "questions",
            "voices",
            "sources",
            Prefetch("principles", PracticePrinciple.objects.select_related("principle")),
        )
