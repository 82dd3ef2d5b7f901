"""Words that tell of danger or need today, and words that only sound like it."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.danger import dangers_in

TABLE = tomllib.loads((Path(__file__).parent / "danger.toml").read_text(encoding="utf-8"))
DANGERS = [(danger, typed) for danger, phrases in TABLE["danger"].items() for typed in phrases]
QUIET = TABLE["none"]["quiet"]


def test_the_table_is_long_enough_to_mean_something():
    assert len(DANGERS) >= 50
    assert len(QUIET) >= 50


@pytest.mark.parametrize(("danger", "typed"), DANGERS)
def test_danger_is_seen(danger, typed):
    assert danger in dangers_in(typed)


@pytest.mark.parametrize("typed", QUIET)
def test_a_sad_subject_is_not_danger(typed):
    assert not dangers_in(typed)


@given(st.text(max_size=400))
def test_any_text_is_read(text):
    dangers_in(text)


@pytest.mark.parametrize("many", ["he her kids ", "ex ", "child is ", "hasnt eaten a ", "has been kicked out "])
def test_a_text_made_to_be_slow_comes_to_an_end(many):
    """An expression that tried every way to read it would go on for ever."""
    dangers_in(many * 1_000)
