"""Everyday words: how people ask for a practice who know neither its name nor the words of its page."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from search.models import EverydayWords, IndexQueue
from search.starter_lists import EVERYDAY_WORDS, load_list
from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db
ASKED = "mentors for lads coming out of custody"


@pytest.fixture
def page(library):
    return PracticeFactory(title="Walking beside", slug="walking-beside")


@pytest.fixture
def words(page):
    return EverydayWords.objects.create(page=page, says=["somebody to meet him at the gate", ASKED])


class TestFinding:
    def test_what_people_say_finds_the_page_though_it_says_nothing_of_it(self, ask, ids, page):
        assert ids(ask(words="custody")) == []
        EverydayWords.objects.create(page=page, says=[ASKED])
        assert ids(ask(words="custody")) == [page.pk]

    def test_several_of_their_words_alone_are_close_to_it_and_no_answer(self, ask, words, page):
        results = ask(words="mentors custody")
        assert (results.answer, [hit.id for hit in results.near]) == ("relaxed", [page.pk])

    def test_two_words_in_one_line_stand_above_two_in_two(self, ask, words, page):
        other = PracticeFactory(title="Something else")
        EverydayWords.objects.create(page=other, says=["mentors for mothers", "custody of the children"])
        assert [hit.id for hit in ask(words="mentors custody").near] == [page.pk, other.pk]

    def test_it_stands_above_a_page_that_says_it_in_passing(self, ask, ids, words, page):
        passing = PracticeFactory(title="Something else", what_it_is="Some of us had mentors. Others were in custody.")
        assert ids(ask(words="custody")) == [page.pk, passing.pk]

    def test_a_change_works_at_the_next_search_and_so_does_taking_it_away(self, ask, ids, words, page):
        assert ids(ask(words="custody")) == [page.pk]
        words.says = ["out of jail"]
        words.save()
        assert ids(ask(words="custody")) == []
        assert ids(ask(words="jail")) == [page.pk]
        words.delete()
        assert ids(ask(words="jail")) == []

    def test_a_change_is_queued_in_its_own_transaction(self, words, page):
        IndexQueue.objects.all().delete()
        with transaction.atomic():
            words.save()
            assert set(IndexQueue.objects.values_list("object_id", flat=True)) == {page.pk}

    def test_a_page_taken_off_the_site_is_not_found_by_them(self, ask, ids, words, page):
        page.unpublish()
        assert ids(ask(words="custody")) == []

    def test_a_deleted_page_takes_its_words_with_it(self, words, page):
        page.delete()
        assert not EverydayWords.objects.exists()

    def test_the_hit_quotes_the_way_it_was_found_by_and_hostile_text_stays_text(self, client, ask, page):
        EverydayWords.objects.create(page=page, says=["<script>alert(1)</script> custody <b>"])
        ask()
        html = client.get(reverse("search:results"), {"q": "custody"}).content.decode()
        assert "under how people ask for it" in html
        assert "&lt;script&gt;" in html
        assert "<script>alert(1)" not in html

    def test_a_way_is_not_quoted_where_the_page_says_it_itself(self, client, ask, words, page):
        page.what_it_is = "A friend at the end of custody."
        page.save_revision().publish()
        ask()
        assert "how people ask" not in client.get(reverse("search:results"), {"q": "custody"}).content.decode()


class TestStarterList:
    LIST = '[[page]]\nkey = "walking-beside"\nsays = ["out of jail"]\n\n[[page]]\nkey = "not-here"\nsays = ["x"]\n'

    @pytest.fixture
    def file(self, tmp_path):
        path = tmp_path / "everyday.toml"
        path.write_text(self.LIST, encoding="utf-8")
        return path

    def test_words_of_practices_that_are_not_there_are_left_out(self, file, page):
        assert load_list(EVERYDAY_WORDS, file) == (1, 0)
        assert load_list(EVERYDAY_WORDS, file) == (0, 0)
        assert EverydayWords.objects.get().page_id == page.pk

    def test_what_an_editor_wrote_stays(self, file, words):
        assert load_list(EVERYDAY_WORDS, file) == (0, 0)
        assert EverydayWords.objects.get().says == words.says

    def test_they_follow_their_page_to_another_address(self, file, page):
        load_list(EVERYDAY_WORDS, file)
        page.slug = "beside-you"
        page.save_revision().publish()
        file.write_text(self.LIST.replace("jail", "prison"), encoding="utf-8")
        assert load_list(EVERYDAY_WORDS, file) == (0, 1)
        assert EverydayWords.objects.get().says == ["out of prison"]

    def test_the_supplied_list_can_be_loaded(self, library):
        assert load_list(EVERYDAY_WORDS) == (0, 0)


class TestKeeping:
    def test_a_moderator_writes_them_and_is_named(self, desk, moderator, page, ask, ids):
        create = reverse("search_everydaywords_modeladmin_create")
        form = desk.get(create).content.decode()
        assert "One way to ask on each line" in form
        # A list of all practices to choose from would be as long as the library.
        assert "<select" not in form.partition("How people ask for it")[0].partition("<form")[2]
        response = desk.post(create, {"page": page.pk, "says": "out of jail\n\nmeet him at the gate"})
        assert response.status_code == 302
        kept = EverydayWords.objects.get()
        assert (kept.says, kept.changed_by) == (["out of jail", "meet him at the gate"], moderator)
        assert ids(ask(words="jail")) == [page.pk]
        assert "out of jail" in desk.get(reverse("search_everydaywords_modeladmin_index")).content.decode()

    @pytest.mark.parametrize(
        ("says", "message"),
        [
            ("", "This field is required"),
            ("x" * 121, "at most 120 letters"),
            ("\n".join(map(str, range(61))), "60 ways"),
        ],
    )
    def test_what_cannot_be_kept_comes_back_with_a_reason(self, desk, page, says, message):
        response = desk.post(reverse("search_everydaywords_modeladmin_create"), {"page": page.pk, "says": says})
        assert response.status_code == 200
        assert message in response.content.decode()
        assert not EverydayWords.objects.exists()

    def test_one_practice_has_one_list(self, desk, words, page):
        response = desk.post(reverse("search_everydaywords_modeladmin_create"), {"page": page.pk, "says": "jail"})
        assert "already exists" in response.content.decode()

    def test_the_database_keeps_an_empty_list_out(self, page):
        with pytest.raises(IntegrityError):
            EverydayWords.objects.create(page=page, says=[])
