"""Sentences that the library says of a practice. They claim no more than the fields hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.models import Basis, Change, PracticePage, Status, ToldBy

# Below so many ratings no average is said, only their number.
FEWEST_FOR_AN_AVERAGE = 5
# So many dots stand on one line of a card.
MOST_DOTS = 20


class Tallied(Protocol):
    """How many places told how it went, and how many people rated the page, as `PracticeTotals` has it."""

    @property
    def places(self) -> int | None: ...
    @property
    def places_took_part(self) -> int | None: ...
    @property
    def helped(self) -> int | None: ...
    @property
    def in_part(self) -> int | None: ...
    @property
    def did_not_help(self) -> int | None: ...
    @property
    def too_early(self) -> int | None: ...
    @property
    def ratings(self) -> int | None: ...
    @property
    def rating_sum(self) -> int | None: ...


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


@dataclass(frozen=True, slots=True)
class Tally:
    """How it went in other places, counted and never judged.

    Args:
        dots: a verdict for each place, for a picture beside the words; of many places, for so many as a line holds.
        places: how many places told; empty if nobody did.
        verdicts: how it went there.
        silent: that nobody who took part has told; empty if somebody did, or nobody at all.
        rated: what those who rated the page gave it; empty if nobody did.
    """

    dots: tuple[str, ...] = ()
    places: str = ""
    verdicts: str = ""
    silent: str = ""
    rated: str = ""

    def __str__(self) -> str:
        return f"{self.places}: {self.verdicts}." if self.places else _("Nobody has told us yet how it went.")


def tally(totals: Tallied | None) -> Tally:
    """Count how it went, each verdict like the others."""
    if totals is None:
        return Tally()
    rated = rated_phrase(totals.ratings or 0, totals.rating_sum or 0)
    if not totals.places:
        return Tally(rated=rated)
    counts = {
        "helped": (totals.helped or 0, _("%(count)d helped")),
        "in-part": (totals.in_part or 0, _("%(count)d in part")),
        "did-not-help": (totals.did_not_help or 0, _("%(count)d did not help")),
        "too-early": (totals.too_early or 0, _("%(count)d too early to say")),
    }
    return Tally(
        dots=_dots({verdict: count for verdict, (count, _words) in counts.items()}),
        places=ngettext("Tried by %(count)d place", "Tried by %(count)d places", totals.places)
        % {"count": totals.places},
        verdicts=", ".join(words % {"count": count} for count, words in counts.values() if count),
        silent="" if totals.places_took_part else _("No one who took part has spoken yet"),
        rated=rated,
    )


def verdict_of(totals: Tallied | None) -> str:
    """How it went with a practice as a whole, as the value of a report: what most of its places say who can say.

    It is in part when they do not agree, and empty if nobody told. `VERDICT_OF_A_VERSION` says the same in SQL.
    """
    if totals is None or not totals.places:
        return ""
    helped, in_part, did_not = totals.helped or 0, totals.in_part or 0, totals.did_not_help or 0
    if not helped + in_part + did_not:
        return "too-early"
    if helped > max(in_part, did_not):
        return "helped"
    return "did-not-help" if did_not > max(helped, in_part) else "in-part"


def _dots(counts: Mapping[str, int]) -> tuple[str, ...]:
    """A dot for each place; where there are too many, the line is shared out, and what was told at all has one."""
    places = sum(counts.values())
    share = min(1.0, MOST_DOTS / places) if places else 1.0
    return tuple(
        verdict for verdict, count in counts.items() if count for _number in range(max(1, round(count * share)))
    )


def rated_phrase(ratings: int, rating_sum: int) -> str:
    """What those who rated a page gave it on average; of few, only how many they are."""
    if not ratings:
        return ""
    if ratings < FEWEST_FOR_AN_AVERAGE:
        return ngettext("%(count)d rating, too few to average", "%(count)d ratings, too few to average", ratings) % {
            "count": ratings
        }
    return _("Rated %(average)s of 5 by %(count)d people") % {
        "average": average_of(ratings, rating_sum),
        "count": ratings,
    }


def average_of(ratings: int, rating_sum: int) -> str:
    """To one decimal, halves up, worked out in whole numbers: 4.25 is not 4.2 in one place and 4.3 in another."""
    return number_format((rating_sum * 20 + ratings) // (ratings * 2) / 10, 1)


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
