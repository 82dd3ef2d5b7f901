"""What somebody is told: on their next visit, and by mail, several things of an hour in one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.after_commit import once_after_commit

from .mail import post_mail
from .models import MailChoice, Message, User
from .targets import kind_of

# Between two mails to one person at least so long passes.
PAUSES = {MailChoice.SOON: timedelta(hours=1), MailChoice.DAILY: timedelta(days=1)}
MOST_IN_ONE_MAIL = 30
MOST_AT_ONCE = 200
MOST_IN_A_REQUEST = 5
KEPT_FOR = timedelta(days=365)


def tell(
    person: User, *, about: models.Model, title: str, body: str, path: str, action: str, at_most_daily: bool = False
) -> Message | None:
    """Tell somebody something, with the next thing to do one tap away.

    Args:
        person: whom.
        about: what it is about.
        title: in one line.
        body: plain text, with the kind part first.
        path: the address on this site of the next thing to do.
        action: what the link to it says.
        at_most_daily: by mail not before a day has passed since the last mail.

    Returns:
        The message; None for somebody who has left.
    """
    words = {"title": " ".join(title.split())[:200], "body": body, "path": path, "action": action}
    return next(iter(tell_many([person], about=about, words=words, at_most_daily=at_most_daily)), None)


@transaction.atomic
def tell_many(
    people: Iterable[User], *, about: models.Model, words: dict[str, str], at_most_daily: bool = False
) -> list[Message]:
    """Tell several people the same; however many they are, with few queries.

    Args:
        people: whom. Those who have left are told nothing.
        about: what it is about.
        words: title, body, path and action, as `tell` has them.
        at_most_daily: by mail not before a day has passed since the last mail.
    """
    there = [person for person in people if person.closed_at is None]
    mailed = Message.objects.filter(person__in=[person.pk for person in there], mailed_at__isnull=False)
    last = dict(mailed.values_list("person").annotate(Max("mailed_at")).order_by())
    written = Message.objects.bulk_create(
        [
            Message(
                person=person, target_kind=kind_of(about), target_id=about.pk, **words,
                mail_due_at=_mail_due_at(person, last.get(person.pk), at_most_daily),
            )
            for person in there
        ]
    )  # fmt: skip
    once_after_commit(_post_behind)
    return written


def unread_count(person: User) -> int:
    return Message.objects.filter(person=person, read_at=None).count()


def mark_read(person: User, messages: list[Message]) -> None:
    """Note that somebody saw messages: they need not go by mail any more."""
    unread = [message.pk for message in messages if message.read_at is None]
    if unread:
        Message.objects.filter(person=person, pk__in=unread, read_at=None).update(
            read_at=timezone.now(), mail_due_at=None
        )


def post_due_messages(most: int = MOST_AT_ONCE) -> int:
    """Put what is due into mails, one for each person with all that waits for them; returns how many mails.

    Whoever has read something here already is not told by mail as well.

    Args:
        most: for so many people at most.
    """
    now = timezone.now()
    due = Message.objects.filter(mail_due_at__lte=now).values_list("person", flat=True).distinct()
    return sum(_post_to(person, now) for person in list(due[:most]))


def choose_mail(*, person: User, choice: str) -> None:
    """Note how somebody wants to hear. What waits to be mailed follows the new choice."""
    person.mail_choice = choice
    person.save(update_fields=["mail_choice"])
    waiting = Message.objects.filter(person=person, mail_due_at__isnull=False)
    last = Message.objects.filter(person=person).aggregate(last=Max("mailed_at"))["last"]
    waiting.update(mail_due_at=_mail_due_at(person, last, at_most_daily=False))


def stop_address(person: User) -> str:
    """Where mail is turned off without signing in: the page asks, and a press of its button does it."""
    path = reverse("people:stop_mail", args=[_signer().sign(str(person.pk))])
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"


def person_of_stop_address(signed: str) -> User | None:
    """Whose mail such an address turns off; None if it is not one that we made."""
    try:
        return User.objects.filter(pk=int(_signer().unsign(signed)), closed_at=None).first()
    except (BadSignature, ValueError):
        return None


def forget_old_messages() -> int:
    """Delete what was told and read a year ago; returns how many there were."""
    return Message.objects.filter(read_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def _mail_due_at(person: User, last: datetime | None, at_most_daily: bool) -> datetime | None:
    """When the next mail to somebody may go who had the last one then; nothing for those who want none."""
    if person.mail_choice == MailChoice.NONE or not person.email:
        return None
    pause = PAUSES[MailChoice.DAILY if at_most_daily else MailChoice(person.mail_choice)]
    return max(timezone.now(), last + pause) if last else timezone.now()


@transaction.atomic
def _post_to(pk: int, now: datetime) -> int:
    """Write one mail to somebody, if nobody else just did."""
    person = User.objects.select_for_update().get(pk=pk)
    waiting = Message.objects.filter(person=person, mail_due_at__isnull=False, read_at=None)
    if not waiting.filter(mail_due_at__lte=now).exists() or not person.email:
        return 0
    told = list(waiting.order_by("written_at", "pk"))
    Message.objects.filter(pk__in=[message.pk for message in told]).update(mail_due_at=None, mailed_at=now)
    post_mail(to=person.email, subject=_subject(told), body=_body(person, told), stop_address=stop_address(person))
    return 1


def _subject(told: list[Message]) -> str:
    if len(told) == 1:
        return told[0].title
    count = ngettext("%(count)d thing to tell you", "%(count)d things to tell you", len(told))
    return f"{count % {'count': len(told)}}: {told[0].title}"


def _body(person: User, told: list[Message]) -> str:
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    parts = [_("Hello %(handle)s,") % {"handle": person.username}]
    for message in told[:MOST_IN_ONE_MAIL]:
        head = [message.title] if len(told) > 1 else []
        parts.append("\n\n".join([*head, message.body, f"{message.action}:\n{base}{message.path}"]))
    if len(told) > MOST_IN_ONE_MAIL:
        parts.append(_("There is more: %(address)s") % {"address": base + reverse("people:messages")})
    ending = _("You get this since you wrote here. Fewer of these mails, or none: %(address)s")
    parts.append(f"{settings.SITE_NAME}\n{ending % {'address': stop_address(person)}}")
    return "\n\n".join(parts)


def _post_behind() -> None:
    """For a few in the request itself; the loop of due work takes the rest."""
    post_due_messages(most=MOST_IN_A_REQUEST)


def _signer() -> Signer:
    return Signer(salt="people.messages.stop")
