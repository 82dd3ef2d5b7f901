"""What follows from a change of an account."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authenticator_added
from allauth.usersessions.models import UserSession
from django.db.models.signals import pre_delete

from .middleware import PROVED
from .models import FormerHandle, User


def end_other_sessions(sender: type, request: Any, user: Any, **kwargs: Any) -> None:
    """Sessions that were begun by a password alone do not go on beside a second factor."""
    request.session[PROVED] = True
    for session in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        session.end()


def keep_handle(sender: type, instance: User, **kwargs: Any) -> None:
    """A handle is never given to another person, whatever becomes of the one who had it."""
    FormerHandle.objects.get_or_create(handle=instance.username.lower())


def connect() -> None:
    authenticator_added.connect(end_other_sessions, dispatch_uid="people.end_other_sessions")
    pre_delete.connect(keep_handle, sender=User, dispatch_uid="people.keep_handle")
