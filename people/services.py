"""Every change of an account that is more than one row."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from .handles import check_handle
from .models import FormerHandle, User


class LastAdministratorError(Exception):
    """Nobody would be left who can look after the site."""


@transaction.atomic
def change_handle(*, person: User, handle: str) -> None:
    """Be known by another handle. The old one leads to the new one from then on, and is given to nobody else.

    Raises:
        ValidationError: the handle cannot be had.
    """
    old, new = person.username, check_handle(handle, but_for=person)
    if new == old:
        return
    FormerHandle.objects.filter(handle=new).delete()
    FormerHandle.objects.get_or_create(handle=old, defaults={"person": person})
    person.username = new
    person.save(update_fields=["username"])


@transaction.atomic
def close_account(*, person: User) -> None:
    """Let go of everything that tells who somebody is. What they wrote stays, under "a former member".

    Raises:
        LastAdministratorError: nothing was changed.
    """
    if (
        person.is_superuser
        and not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk).exists()
    ):
        raise LastAdministratorError
    FormerHandle.objects.get_or_create(handle=person.username, defaults={"person": person})
    person.username = f"former-member-{person.pk}"
    person.email = None
    person.is_active = person.is_superuser = False
    person.closed_at = timezone.now()
    person.set_unusable_password()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    for session in UserSession.objects.filter(user=person):
        session.end()
