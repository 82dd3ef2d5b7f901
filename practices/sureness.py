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
        because: in sentences.
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
    because = (*_told_sentences(totals, today), *_changes_sentences(changes))
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


def _told_sentences(totals: Told | None, today: date) -> tuple[str, ...]:
    if totals is None or not totals.places:
        return (_("No place has told us yet how it went."),)
    sentences = [_places_sentence(totals.places, _took_part(totals))]
    if totals.too_early:
        sentences.append(_too_early_sentence(totals.places, totals.too_early))
    if totals.did_not_help:
        sentences.append(_not_helped_sentence(totals.places, totals.did_not_help))
    if totals.last_told and is_old(totals, today):
        sentences.append(
            _("The last report is from %(year)d: it may be different today.") % {"year": totals.last_told.year}
        )
    return tuple(sentences)


def _places_sentence(places: int, took_part: int) -> str:
    tried = ngettext("Tried in one place", "Tried in %(number)s places", places) % {"number": in_words(places)}
    if not took_part:
        return _("%(tried)s, and nobody who took part has spoken yet.") % {"tried": tried}
    if places == 1:
        return _("%(tried)s, and told by somebody who took part.") % {"tried": tried}
    if took_part == places:
        return _("%(tried)s, and told by people who took part in all of them.") % {"tried": tried}
    return ngettext(
        "%(tried)s, and told by somebody who took part in one of them.",
        "%(tried)s, and told by people who took part in %(number)s of them.",
        took_part,
    ) % {"tried": tried, "number": in_words(took_part)}


def _too_early_sentence(places: int, too_early: int) -> str:
    if places == 1:
        return _("It is too early to say how it went there.")
    if places == too_early:
        return _("It is too early to say in any of them.")
    return ngettext(
        "In one place it is too early to say.", "In %(number)s places it is too early to say.", too_early
    ) % {"number": in_words(too_early)}


def _not_helped_sentence(places: int, did_not_help: int) -> str:
    if did_not_help == places:
        return _("It did not help there.") if places == 1 else _("It did not help in any of them.")
    return ngettext("One place says it did not help.", "%(number)s places say it did not help.", did_not_help) % {
        "number": in_words(did_not_help).capitalize()
    }


def _changes_sentences(changes: Sequence[BasisAndTeller]) -> tuple[str, ...]:
    if not changes:
        return (_("The page tells of no change yet."),)
    number = len(changes)
    bases = [basis for basis, _teller in changes]
    counted, studied = bases.count(Basis.COUNTED), bases.count(Basis.STUDIED)
    sentences = [
        _on_more_than_accounts(number, counted, studied) if counted or studied else _on_accounts(number),
        _tellers_sentence([teller for _basis, teller in changes]),
        "" if studied else _("The library holds no study of it from outside."),
    ]
    return tuple(sentence for sentence in sentences if sentence)


def _on_accounts(number: int) -> str:
    return ngettext(
        "The one change on the page rests on somebody’s account.",
        "The %(number)s changes on the page rest on people’s accounts.",
        number,
    ) % {"number": in_words(number)}


def _on_more_than_accounts(number: int, counted: int, studied: int) -> str:
    if number == counted:
        told = ngettext(
            "The one change on the page was counted.", "The %(number)s changes on the page were counted.", number
        )
        return told % {"number": in_words(number)}
    if number == studied:
        told = ngettext(
            "The one change on the page was studied from outside.",
            "The %(number)s changes on the page were studied from outside.",
            number,
        )
        return told % {"number": in_words(number)}
    parts = []
    if counted:
        told = ngettext("%(number)s was counted", "%(number)s were counted", counted)
        parts.append(told % {"number": in_words(counted)})
    if studied:
        told = ngettext("%(number)s was studied from outside", "%(number)s were studied from outside", studied)
        parts.append(told % {"number": in_words(studied)})
    both = _(" and ").join(parts)
    return _("Of the %(number)s changes on the page, %(both)s.") % {"number": in_words(number), "both": both}


def _tellers_sentence(tellers: Sequence[str]) -> str:
    """Whether those who took part tell of the changes, as far as it is known."""
    by_part = tellers.count(ToldBy.TOOK_PART)
    if not by_part:
        if ToldBy.UNKNOWN in tellers:
            return _("We do not know whether anybody who took part said so.")
        return _("Nobody who took part said so.")
    if by_part == len(tellers):
        return ngettext("Somebody who took part said so.", "People who took part said so.", by_part)
    return ngettext(
        "One of them is told by somebody who took part.",
        "%(number)s of them are told by people who took part.",
        by_part,
    ) % {"number": in_words(by_part).capitalize()}


def _what_would_help(totals: Told | None, changes: Sequence[BasisAndTeller], today: date) -> str:
    """The next thing that would make us surer: the one that weighs most, and no list of demands."""
    told = _places_that_know(totals)
    if told == 0:
        is_tried = totals is not None and totals.places
        return (
            _("We would be surer once somebody can say how it went.")
            if is_tried
            else _("We would be surer if a first place told us how it went.")
        )
    if is_old(totals, today):
        return _("We would be surer with a word from somebody who does it today.")
    missing = SEVERAL_PLACES - told
    if missing > 0:
        more = ngettext("one more place", "%(number)s more places", missing) % {"number": in_words(missing)}
        return _("We would be surer with a word from %(more)s.") % {"more": more}
    if not _took_part(totals):
        return _("We would be surer with a word from somebody who took part.")
    bases = {basis for basis, _teller in changes}
    if not bases & {Basis.COUNTED, Basis.STUDIED}:
        return _("We would be surer with a figure that somebody counted, or a study from outside.")
    return ""


def in_words(number: int) -> str:
    """Numbers up to nine in words, others in figures."""
    return str(apnumber(number))
