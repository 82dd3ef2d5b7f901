"""Every change of an account that is more than one row."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .handles import check_handle
from .models import FormerHandle, Message, OutgoingMail, User

PROVEN_WITHIN = timedelta(days=3)


class LastAdministratorError(Exception):
    """Nobody would be left who can look after the site."""


@transaction.atomic
def change_handle(*, person: User, handle: str) -> None:
    """Be known by another handle. The old one leads to the new one from then on, and is given to nobody else.

    Raises:
        ValidationError: the handle cannot be had.
    """
    old = User.objects.select_for_update().get(pk=person.pk).username
    new = check_handle(handle, but_for=person)
    if new == old:
        return
    FormerHandle.objects.filter(handle=new).delete()
    FormerHandle.objects.update_or_create(handle=old, defaults={"person": person})
    try:
        with transaction.atomic():
            User.objects.filter(pk=person.pk).update(username=new)
    except IntegrityError:
        # Somebody took it between the look and this moment.
        raise ValidationError(_("Somebody has or had this handle. Please choose another.")) from None
    person.username = new


@transaction.atomic
def change_address(*, person: User, email: str) -> None:
    """Let somebody sign in by another address, on the word of an administrator. The old one is no way in any more."""
    EmailAddress.objects.filter(user=person).exclude(email__iexact=email).delete()
    EmailAddress.objects.update_or_create(user=person, email=email.lower(), defaults={"primary": True})


@transaction.atomic
def close_account(*, person: User) -> None:
    """Let go of everything that tells who somebody is. What they wrote stays, under "a former member".

    Their handles are kept without them, so that nobody else is ever given one.

    Raises:
        LastAdministratorError: nothing was changed.
    """
    # Under a lock: two who leave at once must not both take the other for the one who stays.
    administrators = list(User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk"))
    if person.is_superuser and administrators == [person]:
        raise LastAdministratorError
    FormerHandle.objects.filter(person=person).update(person=None)
    FormerHandle.objects.get_or_create(handle=person.username)
    OutgoingMail.objects.filter(to__iexact=person.email or "").delete()
    Message.objects.filter(person=person).delete()
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


@transaction.atomic
def forget_unproven_accounts() -> int:
    """Delete accounts whose address nobody proved for days; returns how many. Their handles are free again."""
    since = timezone.now() - PROVEN_WITHIN
    proven = EmailAddress.objects.filter(verified=True).values("user")
    unproven = EmailAddress.objects.filter(verified=False).exclude(user__in=proven).values("user")
    people = User.objects.filter(pk__in=unproven, date_joined__lt=since, last_login=None, is_superuser=False)
    handles = list(people.values_list("username", flat=True))
    people.delete()
    FormerHandle.objects.filter(handle__in=handles, person=None).delete()
    return len(handles)


def forget_ended_sessions() -> int:
    """Delete what is kept of sessions that are over: network address and browser; returns how many there were."""
    SessionStore.clear_expired()
    there = Session.objects.values("session_key")
    return UserSession.objects.exclude(session_key__in=there).delete()[0]
