"""Who may do what to a change of a page."""

from __future__ import annotations

from typing import Any

from people.standing import looks_after_the_site
from people.writers import Writer

from .models import ProposedEdit, State


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
    return looks_after_the_site(person) and proposal.state in (State.WAITING, State.ACCEPTED, State.REJECTED)


def can_review(person: Any, proposal: ProposedEdit) -> bool:
    """A moderator, of what waits; nobody reviews their own work, nor what would take it out."""
    is_own = proposal.author_id == person.pk or (proposal.undoes is not None and proposal.undoes.user_id == person.pk)
    return looks_after_the_site(person) and proposal.state == State.WAITING and not is_own


def can_check(person: Any, proposal: ProposedEdit) -> bool:
    """A moderator, of what went onto a page at once; nobody checks their own work."""
    is_unchecked = proposal.state == State.ACCEPTED and proposal.reviewer_id is None and proposal.taken_out_at is None
    return looks_after_the_site(person) and is_unchecked and proposal.author_id not in (None, person.pk)


def can_take_out(person: Any, proposal: ProposedEdit) -> bool:
    """A moderator, of what is on a page; of their own they make another change, like anybody."""
    is_on_page = proposal.state == State.ACCEPTED and proposal.taken_out_at is None and proposal.revision_id is not None
    return looks_after_the_site(person) and is_on_page and proposal.author_id != person.pk
