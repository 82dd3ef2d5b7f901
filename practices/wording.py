"""Sentences that the library says of a practice. They claim no more than the fields hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.models import Basis, Change, PracticePage, Status, ToldBy


class Tallied(Protocol):
    """How many places told how it went, as `PracticeTotals` has it."""

    @property
    def places(self) -> int | None: ...
    @property
    def helped(self) -> int | None: ...
    @property
    def in_part(self) -> int | None: ...
    @property
    def did_not_help(self) -> int | None: ...
    @property
    def too_early(self) -> int | None: ...


def day(moment: date) -> str:
    return date_format(moment, "j F Y")


def month_and_year(year_month: str) -> str:
    """“2019-07” as “July 2019”; anything that is no year and month stays as it is."""
    try:
        year, month = year_month.split("-")
        return date_format(date(int(year), int(month), 1), "F Y")
    except ValueError:
        return year_month


def status_phrase(status: str, reported: str) -> str:
    """How things stood when somebody last said so, for one line of a list. Empty when nobody has."""
    if status == Status.UNKNOWN:
        return ""
    phrase = str(Status(status).label)
    return _("%(status)s, %(month)s") % {"status": phrase, "month": month_and_year(reported)} if reported else phrase


def status_sentence(practice: PracticePage, confirmed_on: date | None = None) -> str:
    """The same for the practice's own page, where it also says whether anybody has checked since."""
    if practice.status == Status.UNKNOWN:
        return ""
    dated = {
        Status.PROPOSED: _("An idea, not tried yet, in %(month)s."),
        Status.ACTIVE: _("Still going when last reported, %(month)s."),
        Status.PAUSED: _("Paused when last reported, %(month)s."),
        Status.FINISHED: _("Finished, as reported in %(month)s."),
    }
    undated = {
        Status.PROPOSED: _("An idea, not tried yet when it was reported."),
        Status.ACTIVE: _("Still going when last reported. We do not know when that was."),
        Status.PAUSED: _("Paused when last reported. We do not know when that was."),
        Status.FINISHED: _("Finished. We do not know when."),
    }
    status = Status(practice.status)
    if not practice.status_reported:
        return undated[status]
    sentence = dated[status] % {"month": month_and_year(practice.status_reported)}
    if status == Status.FINISHED:
        return sentence
    if confirmed_on and confirmed_on.isoformat()[:7] > practice.status_reported:
        checked = _("Somebody checked this page on %(day)s.") % {"day": day(confirmed_on)}
    else:
        checked = _("Nobody has checked since.")
    return f"{sentence} {checked}"


def tally(totals: Tallied | None) -> str:
    """How it went in other places, counted and never judged."""
    if totals is None or not totals.places:
        return _("Nobody has told us yet how it went.")
    verdicts: list[tuple[int | None, str]] = [
        (totals.helped, _("%(count)d helped")),
        (totals.in_part, _("%(count)d in part")),
        (totals.did_not_help, _("%(count)d did not help")),
        (totals.too_early, _("%(count)d too early to say")),
    ]
    places = ngettext("Tried by %(count)d place", "Tried by %(count)d places", totals.places) % {"count": totals.places}
    told = ", ".join(words % {"count": count} for count, words in verdicts if count)
    return f"{places}: {told}" if told else places


def evidence(changes: Sequence[Change]) -> str:
    """What the changes on a page rest on, and whether anybody who took part tells of them."""
    if not changes:
        return _("No change has been reported here yet. What stands here is what people did, thought and hoped for.")
    sentences = (_basis_of(changes), _study_of(changes), _tellers_of(changes))
    return " ".join(sentence for sentence in sentences if sentence)


def _basis_of(changes: Sequence[Change]) -> str:
    number = len(changes)
    counts = Counter(Basis(change.basis) for change in changes)
    if number == 1:
        return {
            Basis.TOLD: _("One change is reported here. It rests on somebody’s account."),
            Basis.COUNTED: _("One change is reported here. It was counted."),
            Basis.STUDIED: _("One change is reported here. It was studied from outside."),
        }[Basis(changes[0].basis)]
    if len(counts) == 1:
        return {
            Basis.TOLD: _("%(number)s changes are reported here. All of them rest on somebody’s account."),
            Basis.COUNTED: _("%(number)s changes are reported here. All of them were counted."),
            Basis.STUDIED: _("%(number)s changes are reported here. All of them were studied from outside."),
        }[Basis(changes[0].basis)] % {"number": _in_words(number).capitalize()}
    told, counted, studied = (counts[basis] for basis in Basis)
    phrases = [
        (told, ngettext("%(number)s rests on somebody’s account", "%(number)s rest on somebody’s account", told)),
        (counted, ngettext("%(number)s was counted", "%(number)s were counted", counted)),
        (studied, ngettext("%(number)s was studied from outside", "%(number)s were studied from outside", studied)),
    ]
    rest = ", ".join(phrase % {"number": _in_words(count)} for count, phrase in phrases if count)
    return _("%(number)s changes are reported here: %(rest)s.") % {
        "number": _in_words(number).capitalize(),
        "rest": rest,
    }


def _in_words(number: int) -> str:
    """Numbers up to nine in words, others in figures."""
    return str(apnumber(number))


def _study_of(changes: Sequence[Change]) -> str:
    if any(change.basis == Basis.STUDIED for change in changes):
        return ""
    return _("The library holds no study of it from outside.")


def _tellers_of(changes: Sequence[Change]) -> str:
    by_part = sum(change.told_by == ToldBy.TOOK_PART for change in changes)
    if by_part:
        sentence = ngettext(
            "%(number)s is told by somebody who took part.", "%(number)s are told by people who took part.", by_part
        )
        return sentence % {"number": _in_words(by_part).capitalize()}
    if any(change.told_by == ToldBy.UNKNOWN for change in changes):
        return _("We do not know whether anybody who took part tells of it.")
    return _("Nobody who took part has told of it yet.")


def told_how(change: Change) -> str:
    """On what one change rests, and who tells it."""
    tellers = {
        ToldBy.TOOK_PART: _("told by somebody who took part"),
        ToldBy.RAN_IT: _("told by somebody who ran it"),
        ToldBy.OTHER: _("told by somebody else"),
    }
    teller = tellers.get(ToldBy(change.told_by), "")
    if change.basis == Basis.TOLD:
        phrase = teller or _("told, we do not know by whom")
    else:
        basis = _("counted") if change.basis == Basis.COUNTED else _("studied from outside")
        phrase = f"{basis}, {teller}" if teller else basis
    return phrase[:1].upper() + phrase[1:]
