"""Every reusable read of proposed edits."""

from __future__ import annotations

from typing import Any

from django.db import models


class ProposedEditQuerySet(models.QuerySet):
    def of(self, *, person: Any, visitor: str) -> ProposedEditQuerySet:
        """Those of a person, or of a visitor without an account; nobody has those of nobody.

        Args:
            person: somebody with an account, or None.
            visitor: the secret that their session keeps, empty for none.
        """
        if person is not None:
            return self.filter(author=person)
        return self.filter(author=None, visitor=visitor) if visitor else self.none()

    def writable(self) -> ProposedEditQuerySet:
        from .models import WRITABLE

        return self.filter(state__in=WRITABLE)

    def waiting(self) -> ProposedEditQuerySet:
        """What waits to be checked, the longest first."""
        from .models import State

        return self.filter(state=State.WAITING).order_by("sent_at", "pk")

    def unchecked(self) -> ProposedEditQuerySet:
        """What went onto a page at once and nobody has looked at since, the longest first."""
        from .models import State

        accepted = self.filter(state=State.ACCEPTED, reviewer=None, author__isnull=False, taken_out_at=None)
        return accepted.order_by("decided_at", "pk")

    def first_changes(self) -> ProposedEditQuerySet:
        """By people of whom nothing is on a page yet."""
        return self.filter(author__standing__first_accepted_on=None)

    def by_known_people(self) -> ProposedEditQuerySet:
        return self.filter(author__standing__first_accepted_on__isnull=False)

    def on_pages(self) -> ProposedEditQuerySet:
        """What was accepted, on pages that readers see, the last first."""
        from .models import State

        return self.filter(state=State.ACCEPTED, page__live=True, taken_out_at=None).order_by("-decided_at", "-pk")

    def with_people(self) -> ProposedEditQuerySet:
        return self.select_related("page", "author__standing", "reviewer", "base", "claim__moderator").defer(
            "base__content"
        )
