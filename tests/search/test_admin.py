"""Synonyms, help lines and what is searched for, as moderators keep them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from search.help_panel import help_panel
from search.models import CONFIRMED_FOR, HelpLine, Synonym, TypedSearch
from search.starter_lists import HELP_LINES, SYNONYMS, StarterListError, load_list
from tests.factories.people import UserFactory
from tests.factories.practices import BeneficiaryGroupFactory, PracticeFactory

pytestmark = pytest.mark.django_db


def url_of(model: str, action: str, *arguments) -> str:
    return reverse(f"search_{model}_modeladmin_{action}", args=arguments)


class TestSynonyms:
    @pytest.fixture
    def older(self):
        return BeneficiaryGroupFactory(label="Older people", slug="older-people")

    def form(self, **fields):
        return {"says": "nanas\nthe grandads", "means": ["group:older-people"], "words": "", "note": "", **fields}

    def test_a_saved_synonym_works_at_the_next_search_and_names_its_editor(self, desk, moderator, older, ask, ids):
        page = PracticeFactory(beneficiary_groups=[older])
        assert ids(ask(words="grandads")) == []
        assert desk.post(url_of("synonym", "create"), self.form()).status_code == 302
        assert ids(ask(words="our grandads")) == [page.pk]
        saved = Synonym.objects.get()
        assert (saved.says, saved.changed_by) == (["nanas", "the grandads"], moderator)
        assert "Older people" not in desk.get(url_of("synonym", "index")).content.decode()
        assert "group:older-people" in desk.get(url_of("synonym", "index")).content.decode()

    def test_what_it_would_change_is_shown_and_nothing_saved(self, desk, older, ask, settings, tmp_path):
        page = PracticeFactory(title="Tea for all", beneficiary_groups=[older])
        ask()
        today = timezone.localdate()
        TypedSearch.objects.create(words="tea with nanas", times=9, first_typed_on=today, last_typed_on=today)
        settings.JUDGED_SEARCHES = tmp_path
        (tmp_path / "judged.toml").write_text('[[query]]\nwords = "lonely grandads"\n[[query]]\nwords = "bread"\n')
        response = desk.post(url_of("synonym", "create"), self.form() | {"try": "yes"})
        assert response.status_code == 200
        assert not Synonym.objects.exists()
        effects = {effect.words: effect for effect in response.context["effects"]}
        assert set(effects) == {"nanas", "the grandads", "tea with nanas"}
        assert effects["nanas"].brought == (page.title,)
        assert effects["nanas"].answered_after and not effects["nanas"].answered_before
        assert "Tea for all" in response.content.decode()

    def test_what_taking_an_expression_away_would_remove_is_shown(self, desk, older, ask):
        page = PracticeFactory(title="Tea for all", beneficiary_groups=[older])
        ask()
        row = Synonym.objects.create(says=["nanas", "grandads"], means=["group:older-people"])
        response = desk.post(url_of("synonym", "edit", row.pk), self.form(says="nanas") | {"try": "yes"})
        assert response.context["effects"] == []
        response = desk.post(url_of("synonym", "edit", row.pk), self.form(says="bakers") | {"try": "yes"})
        assert [effect.words for effect in response.context["effects"]] == ["bakers"]
        assert response.context["effects"][0].brought == (page.title,)
        assert Synonym.objects.get().says == ["nanas", "grandads"]

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"says": "?!"}, "write one to 6 words"),
            ({"says": "apples beans cress dill eggs figs grapes"}, "write one to 6 words"),
            ({"means": []}, "Say what it means"),
            ({"means": ["group:nobody"]}, "Select a valid choice"),
            ({"means": ["shape:round"]}, "Select a valid choice"),
        ],
    )
    def test_a_bad_one_is_told_and_keeps_what_was_typed(self, desk, older, fields, told):
        response = desk.post(url_of("synonym", "create"), self.form(**fields))
        assert response.status_code == 200
        assert told in response.content.decode()
        assert not Synonym.objects.exists()

    def test_both_ways_finds_the_other_way_round(self, older, ask, ids):
        page = PracticeFactory(title="The shindig")
        Synonym.objects.create(says=["shindig"], words=["knees up"], both_ways=True)
        assert ids(ask(words="knees up")) == [page.pk]

    def test_several_words_and_small_ones_between(self, older, ask, ids):
        page = PracticeFactory(beneficiary_groups=[older])
        Synonym.objects.create(says=["can't climb the stairs"], means=["group:older-people"])
        for typed in ("cant climb her stairs", "she can’t climb stairs"):
            assert ids(ask(words=typed)) == [page.pk]
        assert ids(ask(words="stairs")) == []

    def test_a_term_that_is_near_does_not_answer(self, older, ask, ids):
        page = PracticeFactory(beneficiary_groups=[older])
        Synonym.objects.create(says=["bingo"], near=["group:older-people"])
        results = ask(words="bingo")
        assert (results.answer, ids(results), [hit.id for hit in results.near]) == ("relaxed", [], [page.pk])

    def test_a_renamed_term_is_still_meant(self, older, ask, ids):
        from practices.services import save_term

        page = PracticeFactory(beneficiary_groups=[older])
        Synonym.objects.create(says=["nanas"], means=["group:older-people"])
        older.slug = "people-who-are-older"
        save_term(term=older)
        assert ids(ask(words="nanas")) == [page.pk]


class TestHelpLines:
    def test_the_supplied_list_is_shown_as_unconfirmed(self):
        assert load_list(HELP_LINES) == (6, 0)
        panel = help_panel("he wants to die")
        assert [line.shown for line in panel.lines] == [
            "999",
            "NHS 111",
            "Samaritans 116\u00a0123",
            "Childline 0800\u00a01111",
        ]
        assert not any(line.is_confirmed for line in panel.lines)
        assert panel.confirmed == ""
        assert help_panel("suicide prevention training") is None

    def test_confirming_says_who_and_when_and_lasts_a_quarter(self, desk, moderator, time_machine):
        time_machine.move_to("2026-11-03 10:00")
        line = HelpLine.objects.create(number="999", what_for="life in danger", dangers=["self"])
        url = url_of("helpline", "confirm", line.pk)
        assert "Did you ring 999" in desk.get(url).content.decode()
        desk.post(url)
        line.refresh_from_db()
        assert line.confirmed_by == moderator
        assert help_panel("suicidal").confirmed == "Last checked on 3 November 2026."
        time_machine.move_to(timezone.now() + CONFIRMED_FOR + timedelta(days=1))
        panel = help_panel("suicidal")
        assert not panel.lines[0].is_confirmed
        assert panel.confirmed == "Last checked on 3 November 2026. That is more than three months ago."

    def test_a_changed_number_is_unconfirmed_again(self, desk):
        line = HelpLine.objects.create(
            number="999", what_for="life", dangers=["self"], confirmed_on=timezone.localdate()
        )
        fields = {"name": "", "what_for": "life", "dangers": ["self"], "shown": "on", "sort_order": "0"}
        url = url_of("helpline", "edit", line.pk)
        assert desk.post(url, {"number": "999", **fields}).status_code == 302
        line.refresh_from_db()
        assert line.confirmed_on
        desk.post(url, {"number": "998", **fields})
        line.refresh_from_db()
        assert (line.number, line.confirmed_on) == ("998", None)

    def test_nobody_but_editors_confirms(self, client, library):
        line = HelpLine.objects.create(number="999", what_for="life", dangers=["self"])
        client.force_login(UserFactory())
        client.post(url_of("helpline", "confirm", line.pk))
        line.refresh_from_db()
        assert line.confirmed_on is None

    def test_a_line_that_is_not_shown_is_not(self):
        HelpLine.objects.create(number="999", what_for="life", dangers=["self"], shown=False)
        assert help_panel("suicidal") is None


def typed(words: str, found: int = 1) -> TypedSearch:
    today = timezone.localdate()
    return TypedSearch.objects.create(words=words, times=3, found=found, first_typed_on=today, last_typed_on=today)


class TestWhatPeopleSearchFor:
    def test_it_is_read_and_not_written(self, desk):
        row = typed("tea")
        assert "tea" in desk.get(url_of("typedsearch", "index")).content.decode()
        assert desk.post(url_of("typedsearch", "create"), {"words": "x"}).status_code in (302, 403)
        assert desk.post(url_of("typedsearch", "edit", row.pk), {"words": "x"}).status_code in (302, 403)
        assert list(TypedSearch.objects.values_list("words", flat=True)) == ["tea"]

    def test_what_found_nothing_is_listed_apart(self, desk):
        typed("barn dances", found=0)
        typed("tea rooms", found=4)
        html = desk.get(url_of("typedsearch", "index") + "?what=nothing").content.decode()
        assert "barn dances" in html and "tea rooms" not in html

    def test_what_tells_of_somebody_after_all_is_taken_out(self, desk):
        row = typed("annie of maple lane")
        assert desk.post(url_of("typedsearch", "delete", row.pk)).status_code == 302
        assert not TypedSearch.objects.exists()

    def test_wagtails_own_count_which_stays_empty_is_not_offered(self, desk):
        desk.force_login(UserFactory(is_superuser=True))
        assert "search-terms" not in desk.get("/admin/").content.decode()


def test_the_supplied_synonyms_load_once_and_an_edited_one_stays(library):
    from practices.starter import load_vocabularies

    load_vocabularies()
    added, renewed = load_list(SYNONYMS)
    assert added > 200 and renewed == 0
    row = Synonym.objects.first()
    Synonym.objects.filter(pk=row.pk).update(says=["something else"])
    assert load_list(SYNONYMS) == (0, 0)
    row.refresh_from_db()
    assert row.says == ["something else"]


def test_a_list_whose_terms_are_not_there_says_where(library):
    with pytest.raises(StarterListError, match=r"synonyms.toml, line \d+: .* There is no term"):
        load_list(SYNONYMS)
