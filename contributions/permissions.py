"""Who may do what to a change of a page."""

from __future__ import annotations

from typing import Any

from people.standing import looks_after_the_site

from .models import ProposedEdit, State
from .writers import Writer


def can_write(writer: Writer, proposal: ProposedEdit) -> bool:
    """Only whoever began it, and only until it is sent."""
    return proposal.is_writable and is_whose(writer, proposal)


def is_whose(writer: Writer, proposal: ProposedEdit) -> bool:
    """Whether it is theirs: by account, or by the session of somebody who has none."""
    if writer.person is not None:
        return proposal.author_id == writer.person.pk
    return bool(proposal.visitor) and proposal.visitor == writer.visitor


def can_read(person: Any, proposal: ProposedEdit) -> bool:
    """A moderator reads what was sent, and nothing that somebody else is still writing on."""
    return can_review_at_all(person) and proposal.state in (State.WAITING, State.ACCEPTED, State.REJECTED)


def can_review_at_all(person: Any) -> bool:
    """Moderators and administrators."""
    return looks_after_the_site(person)


def can_review(person: Any, proposal: ProposedEdit) -> bool:
    """A moderator, of what waits; nobody reviews their own work."""
    return can_review_at_all(person) and proposal.state == State.WAITING and proposal.author_id != person.pk
