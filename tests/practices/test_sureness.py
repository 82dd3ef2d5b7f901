"""How sure we can be, case by case: the level, and what is said of it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as Totals
from typing import Any

import pytest

from practices.models import Sure
from practices.sureness import how_sure, level_of, old_before

TODAY = date(2027, 5, 3)
LATELY, LONG_AGO = date(2026, 11, 16), date(2021, 2, 1)
NO_CHANGE = "The page tells of no change yet."
NO_STUDY = "The library holds no study of it from outside."
WHO_IS_UNKNOWN = "We do not know whether anybody who took part said so."
NEEDS_A_FIRST = "We would be surer if a first place told us how it went."
NEEDS_A_FIGURE = "We would be surer with a figure that somebody counted, or a study from outside."


def told(
    helped: int = 0,
    in_part: int = 0,
    did_not_help: int = 0,
    too_early: int = 0,
    *,
    took_part: int = 0,
    on: Any = LATELY,
) -> Totals:
    return Totals(
        places=helped + in_part + did_not_help + too_early,
        places_took_part=took_part,
        did_not_help=did_not_help,
        too_early=too_early,
        last_told=on,
    )


# What reports tell, what the changes rest on and who tells them, the level, what is said, what would help.
CASES: dict[str, tuple[Totals | None, list[tuple[str, str]], Sure, str, str]] = {
    "nothing at all": (
        None, [], Sure.HOPES,
        f"No place has told us yet how it went. {NO_CHANGE}",
        NEEDS_A_FIRST,
    ),
    "totals of nothing": (
        told(on=None), [], Sure.HOPES,
        f"No place has told us yet how it went. {NO_CHANGE}",
        NEEDS_A_FIRST,
    ),
    "one account": (
        None, [("told", "unknown")], Sure.FIRST,
        "No place has told us yet how it went. The one change on the page rests on somebody’s account. "
        f"{WHO_IS_UNKNOWN} {NO_STUDY}",
        NEEDS_A_FIRST,
    ),
    "one account of somebody who took part": (
        None, [("told", "took-part")], Sure.FIRST,
        "No place has told us yet how it went. The one change on the page rests on somebody’s account. "
        f"Somebody who took part said so. {NO_STUDY}",
        NEEDS_A_FIRST,
    ),
    "accounts of those who ran it": (
        None, [("told", "ran-it"), ("told", "other")], Sure.FIRST,
        "No place has told us yet how it went. The two changes on the page rest on people’s accounts. "
        f"Nobody who took part said so. {NO_STUDY}",
        NEEDS_A_FIRST,
    ),
    "accounts, one of them of somebody who took part": (
        None, [("told", "took-part"), ("told", "unknown"), ("told", "ran-it")], Sure.FIRST,
        "No place has told us yet how it went. The three changes on the page rest on people’s accounts. "
        f"One of them is told by somebody who took part. {NO_STUDY}",
        NEEDS_A_FIRST,
    ),
    "one figure": (
        None, [("counted", "ran-it")], Sure.FIRST,
        "No place has told us yet how it went. The one change on the page was counted. "
        f"Nobody who took part said so. {NO_STUDY}",
        NEEDS_A_FIRST,
    ),
    "figures only, told by those who took part": (
        None, [("counted", "took-part"), ("counted", "took-part")], Sure.FIRST,
        "No place has told us yet how it went. The two changes on the page were counted. "
        f"People who took part said so. {NO_STUDY}",
        NEEDS_A_FIRST,
    ),
    "one study": (
        None, [("studied", "other")], Sure.SEVERAL,
        "No place has told us yet how it went. The one change on the page was studied from outside. "
        "Nobody who took part said so.",
        NEEDS_A_FIRST,
    ),
    "two studies and nothing else": (
        None, [("studied", "unknown"), ("studied", "unknown")], Sure.SEVERAL,
        "No place has told us yet how it went. The two changes on the page were studied from outside. "
        f"{WHO_IS_UNKNOWN}",
        NEEDS_A_FIRST,
    ),
    "an account, a figure and a study": (
        None, [("told", "took-part"), ("counted", "unknown"), ("studied", "took-part")], Sure.SEVERAL,
        "No place has told us yet how it went. Of the three changes on the page, one was counted and one was studied "
        "from outside. Two of them are told by people who took part.",
        NEEDS_A_FIRST,
    ),
    "ten accounts, three figures among them": (
        None, [("told", "unknown")] * 7 + [("counted", "unknown")] * 3, Sure.FIRST,
        "No place has told us yet how it went. Of the 10 changes on the page, three were counted. "
        f"{WHO_IS_UNKNOWN} {NO_STUDY}",
        NEEDS_A_FIRST,
    ),
    "one place, told by whoever ran it": (
        told(helped=1), [], Sure.FIRST,
        f"Tried in one place, and nobody who took part has spoken yet. {NO_CHANGE}",
        "We would be surer with a word from two more places.",
    ),
    "one place, told by somebody who took part": (
        told(helped=1, took_part=1), [], Sure.FIRST,
        f"Tried in one place, and told by somebody who took part. {NO_CHANGE}",
        "We would be surer with a word from two more places.",
    ),
    "one place, where it did not help": (
        told(did_not_help=1, took_part=1), [], Sure.FIRST,
        f"Tried in one place, and told by somebody who took part. It did not help there. {NO_CHANGE}",
        "We would be surer with a word from two more places.",
    ),
    "one place, where it is too early": (
        told(too_early=1), [], Sure.HOPES,
        "Tried in one place, and nobody who took part has spoken yet. It is too early to say how it went there. "
        f"{NO_CHANGE}",
        "We would be surer once somebody can say how it went.",
    ),
    "three places, where it is too early everywhere": (
        told(too_early=3, took_part=3), [], Sure.HOPES,
        "Tried in three places, and told by people who took part in all of them. It is too early to say in any of "
        f"them. {NO_CHANGE}",
        "We would be surer once somebody can say how it went.",
    ),
    "two places": (
        told(helped=1, in_part=1, took_part=1), [], Sure.FIRST,
        f"Tried in two places, and told by somebody who took part in one of them. {NO_CHANGE}",
        "We would be surer with a word from one more place.",
    ),
    "two places that know and two that are too early": (
        told(helped=2, too_early=2, took_part=2), [], Sure.FIRST,
        "Tried in four places, and told by people who took part in two of them. In two places it is too early to say. "
        f"{NO_CHANGE}",
        "We would be surer with a word from one more place.",
    ),
    "three places, and nobody who took part": (
        told(helped=3), [], Sure.FIRST,
        f"Tried in three places, and nobody who took part has spoken yet. {NO_CHANGE}",
        "We would be surer with a word from somebody who took part.",
    ),
    "three places, and somebody who took part in one": (
        told(helped=3, took_part=1), [], Sure.SEVERAL,
        f"Tried in three places, and told by somebody who took part in one of them. {NO_CHANGE}",
        NEEDS_A_FIGURE,
    ),
    "three places, and it helped in none": (
        told(did_not_help=3, took_part=3), [], Sure.SEVERAL,
        "Tried in three places, and told by people who took part in all of them. It did not help in any of them. "
        f"{NO_CHANGE}",
        NEEDS_A_FIGURE,
    ),
    "six places of every kind": (
        told(helped=3, in_part=1, did_not_help=1, too_early=1, took_part=3), [("told", "unknown")], Sure.SEVERAL,
        "Tried in six places, and told by people who took part in three of them. In one place it is too early to say. "
        "One place says it did not help. The one change on the page rests on somebody’s account. "
        f"{WHO_IS_UNKNOWN} {NO_STUDY}",
        NEEDS_A_FIGURE,
    ),
    "twelve places, two of which say that it did not help": (
        told(helped=10, did_not_help=2, took_part=12), [("counted", "took-part")], Sure.CHECKED,
        "Tried in 12 places, and told by people who took part in all of them. Two places say it did not help. "
        f"The one change on the page was counted. Somebody who took part said so. {NO_STUDY}",
        "",
    ),
    "several places and a study": (
        told(helped=3, took_part=2), [("studied", "other"), ("told", "took-part")], Sure.CHECKED,
        "Tried in three places, and told by people who took part in two of them. Of the two changes on the page, one "
        "was studied from outside. One of them is told by somebody who took part.",
        "",
    ),
    "several places and a figure, all of it long ago": (
        told(helped=5, took_part=2, on=LONG_AGO), [("counted", "ran-it")], Sure.FIRST,
        "Tried in five places, and told by people who took part in two of them. The last report is from 2021: it may "
        f"be different today. The one change on the page was counted. Nobody who took part said so. {NO_STUDY}",
        "We would be surer with a word from somebody who does it today.",
    ),
    "several places long ago, and a study": (
        told(helped=5, took_part=2, on=LONG_AGO), [("studied", "other")], Sure.SEVERAL,
        "Tried in five places, and told by people who took part in two of them. The last report is from 2021: it may "
        "be different today. The one change on the page was studied from outside. Nobody who took part said so.",
        "We would be surer with a word from somebody who does it today.",
    ),
    "one place and a study": (
        told(in_part=1), [("studied", "other")], Sure.SEVERAL,
        "Tried in one place, and nobody who took part has spoken yet. The one change on the page was studied from "
        "outside. Nobody who took part said so.",
        "We would be surer with a word from two more places.",
    ),
    "too early everywhere, and accounts on the page": (
        told(too_early=4, took_part=1), [("told", "ran-it")], Sure.FIRST,
        "Tried in four places, and told by somebody who took part in one of them. It is too early to say in any of "
        "them. The one change on the page rests on somebody’s account. Nobody who took part said so. "
        f"{NO_STUDY}",
        "We would be surer once somebody can say how it went.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_how_sure_we_can_be(case: Any) -> None:
    totals, changes, level, because, would_help = case
    said = how_sure(totals, changes, TODAY)
    assert (" ".join(said.because), said.next) == (because, would_help)
    assert said.level == level_of(totals, changes, TODAY) == level


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_they_say_of_it_makes_nobody_less_sure(case: Any) -> None:
    totals, changes, level, _because, would_help = case
    if totals is None:
        return
    swapped = Totals(**{**vars(totals), "did_not_help": totals.places - totals.too_early - totals.did_not_help})
    said = how_sure(swapped, changes, TODAY)
    assert (said.level, said.next) == (level, would_help)


@pytest.mark.parametrize(
    ("today", "day"), [(date(2027, 5, 3), date(2024, 5, 3)), (date(2028, 2, 29), date(2025, 2, 28))]
)
def test_what_was_told_three_years_ago_is_old_from_the_day_after(today: date, day: date) -> None:
    assert old_before(today) == day
    told_then = [told(helped=3, took_part=1, on=on) for on in (day, date.fromordinal(day.toordinal() - 1))]
    assert [level_of(totals, [], today) for totals in told_then] == [Sure.SEVERAL, Sure.FIRST]
