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
# The fields and columns that are drawn as links as they stand.
BOXES = frozenset({"website", "url"})


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
    for name, change in changes.items():
        before = set(_addresses(name, change.base))
        found |= {address: None for address in _addresses(name, change.mine) if address not in before}
    return list(found)[:MOST_LINKS]


def _addresses(name: str, value: Any) -> Iterator[str]:
    """Of one field, whatever its shape is. What stands in a box for an address is one, however it is written."""
    if isinstance(value, str) and name in BOXES:
        if value.strip():
            yield value.strip()
    elif isinstance(value, str):
        yield from WEB_ADDRESS.findall(value[:LONGEST])
    elif isinstance(value, dict):
        for column, each in value.items():
            yield from _addresses(column, each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _addresses(name, each)
