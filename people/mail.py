"""Mail that surely goes out: written down with what it tells of, sent behind whoever waits, tried until it is gone.

The row is the truth. A thread, or a task of the worker, only sees to it that nobody waits for the loop of due work.
"""

from __future__ import annotations

import logging
import threading
import time
from contextvars import copy_context
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, connections
from django.db.models import F, QuerySet
from django.utils import timezone

from practices.after_commit import once_after_commit

from .models import OutgoingMail

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 50
# A server that answers slowly, or not at all, does not keep other due work waiting for longer.
SECONDS_AT_ONCE = 30.0
# Mail in a folder may hold a code or an address.
KEPT_FOR = timedelta(days=1)
# Whoever takes a mail has so long to send it; then it is anybody's again.
TAKEN_FOR = timedelta(minutes=5)
# How long to wait after each attempt that failed. After the last one it is given up.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)]


def post_mail(*, to: str, subject: str, body: str, stop_address: str = "") -> None:
    """Write a mail down, to be sent once the transaction that it is part of is certain.

    Args:
        to: one address.
        subject: one line; what is longer than 200 letters is cut.
        body: plain text.
        stop_address: where one press of a button ends such mail (RFC 8058); empty for what always goes out.
    """
    subject = " ".join(subject.split())[:200]
    mail = OutgoingMail.objects.create(to=to, subject=subject, body=body, stop_address=stop_address)
    if settings.WORKER:
        from .tasks import send_mail

        # In the same transaction: the worker knows of it exactly if it is to be sent.
        send_mail.enqueue(mail.pk)
    else:
        once_after_commit(_send_behind)


def deliver_mail() -> int:
    """Send what is due; returns how many were sent. What cannot be sent now is tried again later, for two days."""
    until = time.monotonic() + SECONDS_AT_ONCE
    sent = 0
    for mail in list(_due().order_by("not_before", "pk")[:MOST_AT_ONCE]):
        if time.monotonic() > until:
            break
        sent += _take(mail) and _send(mail)
    return sent


def deliver_one(pk: int) -> bool:
    """Send one mail, if it is still due; returns whether it was sent."""
    mail = _due().filter(pk=pk).first()
    return mail is not None and _take(mail) and _send(mail)


def _due() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(not_before__lte=timezone.now())


def _take(mail: OutgoingMail) -> bool:
    """Make a mail ours for a while, unless somebody else just did."""
    mine = OutgoingMail.objects.filter(pk=mail.pk, not_before=mail.not_before)
    return bool(mine.update(not_before=timezone.now() + TAKEN_FOR, attempts=F("attempts") + 1))


def _send(mail: OutgoingMail) -> bool:
    row = OutgoingMail.objects.filter(pk=mail.pk)
    try:
        EmailMessage(mail.subject, mail.body, to=[mail.to], headers=_headers(mail)).send()
    except Exception as error:
        # Whatever it was: the others are sent, and this one is not tried for ever.
        if mail.attempts >= len(WAITS):
            row.delete()
            logger.error("A mail was given up after %s attempts: %s", mail.attempts + 1, type(error).__name__)
        else:
            row.update(not_before=timezone.now() + WAITS[mail.attempts])
            logger.warning("A mail could not be sent, and is tried again: %s", type(error).__name__)
        return False
    row.delete()
    return True


def _headers(mail: OutgoingMail) -> dict[str, str]:
    """By the same number each time, so that a mail that goes out twice is one to whoever gets it."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{mail.pk}.{int(mail.written_at.timestamp())}@{domain}>"}
    if mail.stop_address:
        headers |= {
            "List-Unsubscribe": f"<{mail.stop_address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return headers


def forget_old_files() -> int:
    """Delete the mail that was written to a folder and is older than a day; returns how many there were."""
    folder = Path(settings.MAIL_FOLDER) if settings.MAIL_FOLDER else None
    since = (timezone.now() - KEPT_FOR).timestamp()
    old = [file for file in folder.glob("*.log") if file.stat().st_mtime < since] if folder else []
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _send_behind() -> None:
    """Send in a thread of its own: a slow server keeps nobody waiting, and tells nobody whether there was a mail."""
    if not settings.MAIL_IS_SENT_BEHIND:
        deliver_mail()
        return
    try:
        # What it logs bears the number of the request.
        threading.Thread(target=copy_context().run, args=(_deliver_and_close,), name="mail").start()
    except RuntimeError:
        logger.warning("There is no room for a thread: the loop of due work sends the mail.")


def _deliver_and_close() -> None:
    try:
        deliver_mail()
    except DatabaseError as error:
        logger.warning("Mail waits for the loop of due work: %s", type(error).__name__)
    finally:
        connections.close_all()
