"""How often somebody may do something, so that a flood from one place leaves room for everybody else."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from .models import RateCount


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in each stretch of time. A new stretch begins by the clock, alike for everybody."""

    name: str
    most: int
    every: timedelta


@transaction.atomic
def count_towards(limit: Limit, whose: str) -> bool:
    """Count one more; returns whether it is still within the limit.

    Args:
        limit: what is done.
        whose: a network address or a person's number. Only a keyed hash is kept, until the stretch is
            over and due work has looked again.
    """
    ends_at = _end_of_stretch(limit)
    bucket = _bucket(limit, whose, ends_at)
    counts = RateCount.objects.filter(bucket=bucket, ends_at=ends_at)
    RateCount.objects.bulk_create([RateCount(bucket=bucket, ends_at=ends_at)], ignore_conflicts=True)
    counts.update(count=F("count") + 1)
    return counts.values_list("count", flat=True).get() <= limit.most


def forget_old_counts() -> int:
    """Delete the counts of stretches that are over; returns how many there were."""
    deleted, _by_model = RateCount.objects.filter(ends_at__lte=timezone.now()).delete()
    return deleted


def _end_of_stretch(limit: Limit) -> datetime:
    seconds = int(limit.every.total_seconds())
    passed = int(timezone.now().timestamp()) // seconds
    return datetime.fromtimestamp((passed + 1) * seconds, tz=UTC)


def _bucket(limit: Limit, whose: str, ends_at: datetime) -> str:
    """A hash that tells nobody whose it was, and is another one in each stretch and for each limit."""
    text = f"{limit.name}\x1f{ends_at.isoformat()}\x1f{whose}"
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
