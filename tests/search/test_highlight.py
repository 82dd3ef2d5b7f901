"""Marking what was found in text that people wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlight import FRAGMENT, MOST_PLACES, Marker
from search.plan import plan_words
from search.thesaurus import Thesaurus
from search.vocabularies import Vocabularies

NOTHING_KNOWN = Thesaurus(Vocabularies(("", 0)))


def marker(words: str) -> Marker:
    return Marker(plan_words(words, NOTHING_KNOWN))


@pytest.mark.parametrize(
    ("words", "text", "html"),
    [
        ("save", "Saving and SAVED", "<mark>Saving</mark> and <mark>SAVED</mark>"),
        ("cafe", "A café’s", "A <mark>café’s</mark>"),
        ('"peer support"', "support, peer support", "support, <mark>peer support</mark>"),
        ("selfreliant", "a self-reliant one", "a <mark>self-reliant</mark> one"),
        ("self-reliant", "self reliant selfreliant", "<mark>self reliant</mark> <mark>selfreliant</mark>"),
        ("lonely", "the lonely <b>", "the <mark>lonely</mark> &lt;b&gt;"),
        ("amp", "a & amp", "a &amp; <mark>amp</mark>"),
        ("the lonely", "the cat", "the cat"),
        ("", "the cat", "the cat"),
    ],
)
def test_found_words_are_marked(words, text, html):
    assert marker(words).html(text) == html


def test_a_fragment_is_a_stretch_round_the_words():
    text = "Before. " * 100 + "Here the lonely meet others who are elders. " + "After. " * 100
    found = marker("lonely elders")
    place, held = found.best_place(text, {0, 1})
    html = found.fragment(text, place)
    assert html.startswith("Here the <mark>lonely</mark> meet others who are <mark>elders</mark>.")
    assert held == {0, 1}
    assert len(html) < FRAGMENT + 60


def test_without_the_words_there_is_no_place_to_show():
    assert marker("lonely").best_place("Nobody here", {0}) is None


def test_a_letter_that_grows_when_it_is_made_small_moves_no_mark():
    assert marker("lonely").html("İİİ the lonely") == "İİİ the <mark>lonely</mark>"


@given(st.text(max_size=300), st.lists(st.sampled_from(["lonely", "<script>", "&", "old"]), max_size=4))
def test_marked_text_holds_all_of_the_text_and_no_tags_of_its_own(text, words):
    text = f"{text} {' '.join(words)} {text}"
    html = str(marker("lonely elders").html(text))
    bare = html.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    import html as entities

    assert entities.unescape(bare) == entities.unescape(entities.escape(text))


@given(st.text(max_size=500))
def test_fragments_of_any_text_are_escaped(text):
    whole = f"{text} lonely {text}"
    found = marker("lonely")
    place, held = found.best_place(whole, {0})
    html = found.fragment(whole, place)
    assert held == {0}
    assert "<" not in html.replace("<mark>", "").replace("</mark>", "")
    assert "<mark>lonely</mark>" in html


def test_a_text_that_is_one_word_over_and_over_is_marked_only_so_far():
    """Comparing each of its seven thousand marks with every other kept a reader waiting for minutes."""
    text = "zy " * 7000
    assert len(marker("zy").marks(text)) == MOST_PLACES
    found = marker("zy zy")
    place, held = found.best_place(text, {0})
    assert found.fragment(text, place).startswith("<mark>zy</mark> <mark>zy</mark>") and held == {0}
