"""Every reusable read of reports: what waits, what is decided, and for whom."""

from __future__ import annotations

from typing import Any

from django.db import models


class ConcernQuerySet(models.QuerySet):
    def waiting(self) -> ConcernQuerySet:
        """What nobody has decided yet: the worst first, of those the longest waiting."""
        from .models import State

        return self.filter(state=State.OPEN).order_by("urgency", "opened_at", "pk")

    def second_looks(self) -> ConcernQuerySet:
        """What somebody asked another moderator to look at again, the longest waiting first."""
        return self.filter(appealed_at__isnull=False, appeal_decided_at=None).order_by("appealed_at", "pk")

    def decided(self) -> ConcernQuerySet:
        """What was decided, the last first."""
        return self.filter(decided_at__isnull=False).order_by("-decided_at", "-pk")

    def for_moderator(self, person: Any) -> ConcernQuerySet:
        """What a moderator may read: everything but what is about themselves."""
        return self.exclude(person=person)

    def for_second_look_by(self, person: Any) -> ConcernQuerySet:
        """Of what is to be looked at again, what a moderator did not decide first."""
        return self.second_looks().for_moderator(person).exclude(decided_by=person)

    def about(self, kind: str, number: int) -> ConcernQuerySet:
        """What was reported of one thing, the last first."""
        return self.filter(target_kind=kind, target_id=number).order_by("-opened_at", "-pk")

    def upheld_of(self, person: Any) -> ConcernQuerySet:
        """Reports of somebody's changes or account that were upheld. A page is the work of many, and blames nobody."""
        from .models import State, Subject

        own = self.filter(person=person, subject=Subject.HARM, state=State.UPHELD)
        return own.exclude(target_kind="practice")
