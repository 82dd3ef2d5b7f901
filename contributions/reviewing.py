"""What moderators do with a change of a page: hold it, answer it, look at it afterwards, take it out again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page

from people.events import record_event
from people.models import User
from people.standing import looks_after_the_site, note_what_became
from people.trust import Fact
from practices import wording
from practices.models import PracticePage

from . import letters
from .applying import apply_changes
from .content import Change
from .history import changes_to_undo, neighbours
from .models import ProposedEdit, ReviewClaim, State
from .permissions import can_check, can_review, can_take_out
from .publishing import check_seen, locked, put_on_page
from .services import NothingChangedError

HELD_FOR = timedelta(minutes=10)
# From so many first changes on, known people's are given out before them: a flood does not bury what they sent.
CROWD = 50


class HeldError(Exception):
    """Another moderator looks at it just now. Nothing was done."""

    def __init__(self, claim: ReviewClaim) -> None:
        super().__init__(str(claim))
        self.claim = claim


class ChangedSinceError(Exception):
    """The same was changed again since: somebody has to choose the words. Nothing was done."""


class OthersWroteError(Exception):
    """The page began with it, and others have written on it since. Nothing was done."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a moderator made of a change.

    Args:
        instead: all that is to change on the page, from what it said when they corrected it.
        right: of each part that they put right, as it would have stood there, and as it is to stand there.
    """

    instead: dict[str, Change]
    right: dict[str, Change]


@transaction.atomic
def claim_next(*, by: User, but_for: Collection[int] = ()) -> ProposedEdit | None:
    """Hold what is to be looked at next, for ten minutes: by harm, then whoever waits longest; last what is unchecked.

    Args:
        by: a moderator. What they held before is free again.
        but_for: the numbers of those that they left for somebody else.

    Returns:
        What they hold now; None if there is nothing for them.

    Raises:
        PermissionDenied: they are no moderator.
    """
    if not looks_after_the_site(by):
        raise PermissionDenied
    # One who presses twice is given one after the other.
    User.objects.select_for_update().get(pk=by.pk)
    now = timezone.now()
    ReviewClaim.objects.filter(Q(until__lte=now) | Q(moderator=by)).delete()
    theirs = Q(author=by) | Q(undoes__user=by)
    free = ProposedEdit.objects.filter(claim=None).exclude(theirs).exclude(pk__in=but_for)
    waiting = free.waiting().order_by("-harm", "sent_at", "pk")
    is_crowd = waiting.first_changes().order_by()[CROWD : CROWD + 1].exists()
    in_turn = [waiting.by_known_people(), waiting] if is_crowd else [waiting]
    found = next((one for each in [*in_turn, free.unchecked()] if (one := _locked_first(each))), None)
    if found is not None:
        ReviewClaim.objects.create(proposal=found, moderator=by, until=now + HELD_FOR)
        record_event("proposal.claimed", found, by=by, whose=found.author)
    return found


def let_go(*, by: User) -> None:
    """Free what a moderator holds."""
    ReviewClaim.objects.filter(moderator=by).delete()


def held_by_another(proposal: ProposedEdit, person: User) -> ReviewClaim | None:
    """Which other moderator looks at it just now; None if nobody does, or they left it alone for too long."""
    claims = ReviewClaim.objects.select_related("moderator").filter(proposal=proposal, until__gt=timezone.now())
    return claims.exclude(moderator=person).first()


@transaction.atomic
def set_aside(*, proposal: ProposedEdit, by: User) -> None:
    """Leave it for another moderator. It goes on waiting where it stood.

    Raises:
        PermissionDenied: they may not review this.
    """
    waiting = locked(proposal)
    if not (can_review(by, waiting) or can_check(by, waiting)):
        raise PermissionDenied
    _check_claim(waiting, by)
    ProposedEdit.objects.filter(pk=waiting.pk).update(set_aside=F("set_aside") + 1)
    ReviewClaim.objects.filter(proposal=waiting).delete()
    record_event("proposal.set_aside", waiting, by=by, whose=waiting.author)


@transaction.atomic
def accept_proposal(
    *,
    proposal: ProposedEdit,
    by: User,
    seen: int | None = None,
    correction: Correction | None = None,
    words: str = "",
) -> ProposedEdit:
    """Put it onto the page, in its author's name; with small corrections, if the moderator made some.

    Args:
        proposal: what waits.
        by: the moderator.
        seen: the version that they were shown; None if they were shown none.
        correction: what the moderator put right.
        words: what they write to its author.

    Raises:
        PermissionDenied: they may not review this, or put right what its author did not write.
        SeenAnotherError: its author changed it since.
        HeldError: another moderator looks at it just now.
        NothingChangedError: with the corrections, nothing is left of it.
        contributions.applying.ConflictError, contributions.applying.PageIsLockedError,
        django.core.exceptions.ValidationError: it cannot go onto the page as it is by now. Nothing was written.
    """
    waiting = _reviewed(proposal, by, seen)
    instead = None
    if correction is not None and correction.right:
        if not correction.instead:
            raise NothingChangedError
        if not correction.right.keys() <= waiting.changes.keys():
            raise PermissionDenied
        instead = correction.instead
        waiting.corrections = {name: [change.base, change.mine] for name, change in correction.right.items()}
    accepted = put_on_page(waiting, reviewer=by, instead=instead)
    what = "proposal.corrected" if accepted.corrections else "proposal.accepted"
    record_event(what, accepted, by=by, whose=accepted.author)
    _note_removal(accepted, by)
    letters.tell_accepted(accepted, words)
    return accepted


@transaction.atomic
def ask_for_changes(*, proposal: ProposedEdit, by: User, reason: str, seen: int | None = None) -> ProposedEdit:
    """Send it back to its author with a question or a wish. They send it again in one step.

    Raises:
        PermissionDenied, SeenAnotherError, HeldError: as when it is accepted.
    """
    return _answer(_reviewed(proposal, by, seen), State.CHANGES_ASKED, by, reason)


@transaction.atomic
def reject_proposal(
    *, proposal: ProposedEdit, by: User, reason: str, next_step: str, seen: int | None = None, why: str = ""
) -> ProposedEdit:
    """Do not take it. Its author is told why, and what they can do next; what they wrote stays theirs.

    Args:
        proposal: what waits.
        by: the moderator.
        reason: in words for the author.
        next_step: what they can do next.
        seen: the version that the moderator was shown; None if they were shown none.
        why: the word of the reason for the log.

    Raises:
        PermissionDenied, SeenAnotherError, HeldError: as when it is accepted.
    """
    rejected = _answer(_reviewed(proposal, by, seen), State.REJECTED, by, reason, next_step, why)
    if rejected.author:
        note_what_became(person=rejected.author, fact=Fact.REJECTED)
    return rejected


def reject_many(*, proposals: QuerySet, by: User, reason: str, next_step: str, why: str) -> int:
    """Do not take many, for one reason; returns how many. What another moderator holds or answers is left to them."""
    done = 0
    for proposal in proposals:
        try:
            reject_proposal(proposal=proposal, by=by, reason=reason, next_step=next_step, why=why)
        except (PermissionDenied, HeldError):
            continue
        done += 1
    return done


@transaction.atomic
def check_published(*, proposal: ProposedEdit, by: User) -> ProposedEdit:
    """Note that a moderator looked at what went onto a page at once, and lets it stand.

    Raises:
        PermissionDenied: it is their own, or somebody has looked at it already.
    """
    published = locked(proposal)
    if not can_check(by, published):
        raise PermissionDenied
    _check_claim(published, by)
    published.reviewer = by
    published.save(update_fields=["reviewer"])
    ReviewClaim.objects.filter(proposal=published).delete()
    record_event("proposal.checked", published, by=by, whose=published.author)
    _note_removal(published, by)
    return published


@transaction.atomic
def take_out(*, proposal: ProposedEdit, by: User, reason: str, next_step: str) -> ProposedEdit | None:
    """Take a change out of the page again, keep what came later, and tell its author why.

    What takes it out is a change of its own by the moderator, on the page at once, for another one to look at. A page
    that began with it is taken off the shelf.

    Returns:
        The change that took it out; None where a page was taken off the shelf, or had it no more.

    Raises:
        PermissionDenied: they are no moderator, it is their own, or it is on no page.
        ChangedSinceError: the same was changed again since. Nothing was done.
        OthersWroteError: the page began with it, and others have written on it since. Nothing was done.
        HeldError: another moderator looks at it just now.
        contributions.applying.PageIsLockedError, django.core.exceptions.ValidationError: as when changes are applied.
    """
    published = locked(proposal)
    if not can_take_out(by, published) or published.page is None or published.revision is None:
        raise PermissionDenied
    _check_claim(published, by)
    page, revision = published.page, published.revision
    before = neighbours(page, revision)[0]
    undoing = None
    if before is None:
        if page.revisions.filter(pk__gt=revision.pk).exclude(user=published.author_id).exists():
            raise OthersWroteError
        UnpublishPageAction(Page.objects.get(pk=page.pk).specific, user=by).execute(skip_permission_checks=True)
    else:
        changes, fits = changes_to_undo(page, revision, before)
        if not fits:
            raise ChangedSinceError
        undoing = _undo(page, published, changes, by) if changes else None
    published.reason, published.next_step = reason, next_step
    _mark_taken_out(published, by)
    letters.tell_taken_out(published)
    _note_putting_back(published, by)
    return undoing


def _undo(page: PracticePage, published: ProposedEdit, changes: dict[str, Change], by: User) -> ProposedEdit:
    now = timezone.now()
    note = _("took back the change of %(day)s") % {"day": wording.day(published.decided_at or now)}
    undoing = ProposedEdit(
        page=page, base=page.latest_revision, author=by, sent_at=now, decided_at=now, state=State.ACCEPTED,
        undoes=published.revision, note=note[:300],
    )  # fmt: skip
    undoing.changed = changes
    undoing.revision = apply_changes(page=page, changes=changes, by=by)
    undoing.save()
    return undoing


def _note_removal(undoing: ProposedEdit, by: User) -> None:
    """Once a moderator let a change pass that took another one out, that one counts as taken out.

    Only if it did: the page said it until then, and says it no more.
    """
    version, page, made = undoing.undoes, undoing.page, undoing.revision
    if version is None or page is None or made is None:
        return
    taken = ProposedEdit.objects.select_for_update().filter(revision=version, state=State.ACCEPTED, taken_out_at=None)
    published = taken.exclude(author=undoing.author_id).first()
    before, until_then = neighbours(page, version)[0], neighbours(page, made)[0]
    if published is None or before is None or until_then is None:
        return
    there, fitted = changes_to_undo(page, version, before, at=until_then)
    left, fits = changes_to_undo(page, version, before, at=made)
    if not there or not fitted or left or not fits:
        return
    published.reason = undoing.note or _("It was taken back.")
    _mark_taken_out(published, by)
    letters.tell_taken_out(published)


def _note_putting_back(undone: ProposedEdit, by: User) -> None:
    """What had been taken out by a change that is taken out itself counts again, if the page says it again."""
    version, page = undone.undoes, undone.page
    before = neighbours(page, version)[0] if version and page else None
    if version is None or page is None or before is None:
        return
    out = ProposedEdit.objects.select_for_update().filter(revision=version, taken_out_at__isnull=False).first()
    there, fits = changes_to_undo(PracticePage.objects.get(pk=page.pk), version, before)
    if out is None or not there or not fits:
        return
    out.taken_out_at, out.reason, out.next_step = None, "", ""
    out.save(update_fields=["taken_out_at", "reason", "next_step"])
    record_event("proposal.put_back", out, by=by, whose=out.author)
    if out.author:
        note_what_became(person=out.author, fact=Fact.PUT_BACK)
    letters.tell_put_back(out)


def _mark_taken_out(published: ProposedEdit, by: User) -> None:
    published.taken_out_at = timezone.now()
    if published.reviewer_id is None and published.author_id != by.pk:
        published.reviewer = by
    published.save(update_fields=["taken_out_at", "reviewer", "reason", "next_step"])
    record_event("proposal.taken_out", published, by=by, whose=published.author)
    ReviewClaim.objects.filter(proposal=published).delete()
    if published.author:
        left = ProposedEdit.objects.filter(author=published.author, state=State.ACCEPTED, taken_out_at=None)
        note_what_became(person=published.author, fact=Fact.TAKEN_OUT, nothing_left=not left.exists())


def _reviewed(proposal: ProposedEdit, by: User, seen: int | None) -> ProposedEdit:
    waiting = locked(proposal)
    if not can_review(by, waiting):
        raise PermissionDenied
    check_seen(waiting, seen)
    _check_claim(waiting, by)
    return waiting


def _check_claim(proposal: ProposedEdit, by: User) -> None:
    claim = held_by_another(proposal, by)
    if claim is not None:
        raise HeldError(claim)


def _answer(
    waiting: ProposedEdit, state: Any, by: User, reason: str, next_step: str = "", why: str = ""
) -> ProposedEdit:
    waiting.state, waiting.reviewer = state, by
    waiting.reason, waiting.next_step, waiting.decided_at = reason, next_step, timezone.now()
    waiting.save(update_fields=["state", "reviewer", "reason", "next_step", "decided_at"])
    ReviewClaim.objects.filter(proposal=waiting).delete()
    record_event(f"proposal.{state}", waiting, by=by, whose=waiting.author, why=why)
    letters.tell_answered(waiting)
    return waiting


def _locked_first(proposals: Any) -> ProposedEdit | None:
    """The first that no other moderator is being given in this very moment.

    Between our looking and our locking one may have been given to somebody, who let go of the lock: then we look again.
    """
    skip = connection.features.has_select_for_update_skip_locked
    free = proposals.select_for_update(skip_locked=skip, of=("self",) if skip else ())
    while (found := free.first()) is not None and ReviewClaim.objects.filter(proposal=found).exists():
        pass
    return found
