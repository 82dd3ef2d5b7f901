"""What changed: every word is accounted for, in bounded time, whatever the texts are."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contributions.content import changes_between, content_of, empty_content, merge_changes
from contributions.differences import Comparison, Names, size_sentence
from contributions.wordwise import LONGEST, Deadline, Fate, compare_texts, words_of
from practices.models import Essential, PracticePage
from tests.factories.practices import OutcomeFactory, PracticeFactory, PrincipleFactory

# Texts that word-by-word comparison is slowest at, or that break what packs words into signs.
HOSTILE = {
    "one sign": ("a " * 20_000, "b " * 20_000),
    "nothing alike": (" ".join(map(str, range(20_000))), " ".join(map(str, range(20_000, 40_000)))),
    "turned round": (" ".join(map(str, range(20_000))), " ".join(map(str, reversed(range(20_000))))),
    "blank lines": ("\n\n" * 20_000, "\n \n" * 15_000 + "x"),
    "more words than signs": (" ".join(map(str, range(70_000))), " ".join(map(str, range(69_000, 75_000)))),
    "other planes": ("\U0001f600\u200d" * 9_000, "\U0001f601\u200d" * 9_000),
    "no word at all": ("." * 60_000, "," * 60_000),
    "two that alternate": ("x y " * 10_000, "y x " * 10_001),
}


def before_and_after(pieces):
    return (
        "".join(piece.text for piece in pieces if piece.fate is not Fate.ADDED),
        "".join(piece.text for piece in pieces if piece.fate is not Fate.REMOVED),
    )


@given(st.text(max_size=80), st.text(max_size=80))
@settings(deadline=None)
def test_the_pieces_are_both_texts_and_nothing_else(before, after):
    assert before_and_after(compare_texts(before, after, Deadline(1))) == (before, after)


@given(st.lists(st.sampled_from(["tea", "at", "ten", ",", "\n\n", "we"]), max_size=30), st.randoms())
@settings(deadline=None)
def test_a_word_that_stayed_is_not_told_as_changed_without_need(words, rng):
    """Where one word is put in, one word is told."""
    before = " ".join(words)
    place = rng.randint(0, len(words))
    after = " ".join([*words[:place], "new", *words[place:]])
    pieces = compare_texts(before, after, Deadline(1))
    assert before_and_after(pieces) == (before, after)
    assert words_of(pieces, Fate.ADDED) - words_of(pieces, Fate.REMOVED) == 1
    assert words_of(pieces, Fate.REMOVED) <= 1


def test_what_was_taken_out_stands_before_what_was_put_in():
    pieces = compare_texts("about six months", "at least seven months", Deadline(1))
    assert [(piece.fate, piece.text) for piece in pieces] == [
        (Fate.REMOVED, "about six"), (Fate.ADDED, "at least seven"), (Fate.SAME, " months"),
    ]  # fmt: skip


@pytest.mark.parametrize("texts", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_compared_within_the_time_that_there_is(texts):
    begun = time.monotonic()
    pieces = compare_texts(*texts, Deadline(0.3))
    assert time.monotonic() - begun < 3, "it would hang"
    assert before_and_after(pieces) == texts


def test_what_is_too_long_is_told_whole():
    before, after = "a " * LONGEST, "b " * LONGEST
    pieces = compare_texts(before, after, Deadline(1))
    assert [piece.fate for piece in pieces] == [Fate.REMOVED, Fate.ADDED]


def test_two_pages_of_twenty_thousand_words_are_put_together_and_compared_at_once():
    """The time itself is told by `make bench`; here it must not hang."""
    rng = random.Random(4)
    words = [f"word{number}" for number in range(2_000)]
    paragraphs = [" ".join(rng.choices(words, k=50)) for _ in range(400)]
    page = {
        name: "\n\n".join(paragraphs[place::4])
        for place, name in enumerate(("what_it_is", "why_it_works", "local_form", "did_not_work"))
    }
    base = {**empty_content(PracticePage), **page}
    mine, theirs = dict(base), dict(base)
    for name in page:
        mine[name] = mine[name].replace("word1 ", "mine ")
        theirs[name] = theirs[name].replace("word2 ", "theirs ")
    begun = time.monotonic()
    merged = merge_changes(PracticePage, changes_between(base, mine), theirs)
    differences = Comparison(PracticePage).differences(base, mine)
    assert time.monotonic() - begun < 3, "it would hang"
    assert len(differences) == 4 and merged.content


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def page(self, library):
        return PracticeFactory(
            title="Tea for all", what_it_is="We meet.\n\nWe talk.", steps=["Find a room", "Ask people in", "Bake"],
            outcomes=[OutcomeFactory(label="Less loneliness")], principles=[PrincipleFactory(label="Listening")],
            nations=["england"],
        )  # fmt: skip

    def compared(self, page, **fields):
        before = content_of(page.specific)
        return Comparison(type(page)).differences(before, before | fields)

    def told(self, page, **fields):
        (difference,) = self.compared(page, **fields)
        return [[(piece.fate.value, piece.text) for piece in line.pieces] for line in difference.lines], difference.note

    def test_only_paragraphs_in_which_something_changed_are_shown(self, page):
        lines, _note = self.told(page, what_it_is="We meet.\n\nWe sing.")
        assert lines == [[("same", "We "), ("removed", "talk"), ("added", "sing"), ("same", ".")]]

    def test_rows_are_told_by_what_became_of_each(self, page):
        steps = content_of(page.specific)["steps"]
        new = {**steps[0], "key": "5ac4b7d8-0000-4000-8000-000000000001", "text": "Sing"}
        lines, note = self.told(page, steps=[{**steps[1], "text": "Ask all in"}, steps[0], new])
        assert note == "1 reworded, 1 added, 1 taken out, the order changed."
        assert [("added", "Sing")] in lines and [("removed", "Bake")] in lines

    def test_terms_and_choices_are_told_in_words(self, page):
        other = OutcomeFactory(label="Power shared")
        lines, _note = self.told(page, outcomes=[other.pk])
        assert lines == [[("removed", "Less loneliness")], [("added", "Power shared")]]
        assert self.told(page, nations=["england", "wales"])[0] == [[("added", "Wales")]]
        assert self.told(page, status="paused")[0][0][-1] == ("added", "Paused when last reported")

    def test_essentials_of_the_original_are_told_in_its_words_and_read_at_once(self, page, django_assert_num_queries):
        original = PracticeFactory(essentials=["Go slowly", "Nobody is sent", "Tea is free"])
        keys = [str(key) for key in Essential.objects.filter(page=original).values_list("key", flat=True)]
        before = content_of(page.specific)

        def told(*essentials):
            rows = [{"key": each, "essential": each, "taken": "kept", "how": ""} for each in essentials]
            (difference,) = Comparison(type(page), Names(original.pk)).differences(
                before, before | {"adaptation": rows}
            )
            return [line.pieces[0].text for line in difference.lines if line.label == "Which essential?"]

        # The essentials, and what is kept from readers.
        with django_assert_num_queries(2):
            assert told(*keys) == ["Go slowly", "Nobody is sent", "Tea is free"]
        assert told("no key at all") == ["an essential that is not there any more"]
        original.unpublish()
        assert told(keys[0]) == ["an essential that is not there any more"], "what readers may not see is told them"

    def test_the_size_is_told_in_a_line(self, page):
        differences = self.compared(page, what_it_is="We meet.\n\nWe sing.", cost="Nothing at all")
        assert size_sentence(differences) == "2 parts: 4 words added, 1 taken out."
        assert size_sentence([]) == "Nothing changed."
