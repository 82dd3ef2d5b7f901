"""The signed links in mails: to prove an address, to answer, to be asked no more. To open one does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from feedback.models import PROVEN, TO_BE_ASKED, Pledge, PledgeState
from practices.models import PracticePage

PROVEN_WITHIN = timedelta(days=7)
ANSWERED_WITHIN = timedelta(days=60)


class Over(StrEnum):
    """Why a link does nothing any more."""

    FORGED = "forged"
    GONE = "gone"
    EXPIRED = "expired"
    ANSWERED = "answered"
    ASKED_LATER = "asked-later"
    NEWER = "newer"
    STOPPED = "stopped"
    UNPUBLISHED = "unpublished"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link leads to.

    Args:
        pledge: what was pledged; None if there is nothing.
        over: why the link does nothing any more; None if it does.
    """

    pledge: Pledge | None
    over: Over | None


def answer_path(pledge: Pledge) -> str:
    """Where the last mail of a pledge is answered."""
    return reverse("feedback:answer_pledge", args=[_answers().sign(f"{pledge.pk}.{pledge.token}.{pledge.asked}")])


def answer_address(pledge: Pledge) -> str:
    return _base() + answer_path(pledge)


def prove_address(pledge: Pledge) -> str:
    return _base() + reverse("feedback:prove_pledge", args=[_proofs().sign(f"{pledge.pk}.{pledge.token}")])


def stop_path(pledge: Pledge) -> str:
    return reverse("feedback:stop_pledge", args=[_stops().sign(f"{pledge.pk}.{pledge.token}")])


def stop_address(pledge: Pledge) -> str:
    return _base() + stop_path(pledge)


def read_answer_link(signed: str) -> Link:
    """What a link to answer leads to, and whether it is over."""
    told = _unsigned(_answers(), signed, 3)
    if not told:
        return Link(None, Over.FORGED)
    pledge = _pledge_of(told)
    if pledge is None:
        return Link(None, Over.GONE)
    return Link(pledge, _answer_is_over(pledge, int(told[2])))


def read_proof_link(signed: str) -> Link:
    """What a link to prove an address leads to, and whether it is over. One that was used says so, and does no harm."""
    told = _unsigned(_proofs(), signed, 2)
    if not told:
        return Link(None, Over.FORGED)
    pledge = _pledge_of(told)
    if pledge is None:
        return Link(None, Over.GONE)
    if not is_readable(pledge.page_id):
        return Link(pledge, Over.UNPUBLISHED)
    if pledge.state == PledgeState.UNPROVEN:
        return Link(pledge, Over.EXPIRED if pledge.begun_at < timezone.now() - PROVEN_WITHIN else None)
    return Link(pledge, None if pledge.state in PROVEN else _closed(pledge))


def read_stop_link(signed: str) -> Link:
    """Whose questions a link ends. It is never over: whoever wants no mail is not told that they come too late."""
    told = _unsigned(_stops(), signed, 2)
    return Link(_pledge_of(told), None) if told else Link(None, Over.FORGED)


def is_readable(page_id: int) -> bool:
    """Whether readers can see a page."""
    return PracticePage.objects.visible().filter(pk=page_id).exists()


def has_left(pledge: Pledge) -> bool:
    """Whether somebody closed the account with which they pledged: nothing is told in its name any more."""
    return pledge.person is not None and pledge.person.closed_at is not None


def _answer_is_over(pledge: Pledge, asked: int) -> Over | None:
    if pledge.state not in TO_BE_ASKED:
        return _closed(pledge)
    if has_left(pledge):
        return Over.STOPPED
    if asked < pledge.asked:
        return Over.NEWER
    if pledge.state != PledgeState.ASKED or asked != pledge.asked or pledge.asked_at is None:
        return Over.ASKED_LATER
    if pledge.asked_at < timezone.now() - ANSWERED_WITHIN:
        return Over.EXPIRED
    return None if is_readable(pledge.page_id) else Over.UNPUBLISHED


def _closed(pledge: Pledge) -> Over:
    return {PledgeState.ANSWERED: Over.ANSWERED, PledgeState.EXPIRED: Over.EXPIRED}.get(
        PledgeState(pledge.state), Over.STOPPED
    )


def _pledge_of(told: list[str]) -> Pledge | None:
    """The pledge of a number, if it is the one that the link was made for."""
    pledges = Pledge.objects.select_related("page", "person", "report")
    return pledges.filter(pk=int(told[0]), token=told[1]).first()


def _unsigned(signer: Signer, signed: str, parts: int) -> list[str]:
    """What a link carries; nothing if it is not one that we made."""
    try:
        told = signer.unsign(signed).split(".")
    except BadSignature:
        return []
    return told if len(told) == parts else []


def _base() -> str:
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/")


def _answers() -> Signer:
    return Signer(salt="feedback.pledges.answer")


def _proofs() -> Signer:
    return Signer(salt="feedback.pledges.prove")


def _stops() -> Signer:
    return Signer(salt="feedback.pledges.stop")
