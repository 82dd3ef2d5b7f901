"""What the front door shows, chosen by rule: the same for everybody all week, and another choice the next.

Nothing here reads the database. A choice is made among candidates, and it is the same for the same
candidates and the same week. Practices already shown higher up are taken only when there is no other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import combinations
from typing import TypeVar

LONGEST_SENTENCE = 240
LONGEST_EXCERPT = 160
ABBREVIATIONS = ("e.g.", "i.e.", "etc.", "Mr.", "Mrs.", "Ms.", "Dr.", "St.", "No.", "vs.")
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s|$)")

Chosen = TypeVar("Chosen")


@dataclass(frozen=True)
class Candidate:
    """What the rules need to know of a practice.

    `ground` is the colour its cover stands on, `family` what its outcomes are about; both keep a
    shelf from looking all the same. `shows` says, by principle, how the principle shows here, and
    `did_not_work` the first thing that the page says of it.
    """

    id: int
    slug: str
    kind: str = "other"
    family: str = ""
    ground: str = ""
    groups: frozenset[int] = frozenset()
    shows: tuple[tuple[int, str], ...] = ()
    did_not_work: str = ""
    has_questions: bool = False


@dataclass(frozen=True)
class Pair:
    """Two practices that share a principle and no group, each with how the principle shows there."""

    principle: int
    practices: tuple[Candidate, Candidate]
    shows: tuple[str, str]


def week_of(day: date) -> str:
    """The name of a week, such as 2026-W47. Choices change when it does."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def start_of(week: str) -> float:
    """Where in a large library this week's candidates begin, from 0 to 1."""
    return int.from_bytes(_chance(week, "start")[:4], "big") / 2**32


def shuffled(items: Iterable[Chosen], week: str, name: Callable[[Chosen], str]) -> list[Chosen]:
    """The items in an order that only their names and the week decide."""
    return sorted(items, key=lambda item: _chance(week, name(item)))


def pick_covers(candidates: Sequence[Candidate], how_many: int = 6) -> list[Candidate]:
    """A shelf that is mixed in kinds, in what it is about and in colour, whatever comes first in the candidates."""
    chosen: list[Candidate] = []
    left = list(candidates)
    while left and len(chosen) < how_many:
        best = min(left, key=lambda candidate: _sameness(candidate, chosen))
        chosen.append(best)
        left.remove(best)
    return chosen


def _sameness(candidate: Candidate, chosen: Sequence[Candidate]) -> tuple[int, int, bool, int]:
    """How much a candidate would repeat what stands on the shelf. Every other place is for a kind not there yet."""
    of_a_kind = candidate.kind != "other"
    place_of_a_kind = len(chosen) % 2 == 0
    kind = int(of_a_kind != place_of_a_kind) + 2 * (of_a_kind and any(one.kind == candidate.kind for one in chosen))
    grounds = [one.ground for one in chosen]
    return (
        kind,
        sum(one.family == candidate.family for one in chosen),
        grounds[-1:] == [candidate.ground],
        grounds.count(candidate.ground),
    )


def pick_what_did_not_work(
    candidates: Sequence[Candidate], shown: Collection[int] = (), how_many: int = 4
) -> list[Candidate]:
    """Practices that say what did not work."""
    return [candidate for candidate in _unseen_first(candidates, shown) if candidate.did_not_work][:how_many]


def pick_for_the_week(candidates: Sequence[Candidate], shown: Collection[int] = ()) -> Candidate | None:
    """A practice with questions to sit with."""
    return next((one for one in _unseen_first(candidates, shown) if one.has_questions), None)


def pick_pairs(candidates: Sequence[Candidate], shown: Collection[int] = (), how_many: int = 3) -> list[Pair]:
    """Principles, each with two practices that are not with the same people. No practice comes twice."""
    pairs: list[Pair] = []
    used: set[int] = set()
    principles = dict.fromkeys(principle for candidate in candidates for principle, how in candidate.shows if how)
    ordered = _unseen_first(candidates, shown)
    for principle in principles:
        if len(pairs) == how_many:
            break
        showing = [
            (candidate, how)
            for candidate in ordered
            if candidate.groups and candidate.id not in used
            for named, how in candidate.shows
            if named == principle and how
        ]
        for (one, how_one), (two, how_two) in combinations(showing[:12], 2):
            if one.id != two.id and not one.groups & two.groups:
                pairs.append(Pair(principle, (one, two), (how_one, how_two)))
                used.update((one.id, two.id))
                break
    return pairs


def first_point(points: Sequence[str]) -> str:
    """The first thing a text says: whole sentences of its first point, and never part of one.

    Args:
        points: the text's points and paragraphs. One that ends with a colon only leads to the next.

    Returns:
        As many sentences as fit in a short excerpt, but at least the first, as long as that can be
        quoted at all; else nothing.
    """
    point = next((point.strip() for point in points if point.strip() and not point.strip().endswith(":")), "")
    ends = [end.end() for end in SENTENCE_END.finditer(point) if not point[: end.end()].endswith(ABBREVIATIONS)]
    if not ends or ends[-1] < len(point):
        ends.append(len(point))
    first = ends[0] if ends[0] <= LONGEST_SENTENCE else 0
    return point[: max((end for end in ends if end <= LONGEST_EXCERPT), default=first)].strip()


def _unseen_first(candidates: Sequence[Candidate], shown: Collection[int]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: candidate.id in shown)


def _chance(*names: str) -> bytes:
    return sha256("\n".join(names).encode()).digest()
