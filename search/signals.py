"""What changed is queued in the transaction of the change, and indexed after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models.signals import post_delete, post_save

from people.weekly_keys import week_is_over
from practices.after_commit import once_after_commit
from practices.signals import practice_changed, send_practice_changed, shown_changed

if TYPE_CHECKING:
    from .models import EverydayWords

MOST_IN_A_REQUEST = 50
SECONDS_IN_A_REQUEST = 0.2


def queue_changed(sender: type, ids: set[int], **kwargs: Any) -> None:
    """Write what changed beside the change itself, and index it once that is certain."""
    from .models import IndexQueue

    IndexQueue.objects.put(ids)
    once_after_commit(drain_after_commit)


def words_changed(sender: type, instance: EverydayWords, **kwargs: Any) -> None:
    """A practice is found by other words from now on."""
    send_practice_changed([instance.page_id])


def drain_after_commit() -> None:
    if settings.WORKER:
        from .tasks import enqueue_unless_one_waits, index_changes

        enqueue_unless_one_waits(index_changes)
        return
    from .services import drain_queue

    drain_queue(limit=MOST_IN_A_REQUEST, seconds=SECONDS_IN_A_REQUEST)


def connect() -> None:
    from wagtail.contrib.search_promotions.models import SearchPromotion

    from .models import EverydayWords, HelpLine, Synonym, WantedPractice
    from .typed import forget_counts_of_the_week

    week_is_over.connect(forget_counts_of_the_week, dispatch_uid="search.forget_counts_of_the_week")
    practice_changed.connect(queue_changed, dispatch_uid="search.queue_changed")
    for signal in (post_save, post_delete):
        for shown in (WantedPractice, Synonym, HelpLine, SearchPromotion):
            signal.connect(shown_changed, sender=shown)
        signal.connect(words_changed, sender=EverydayWords)
