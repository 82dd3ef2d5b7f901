"""Reports that grow old: how sure we can be of a practice falls by time alone, and search has to hear of it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from practices.models import PracticeTotals
from practices.signals import send_practice_changed
from practices.sureness import old_before

# So long after a word grew old its page is told of: a site that was off for a month misses none.
TOLD_FOR = timedelta(days=31)
BATCH = 500


def tell_of_old_words() -> int:
    """Tell search and caches of the practices whose last word has grown old lately; returns how many there are.

    It is told every day of a month, and not noted anywhere: to index a page again does no harm.
    """
    before = old_before(timezone.localdate())
    grown_old = PracticeTotals.objects.filter(last_told__lt=before, last_told__gte=before - TOLD_FOR)
    ids = list(grown_old.order_by("page").values_list("page_id", flat=True))
    for start in range(0, len(ids), BATCH):
        send_practice_changed(ids[start : start + BATCH])
    return len(ids)
