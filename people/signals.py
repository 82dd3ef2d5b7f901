"""What follows from a change of an account."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authenticator_added
from allauth.usersessions.models import UserSession


def end_other_sessions(sender: type, request: Any, user: Any, **kwargs: Any) -> None:
    """Sessions that were begun by a password alone do not go on beside a second factor."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()


def connect() -> None:
    authenticator_added.connect(end_other_sessions, dispatch_uid="people.end_other_sessions")
