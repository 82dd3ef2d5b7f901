"""Turning pages into vectors, behind all who read and write: it takes a tenth of a second a page."""

from __future__ import annotations

import time

from django.db import transaction

from practices.models import Library, PracticePage
from search.documents import documents_for, moment_of_change
from search.models import PageVectors

from .encoder import encoder
from .nearest import is_full
from .passages import MADE_BY, passages_of

PAGES_AT_ONCE = 10
# The loop of due work has other things to do.
SECONDS = 5.0
_read_at: tuple[str, int] | None = None


def read_changed_pages(*, seconds: float | None = SECONDS) -> int:
    """Read the pages that changed since they were read, and forget those that are gone; returns how many were read.

    Args:
        seconds: after so many the rest is left to the next call; None reads all.
    """
    global _read_at  # noqa: PLW0603 (what this process has seen, so that it need not look again)
    model = encoder()
    if model is None:
        return 0
    library = Library.objects.current()
    state = (str(library.uuid), library.version)
    if state == _read_at:
        return 0
    if is_full():
        _read_at = state
        return 0
    until = time.monotonic() + seconds if seconds is not None else None
    changed = _changed_pages()
    done = 0
    for start in range(0, len(changed), PAGES_AT_ONCE):
        ids = changed[start : start + PAGES_AT_ONCE]
        if until is not None and time.monotonic() > until:
            return done
        for document in documents_for(ids):
            passages = [text for _part, text in passages_of(document.title, document.summary, document.parts)]
            vectors = model.encode(passages).astype("<f2").tobytes()
            with transaction.atomic():
                PageVectors.objects.filter(page_id=document.id).delete()
                PageVectors.objects.create(
                    page_id=document.id, changed=document.changed, made_by=MADE_BY, vectors=vectors
                )
        done += len(ids)
    _read_at = state
    return done


def _changed_pages() -> list[int]:
    """The pages that are not known as they are now. Those that nobody may read any more are forgotten."""
    there = {
        pk: moment_of_change(published)
        for pk, published in PracticePage.objects.visible().order_by("pk").values_list("pk", "last_published_at")
    }
    known = dict(PageVectors.objects.filter(made_by=MADE_BY).values_list("page_id", "changed"))
    gone = sorted(set(PageVectors.objects.values_list("page_id", flat=True)) - there.keys())
    for start in range(0, len(gone), 500):
        PageVectors.objects.filter(page_id__in=gone[start : start + 500]).delete()
    return [pk for pk, changed in there.items() if known.get(pk) != changed]
