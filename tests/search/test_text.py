"""The tokeniser: whatever is typed becomes pieces, and never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import MAX_WORDS, clean, joined_compounds, read_pieces, stem, stems_of, stems_with_spellings


def typed(text: str) -> list[str]:
    return [piece.typed for piece in read_pieces(text)]


def test_words_phrases_and_hyphens_are_pieces():
    assert typed('lonely "universal credit" self-reliant women’s') == [
        "lonely",
        "universal credit",
        "self-reliant",
        "women’s",
    ]


@pytest.mark.parametrize("text", ['"', '""', '"a', "” “", "'", "- -- -", "(*)^~:[]{}\\/", "…"])
def test_lone_marks_are_not_searched_for(text):
    assert all(piece.words for piece in read_pieces(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("women's", "womens"),
        ("commissioners’", "commissioner"),
        ("café", "cafe"),
        ("savings", "saved"),
        ("CAFÉ", "cafes"),
    ],
)
def test_forms_of_a_word_are_one(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("typed", "kept"), [("organization", "organisation"), ("woman", "women"), ("neighbors", "neighbours")]
)
def test_the_other_spelling_is_looked_for_too(typed, kept):
    assert stem(kept) in stems_with_spellings(typed)


def test_hyphenated_words_are_also_kept_as_one():
    assert joined_compounds("a self-reliant, co‑operative group") == ["selfreliant", "cooperative"]


def test_small_words_do_not_tell():
    assert [piece.telling for piece in read_pieces("who is lonely")] == [False, False, True]


def test_words_of_any_talk_and_ages_do_not_tell():
    assert [piece.telling for piece in read_pieces("client 54 every morning drinks")] == [False] * 4 + [True]


@given(st.text(max_size=400))
def test_any_text_becomes_pieces_that_can_be_encoded(text):
    pieces = read_pieces(clean(text, 300))
    assert sum(len(piece.words) for piece in pieces) <= MAX_WORDS
    for piece in pieces:
        piece.typed.encode()
        assert piece.words
    stems_of(clean(text, 300))


@given(st.text(alphabet=st.characters(categories=["Cc", "Cs", "Zs", "Lu", "Cf"]), max_size=50))
def test_clean_text_has_no_control_characters(text):
    assert not any(ord(each) < 32 or 0xD800 <= ord(each) < 0xE000 for each in clean(text, 50))
