"""Every reusable read of events, and that nothing else is done to them."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class LogIsOnlyAddedToError(Exception):
    """The log is never changed: whoever tries has made a mistake."""


class EventQuerySet(models.QuerySet):
    def about(self, kind: str, number: int) -> EventQuerySet:
        """What was done to one thing, the last first."""
        return self.filter(target_kind=kind, target_id=number).order_by("-at", "-pk")

    def update(self, **changes: Any) -> NoReturn:
        raise LogIsOnlyAddedToError

    def delete(self) -> NoReturn:
        raise LogIsOnlyAddedToError
