"""How sure we can be of what a page says: one pure function, in sentences and one of four words.

It counts who tells, from how many places, how lately, and on what the changes rest. What they say of it, that it
helped or that it did not, is told, and makes nobody less sure: we can be quite sure that something does not help.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models.values import Basis, Sure, ToldBy

# So many places are several.
SEVERAL_PLACES = 3
# What was last told longer ago than this is old.
OLD_AFTER_YEARS = 3


class Told(Protocol):
    """What reports tell of a practice, as `PracticeTotals` and the rows of cards have it."""

    @property
    def places(self) -> int | None: ...
    @property
    def places_took_part(self) -> int | None: ...
    @property
    def did_not_help(self) -> int | None: ...
    @property
    def too_early(self) -> int | None: ...
    @property
    def last_told(self) -> date | None: ...


# On what a change rests, and who tells it.
BasisAndTeller = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure we can be, and why.

    Args:
        level: in one word, for lists and filters.
        because: in sentences, of which the first is enough for a list.
        next: what would make us surer; empty if nothing is missing.
    """

    level: Sure
    because: tuple[str, ...]
    next: str

    @property
    def label(self) -> str:
        return str(self.level.label)


def how_sure(totals: Told | None, changes: Sequence[BasisAndTeller], today: date) -> Sureness:
    """Say how sure we can be of a practice.

    Args:
        totals: what reports tell; None if none ever told anything.
        changes: of each change on the page, on what it rests and who tells it.
        today: the day, since what was told long ago may not hold any more.
    """
    sentences = (_places_sentence(totals), _not_helped_sentence(totals), _old_sentence(totals, today))
    because = tuple(sentence for sentence in (*sentences, *_changes_sentences(changes)) if sentence)
    return Sureness(level_of(totals, changes, today), because, _what_would_help(totals, changes, today))


def level_of(totals: Told | None, changes: Iterable[BasisAndTeller], today: date) -> Sure:
    """The same in one word: what cards say, and what is filtered by."""
    told = _places_that_know(totals)
    bases = {basis for basis, _teller in changes}
    is_checked = bool(bases & {Basis.COUNTED, Basis.STUDIED})
    is_several = told >= SEVERAL_PLACES and _took_part(totals) > 0 and not is_old(totals, today)
    if is_several:
        return Sure.CHECKED if is_checked else Sure.SEVERAL
    if Basis.STUDIED in bases:
        return Sure.SEVERAL
    return Sure.FIRST if told or bases else Sure.HOPES


def is_old(totals: Told | None, today: date) -> bool:
    """Whether the last that was told is so long ago that it may not hold any more."""
    last = totals.last_told if totals else None
    return last is not None and last < old_before(today)


def old_before(today: date) -> date:
    """The day before which whatever was told is old."""
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return date(today.year - OLD_AFTER_YEARS, today.month, day)


def _places_that_know(totals: Told | None) -> int:
    """Places of which somebody says more than that it is too early to say."""
    return (totals.places or 0) - (totals.too_early or 0) if totals else 0


def _took_part(totals: Told | None) -> int:
    return (totals.places_took_part or 0) if totals else 0


def _places_sentence(totals: Told | None) -> str:
    told, took_part = _places_that_know(totals), _took_part(totals)
    if not told:
        if totals and totals.places:
            return _("Everywhere it was tried, it is too early to say.")
        return _("Nobody has told us yet how it went.")
    tried = ngettext("Tried in one place", "Tried in %(number)s places", told) % {"number": in_words(told)}
    if not took_part:
        return _("%(tried)s. Nobody who took part has spoken yet.") % {"tried": tried}
    if told == 1:
        return _("%(tried)s, and told by somebody who took part.") % {"tried": tried}
    return ngettext(
        "%(tried)s, and told by people who took part in one of them.",
        "%(tried)s, and told by people who took part in %(number)s of them.",
        took_part,
    ) % {"tried": tried, "number": in_words(took_part)}


def _not_helped_sentence(totals: Told | None) -> str:
    count = (totals.did_not_help or 0) if totals else 0
    if not count:
        return ""
    if count == _places_that_know(totals):
        return _("It did not help there.") if count == 1 else _("It did not help in any of them.")
    return ngettext("One place says it did not help.", "%(number)s places say it did not help.", count) % {
        "number": in_words(count).capitalize()
    }


def _old_sentence(totals: Told | None, today: date) -> str:
    if totals is None or totals.last_told is None or not is_old(totals, today):
        return ""
    return _("The last word on it is from %(year)d.") % {"year": totals.last_told.year}


def _changes_sentences(changes: Sequence[BasisAndTeller]) -> tuple[str, ...]:
    if not changes:
        return (_("No change has been reported on the page: it says what people did, thought and hoped for."),)
    bases = [basis for basis, _teller in changes]
    counted, studied = bases.count(Basis.COUNTED), bases.count(Basis.STUDIED)
    sentences = [
        _on_one_account(len(bases))
        if not counted and not studied
        else _on_more_than_accounts(len(bases), counted, studied)
    ]
    if not studied:
        sentences.append(_("The library holds no study of it from outside."))
    by_part = sum(teller == ToldBy.TOOK_PART for _basis, teller in changes)
    if by_part:
        told = ngettext(
            "%(number)s change is told by somebody who took part.",
            "%(number)s changes are told by people who took part.",
            by_part,
        )
        sentences.append(told % {"number": in_words(by_part).capitalize()})
    elif any(teller == ToldBy.UNKNOWN for _basis, teller in changes):
        sentences.append(_("We do not know whether anybody who took part tells of them."))
    return tuple(sentences)


def _on_one_account(number: int) -> str:
    return ngettext(
        "The one change on the page rests on somebody’s account.",
        "The %(number)s changes on the page rest on people’s accounts.",
        number,
    ) % {"number": in_words(number)}


def _on_more_than_accounts(number: int, counted: int, studied: int) -> str:
    parts = []
    if counted:
        parts.append(
            ngettext("%(number)s was counted", "%(number)s were counted", counted) % {"number": in_words(counted)}
        )
    if studied:
        told = ngettext("%(number)s was studied from outside", "%(number)s were studied from outside", studied)
        parts.append(told % {"number": in_words(studied)})
    if number == 1:
        return (
            _("The one change on the page was studied from outside.")
            if studied
            else _("The one change on the page was counted.")
        )
    both = _(" and ").join(parts)
    return _("Of the %(number)s changes on the page, %(both)s.") % {"number": in_words(number), "both": both}


def _what_would_help(totals: Told | None, changes: Sequence[BasisAndTeller], today: date) -> str:
    """The next thing that would make us surer: the one that weighs most, and no list of demands."""
    told = _places_that_know(totals)
    missing = SEVERAL_PLACES - told
    if told == 0:
        return _("A first place that tells how it went would make us surer.")
    if is_old(totals, today):
        return _("A word from somebody who does it today would make us surer.")
    if missing > 0:
        more = ngettext("one more place", "%(number)s more places", missing) % {"number": in_words(missing)}
        return _("A word from %(more)s would make us surer.") % {"more": more}
    if not _took_part(totals):
        return _("A word from somebody who took part would make us surer.")
    bases = {basis for basis, _teller in changes}
    if not bases & {Basis.COUNTED, Basis.STUDIED}:
        return _("A figure that somebody counted, or a study from outside, would make us surer.")
    return ""


def in_words(number: int) -> str:
    """Numbers up to nine in words, others in figures."""
    return str(apnumber(number))
