"""The log: who did what to which thing, when and why. It holds numbers and words of closed lists, never text."""

from __future__ import annotations

import re
from typing import Any

from django.db import models

from .models import Event, User
from .targets import kind_of

WORD = re.compile(r"[a-z_]+(?:\.[a-z_]+)?")
REASON = re.compile(r"[a-z0-9_ -]{0,60}")


def record_event(what: str, target: models.Model, *, by: Any, whose: User | None = None, why: str = "") -> Event:
    """Write down that something was done, in the transaction in which it was.

    Args:
        what: in the words of the log, such as "proposal.accepted".
        target: what it was done to.
        by: who did it; None for the site itself.
        whose: whose work or account it was done to.
        why: a word of a closed list, or numbers; never what somebody typed.

    Raises:
        ValueError: it holds text.
    """
    if not WORD.fullmatch(what) or not REASON.fullmatch(why):
        raise ValueError("The log holds words of closed lists and numbers, and no text.")
    return Event.objects.create(
        who=by, what=what, target_kind=kind_of(target), target_id=target.pk, whose=whose, why=why
    )
