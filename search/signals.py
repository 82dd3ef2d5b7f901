"""What changed is queued in the transaction of the change, and indexed after it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save

from practices.models import BeneficiaryGroup, FormerSlug, Library, Outcome, Principle
from practices.signals import practice_changed

MOST_IN_A_REQUEST = 50
SECONDS_IN_A_REQUEST = 0.2


def queue_changed(sender: type, ids: set[int], **kwargs: Any) -> None:
    """Write what changed beside the change itself, and index it once that is certain."""
    from .models import IndexQueue
    from .services import drain_queue

    IndexQueue.objects.put(ids)
    transaction.on_commit(partial(drain_queue, limit=MOST_IN_A_REQUEST, seconds=SECONDS_IN_A_REQUEST), robust=True)


def term_changed(sender: type, **kwargs: Any) -> None:
    """A new label or synonym works at the next search, whoever saved it and whether or not a page has it."""
    Library.objects.bump_version()


def connect() -> None:
    practice_changed.connect(queue_changed, dispatch_uid="search.queue_changed")
    for model in (Outcome, BeneficiaryGroup, Principle, FormerSlug):
        for signal in (post_save, post_delete):
            signal.connect(term_changed, sender=model, dispatch_uid=f"search.{model.__name__}.{id(signal)}")
