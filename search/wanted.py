"""The wanted list: what readers ask for, in words that they write for others, and what moderators make of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.log_actions import log

from people.weekly_keys import key_of_the_week, keyed_hash
from practices.models import PracticePage

from .models import WantedAsk, WantedPractice, WantedState
from .text import is_chatter, is_small, stem, words_of

# So many wait at most: moderators have spare minutes, not days.
MOST_WAITING = 300
MOST_COMPARED = 1_000
MOST_SIMILAR = 3
# So many telling words, and of the shorter of two titles such a share, have to stand in both.
FEWEST_SHARED = 2
SHARE_SHARED = 0.6


class ListIsFull(Exception):
    """As much waits for the moderators as they can look at."""


@transaction.atomic
def ask_for_practice(*, title: str, why: str, visitor: str, is_other: bool = False) -> WantedPractice:
    """Put what somebody looks for on the list, to be shown once a moderator has looked at it.

    What is on the list in the same words already, shown or waiting, is asked for by one person more, unless
    they say more of it than that.

    Args:
        title: what is wanted, written for others to read.
        why: what would help somebody to answer; may be empty.
        visitor: the network address, of which a keyed hash is kept for at most a week.
        is_other: they saw what is alike, and said that theirs is something else.

    Raises:
        ListIsFull: nothing is written.
    """
    words = telling_words(title)
    for each in () if is_other or why else _there_already():
        if telling_words(each.title) == words:
            return ask_too(wanted=each.merged_into or each, visitor=visitor)
    if WantedPractice.objects.waiting().count() >= MOST_WAITING:
        raise ListIsFull
    # Without signals, here and in counting: what one visitor does must not make every kept page out of date.
    (wanted,) = WantedPractice.objects.bulk_create([WantedPractice(title=title, why=why, state=WantedState.WAITING)])
    return ask_too(wanted=wanted, visitor=visitor)


@transaction.atomic
def ask_too(*, wanted: WantedPractice, visitor: str) -> WantedPractice:
    """Count that somebody looks for the same. Who asked already this week is not counted again."""
    visitor_hash = keyed_hash(key_of_the_week(), f"wanted {wanted.pk}", visitor)
    _row, is_new = WantedAsk.objects.get_or_create(wanted=wanted, visitor_hash=visitor_hash)
    if is_new:
        WantedPractice.objects.filter(pk=wanted.pk).update(asked=F("asked") + 1)
        wanted.refresh_from_db(fields=["asked"])
    return wanted


def similar_wanted(title: str) -> list[WantedPractice]:
    """What asks for much the same and is shown on the list, or has a page by now; the most alike first."""
    words = telling_words(title)
    comparable = WantedPractice.objects.comparable()[:MOST_COMPARED]
    alike = [(_likeness(words, telling_words(each.title)), each) for each in comparable]
    alike.sort(key=lambda pair: -pair[0])
    return [each for likeness, each in alike if likeness][:MOST_SIMILAR]


def telling_words(title: str) -> frozenset[str]:
    """A title by which it is compared: the stems of its telling words."""
    words = words_of(title)
    telling = [word for word in words if not is_small(word) and not is_chatter(word)] or words
    return frozenset(stem(word) for word in telling)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of all their words two titles share; nought when they share too few to be much the same."""
    shared = len(one & other)
    if one != other and shared < max(FEWEST_SHARED, SHARE_SHARED * min(len(one), len(other))):
        return 0.0
    return shared / len(one | other)


@transaction.atomic
def show_wanted(*, wanted: WantedPractice, by: Any) -> None:
    """Show it on the list, as it is written now."""
    _decide(wanted, WantedState.OPEN, by)


@transaction.atomic
def invite_to_write(*, wanted: WantedPractice, invitation: str, by: Any) -> None:
    """Show it as an invitation, with what somebody could write."""
    wanted.invitation = invitation
    _decide(wanted, WantedState.INVITED, by)


@transaction.atomic
def answer_wanted(*, wanted: WantedPractice, page: PracticePage, by: Any) -> None:
    """Note that there is a page now; the list links to it."""
    wanted.answer = page
    _decide(wanted, WantedState.ANSWERED, by)


@transaction.atomic
def close_wanted(*, wanted: WantedPractice, reason: str, by: Any) -> None:
    """Take it off the list. The reason stands in the log."""
    _decide(wanted, WantedState.CLOSED, by, reason=reason)


@transaction.atomic
def merge_wanted(*, wanted: WantedPractice, into: WantedPractice, by: Any) -> None:
    """Make one of two: who asked for the first asks for the second.

    Raises:
        ValueError: it would be merged into itself, or into one that is merged, closed or answered.
    """
    if wanted.pk == into.pk or not WantedPractice.objects.still_wanted().filter(pk=into.pk).exists():
        raise ValueError("A want is merged into another one that is still wanted.")
    wanted.refresh_from_db(fields=["asked"])
    into.asked = F("asked") + wanted.asked
    into.save(update_fields=["asked"])
    wanted.duplicates.update(merged_into=into)
    # They are counted there now, also if this is done twice, or taken back.
    wanted.asked = 0
    wanted.save(update_fields=["asked"])
    wanted.merged_into = into
    _decide(wanted, WantedState.MERGED, by)


def _decide(wanted: WantedPractice, state: WantedState, by: Any, **data: str) -> None:
    wanted.state = state
    wanted.decided_at = timezone.now()
    if state != WantedState.MERGED:
        wanted.merged_into = None
    if state != WantedState.ANSWERED:
        wanted.answer = None
    # Not how many asked: somebody may be asking at this moment.
    wanted.save(update_fields=["title", "why", "invitation", "state", "decided_at", "answer", "merged_into"])
    log(wanted, f"search.wanted_{state}", user=by, data=data or None)


def _there_already() -> list[WantedPractice]:
    """What the same words may be counted for: what is wanted, and what was merged into something that is."""
    wanted = WantedPractice.objects.still_wanted()[: MOST_COMPARED + MOST_WAITING]
    merged = WantedPractice.objects.merged().select_related("merged_into")[:MOST_COMPARED]
    return [*wanted, *merged]
