"""Wagtail's index of what points to what: to be written once for a page, however many rows it has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wagtail.signal_handlers import disable_reference_index_auto_update, reference_index_auto_update_disabled


@contextmanager
def reference_updates_paused() -> Iterator[None]:
    """Wagtail's own pause, which cannot stand inside another. Whoever pauses brings the index up to date."""
    if getattr(reference_index_auto_update_disabled, "value", False):
        yield
        return
    with disable_reference_index_auto_update():
        yield
