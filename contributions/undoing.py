"""All that somebody did lately, undone in one step: when an account turns out to do harm."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.events import record_event
from people.models import User
from people.standing import can_pause

from .applying import ConflictError, PageIsLockedError
from .models import ProposedEdit, State
from .review_page import why_it_does_not_fit
from .reviewing import ChangedSinceError, HeldError, OthersWroteError, reject_proposal, take_out

# So many in one step: each is a version of a page. What is left can be undone by doing it again.
MOST_AT_ONCE = 100
WHY_LEFT: dict[type[Exception], Promise] = {
    ChangedSinceError: _("Somebody changed the same since."),
    OthersWroteError: _("The page began with it, and others have written on it since."),
    HeldError: _("Another moderator looks at it just now."),
    PermissionDenied: _("It was answered, or taken out, in this moment."),
}


@dataclass
class Undone:
    """What came of it.

    Args:
        taken_out: the changes that are in no page any more.
        rejected: those that waited, and were not taken.
        left: those that could not be undone, each with the reason.
        more: how many there are besides.
    """

    taken_out: list[ProposedEdit] = field(default_factory=list)
    rejected: list[ProposedEdit] = field(default_factory=list)
    left: list[tuple[ProposedEdit, str]] = field(default_factory=list)
    more: int = 0


def recent_changes(person: User, since: datetime) -> QuerySet[ProposedEdit]:
    """What somebody changed or sent since a moment, the last first."""
    mine = ProposedEdit.objects.filter(author=person, taken_out_at=None, sent_at__gte=since)
    on_pages = mine.filter(state=State.ACCEPTED, revision__isnull=False)
    return (on_pages | mine.filter(state=State.WAITING)).select_related("page").order_by("-sent_at", "-pk")


def undo_recent_changes(*, person: User, by: User, since: datetime, reason: str, next_step: str) -> Undone:
    """Take everything out of the pages that somebody put there, and reject what waits; each is a step of its own.

    The last is undone first, so that of several changes in one place all are undone. What others wrote stays; where
    they wrote in the same place, it is left as it is and told.

    Args:
        person: whose changes.
        by: a moderator.
        since: from when on.
        reason: in words for the person.
        next_step: what they can do next.

    Raises:
        PermissionDenied: they are no moderator, or the person looks after the site.
    """
    if not can_pause(by, person):
        raise PermissionDenied
    changes = recent_changes(person, since)
    undone = Undone(more=max(0, changes.count() - MOST_AT_ONCE))
    for change in list(changes[:MOST_AT_ONCE]):
        try:
            if change.state == State.WAITING:
                reject_proposal(proposal=change, by=by, reason=reason, next_step=next_step, why="undone")
                undone.rejected.append(change)
            else:
                take_out(proposal=change, by=by, reason=reason, next_step=next_step)
                undone.taken_out.append(change)
        except tuple(WHY_LEFT) as error:
            undone.left.append((change, str(WHY_LEFT[type(error)])))
        except (ConflictError, PageIsLockedError, ValidationError) as error:
            undone.left.append((change, why_it_does_not_fit(error)))
    count = len(undone.taken_out) + len(undone.rejected)
    record_event("person.undone", person, by=by, whose=person, why=f"undone {count} left {len(undone.left)}")
    return undone
