"""The rules of the front door, without a database."""

from datetime import date
from itertools import pairwise

import pytest

from home.shelves import (
    LONGEST_EXCERPT,
    LONGEST_SENTENCE,
    Candidate,
    first_point,
    pick_covers,
    pick_for_the_week,
    pick_pairs,
    pick_what_did_not_work,
    shuffled,
    start_of,
    week_of,
)

ELDERS, YOUTH, PARENTS = 1, 2, 3
LISTENING, POWER = 10, 11


def slugs(candidates):
    return [candidate.slug for candidate in candidates]


def make(number, **fields):
    return Candidate(id=number, slug=f"practice-{number}", **fields)


def test_week_begins_on_monday_and_belongs_to_the_year_of_its_thursday():
    assert week_of(date(2026, 11, 22)) == "2026-W47"
    assert week_of(date(2026, 11, 23)) == "2026-W48"
    assert week_of(date(2027, 1, 1)) == "2026-W53"


def test_order_is_the_same_all_week_and_another_in_the_next():
    items = [f"name-{number}" for number in range(30)]
    this_week = shuffled(items, "2026-W47", str)
    assert this_week == shuffled(reversed(items), "2026-W47", str)
    assert this_week != shuffled(items, "2026-W48", str)
    assert sorted(this_week) == sorted(items)


def test_every_week_starts_somewhere_in_the_library():
    starts = {start_of(f"2026-W{week:02}") for week in range(1, 53)}
    assert len(starts) == 52
    assert all(0 <= start < 1 for start in starts)


def test_shelf_holds_every_kind_and_others_between_them():
    kinds = ["other"] * 20 + ["community-connector"] * 5 + ["self-reliant-group", "poverty-truth-commission"]
    shelf = pick_covers([make(number, kind=kind) for number, kind in enumerate(kinds)])
    assert [candidate.kind != "other" for candidate in shelf] == [True, False] * 3
    assert len({candidate.kind for candidate in shelf}) == 4


def test_shelf_mixes_what_practices_are_about_and_never_puts_two_like_covers_side_by_side():
    families = ["ties", "voice", "means", "health", "home", "change"]
    grounds = ["rose", "rose", "rose", "sky", "lamp", "sage", "moss"]
    candidates = [make(n, family=families[n % 6], ground=grounds[n % 7]) for n in range(42)]
    shelf = pick_covers(candidates)
    assert len({candidate.family for candidate in shelf}) == 6
    assert all(one.ground != two.ground for one, two in pairwise(shelf))


@pytest.mark.parametrize("size", [0, 1, 5, 6, 7])
def test_shelf_of_a_small_library_holds_what_there_is(size):
    shelf = pick_covers([make(number) for number in range(size)])
    assert len(shelf) == len(set(slugs(shelf))) == min(size, 6)


def test_what_did_not_work_takes_practices_that_say_so_and_first_those_not_shown_yet():
    candidates = [make(n, did_not_work="It was too short." if n % 2 else "") for n in range(12)]
    assert slugs(pick_what_did_not_work(candidates, shown={1, 3})) == [f"practice-{n}" for n in (5, 7, 9, 11)]
    assert slugs(pick_what_did_not_work(candidates[:4], shown={1})) == ["practice-3", "practice-1"]
    assert pick_what_did_not_work([make(1)]) == []


def test_week_takes_a_practice_with_questions_even_if_it_stands_on_the_shelf():
    assert pick_for_the_week([make(1), make(2, has_questions=True)], shown={2}).id == 2
    assert pick_for_the_week([make(1)]) is None


def test_pair_shares_a_principle_but_no_group():
    candidates = [
        make(1, groups=frozenset({ELDERS, PARENTS}), shows=((LISTENING, "They were asked first."),)),
        make(2, groups=frozenset({ELDERS}), shows=((LISTENING, "Tea before talk."),)),
        make(3, groups=frozenset({YOUTH}), shows=((LISTENING, "Nobody took notes."),)),
    ]
    (pair,) = pick_pairs(candidates)
    assert (pair.principle, slugs(pair.practices)) == (LISTENING, ["practice-1", "practice-3"])
    assert pair.shows == ("They were asked first.", "Nobody took notes.")


@pytest.mark.parametrize(
    "two",
    [
        make(2, groups=frozenset({YOUTH}), shows=((POWER, "A seat for each."),)),
        make(2, groups=frozenset({YOUTH}), shows=((LISTENING, ""),)),
        make(2, groups=frozenset(), shows=((LISTENING, "Nobody took notes."),)),
        make(2, groups=frozenset({YOUTH, ELDERS}), shows=((LISTENING, "Nobody took notes."),)),
    ],
    ids=["another principle", "does not say how", "nobody knows who with", "the same people"],
)
def test_no_pair_where_the_idea_would_not_travel(two):
    one = make(1, groups=frozenset({ELDERS}), shows=((LISTENING, "They were asked first."),))
    assert pick_pairs([one, two]) == []


def test_practice_stands_in_one_pair_only():
    shows = tuple((principle, "So it shows.") for principle in range(4))
    candidates = [make(number, groups=frozenset({number}), shows=shows) for number in range(7)]
    pairs = pick_pairs(candidates)
    assert len(pairs) == 3
    assert len({candidate.id for pair in pairs for candidate in pair.practices}) == 6


@pytest.mark.parametrize(
    ("points", "excerpt"),
    [
        ([], ""),
        ([" ", ""], ""),
        (["It was cut short.", "People left."], "It was cut short."),
        (["Three things to watch for:", "It takes time."], "It takes time."),
        (["Only a lead to nothing:"], ""),
        (["No full stop at the end"], "No full stop at the end"),
        (["It cost £1.50 a day. Nobody paid."], "It cost £1.50 a day. Nobody paid."),
        (["“It is too late.” So they said."], "“It is too late.” So they said."),
    ],
)
def test_first_point(points, excerpt):
    assert first_point(points) == excerpt


def test_long_point_is_cut_after_a_sentence_and_never_inside_one():
    short, long = "It was felt that it took time.", "x" * LONGEST_SENTENCE + "."
    assert first_point([f"{short} {long}"]) == short
    assert first_point([long]) == ""
    assert first_point(["Some things, e.g. the forms, " + "took long, " * 30 + "so people left."]) == ""


def test_first_sentence_may_be_longer_than_the_sentences_together():
    longest = "a" * (LONGEST_SENTENCE - 1) + "."
    assert first_point([f"{longest} And more."]) == longest
    fits = "a" * (LONGEST_EXCERPT - 11) + ". It ended."
    assert first_point([f"{fits} x."]) == fits
