"""The key by which visitors are told apart for a week, and by nobody afterwards."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from .models import VisitorKey

KEY_HOLDS_FOR = timedelta(days=7)
# Sent in the transaction in which a key is thrown away: whoever counted with it lets go of the counts.
week_is_over = Signal()


@transaction.atomic
def key_of_the_week() -> str:
    """The key that holds today. A new one ends all counts that the old one began."""
    today = timezone.localdate()
    kept = VisitorKey.objects.select_for_update().filter(pk=1).first()
    if kept is not None and today - kept.since < KEY_HOLDS_FOR:
        return kept.key
    end_week_if_over()
    # Of two who make one at once, the second takes that of the first.
    made, _is_new = VisitorKey.objects.get_or_create(pk=1, defaults={"key": secrets.token_hex(32), "since": today})
    return made.key


@transaction.atomic
def end_week_if_over() -> None:
    """Throw away the key of a week that is over, and all that was counted with it.

    Only whoever threw it away ends the counts, and never a key that somebody else made a moment ago.
    """
    thrown_away, _by_model = VisitorKey.objects.filter(since__lte=timezone.localdate() - KEY_HOLDS_FOR).delete()
    if thrown_away:
        week_is_over.send(sender=VisitorKey)


def keyed_hash(key: str, about: str, text: str) -> str:
    """A hash that needs the week's key and the site's own: neither a copy of the database nor the settings suffice.

    Args:
        key: of the week.
        about: what is counted: it keeps a visitor's hashes for different things apart, so that they cannot be
            put together.
        text: what nobody shall read from it, such as a network address.
    """
    secret = f"{settings.SECRET_KEY}\x1f{key}".encode()
    return hmac.new(secret, f"{about}\x1f{text}".encode(), hashlib.sha256).hexdigest()
