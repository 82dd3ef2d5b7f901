"""The rule by which somebody is trusted to change pages at once: one pure function. Nobody asks for trust.

Three accepted edits, and thirty days in which none was rejected or taken out again, make somebody trusted. Each
rejection and each edit that was taken out ends it, and takes some of what was counted. Twelve months without an
accepted edit end it as well, and what was counted before is not counted any more. The figures are a setting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum


class Fact(Enum):
    """What became of an edit."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TAKEN_OUT = "taken_out"
    # It had been taken out, and that was a mistake.
    PUT_BACK = "put_back"


@dataclass(frozen=True, slots=True)
class TrustRule:
    """The figures of the rule.

    Args:
        accepted_edits: so many make somebody trusted; more are not counted.
        clean_days: so many days must have passed since an edit was rejected or taken out.
        idle_days: so many days without an accepted edit end trust.
        rejection_costs: so many accepted edits a rejection takes away.
        removal_costs: so many accepted edits it takes away when one was taken out again.
    """

    accepted_edits: int = 3
    clean_days: int = 30
    idle_days: int = 365
    rejection_costs: int = 1
    removal_costs: int = 2


@dataclass(frozen=True, slots=True)
class Trust:
    """How much somebody is trusted, and what that is counted from.

    Args:
        accepted_edits: how many of their accepted edits count.
        accepted_on: the day of the last one.
        setback_on: the day on which one was last rejected or taken out.
        since: the day since which they are trusted; None if they are not.
    """

    accepted_edits: int = 0
    accepted_on: date | None = None
    setback_on: date | None = None
    since: date | None = None

    @property
    def is_trusted(self) -> bool:
        return self.since is not None


def trust_after(trust: Trust, fact: Fact | None, today: date, rule: TrustRule) -> Trust:
    """How much somebody is trusted after something became of an edit of theirs, or when only time has passed.

    Args:
        trust: how much before.
        fact: what became of the edit; None if nothing did.
        today: the day.
        rule: the figures.
    """
    is_idle = trust.accepted_on is not None and today - trust.accepted_on > timedelta(days=rule.idle_days)
    if is_idle:
        trust = replace(trust, accepted_edits=0)
    if fact is Fact.ACCEPTED:
        counted = min(trust.accepted_edits + 1, rule.accepted_edits)
        trust = replace(trust, accepted_edits=counted, accepted_on=today)
    elif fact is Fact.PUT_BACK:
        # A mistake of ours costs nobody anything: what it took is given back, and no thirty days begin with it.
        given_back = 0 if is_idle else rule.removal_costs
        counted = min(trust.accepted_edits + given_back, rule.accepted_edits)
        trust = replace(trust, accepted_edits=counted, setback_on=None)
    elif fact is not None:
        costs = rule.rejection_costs if fact is Fact.REJECTED else rule.removal_costs
        trust = replace(trust, accepted_edits=max(0, trust.accepted_edits - costs), setback_on=today)
    is_clean = trust.setback_on is None or today - trust.setback_on >= timedelta(days=rule.clean_days)
    is_trusted = is_clean and trust.accepted_edits >= rule.accepted_edits
    return replace(trust, since=(trust.since or today) if is_trusted else None)
