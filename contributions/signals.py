"""What somebody typed before they signed in is theirs afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in

from people.writers import WRITES_AS


def adopt(sender: type, request: Any, user: Any, **kwargs: Any) -> None:
    from .services import adopt_drafts

    if request is not None and (visitor := request.session.get(WRITES_AS)):
        adopt_drafts(visitor=visitor, person=user)


def connect() -> None:
    user_logged_in.connect(adopt, dispatch_uid="contributions.adopt")
