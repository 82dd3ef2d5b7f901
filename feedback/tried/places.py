"""What reports say, place by place: several people can tell of one place, and it is counted once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from feedback.models import TOOK_PART, Verdict


class Told(NamedTuple):
    """What is counted of one report; the names are those of columns."""

    id: int
    page_id: int
    place_key: str
    place: str
    nation: str
    teller: str
    verdict: str
    told_on: date


@dataclass(slots=True)
class Place:
    """One place in which a practice was tried.

    Args:
        name: as the latest report has it; empty if nobody says where.
        verdict: how it went there.
        tellers: which parts those played who tell, those who took part first.
        last_told: the day of the latest report.
        reports: their numbers, the most telling one first.
        differs: whether people who can say it tell it differently.
    """

    name: str
    verdict: str
    tellers: list[str] = field(default_factory=list)
    last_told: date = date.min
    reports: list[int] = field(default_factory=list)
    differs: bool = False

    @property
    def took_part(self) -> bool:
        return any(teller in TOOK_PART for teller in self.tellers)


def places_of(told: Iterable[Told]) -> list[Place]:
    """The places that some reports of one practice tell of, the one last told of first.

    Of several reports of a place, how it went is what those say who took part, or else any; and whoever found it too
    early to say gives way to whoever can say. Where these tell it differently, it helped in part: neither the last nor
    the loudest decides. A report that names no place is one of its own.
    """
    by_name: dict[str, list[Told]] = {}
    for report in told:
        by_name.setdefault(report.place_key or f"#{report.id}", []).append(report)
    places = [_place(reports) for of_a_name in by_name.values() for reports in _by_nation(of_a_name)]
    return sorted(places, key=lambda place: (place.last_told, max(place.reports)), reverse=True)


def _by_nation(reports: list[Told]) -> list[list[Told]]:
    """Places of one name in several nations are apart. Who says no nation means the one that others name."""
    nations = sorted({report.nation for report in reports if report.nation})
    if len(nations) <= 1:
        return [reports]
    return [found for nation in ("", *nations) if (found := [report for report in reports if report.nation == nation])]


def _place(reports: list[Told]) -> Place:
    telling = sorted(reports, key=_weight, reverse=True)
    latest = max(reports, key=lambda report: (report.told_on, report.id))
    verdicts = {report.verdict for report in telling if _heard_as(report) == _heard_as(telling[0])}
    return Place(
        name=latest.place,
        verdict=verdicts.pop() if len(verdicts) == 1 else str(Verdict.IN_PART),
        tellers=sorted(dict.fromkeys(report.teller for report in telling), key=_heard),
        last_told=latest.told_on,
        reports=[report.id for report in telling],
        differs=len({report.verdict for report in reports if report.verdict != Verdict.TOO_EARLY}) > 1,
    )


def _heard_as(report: Told) -> tuple[bool, bool]:
    return (report.verdict != Verdict.TOO_EARLY, report.teller in TOOK_PART)


def _weight(report: Told) -> tuple[bool, bool, date, int]:
    return (*_heard_as(report), report.told_on, report.id)


def _heard(teller: str) -> tuple[int, str]:
    return (0 if teller in TOOK_PART else 1, teller)


def taken_in_places(
    places: Iterable[Place], taken_by_report: dict[int, dict[UUID, str]]
) -> dict[tuple[UUID, str, str], int]:
    """In how many places each essential was kept, changed or left out, by how it went there.

    Where several people of one place say different things of an essential, the most telling report counts.

    Args:
        places: as `places_of` gives them.
        taken_by_report: of each report by its number, what it says of each essential.

    Returns:
        How many places, by essential, what was done with it, and verdict.
    """
    counts: dict[tuple[UUID, str, str], int] = {}
    for place in places:
        taken: dict[UUID, str] = {}
        for number in reversed(place.reports):
            taken |= taken_by_report.get(number, {})
        for essential, how in taken.items():
            key = (essential, how, place.verdict)
            counts[key] = counts.get(key, 0) + 1
    return counts
