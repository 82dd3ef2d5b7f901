"""Not for us, because: ruled out with a reason, by anybody, once, and shown in numbers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from feedback.models import RuledOut, WhyNot
from feedback.opinions import views
from feedback.opinions.querysets import ruled_out_counts
from feedback.opinions.services import rule_out, take_back
from people.limits import Limit
from people.weekly_keys import end_week_if_over
from practices.models import Library, PracticeTotals
from tests.factories.people import UserFactory
from tests.factories.practices import BeneficiaryGroupFactory, OutcomeFactory, PracticeFactory
from tests.markup import inline_scripts

pytestmark = pytest.mark.django_db
NOT_FOR_US = "/practices/tea/not-for-us/"


@pytest.fixture
def tea(library):
    outcomes = [OutcomeFactory(slug="less-lonely"), OutcomeFactory(slug="more-say")]
    groups = [BeneficiaryGroupFactory(slug="carers")]
    return PracticeFactory(slug="tea", title="Tea and talk", outcomes=outcomes, beneficiary_groups=groups)


@pytest.fixture
def send(client, tea, time_machine):
    """Open the form, wait as people do, and send it."""
    time_machine.move_to("2026-03-02 09:30", tick=False)

    def send(path: str = NOT_FOR_US, address: str = "10.0.0.1", **typed: str):
        form = client.get(path).context["form"]
        time_machine.shift(20)
        return client.post(path, {"opened": form["opened"].value(), "homepage": "", **typed}, REMOTE_ADDR=address)

    return send


def ruled_out(page, by=None, why=WhyNot.RURAL, visitor="10.0.0.1"):
    return rule_out(page=page, why=why, by=by, visitor=visitor)


def words_of(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").find("main").get_text(" ").split())


class TestRulingOut:
    def test_one_person_and_one_visitor_give_one_reason_each_and_can_change_it(self, tea):
        person = UserFactory()
        for by in (person, None):
            ruled_out(tea, by)
            ruled_out(tea, by, WhyNot.NO_FUNDS)
        ruled_out(tea, visitor="10.0.0.2", why=WhyNot.CONSENT)
        assert RuledOut.objects.count() == 3
        assert ruled_out_counts(tea) == [
            ("There is no money for it", 2),
            ("The people it is for do not want it", 1),
        ]

    def test_the_numbers_of_a_page_are_one_question(self, tea, django_assert_num_queries):
        other = PracticeFactory()
        ruled_out(other)
        for why in WhyNot.values:
            ruled_out(tea, UserFactory(), why)
        with django_assert_num_queries(1):
            assert [count for _label, count in ruled_out_counts(tea)] == [1] * 5
        assert ruled_out_counts(PracticeFactory()) == []

    def test_one_place_that_rules_out_two_pages_cannot_be_put_together(self, tea):
        one, other = ruled_out(tea), ruled_out(PracticeFactory())
        assert one.visitor_hash != other.visitor_hash
        assert "10.0.0.1" not in one.visitor_hash + other.visitor_hash

    def test_with_the_week_goes_what_told_visitors_apart_and_the_reason_stays(self, tea, time_machine):
        time_machine.move_to("2026-03-02 09:30", tick=False)
        ruled_out(tea)
        time_machine.shift(timedelta(days=8))
        end_week_if_over()
        assert RuledOut.objects.get().visitor_hash == ""
        ruled_out(tea)
        assert ruled_out_counts(tea) == [("We are too far apart, or too few, where we are", 2)]

    def test_readers_see_it_at_once_and_nothing_is_ranked_by_it(self, tea):
        before = Library.objects.get().version
        totals = PracticeTotals.objects.filter(page=tea).values().get()
        ruled_out(tea)
        assert Library.objects.get().version == before + 1
        ruled_out(tea)
        assert Library.objects.get().version == before + 1, "nothing changed"
        assert PracticeTotals.objects.filter(page=tea).values().get() == totals

    def test_who_is_signed_in_can_take_it_back(self, tea):
        person = UserFactory()
        ruled_out(tea, person), ruled_out(tea)
        before = Library.objects.get().version
        assert take_back(page=tea, by=person)
        assert not take_back(page=tea, by=person)
        assert Library.objects.get().version == before + 1
        assert RuledOut.objects.get().person is None

    @pytest.mark.parametrize("why", ["", "too-odd", "x" * 5000, None])
    def test_there_are_five_reasons(self, tea, why):
        with pytest.raises(ValidationError):
            ruled_out(tea, why=why)
        assert not RuledOut.objects.exists()

    @pytest.mark.database
    @pytest.mark.django_db(transaction=True)
    def test_eight_tabs_of_one_person_and_eight_visitors_at_once(self, library):
        page, person = PracticeFactory(slug="tea"), UserFactory()

        def say(number: int) -> None:
            try:
                ruled_out(page, person)
                ruled_out(page, visitor=f"10.0.0.{number}")
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(say, range(8)))
        assert RuledOut.objects.filter(person=person).count() == 1
        assert RuledOut.objects.count() == 9


class TestPage:
    def test_nobody_needs_an_account_and_there_is_a_way_on(self, client, send, tea):
        response = send(why="no-funds")
        assert response.url == f"{NOT_FOR_US}sent/"
        assert RuledOut.objects.get().person is None
        page = client.get(response.url)
        assert "There is no money for it: 1" in words_of(page)
        links = {link["href"] for link in BeautifulSoup(page.content, "html.parser").select("main a")}
        assert {"/search/?outcome=less-lonely&outcome=more-say", "/search/?group=carers", "/practices/tea/"} <= links

    def test_to_read_it_sets_no_session(self, client, tea):
        client.get(NOT_FOR_US)
        assert "sessionid" not in client.cookies

    def test_who_is_signed_in_changes_and_takes_back(self, client, send, tea):
        client.force_login(UserFactory())
        send(why="rural")
        page = client.get(NOT_FOR_US)
        assert "you said: We are too far apart" in words_of(page)
        assert BeautifulSoup(page.content, "html.parser").find("input", value="rural").has_attr("checked")
        send(why="other")
        assert RuledOut.objects.get().why == WhyNot.OTHER
        assert client.post(NOT_FOR_US, {"do": "take-back"}).url == NOT_FOR_US
        assert not RuledOut.objects.exists()

    def test_a_visitor_takes_nothing_of_others_back(self, client, send, tea):
        send(why="rural")
        assert client.post(NOT_FOR_US, {"do": "take-back"}).status_code == 200
        assert RuledOut.objects.count() == 1

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({}, "Choose a reason"),
            ({"why": "too-odd"}, "Choose a reason"),
            ({"why": "rural\x00"}, "Choose a reason"),
            ({"why": "x" * 100_000}, "Choose a reason"),
            ({"why": "rural", "homepage": "https://buy.example"}, "people cannot see"),
            ({"why": "rural", "opened": "forged"}, "did not reach us whole"),
        ],
    )
    def test_what_cannot_be_sent_is_told(self, send, typed, told):
        response = send(**typed)
        assert response.status_code == 200
        assert told in words_of(response)
        assert not RuledOut.objects.exists()

    def test_a_flood_is_refused_and_the_choice_is_kept(self, client, send, monkeypatch):
        of_place = views.RULED_OUT_FROM_ONE_PLACE
        monkeypatch.setattr(views, "RULED_OUT_FROM_ONE_PLACE", Limit(of_place.name, most=1, every=of_place.every))
        assert send(why="rural").status_code == 302
        response = send(why="other")
        assert response.status_code == 429
        assert BeautifulSoup(response.content, "html.parser").find("input", value="other").has_attr("checked")
        assert send(why="rural", address="10.0.0.2").status_code == 302

    def test_a_page_that_nobody_can_read_is_not_ruled_out(self, client, tea):
        tea.unpublish()
        for path in (NOT_FOR_US, "/practices/nothing/not-for-us/"):
            assert client.get(path).status_code == 404
            assert client.post(path, {"why": "rural"}).status_code == 404
        assert client.get(f"{NOT_FOR_US}sent/").status_code == 404

    def test_it_needs_a_token_of_the_page(self, tea):
        assert Client(enforce_csrf_checks=True).post(NOT_FOR_US, {"why": "rural"}).status_code == 403
        assert not RuledOut.objects.exists()

    def test_the_pages_are_whole(self, client, tea):
        client.force_login(person := UserFactory())
        ruled_out(tea, person)
        for path in (NOT_FOR_US, f"{NOT_FOR_US}sent/"):
            html = client.get(path).content.decode()
            page = BeautifulSoup(html, "html.parser")
            ids = [each["id"] for each in page.select("[id]")]
            assert len(ids) == len(set(ids)) and len(page.select("h1")) == 1
            assert inline_scripts(html) == []
            assert page.select('meta[name="robots"][content="noindex"]')
