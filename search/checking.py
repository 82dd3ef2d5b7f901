"""Whether the index holds what it should, practice by practice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from practices.models import Library, PracticePage

from .engines.base import SearchEngine
from .models import IndexQueue

HOUR_OF_CHECK = 3
# More than one practice in so many is wrong: building anew is quicker, and what went wrong may have spoilt more.
ONE_IN = 10
TRUE, QUEUED, REBUILT = "true", "queued", "rebuilt"


@dataclass(frozen=True, slots=True)
class Differences:
    """Ids of practices, in the order of the ids, by what is wrong with them in the index."""

    missing: tuple[int, ...] = ()
    out_of_date: tuple[int, ...] = ()
    not_to_be_found: tuple[int, ...] = ()
    twice: tuple[int, ...] = ()
    practices: int = 0
    damage: str = ""

    def __bool__(self) -> bool:
        return bool(self.damage or self.ids)

    @property
    def ids(self) -> set[int]:
        return {*self.missing, *self.out_of_date, *self.not_to_be_found, *self.twice}

    @property
    def calls_for_a_rebuild(self) -> bool:
        return bool(self.damage or self.twice) or len(self.ids) * ONE_IN > self.practices

    def lines(self) -> Iterable[str]:
        """What differs, a line for each kind of it, with the first ids."""
        if self.damage:
            yield f"It cannot be read: {self.damage}."
        for said, ids in (
            ("Missing", self.missing),
            ("Out of date", self.out_of_date),
            ("There, though nobody may read them", self.not_to_be_found),
            ("There more than once", self.twice),
        ):
            if ids:
                yield f"{said}: {len(ids):,} ({', '.join(map(str, ids[:20]))}{' …' if len(ids) > 20 else ''})."


def compare(engine: SearchEngine) -> Differences:
    """Compare id and time of change of every document with the database. Hold the right to write meanwhile.

    What waits in the queue is left out: it is known to differ. What the comparison cannot see is a
    document whose words differ though the page was not published since: a renamed term, new
    totals. For these the queue answers, and for damaged bytes the checksums, which the engine
    looks at in the course of it. 100,000 practices take about two seconds, most of it in the database.

    Raises:
        EngineUnavailableError: the index is damaged or cannot be read.
    """
    entries = engine.entries()
    if entries is None:
        return Differences()
    held = dict(entries)
    due = {
        pk: as_kept(at)
        for pk, at in PracticePage.objects.visible().values_list("pk", "last_published_at").iterator(chunk_size=2_000)
    }
    waiting = set(IndexQueue.objects.waiting().values_list("object_id", flat=True))
    differing = sorted({pk for pk, _ in held.items() ^ due.items()} - waiting)
    return Differences(
        missing=tuple(pk for pk in differing if pk not in held),
        out_of_date=tuple(pk for pk in differing if pk in held and pk in due),
        not_to_be_found=tuple(pk for pk in differing if pk not in due),
        twice=tuple(sorted(pk for pk, times in Counter(pk for pk, _ in entries).items() if times > 1)),
        practices=len(due),
    )


def as_kept(at: datetime | None) -> int:
    """A time of change as documents keep it, in microseconds."""
    return int(at.timestamp() * 1_000_000) if at else 0


def is_due(engine: SearchEngine) -> bool:
    """Whether it is time to look: not since last night, the index cannot be used, or it is behind though nothing waits.

    The time of the last check stands in the index's folder, so that no restart puts it off or repeats it.
    """
    now = timezone.localtime()
    night = now.replace(hour=HOUR_OF_CHECK, minute=0, second=0, microsecond=0)
    night = night if night <= now else night - timedelta(days=1)
    last = engine.last_check()
    if last is None or not night <= last.at <= now:
        return True
    version = Library.objects.current().version
    if IndexQueue.objects.waiting().exists() or engine.rebuilding():
        return False
    health = engine.health()
    return not health.usable or health.version < version
