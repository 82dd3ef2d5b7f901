"""With the key of a week goes what was counted with it."""

from __future__ import annotations

from typing import Any

from people.weekly_keys import week_is_over


def forget_visitors_of_the_week(sender: type, **kwargs: Any) -> None:
    from .services import forget_visitors

    forget_visitors()


def connect() -> None:
    week_is_over.connect(forget_visitors_of_the_week, dispatch_uid="feedback.forget_visitors_of_the_week")
