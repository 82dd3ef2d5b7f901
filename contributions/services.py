"""What becomes of a change of a page: kept, sent, answered, taken back. Each step is one service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision

from people.models import User
from people.standing import is_paused, is_trusted, standing_of
from practices.models import PracticePage

from . import letters
from .applying import apply_changes, check_changes, create_page
from .content import Change, changes_between, lost_with_its_kind, merge_changes
from .models import Consent, ProposedEdit, State
from .permissions import can_review, can_write, is_whose
from .recognisable import recognisable_words
from .writers import Writer

# A visitor's session lasts two weeks; after it nobody reaches their draft any more.
DRAFTS_OF_VISITORS_KEPT_FOR = timedelta(days=15)
# What somebody threw away without having sent it can be taken up again for so long.
THROWN_AWAY_KEPT_FOR = timedelta(days=30)
MOST_OPEN = 100


class TooManyOpenError(Exception):
    """Nobody goes on with so many drafts."""


class NothingChangedError(Exception):
    """There is nothing to send."""


class SeenAnotherError(Exception):
    """It was changed since it was shown. Nothing was done."""


class ConsentNeededError(Exception):
    """Somebody could be recognised by it, and nobody said whether they were asked. It is kept."""


class PausedError(Exception):
    """Whoever sends may not for now. What they wrote is kept."""


@transaction.atomic
def begin_draft(
    *,
    by: Writer,
    changes: dict[str, Change],
    page: PracticePage | None = None,
    base: Revision | None = None,
    kind: str = "",
    adapted_from: PracticePage | None = None,
    note: str = "",
) -> ProposedEdit:
    """Keep what somebody typed for the first time.

    Args:
        by: the writer.
        changes: what they changed so far.
        page: which page; None for a new one.
        base: what the page was when they began.
        kind: of a new page, its kind.
        adapted_from: of a new page, the practice that it is a local version of.
        note: why, if that is known already.

    Raises:
        TooManyOpenError: they have a hundred drafts.
    """
    open_ones = ProposedEdit.objects.of(person=by.person, visitor=by.visitor).writable()
    if open_ones.count() >= MOST_OPEN:
        raise TooManyOpenError
    draft = ProposedEdit(
        page=page, base=base, kind=kind, adapted_from=adapted_from, note=note[:300],
        author=by.person, visitor=by.visitor, saved_in=by.form, saved_turn=by.turn,
    )  # fmt: skip
    draft.changed = changes
    draft.save()
    return draft


@transaction.atomic
def save_draft(
    *, proposal: ProposedEdit, changes: dict[str, Change], by: Writer, seen: int, base: Revision | None = None
) -> ProposedEdit:
    """Keep what somebody typed on. What was saved meanwhile elsewhere is never overwritten.

    Whoever saves without having seen the last version, since they wrote on another device, has both put together;
    where that cannot be, what they typed becomes a draft of its own. Of one and the same opened form, what was typed
    last is followed: that is somebody who went back a page.

    Args:
        proposal: theirs, and not sent.
        changes: all that they changed since they began.
        by: the writer.
        seen: the version that they had before them.
        base: what the page was when they opened the form, if that is not what the draft began from.

    Returns:
        The draft that holds it now.

    Raises:
        PermissionDenied: it is not theirs, or not open any more.
    """
    draft = _locked(proposal)
    if not can_write(by, draft):
        raise PermissionDenied
    is_same_form = bool(by.form) and draft.saved_in == by.form
    if is_same_form and by.turn < draft.saved_turn:
        return draft
    if base is not None or (seen != draft.version and not is_same_form):
        merged = merge_changes(draft.model, changes, draft.content())
        if merged.conflicts:
            return begin_draft(
                by=by, changes=changes, page=draft.page, base=base or draft.base, kind=draft.kind,
                adapted_from=draft.adapted_from,
            )  # fmt: skip
        lost = lost_with_its_kind(draft.model, changes)
        typed, changes = changes, changes_between(draft.base_content(), merged.content) | lost
        if changes != typed:
            # No form shows all of it: the next save of this one is put together with it again.
            by = replace(by, form="", turn=0)
    return _rewrite(draft, changes, by)


@transaction.atomic
def settle_conflict(
    *, proposal: ProposedEdit, changes: dict[str, Change], base: Revision | None, by: Writer
) -> ProposedEdit:
    """Keep the words that somebody chose, who saw what the page says by now. From then on they began from that.

    Raises:
        PermissionDenied: it is not theirs, or not open any more.
    """
    draft = _locked(proposal)
    if not can_write(by, draft):
        raise PermissionDenied
    draft.base = base
    return _rewrite(draft, changes, by)


@transaction.atomic
def note_draft(*, proposal: ProposedEdit, by: Writer, note: str, consent: str) -> ProposedEdit:
    """Keep why somebody changes it, and what those say who could be recognised.

    Raises:
        PermissionDenied: it is not theirs, or not open any more.
    """
    draft = _locked(proposal)
    if not can_write(by, draft):
        raise PermissionDenied
    draft.note, draft.consent = note[:300], consent
    draft.save(update_fields=["note", "consent"])
    return draft


@transaction.atomic
def set_kind(*, proposal: ProposedEdit, kind: str, by: Writer) -> None:
    """Say of which kind a page is that is not there yet.

    Raises:
        PermissionDenied: it is not theirs, or not open any more, or the page is there.
    """
    draft = _locked(proposal)
    if draft.page_id or not can_write(by, draft):
        raise PermissionDenied
    ProposedEdit.objects.filter(pk=draft.pk).update(kind=kind)


@transaction.atomic
def send_proposal(*, proposal: ProposedEdit, by: Writer, seen: int | None = None) -> ProposedEdit:
    """Send it to be checked. What somebody sends who is trusted is on the page at once.

    If those who could be recognised were not asked, or a moderator had a question, one looks at it in any case.

    Args:
        proposal: theirs, and not sent.
        by: the writer.
        seen: the version that they looked at before they sent it; None if they were shown none.

    Raises:
        PermissionDenied: it is not theirs, not open any more, or they have no account.
        NothingChangedError: it changes nothing.
        PausedError: they may not send for now.
        SeenAnotherError: they saw another version.
        ConsentNeededError: they have to say whether those it tells of were asked.
        contributions.applying.ConflictError, contributions.applying.PageIsLockedError,
        django.core.exceptions.ValidationError: it could not go onto the page as it is. Nothing was written.
    """
    draft = _locked(proposal)
    if by.person is None or not can_write(by, draft):
        raise PermissionDenied
    _check_seen(draft, seen)
    if not draft.changes:
        raise NothingChangedError
    if not draft.consent and recognisable_words(draft.changed):
        raise ConsentNeededError
    standing = standing_of(by.person)
    if is_paused(standing):
        raise PausedError
    draft.sent_at = timezone.now()
    was_questioned = draft.state == State.CHANGES_ASKED or draft.reviewer_id is not None
    if is_trusted(standing) and draft.consent != Consent.UNSURE and not was_questioned:
        return _apply(draft, reviewer=None)
    check_changes(page=draft.page, model=draft.model, changes=draft.changed)
    draft.state = State.WAITING
    draft.version += 1
    draft.save(update_fields=["state", "version", "sent_at"])
    return draft


@transaction.atomic
def take_back(*, proposal: ProposedEdit, by: Writer) -> ProposedEdit:
    """Make what waits a draft again, to go on with it.

    Raises:
        PermissionDenied: it is not theirs, or does not wait any more.
    """
    waiting = _locked(proposal)
    if waiting.state != State.WAITING or not is_whose(by, waiting):
        raise PermissionDenied
    waiting.state = State.DRAFT
    waiting.version += 1
    waiting.save(update_fields=["state", "version"])
    return waiting


@transaction.atomic
def withdraw_proposal(*, proposal: ProposedEdit, by: Writer) -> ProposedEdit:
    """Let go of it. It stays readable to its author, and can be taken up again.

    Raises:
        PermissionDenied: it is not theirs, or not open any more.
    """
    draft = _locked(proposal)
    if not draft.is_open or not is_whose(by, draft):
        raise PermissionDenied
    draft.state, draft.decided_at = State.WITHDRAWN, timezone.now()
    draft.save(update_fields=["state", "decided_at"])
    return draft


@transaction.atomic
def take_up_again(*, proposal: ProposedEdit, by: Writer) -> ProposedEdit:
    """Begin a new draft with the words of one that was not taken, or was let go.

    Raises:
        PermissionDenied: it is not theirs, or is still open or on the page.
    """
    old = _locked(proposal)
    if old.state not in (State.REJECTED, State.WITHDRAWN) or not is_whose(by, old):
        raise PermissionDenied
    return begin_draft(
        by=by, changes=old.changed, page=old.page, base=old.base, kind=old.kind, adapted_from=old.adapted_from
    )


@transaction.atomic
def accept_proposal(*, proposal: ProposedEdit, by: User, seen: int | None = None) -> ProposedEdit:
    """Put it onto the page, in its author's name.

    Args:
        proposal: what waits.
        by: the moderator.
        seen: the version that they were shown; None if they were shown none.

    Raises:
        PermissionDenied: they may not review this.
        SeenAnotherError: its author changed it since.
        contributions.applying.ConflictError, contributions.applying.PageIsLockedError,
        django.core.exceptions.ValidationError: it cannot go onto the page as it is by now. Nothing was written.
    """
    waiting = _reviewed(proposal, by, seen)
    accepted = _apply(waiting, reviewer=by)
    log(instance=accepted.page, action="contributions.accept", user=by, data={"proposal": accepted.pk})
    letters.tell_accepted(accepted)
    return accepted


@transaction.atomic
def ask_for_changes(*, proposal: ProposedEdit, by: User, reason: str, seen: int | None = None) -> ProposedEdit:
    """Send it back to its author with a question or a wish. They send it again in one step.

    Raises:
        PermissionDenied: they may not review this.
    """
    return _answer(_reviewed(proposal, by, seen), State.CHANGES_ASKED, by, reason)


@transaction.atomic
def reject_proposal(
    *, proposal: ProposedEdit, by: User, reason: str, next_step: str, seen: int | None = None
) -> ProposedEdit:
    """Do not take it. Its author is told why, and what they can do next; what they wrote stays theirs.

    Raises:
        PermissionDenied: they may not review this.
    """
    return _answer(_reviewed(proposal, by, seen), State.REJECTED, by, reason, next_step)


@transaction.atomic
def adopt_drafts(*, visitor: str, person: User) -> int:
    """Give somebody who signed in what they typed before; returns how many drafts there were."""
    mine = ProposedEdit.objects.filter(author=None, visitor=visitor) if visitor else ProposedEdit.objects.none()
    return mine.update(author=person, visitor="")


def forget_unreachable_drafts() -> int:
    """Delete what nobody reaches any more, and what somebody threw away; returns how many.

    That is what belonged to a session that is over or to an account that is closed or gone, and never was taken.
    """
    now = timezone.now()
    never_taken = Q(state__in=[State.DRAFT, State.WITHDRAWN, State.CHANGES_ASKED, State.REJECTED])
    session_is_over = Q(author=None, saved_at__lt=now - DRAFTS_OF_VISITORS_KEPT_FOR)
    thrown_away = Q(state=State.WITHDRAWN, sent_at=None, decided_at__lt=now - THROWN_AWAY_KEPT_FOR)
    gone = never_taken & (session_is_over | Q(author__closed_at__isnull=False) | thrown_away)
    return ProposedEdit.objects.filter(gone).delete()[0]


def _rewrite(draft: ProposedEdit, changes: dict[str, Change], by: Writer) -> ProposedEdit:
    """Keep other words. Who said yes to the words before did not say yes to these."""
    if changes != draft.changed:
        draft.consent = ""
    draft.changed, draft.saved_in, draft.saved_turn = changes, by.form, by.turn
    draft.version += 1
    draft.saved_at = timezone.now()
    draft.save(update_fields=["changes", "consent", "base", "saved_in", "saved_turn", "version", "saved_at"])
    return draft


def _locked(proposal: ProposedEdit) -> ProposedEdit:
    """As it is now, held until the transaction is over: two who answer at once must not both be right."""
    return ProposedEdit.objects.select_for_update().get(pk=proposal.pk)


def _reviewed(proposal: ProposedEdit, by: User, seen: int | None) -> ProposedEdit:
    waiting = _locked(proposal)
    if not can_review(by, waiting):
        raise PermissionDenied
    _check_seen(waiting, seen)
    return waiting


def _check_seen(proposal: ProposedEdit, seen: int | None) -> None:
    if seen is not None and seen != proposal.version:
        raise SeenAnotherError


def _apply(draft: ProposedEdit, *, reviewer: User | None) -> ProposedEdit:
    if draft.page is None:
        revision: Revision | None = create_page(
            model=draft.model, changes=draft.changed, adapted_from=draft.adapted_from, by=draft.author
        )
        draft.page_id = int(revision.object_id) if revision else None
    else:
        revision = apply_changes(page=draft.page, changes=draft.changed, by=draft.author)
    draft.revision = revision
    draft.state, draft.reviewer, draft.decided_at = State.ACCEPTED, reviewer, timezone.now()
    draft.save(update_fields=["state", "reviewer", "decided_at", "revision", "page", "sent_at"])
    return draft


def _answer(waiting: ProposedEdit, state: Any, by: User, reason: str, next_step: str = "") -> ProposedEdit:
    waiting.state, waiting.reviewer = state, by
    waiting.reason, waiting.next_step, waiting.decided_at = reason, next_step, timezone.now()
    waiting.save(update_fields=["state", "reviewer", "reason", "next_step", "decided_at"])
    if waiting.page:
        log(instance=waiting.page, action=f"contributions.{state}", user=by, data={"proposal": waiting.pk})
    letters.tell_answered(waiting)
    return waiting
