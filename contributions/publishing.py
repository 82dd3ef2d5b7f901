"""The last step of every change, whoever let it pass; and that it is still what somebody saw."""

from __future__ import annotations

from django.utils import timezone
from wagtail.models import Revision

from people.models import User
from people.standing import note_what_became
from people.trust import Fact

from .applying import apply_changes, create_page
from .content import Change
from .models import ProposedEdit, ReviewClaim, State


class SeenAnotherError(Exception):
    """It was changed since it was shown. Nothing was done."""


def locked(proposal: ProposedEdit) -> ProposedEdit:
    """As it is now, held until the transaction is over: two who answer at once must not both be right."""
    return ProposedEdit.objects.select_for_update().get(pk=proposal.pk)


def check_seen(proposal: ProposedEdit, seen: int | None) -> None:
    if seen is not None and seen != proposal.version:
        raise SeenAnotherError


def put_on_page(
    draft: ProposedEdit, *, reviewer: User | None, instead: dict[str, Change] | None = None
) -> ProposedEdit:
    """Publish a change in its author's name, and count it towards their trust. Whoever calls has asked whether it may.

    Args:
        draft: what is published, locked.
        reviewer: whoever looked at it before; None if nobody has.
        instead: what goes onto the page in place of what its author wrote, if somebody put something right.
    """
    changes = draft.changed if instead is None else instead
    if draft.page is None:
        revision: Revision | None = create_page(
            model=draft.model, changes=changes, adapted_from=draft.adapted_from, by=draft.author
        )
        draft.page_id = int(revision.object_id) if revision else None
    else:
        revision = apply_changes(page=draft.page, changes=changes, by=draft.author)
    draft.revision = revision
    # What nobody looked at before did not wait at all: so the figures of waiting leave it out.
    draft.decided_at = timezone.now() if reviewer else draft.sent_at
    draft.state, draft.reviewer = State.ACCEPTED, reviewer
    draft.save()
    ReviewClaim.objects.filter(proposal=draft).delete()
    if draft.author is not None and revision is not None:
        # What the page said already is no work that somebody could be trusted for.
        note_what_became(person=draft.author, fact=Fact.ACCEPTED)
    return draft
