"""How often somebody may do something, so that a flood from one place leaves room for everybody else.

It is counted in the database, or in the cache where all processes share one that can count. When that does not answer,
it is counted in the database, from nought: at worst somebody may do twice as much in that stretch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from .models import RateCount
from .visitors import address_of
from .weekly_keys import key_of_the_week, keyed_hash
from .writers import person_of


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in each stretch of time. A new stretch begins by the clock, alike for everybody."""

    name: str
    most: int
    every: timedelta


def count_towards(limit: Limit, whose: str) -> bool:
    """Count one more; returns whether it is still within the limit.

    Args:
        limit: what is done.
        whose: a network address or a person's number. Only a hash is kept, until the stretch is over and due
            work has looked again, and with the key of the week nobody can tell any more whose it was.
    """
    # What may be done only once, such as to use a code, must not be done once more because a cache went away.
    count = _count_in_cache(limit, whose) if limit.most > 1 else None
    return (_count_in_database(limit, whose) if count is None else count) <= limit.most


def _count_in_cache(limit: Limit, whose: str) -> int | None:
    """Count in the cache that all processes share; None where there is none, or it does not answer."""
    count = getattr(cache, "count", None)
    if count is None:
        return None
    return count(f"limit-{_bucket(limit, whose)}", seconds=int(limit.every.total_seconds()))


@transaction.atomic
def _count_in_database(limit: Limit, whose: str) -> int:
    ends_at, bucket = _end_of_stretch(limit), _bucket(limit, whose)
    counts = RateCount.objects.filter(bucket=bucket, ends_at=ends_at)
    RateCount.objects.bulk_create([RateCount(bucket=bucket, ends_at=ends_at)], ignore_conflicts=True)
    counts.update(count=F("count") + 1)
    return counts.values_list("count", flat=True).get()


def _bucket(limit: Limit, whose: str) -> str:
    return keyed_hash(key_of_the_week(), f"{limit.name} {_end_of_stretch(limit).isoformat()}", whose)


def count_sender(request: HttpRequest, *, place: Limit, person: Limit) -> bool:
    """Count one more towards where a request comes from, and towards whoever is signed in, both each time.

    Returns:
        Whether it is within both limits.
    """
    sender = person_of(request)
    is_within = count_towards(place, address_of(request))
    return (sender is None or count_towards(person, f"person {sender.pk}")) and is_within


def forget_old_counts() -> int:
    """Delete the counts of stretches that are over; returns how many there were."""
    deleted, _by_model = RateCount.objects.filter(ends_at__lte=timezone.now()).delete()
    return deleted


def _end_of_stretch(limit: Limit) -> datetime:
    seconds = int(limit.every.total_seconds())
    passed = int(timezone.now().timestamp()) // seconds
    return datetime.fromtimestamp((passed + 1) * seconds, tz=UTC)
