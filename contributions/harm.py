"""What a moderator should look out for in a change, and how much harm could come of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from practices.text import WEB_ADDRESS

from .content import Change
from .models import Consent, Harm, ProposedEdit
from .recognisable import recognisable_words

LONGEST = 60_000
MOST_LINKS = 20


def harm_of(proposal: ProposedEdit) -> Harm:
    """How much harm could come of it, unread."""
    if proposal.consent == Consent.UNSURE:
        return Harm.PERSON
    if recognisable_words(proposal.changed):
        return Harm.TELLS
    return Harm.LINK if links_added(proposal.changed) else Harm.NONE


def links_added(changes: dict[str, Change]) -> list[str]:
    """The web addresses that were not there before, in the order in which they stand."""
    found: dict[str, None] = {}
    for change in changes.values():
        before = set(_addresses(change.base))
        found |= {address: None for address in _addresses(change.mine) if address not in before}
    return list(found)[:MOST_LINKS]


def _addresses(value: Any) -> Iterator[str]:
    """Of one field, whatever its shape is."""
    if isinstance(value, str):
        yield from WEB_ADDRESS.findall(value[:LONGEST])
    elif isinstance(value, dict):
        for each in value.values():
            yield from _addresses(each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _addresses(each)
