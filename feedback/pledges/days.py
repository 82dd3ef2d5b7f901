"""When somebody is asked: so many weeks or months after a day, by the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from feedback.models import AskAfter

MONTHS = {AskAfter.THREE_MONTHS: 3, AskAfter.SIX_MONTHS: 6, AskAfter.TWELVE_MONTHS: 12}


def day_to_ask(after: str, today: date) -> date:
    """The day so long after another. A month that is too short gives its last day."""
    months = MONTHS.get(AskAfter(after))
    if months is None:
        return today + timedelta(weeks=2)
    passed = today.month - 1 + months
    year, month = today.year + passed // 12, passed % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))
