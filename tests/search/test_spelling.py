"""What somebody may have meant to type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.spelling import Spelling, respell, with_spellings

KNOWN = {"truth": 3, "trust": 20, "poverty": 8, "commissioners": 5, "beans": 1, "beads": 1, "bean": 1, "older": 4}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("truht", Spelling("truth", sure=True)),
        ("trusst", Spelling("trust", sure=True)),
        ("povrty", Spelling("poverty", sure=True)),
        ("comisioners", Spelling("commissioners", sure=True)),
        ("beams", Spelling("beads", sure=False)),
        ("xoverty", None),
        ("old", None),
        ("54321", None),
        ("xylophone", None),
        ("", None),
    ],
)
def test_respelling(typed, meant):
    assert respell(typed, KNOWN) == meant


def test_only_whole_words_are_replaced_and_all_else_stays():
    spelled = {"truht": "truth", "lonley": "lonely"}
    assert with_spellings("“truht”, truht-ful and lonley!", spelled) == "“truth”, truth-ful and lonely!"


@given(st.text(max_size=60))
def test_any_text_can_be_asked_for(text):
    respell(text, KNOWN)
    assert with_spellings(text, {}) == text
