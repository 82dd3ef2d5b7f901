"""Who may do what to a change of a page."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from people.models import Standing, User

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
    return bool(person.is_authenticated and person.has_perm("wagtailadmin.access_admin"))


def can_review(person: Any, proposal: ProposedEdit) -> bool:
    """A moderator, of what waits; nobody reviews their own work."""
    return can_review_at_all(person) and proposal.state == State.WAITING and proposal.author_id != person.pk


def is_paused(person: User) -> bool:
    """Whether somebody may write but not send for now."""
    standing = standing_of(person)
    return bool(standing and standing.paused_until and standing.paused_until >= timezone.localdate())


def is_trusted(person: User) -> bool:
    """Whether what somebody sends is on the page at once."""
    standing = standing_of(person)
    return bool(standing and standing.trusted_since) and not is_paused(person)


def standing_of(person: User) -> Standing | None:
    return Standing.objects.filter(person=person).first()
