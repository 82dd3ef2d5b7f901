"""How search stands, for those who look after it."""

from __future__ import annotations

from typing import Any

from django.db.models import Min
from django.utils import timezone

from practices.models import Library, PracticePage

from .engines import get_engine
from .engines.base import EngineUnavailableError
from .models import IndexQueue


def search_status() -> dict[str, Any]:
    """What /readyz says of search: a few counts, nothing about anybody.

    Returns:
        `documents` are in the index and `practices` should be; `lag` is how many seconds the oldest
        change has waited; `version` is that of the library, `index_version` what the index has drained.
    """
    engine = get_engine()
    library = Library.objects.current()
    waiting = IndexQueue.objects.waiting()
    oldest = waiting.aggregate(oldest=Min("queued_at"))["oldest"]
    health = engine.health()
    last = engine.last_check()
    return {
        "engine": engine.name,
        "usable": health.usable,
        "reason": health.reason,
        "version": library.version,
        "index_version": health.version,
        "practices": PracticePage.objects.visible().count(),
        "documents": health.documents,
        "waiting": waiting.count(),
        "lag": max(0, round((timezone.now() - oldest).total_seconds())) if oldest else 0,
        "rebuilding": _is_rebuilding(),
        "checked": last.at.isoformat() if last else None,
        "check": last.result if last else None,
    }


def _is_rebuilding() -> bool | None:
    """None where it cannot be told, as the folder cannot be written."""
    try:
        return get_engine().rebuilding()
    except EngineUnavailableError:
        return None
