"""What the box offers while somebody types, and searches as feeds."""

from xml.etree import ElementTree

import pytest
from django.utils import timezone

from search.models import TypedSearch
from search.services import drain_queue
from search.suggestions import suggestions
from tests.factories.practices import BeneficiaryGroupFactory, OutcomeFactory, PracticeFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def typed(words: str, times: int = 3, found: int = 1) -> TypedSearch:
    today = timezone.localdate()
    return TypedSearch.objects.create(words=words, times=times, found=found, first_typed_on=today, last_typed_on=today)


def labels(beginning: str) -> list[tuple[str, str]]:
    return [(each.label, each.note) for each in suggestions(beginning)]


@pytest.fixture
def practice(engine):
    engine.rebuild()
    page = PracticeFactory(title="Poverty Truth in the valley")
    drain_queue(wait=True)
    return page


class TestSuggestions:
    def test_searches_terms_kinds_and_titles_each_say_what_they_are(self, practice):
        typed("poverty in the valley")
        BeneficiaryGroupFactory(label="People living in poverty")
        assert labels("pov") == [
            ("poverty in the valley", "Others searched for this"),
            ("Poverty Truth Commission", "Kind of practice"),
            ("People living in poverty", "Who it is with"),
            ("Poverty Truth in the valley", "Practice"),
        ]

    def test_a_synonym_leads_to_the_term_and_is_not_shown(self, practice):
        BeneficiaryGroupFactory(label="People in contact with justice", also=["lags"])
        assert labels("lag") == [("People in contact with justice", "Who it is with")]

    def test_words_in_any_order_accents_and_case_do_not_matter(self, practice):
        OutcomeFactory(label="Café company")
        assert labels("COMP cafe") == [("Café company", "What could change")]
        assert labels("valley pov") == [("Poverty Truth in the valley", "Practice")]

    def test_a_practice_that_is_no_longer_there_is_not_offered(self, practice):
        practice.unpublish()
        assert labels("valley") == []

    def test_searches_that_found_nothing_are_not_offered_and_the_most_made_come_first(self, practice):
        PracticeFactory(title="Tea, dance and tigers at a party")
        drain_queue(wait=True)
        typed("tea dance", times=3)
        typed("tea party", times=9)
        typed("tea for tigers", found=0)
        assert [label for label, note in labels("tea") if note == "Others searched for this"] == [
            "tea party",
            "tea dance",
        ]

    def test_a_search_with_a_name_or_a_slur_is_not_offered_however_many_made_it(self, practice):
        typed("valley of poverty", times=3)
        typed("valley bloggins", times=900)
        assert [label for label, note in labels("vall") if note == "Others searched for this"] == ["valley of poverty"]

    def test_the_view_answers_any_text_and_is_kept_nowhere(self, client, practice):
        for text in ("", "pov", "%", "_", "'", '"', "\x00", "💥", "x" * 5_000, "<b>"):
            response = client.get("/search/suggest/", {"q": text})
            assert response.status_code == 200
            assert response["Cache-Control"] == "no-store"
            assert not response.cookies
        assert client.get("/search/suggest/", {"q": "pov"}).json()["told"] == (
            "2 suggestions. Use the down arrow to choose one."
        )
        assert client.post("/search/suggest/").status_code == 405

    def test_it_costs_five_questions_however_many_there_are(self, practice, django_assert_num_queries):
        for number in range(30):
            typed(f"valley {number}")
            PracticeFactory(title=f"Valley number {number}")
            OutcomeFactory(label=f"Valley outcome {number}")
        drain_queue(wait=True)
        suggestions("valley")
        with django_assert_num_queries(5):
            assert len(suggestions("valley")) == 11

    def test_without_an_index_terms_and_titles_are_offered(self, library, settings, tmp_path, monkeypatch):
        monkeypatch.setattr("search.services._no_repair_before", 0.0)
        settings.SEARCH_INDEX_DIR = tmp_path / "file"
        settings.SEARCH_INDEX_DIR.write_text("not a folder")
        typed("valley walk")
        PracticeFactory(title="Valley")
        OutcomeFactory(label="Valley life")
        assert labels("valley") == [("Valley life", "What could change")]


class TestFeeds:
    def entries(self, client, address: str) -> list[str]:
        response = client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"].startswith("application/atom+xml")
        return [
            entry.findtext(f"{ATOM}title") for entry in ElementTree.fromstring(response.content).iter(f"{ATOM}entry")
        ]

    def test_a_feed_holds_what_answers_the_search_the_newest_first(self, client, practice):
        PracticeFactory(title="Poverty elsewhere", nations=["wales"])
        PracticeFactory(title="Bread")
        drain_queue(wait=True)
        assert self.entries(client, "/search/feed/?q=poverty") == ["Poverty elsewhere", "Poverty Truth in the valley"]
        assert self.entries(client, "/search/feed/?q=poverty&nation=wales") == ["Poverty elsewhere"]
        assert len(self.entries(client, "/search/feed/")) == 3

    def test_near_ones_are_not_in_it(self, client, practice):
        assert self.entries(client, "/search/feed/?q=poverty+xylophones") == []

    def test_the_page_of_results_names_its_feed(self, client, practice):
        html = client.get("/search/?q=poverty&sort=title").content.decode()
        assert 'type="application/atom+xml" title="Results for poverty" href="/search/feed/?q=poverty"' in html

    @pytest.mark.parametrize("words", ["<b>&", "\x0b\x01", "]]>", "x" * 400, "💥"])
    def test_hostile_words_and_texts_give_a_feed(self, client, practice, words):
        PracticeFactory(title="Poverty \x0b <b>&]]>", summary="\x02 <script>")
        drain_queue(wait=True)
        assert self.entries(client, f"/search/feed/?q={words}") is not None
        assert len(self.entries(client, "/search/feed/?q=poverty")) == 2
