"""In how many places an essential was kept, changed or left out, and how it went there: a sentence, out of counts.

It says the good and the bad with the same words, and never that one caused the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.models import Verdict
from practices.models import Taken
from practices.sureness import in_words

# By what was done with the essential, and how it went there.
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class EssentialShown:
    """An essential as the page shows it: its text, and what became of it elsewhere."""

    text: str
    evidence: str


def evidence_of(places: Counts, versions: Counts) -> str:
    """What became of an essential where it was tried.

    Args:
        places: in how many places it was taken so, by reports.
        versions: in how many local versions; these count as places, and where nobody has told how it went with one,
            its verdict is empty.
    """
    counts = {key: places.get(key, 0) + versions.get(key, 0) for key in (*places, *versions)}
    helped = sum(counts.get((taken, Verdict.HELPED), 0) for taken in Taken)
    sentences = [
        _sentence(_("Kept %(where)s."), [_kept_where_it_helped(counts, helped), *_elsewhere(counts, Taken.KEPT)]),
        _sentence(
            _("Changed %(where)s."), [*_where_it_helped(counts, Taken.CHANGED), *_elsewhere(counts, Taken.CHANGED)]
        ),
        _sentence(
            _("Left out %(where)s."), [*_where_it_helped(counts, Taken.LEFT_OUT), *_elsewhere(counts, Taken.LEFT_OUT)]
        ),
    ]
    return " ".join(sentence for sentence in sentences if sentence) or _("Nobody has told us yet.")


def _sentence(words: str, where: Iterable[str]) -> str:
    told = [each for each in where if each]
    if not told:
        return ""
    first, last = ", ".join(told[:-1]), told[-1]
    return words % {"where": _("%(first)s and %(last)s") % {"first": first, "last": last} if first else last}


def _kept_where_it_helped(counts: Counts, helped: int) -> str:
    """Out of all the places where it helped that say what they did with the essential."""
    kept = counts.get((Taken.KEPT, Verdict.HELPED), 0)
    if not kept:
        return ""
    if helped == 1:
        return _("in the one place where it helped")
    return _("in %(kept)d of the %(helped)d places where it helped") % {"kept": kept, "helped": helped}


def _where_it_helped(counts: Counts, taken: Taken) -> list[str]:
    number = counts.get((taken, Verdict.HELPED), 0)
    words = ngettext("in one place where it helped", "in %(number)s places where it helped", number)
    return [words % {"number": in_words(number)}] if number else []


def _elsewhere(counts: Counts, taken: Taken) -> list[str]:
    """Where it was taken so and did not simply help, each verdict apart."""
    in_part, did_not_help, too_early, not_told = (
        counts.get((taken, verdict), 0) for verdict in (Verdict.IN_PART, Verdict.DID_NOT_HELP, Verdict.TOO_EARLY, "")
    )
    words = [
        (
            in_part,
            ngettext("in one place where it helped in part", "in %(number)s places where it helped in part", in_part),
        ),
        (
            did_not_help,
            ngettext("in one place where it did not help", "in %(number)s places where it did not help", did_not_help),
        ),
        (
            too_early,
            ngettext(
                "in one place where it is too early to say",
                "in %(number)s places where it is too early to say",
                too_early,
            ),
        ),
        (
            not_told,
            ngettext(
                "in one local version that has not yet told us how it went",
                "in %(number)s local versions that have not yet told us how it went",
                not_told,
            ),
        ),
    ]
    return [phrase % {"number": in_words(number)} for number, phrase in words if number]
