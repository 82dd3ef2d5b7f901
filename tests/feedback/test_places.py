"""What a place says, when one person tells of it and when several do."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.models import Teller, Verdict, place_key
from feedback.tried.places import Told, places_of, taken_in_places
from practices.models import Taken

HELPED, IN_PART, DID_NOT, EARLY = Verdict.HELPED, Verdict.IN_PART, Verdict.DID_NOT_HELP, Verdict.TOO_EARLY
RAN, TOOK, TOGETHER, PAID = Teller.RAN_IT, Teller.TOOK_PART, Teller.TOGETHER, Teller.PAID
ESSENTIAL = UUID("12345678-1234-5678-1234-567812345678")


def told(number, teller, verdict, day=1, key="town", nation=""):
    return Told(number, 1, key, key.title(), nation, str(teller), str(verdict), date(2026, 1, day))


@pytest.mark.parametrize(
    ("reports", "verdict"),
    [
        ([told(1, RAN, HELPED)], HELPED),
        ([told(1, RAN, HELPED), told(2, PAID, HELPED, day=2)], HELPED),
        ([told(1, RAN, HELPED), told(2, RAN, DID_NOT, day=2)], IN_PART),
        ([told(1, RAN, IN_PART), told(2, RAN, DID_NOT, day=2)], IN_PART),
        ([told(1, RAN, HELPED, day=9), told(2, TOOK, DID_NOT, day=1)], DID_NOT),
        ([told(1, PAID, HELPED, day=9), told(2, TOGETHER, IN_PART, day=1)], IN_PART),
        ([told(1, TOOK, EARLY, day=9), told(2, PAID, HELPED, day=1)], HELPED),
        ([told(1, TOOK, EARLY), told(2, RAN, EARLY)], EARLY),
        ([told(1, TOOK, HELPED), told(2, TOGETHER, DID_NOT), told(3, RAN, DID_NOT)], IN_PART),
        ([told(1, TOOK, DID_NOT), told(2, TOGETHER, DID_NOT), told(3, RAN, HELPED)], DID_NOT),
    ],
)
def test_a_place_has_one_verdict_those_who_took_part_and_can_say_first(reports, verdict):
    for order in (reports, reports[::-1]):
        (place,) = places_of(order)
        assert place.verdict == verdict
        assert sorted(place.reports) == [report.id for report in reports]


@pytest.mark.parametrize(
    ("verdicts", "differs"),
    [([HELPED], False), ([HELPED, HELPED], False), ([HELPED, EARLY], False), ([HELPED, DID_NOT], True)],
)
def test_it_is_said_where_people_of_a_place_tell_it_differently(verdicts, differs):
    (place,) = places_of([told(number, RAN, verdict) for number, verdict in enumerate(verdicts)])
    assert place.differs is differs


def test_places_stand_by_the_day_of_their_last_word_and_those_who_took_part_are_named_first():
    places = places_of(
        [
            told(1, RAN, HELPED, 1),
            told(2, TOOK, HELPED, 1),
            told(3, PAID, EARLY, 3, "coast"),
            told(4, RAN, EARLY, 2, ""),
        ]
    )
    assert [(place.name, place.tellers) for place in places] == [("Coast", [PAID]), ("", [RAN]), ("Town", [TOOK, RAN])]
    assert [place.took_part for place in places] == [False, False, True]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(Teller)), st.sampled_from(list(Verdict)), st.integers(1, 28), st.sampled_from("abc")
        ),
        max_size=12,
    ),
    st.randoms(),
)
def test_the_order_in_which_reports_are_read_changes_nothing(rows, chance):
    reports = [told(number, *row) for number, row in enumerate(rows)]
    mixed = list(reports)
    chance.shuffle(mixed)
    assert places_of(mixed) == places_of(reports)
    assert sum(len(place.reports) for place in places_of(reports)) == len(reports)


def test_what_is_said_of_an_essential_counts_once_in_a_place_by_its_most_telling_report():
    places = places_of([told(1, TOOK, DID_NOT), told(2, RAN, HELPED, day=2), told(3, RAN, HELPED, key="coast")])
    taken = {1: {ESSENTIAL: Taken.LEFT_OUT}, 2: {ESSENTIAL: Taken.KEPT}, 3: {ESSENTIAL: Taken.KEPT}}
    assert taken_in_places(places, taken) == {
        (ESSENTIAL, Taken.LEFT_OUT, DID_NOT): 1,
        (ESSENTIAL, Taken.KEPT, HELPED): 1,
    }
    del taken[1]
    assert taken_in_places(places, taken)[ESSENTIAL, Taken.KEPT, DID_NOT] == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A market town", "the Market-Town!", True),
        ("Sainte-Étienne", "sainte etienne", True),
        ("Leeds", "Leeds, north", False),
        ("Köln", "Koln", True),
        ("", "   ", True),
        ("東京", "大阪", False),
    ],
)
def test_places_are_one_however_they_are_spelled(one, other, same):
    assert (place_key(one) == place_key(other)) is same


def test_a_place_without_words_has_no_key_and_a_long_one_fits():
    assert place_key("?!") == "" == place_key("")
    assert len(place_key("x" * 120)) == 120 and len(place_key("ß" * 120)) <= 200


@pytest.mark.parametrize(
    ("nations", "places"),
    [
        (["", ""], 1),
        (["wales", ""], 1),
        (["wales", "wales", ""], 1),
        (["wales", "scotland"], 2),
        (["wales", "scotland", ""], 3),
    ],
)
def test_the_nation_tells_places_of_one_name_apart_where_several_are_named(nations, places):
    reports = [told(number, RAN, HELPED, nation=nation) for number, nation in enumerate(nations)]
    assert len(places_of(reports)) == places
