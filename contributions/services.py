"""What its author does with a change of a page: keeps it, sends it, takes it back. Each step is one service.

What moderators do with it is in `reviewing.py`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Revision

from people.events import record_event
from people.models import Standing, User
from people.standing import is_new, is_paused, is_trusted, looks_after_the_site, standing_of
from people.writers import Writer
from practices.models import PracticePage

from .applying import check_changes
from .content import Change, changes_between, lost_with_its_kind, merge_changes
from .harm import harm_of, links_added
from .models import Consent, ProposedEdit, ReviewClaim, State
from .permissions import can_write, is_whose
from .publishing import check_seen, locked, put_on_page
from .recognisable import recognisable_words

# A visitor's session lasts two weeks; after it nobody reaches their draft any more.
DRAFTS_OF_VISITORS_KEPT_FOR = timedelta(days=15)
# What somebody threw away without having sent it can be taken up again for so long.
THROWN_AWAY_KEPT_FOR = timedelta(days=30)
MOST_OPEN = 100
# So many may wait of somebody of whom nothing is on a page yet: a flood of newcomers leaves the queue readable.
MOST_WAITING_OF_NEWCOMERS = 5


class TooManyOpenError(Exception):
    """Nobody goes on with so many drafts."""


class TooManyWaitingError(Exception):
    """Nothing of theirs is on a page yet, and as much of it waits as may. What they wrote is kept."""


class NothingChangedError(Exception):
    """There is nothing to send."""


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
def begin_undoing(*, by: Writer, draft: dict[str, Any], version: Revision) -> ProposedEdit:
    """Begin to take the change of one version out of a page.

    Args:
        by: the writer.
        draft: what `begin_draft` asks for beside the writer.
        version: the version.

    Raises:
        TooManyOpenError: they have a hundred drafts.
    """
    begun = begin_draft(by=by, **draft)
    begun.undoes = version
    begun.save(update_fields=["undoes"])
    return begun


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
    draft = locked(proposal)
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
    draft = locked(proposal)
    if not can_write(by, draft):
        raise PermissionDenied
    draft.base = base
    return _rewrite(draft, changes, by)


@transaction.atomic
def note_draft(
    *, proposal: ProposedEdit, by: Writer, note: str, consent: str, answer: str | None = None
) -> ProposedEdit:
    """Keep why somebody changes it, what those say who could be recognised, and what they answer to a question.

    Raises:
        PermissionDenied: it is not theirs, or not open any more.
    """
    draft = locked(proposal)
    if not can_write(by, draft):
        raise PermissionDenied
    draft.note, draft.consent = note[:300], consent
    draft.answer = draft.answer if answer is None else answer[:2000]
    draft.save(update_fields=["note", "consent", "answer"])
    return draft


@transaction.atomic
def set_kind(*, proposal: ProposedEdit, kind: str, by: Writer) -> None:
    """Say of which kind a page is that is not there yet.

    Raises:
        PermissionDenied: it is not theirs, or not open any more, or the page is there.
    """
    draft = locked(proposal)
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
        TooManyWaitingError: they are new, and enough of theirs waits.
        SeenAnotherError: they saw another version.
        ConsentNeededError: they have to say whether those it tells of were asked.
        contributions.applying.ConflictError, contributions.applying.PageIsLockedError,
        django.core.exceptions.ValidationError: it could not go onto the page as it is. Nothing was written.
    """
    draft = locked(proposal)
    if by.person is None or not can_write(by, draft):
        raise PermissionDenied
    check_seen(draft, seen)
    if not draft.changes:
        raise NothingChangedError
    if not draft.consent and recognisable_words(draft.changed):
        raise ConsentNeededError
    standing = standing_of(by.person)
    if is_paused(standing):
        raise PausedError
    draft.sent_at = timezone.now()
    if standing.first_accepted_on is None and not looks_after_the_site(by.person):
        _check_room(by.person)
    draft.harm = harm_of(draft)
    was_questioned = draft.state == State.CHANGES_ASKED or draft.reviewer_id is not None
    is_held = draft.consent == Consent.UNSURE or was_questioned or _adds_links_too_soon(draft, standing)
    if is_trusted(standing) and not is_held:
        published = put_on_page(draft, reviewer=None)
        record_event("proposal.published", published, by=by.person, whose=by.person)
        return published
    check_changes(page=draft.page, model=draft.model, changes=draft.changed)
    draft.state = State.WAITING
    draft.version += 1
    draft.save(update_fields=["state", "version", "sent_at", "harm"])
    record_event("proposal.sent", draft, by=by.person, whose=by.person)
    return draft


@transaction.atomic
def take_back(*, proposal: ProposedEdit, by: Writer) -> ProposedEdit:
    """Make what waits a draft again, to go on with it.

    Raises:
        PermissionDenied: it is not theirs, or does not wait any more.
    """
    waiting = locked(proposal)
    if waiting.state != State.WAITING or not is_whose(by, waiting):
        raise PermissionDenied
    waiting.state = State.DRAFT
    waiting.version += 1
    waiting.save(update_fields=["state", "version"])
    ReviewClaim.objects.filter(proposal=waiting).delete()
    record_event("proposal.taken_back", waiting, by=by.person, whose=by.person)
    return waiting


@transaction.atomic
def withdraw_proposal(*, proposal: ProposedEdit, by: Writer) -> ProposedEdit:
    """Let go of it. It stays readable to its author, and can be taken up again.

    Raises:
        PermissionDenied: it is not theirs, or not open any more.
    """
    draft = locked(proposal)
    if not draft.is_open or not is_whose(by, draft):
        raise PermissionDenied
    was_sent = draft.state != State.DRAFT
    draft.state, draft.decided_at = State.WITHDRAWN, timezone.now()
    draft.save(update_fields=["state", "decided_at"])
    ReviewClaim.objects.filter(proposal=draft).delete()
    if was_sent:
        record_event("proposal.withdrawn", draft, by=by.person, whose=by.person)
    return draft


@transaction.atomic
def take_up_again(*, proposal: ProposedEdit, by: Writer) -> ProposedEdit:
    """Begin a new draft with the words of one that was not taken, or was let go.

    Raises:
        PermissionDenied: it is not theirs, or is still open or on the page.
    """
    old = locked(proposal)
    is_over = old.state in (State.REJECTED, State.WITHDRAWN) or old.taken_out_at is not None
    if not is_over or not is_whose(by, old):
        raise PermissionDenied
    page, base, kind = old.page, old.base, old.kind
    if page is not None and not page.live and old.base_id is None:
        # It was a page of its own, and is taken off the shelf: it can only begin anew.
        kind = str(page.specific_class.kind)
        page, base = None, None
    again = begin_draft(by=by, changes=old.changed, page=page, base=base, kind=kind, adapted_from=old.adapted_from)
    # Who had a question, or said no, goes with it: else it would be on the page unread once its author is trusted.
    again.reviewer = old.reviewer
    again.save(update_fields=["reviewer"])
    return again


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


def _check_room(person: User) -> None:
    # Held until the transaction is over: of eight that are sent at once, each counts the others.
    User.objects.select_for_update().get(pk=person.pk)
    waiting = ProposedEdit.objects.filter(author=person, state=State.WAITING)
    if waiting.count() >= MOST_WAITING_OF_NEWCOMERS:
        raise TooManyWaitingError


def _adds_links_too_soon(draft: ProposedEdit, standing: Standing) -> bool:
    """What new people link to is looked at before anybody can follow it."""
    return is_new(standing) and bool(links_added(draft.changed))
