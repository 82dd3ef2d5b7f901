"""Words by which somebody could be recognised are asked about; ordinary words are not."""

import pytest

from contributions.content import Change
from contributions.recognisable import recognisable_words

ASKED = [
    (
        "One man of 61 from the harbour flats told the council about the week his power was cut off.",
        {"harbour flats", "of 61"},
    ),
    (
        "At the harbour flats a group of nine now meets without us. The caretaker, who is 61, was the first to come.",
        set(),
    ),
    ("Ring our neighbour on 07700 900123.", {"07700 900123"}),
    ("She writes to mary@example.org every week.", {"mary@example.org"}),
    ("A mother, 34, came with her son to the hostel.", set()),
    ("Her name is Amina and she lives in Park Road.", set()),
    ("a widow of 82 was called Doris Archer by all", set()),
    ("He is at LS1 4AP", {"LS1 4AP"}),
]
NOT_ASKED = [
    "People over sixty meet on Mondays.",
    "Two thirds of the people felt less lonely at the end.",
    "A group of nine met for three years.",
    "The council gave £5,000.",
    "In 2019 the first Poverty Truth Commission met in Glasgow.",
    "A volunteer makes tea.",
    "We met in Church House.",
    "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), ASKED)
def test_what_tells_who_somebody_is_is_asked_about(text, words):
    (found,) = recognisable_words({"local_form": Change("", text)})
    assert words <= {word.strip() for word in found.words}
    assert "".join(part for part, _ in found.parts) == text


@pytest.mark.parametrize("text", NOT_ASKED)
def test_ordinary_words_are_not_asked_about(text):
    assert recognisable_words({"local_form": Change("", text)}) == []


def test_only_new_words_are_asked_about_and_only_those_that_tell_of_people():
    known = "A mother, 34, came with her son to the hostel."
    assert recognisable_words({"local_form": Change(known, f"{known}\n\nWe sing.")}) == []
    assert recognisable_words({"organisation": Change("", known), "website": Change("", known)}) == []


def test_rows_are_looked_at_as_well():
    row = {"key": "k", "quote": "I was the first", "said_by": "a man of 61 from the harbour flats", "source": None}
    assert recognisable_words({"voices": Change([], [row])})
    assert not recognisable_words({"voices": Change([row], [row])})


def test_long_and_hostile_text_is_looked_at_in_no_time():
    for text in ("a " * 100_000, "the " * 60_000, "07700 9" * 20_000, "Mr " * 60_000, "A" * 200_000, "x@" * 90_000):
        recognisable_words({"local_form": Change("", text)})
