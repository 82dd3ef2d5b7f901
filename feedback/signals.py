"""What somebody told before they signed in is theirs after; with the key of a week goes what was counted with it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in

from people.weekly_keys import week_is_over
from people.writers import WRITES_AS


def forget_visitors_of_the_week(sender: type, **kwargs: Any) -> None:
    from .opinions.services import forget_visitors as forget_whose_reasons
    from .services import forget_visitors

    forget_visitors()
    forget_whose_reasons()


def adopt(sender: type, request: Any, user: Any, **kwargs: Any) -> None:
    from .tried.services import adopt_reports

    if request is not None and (visitor := request.session.get(WRITES_AS)):
        adopt_reports(visitor=visitor, person=user)


def connect() -> None:
    week_is_over.connect(forget_visitors_of_the_week, dispatch_uid="feedback.forget_visitors_of_the_week")
    user_logged_in.connect(adopt, dispatch_uid="feedback.adopt")
