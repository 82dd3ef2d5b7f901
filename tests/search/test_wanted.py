"""The wanted list: asked for by readers, decided by moderators."""

import pytest
from django.urls import reverse

from home.front_door import open_front_door
from people.models import RateCount
from people.weekly_keys import end_week_if_over
from practices.models import Library
from search.models import HelpLine, WantedAsk, WantedPractice, WantedState
from search.wanted import (
    MOST_WAITING,
    answer_wanted,
    ask_for_practice,
    ask_too,
    close_wanted,
    invite_to_write,
    merge_wanted,
    show_wanted,
    similar_wanted,
)
from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db
ASK = "/wanted/ask/"
TITLE = "How to run a group when we share no language"


@pytest.fixture
def send(client, time_machine, library):
    """Open a form of the wanted list, wait as people do, and send it."""
    time_machine.move_to("2026-03-02 09:30", tick=False)

    def send(path: str = ASK, **typed: str):
        form = client.get(path).context["form"]
        time_machine.shift(20)
        unseen = {"opened": form["opened"].value(), "homepage": ""}
        return client.post(path, {**unseen, **typed}, REMOTE_ADDR=typed.pop("address", "10.0.0.1"))

    return send


def wanted(title: str = TITLE, **fields) -> WantedPractice:
    return WantedPractice.objects.create(title=title, **fields)


class TestAsking:
    def test_what_a_reader_asks_for_is_shown_once_a_moderator_has_looked(self, send, client, moderator):
        assert send(title=f"  {TITLE}  ", why="We meet weekly.\r\nNobody can interpret.").url == "/wanted/asked/"
        asked = WantedPractice.objects.get()
        assert (asked.title, asked.why, asked.asked) == (TITLE, "We meet weekly.\nNobody can interpret.", 1)
        assert asked.state == WantedState.WAITING
        assert TITLE not in client.get("/wanted/").content.decode()
        show_wanted(wanted=asked, by=moderator)
        assert TITLE in client.get("/wanted/").content.decode()
        assert "1 person asked for it" in client.get("/wanted/").content.decode()

    def test_the_page_that_found_nothing_leads_there_without_what_was_typed(self, client, library):
        html = client.get("/search/?q=xyzzyq+yodelling").content.decode()
        assert f'href="{ASK}"' in html
        assert "yodelling" not in client.get(ASK, headers={"Referer": "/search/?q=yodelling"}).content.decode()

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"title": ""}, "Write what you were hoping to find"),
            ({"title": "help"}, "Write a few words more"),
            ({"title": "x " * 150}, "Make it shorter"),
            ({"title": TITLE, "why": "x" * 1001}, "Make it shorter"),
            ({"title": "Somebody to ring at 07700 900123"}, "Leave e-mail addresses"),
            ({"title": TITLE, "why": "write to sam@home.example"}, "Leave e-mail addresses"),
            ({"title": "Cheap watches at https://buy.example"}, "Leave web addresses out"),
        ],
    )
    def test_what_is_not_right_is_told_and_kept(self, send, typed, told):
        response = send(**typed)
        assert response.status_code == 200
        assert told in response.content.decode()
        assert response.context["form"]["title"].value() == typed["title"]
        assert not WantedPractice.objects.exists()

    @pytest.mark.parametrize("text", ["<script>alert(1)</script> & more", "𓀀 \u202e ltr"])
    def test_hostile_text_is_text(self, send, client, text):
        send(title=f"{text} of two", why=text)
        assert WantedPractice.objects.update(state=WantedState.OPEN) == 1
        html = client.get("/wanted/").content.decode()
        assert "<script>alert" not in html

    def test_what_is_much_the_same_is_offered_first(self, send):
        there = wanted(asked=2)
        response = send(title="Running a group if we don’t share a language")
        assert "Is it one of these?" in response.content.decode()
        assert list(response.context["form"].similar) == [there]
        assert WantedPractice.objects.count() == 1
        assert send(title="Running a group if we don’t share a language", same_as=str(there.pk)).url == (
            "/wanted/counted/"
        )
        there.refresh_from_db()
        assert (there.asked, WantedPractice.objects.count()) == (3, 1)

    def test_the_question_is_no_fault_and_stays_while_another_field_is_put_right(self, send):
        there = wanted()
        html = send(title=TITLE).content.decode()
        assert "One question first" in html and "Please look at this again" not in html
        html = send(title=TITLE, why="x" * 1001, same_as=str(there.pk)).content.decode()
        assert "Please look at this again" in html
        assert "checked" in html
        assert "Is it one of these?" in html

    def test_what_has_a_page_by_now_is_offered_and_leads_there(self, send, moderator):
        there, page = wanted(), PracticeFactory(title="Groups across languages")
        answer_wanted(wanted=there, page=page, by=moderator)
        assert "(there is a page now)" in send(title=TITLE).content.decode()
        assert send(title=TITLE, same_as=str(there.pk)).url == page.get_absolute_url()
        HelpLine.objects.create(name="Listeners", number="116 123", what_for="any hour", dangers=["self"])
        html = send(title=TITLE, why="He wants to kill himself", same_as=str(there.pk)).content.decode()
        assert "tel:116123" in html and page.get_absolute_url() in html
        page.unpublish()
        assert "Is it one of these?" not in send(title=TITLE).content.decode()

    def test_the_words_of_what_was_merged_are_counted_where_it_went(self, library, moderator):
        first, second = wanted("Groups across languages", asked=1), wanted(asked=1)
        merge_wanted(wanted=second, into=first, by=moderator)
        assert ask_for_practice(title=TITLE, why="", visitor="10.0.0.1") == first
        first.refresh_from_db()
        assert first.asked == 3

    def test_who_means_something_else_says_so(self, send):
        wanted()
        typed = "How two groups share a language teacher"
        assert send(title=typed, same_as="99999").status_code == 200
        assert send(title=typed, same_as="none").url == "/wanted/asked/"
        assert WantedPractice.objects.count() == 2

    def test_the_same_words_twice_are_one(self, library):
        first = ask_for_practice(title=TITLE, why="", visitor="10.0.0.1")
        again = ask_for_practice(title="A group: how to run it when sharing no languages?", why="", visitor="10.0.0.2")
        assert again == first
        first.refresh_from_db()
        assert first.asked == 2

    def test_who_says_that_theirs_is_something_else_is_believed(self, send):
        wanted("Getting people into work")
        typed = {"title": "Getting people out of work", "why": "They are tired."}
        assert "Is it one of these?" in send(**typed).content.decode()
        assert send(**typed, same_as="none").url == "/wanted/asked/"
        assert WantedPractice.objects.waiting().get().why == "They are tired."

    @pytest.mark.parametrize(
        "title", ["A youth club on less than £10,000", "Pilots of 2019-2023 in towns", "Young people (16-25), 1 to 1"]
    )
    def test_figures_and_years_may_be_told(self, send, title):
        assert send(title=title).url == "/wanted/asked/"

    def test_words_of_other_matters_are_not_alike(self, library):
        wanted("Bereaved parents who meet")
        wanted("Bikes for people who seek asylum")
        assert similar_wanted("Bikes for parents") == []
        assert similar_wanted(TITLE) == []

    def test_one_place_cannot_fill_the_list(self, send):
        for number in range(6):
            assert send(title=f"Something about matter number{number}", same_as="none").status_code == 302
        response = send(title="One more of these matters", same_as="none")
        assert response.status_code == 429
        assert "send it again in an hour" in response.content.decode()
        assert response.context["form"]["title"].value() == "One more of these matters"
        assert WantedPractice.objects.count() == 6
        assert "10.0.0.1" not in str(list(RateCount.objects.values()) + list(WantedAsk.objects.values()))

    def test_a_full_list_takes_nothing_more_and_loses_nothing(self, send):
        WantedPractice.objects.bulk_create(
            WantedPractice(title=f"Thing {number}", state=WantedState.WAITING) for number in range(MOST_WAITING)
        )
        response = send(title=TITLE)
        assert response.status_code == 503
        assert response.context["form"]["title"].value() == TITLE

    def test_who_tells_of_danger_is_told_whom_to_ring(self, send):
        HelpLine.objects.create(name="Listeners", number="116 123", what_for="any hour", dangers=["self"])
        response = send(title="What to say to somebody who wants to kill herself")
        assert "tel:116123" in response.content.decode()
        assert WantedPractice.objects.count() == 1

    @pytest.mark.parametrize("title", ["suicidal", "My mum wants to kill herself, ring me on 07700 900123"])
    def test_who_to_ring_stands_above_a_form_that_was_refused_too(self, send, title):
        HelpLine.objects.create(name="Listeners", number="116 123", what_for="any hour", dangers=["self"])
        html = send(title=title).content.decode()
        assert html.index("tel:116123") < html.index("Please look at this again")
        assert not WantedPractice.objects.exists()

    def test_another_site_cannot_send_it(self, library):
        from django.test import Client

        assert Client(enforce_csrf_checks=True).post(ASK, {"title": TITLE}).status_code == 403


class TestAskingForTheSame:
    def test_one_button_counts_one_person_once_a_week(self, send, client, time_machine):
        there = wanted()
        path = reverse("search:ask_too", args=[there.pk])
        assert TITLE in client.get(path).content.decode()
        for _ in range(2):
            assert send(path).url == "/wanted/counted/"
        there.refresh_from_db()
        assert there.asked == 1
        time_machine.shift(8 * 24 * 3600)
        send(path)
        there.refresh_from_db()
        assert there.asked == 2

    @pytest.mark.parametrize("state", ["waiting", "closed", "answered"])
    def test_what_is_not_shown_has_no_page(self, client, library, state):
        there = wanted(state=state)
        assert client.get(reverse("search:ask_too", args=[there.pk])).status_code == 404
        assert client.get("/wanted/999999999999999999999/").status_code == 404

    def test_who_asked_is_forgotten_with_the_week(self, library, time_machine):
        time_machine.move_to("2026-03-02 09:30", tick=False)
        ask_too(wanted=wanted(), visitor="10.0.0.1")
        time_machine.shift(8 * 24 * 3600)
        end_week_if_over()
        assert not WantedAsk.objects.exists()

    def test_what_most_people_ask_for_stands_first_and_on_the_front_door(self, client, library):
        for number in range(5):
            wanted(f"Thing number {number}", asked=number)
        wanted("Waiting", asked=9, state=WantedState.WAITING)
        html = client.get("/wanted/").content.decode()
        places = [html.index(f"Thing number {number}") for number in range(5)]
        assert places == sorted(places, reverse=True)
        assert [one.asked for one in open_front_door().wanted] == [4, 3, 2]

    def test_a_tap_shows_at_once_and_makes_no_kept_page_out_of_date(self, client, library):
        there, before = wanted(), Library.objects.current().version
        ask_too(wanted=there, visitor="10.0.0.1")
        ask_for_practice(title="Something else altogether", why="", visitor="10.0.0.1")
        assert Library.objects.current().version == before
        assert "1 person asked for it" in client.get("/wanted/").content.decode()


class TestDeciding:
    def url(self, wanted: WantedPractice) -> str:
        return reverse("search_wantedpractice_modeladmin_decide", args=[wanted.pk])

    def fields(self, wanted: WantedPractice, **fields: str) -> dict[str, str]:
        return {"title": wanted.title, "why": wanted.why, "seen": wanted.as_decided, **fields}

    def test_what_waits_stands_at_the_top(self, desk):
        wanted("Shown", asked=9)
        wanted("Not looked at yet", state=WantedState.WAITING)
        html = desk.get(reverse("search_wantedpractice_modeladmin_index")).content.decode()
        assert html.index("Not looked at yet") < html.index("Shown")

    def test_words_are_put_right_as_it_is_shown(self, desk):
        one = wanted("what to do with Annie on Mondays", state=WantedState.WAITING)
        response = desk.post(self.url(one), self.fields(one, title="Something to do on Mondays", decision="open"))
        assert response.status_code == 302
        one.refresh_from_db()
        assert (one.title, one.state) == ("Something to do on Mondays", "open")
        assert one.decided_at

    def test_it_becomes_an_invitation(self, desk, client):
        one = wanted()
        desk.post(self.url(one), self.fields(one, decision="invited", invitation="Tell how you began."))
        assert "Tell how you began." in client.get("/wanted/").content.decode()

    def test_a_page_answers_it_and_the_list_leads_there(self, desk, client, library):
        one, page = wanted(), PracticeFactory(title="Groups without a common language")
        desk.post(self.url(one), self.fields(one, decision="answered", page=f"http://x{page.get_absolute_url()}?a=b"))
        one.refresh_from_db()
        assert (one.state, one.answer_id) == ("answered", page.pk)
        html = client.get("/wanted/").content.decode()
        assert "Found since then" in html and page.get_absolute_url() in html
        page.unpublish()
        assert "Found since then" not in client.get("/wanted/").content.decode()

    def test_two_become_one_with_all_who_asked(self, desk):
        first, second = wanted(asked=2), wanted("Groups across languages", asked=3, state=WantedState.WAITING)
        desk.post(self.url(second), self.fields(second, decision="merged", into=str(first.pk)))
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.asked, second.state, second.merged_into) == (5, "merged", first)
        desk.post(self.url(second), self.fields(second, decision="merged", into=str(first.pk)))
        first.refresh_from_db()
        assert first.asked == 5

    def test_who_decides_on_what_a_colleague_decided_is_told_first(self, desk):
        one = wanted(state=WantedState.WAITING)
        stale = self.fields(one, decision="closed", reason="nobody knows")
        desk.post(self.url(one), self.fields(one, title="Put right by a colleague", decision="open"))
        response = desk.post(self.url(one), stale)
        html = response.content.decode()
        assert "Somebody decided on it while you looked" in html and "Put right by a colleague" in html
        assert "nobody knows" in html
        one.refresh_from_db()
        assert (one.title, one.state) == ("Put right by a colleague", "open")
        again = {**stale, "seen": response.context["form"]["seen"].value()}
        assert desk.post(self.url(one), again).status_code == 302
        one.refresh_from_db()
        assert one.state == WantedState.CLOSED

    def test_what_was_merged_follows_to_where_its_target_is_merged(self, moderator):
        first, second, third = wanted("one"), wanted("two", asked=1), wanted("three", asked=1)
        merge_wanted(wanted=second, into=first, by=moderator)
        merge_wanted(wanted=first, into=third, by=moderator)
        second.refresh_from_db()
        third.refresh_from_db()
        assert (second.merged_into, third.asked) == (third, 2)
        with pytest.raises(ValueError, match="still wanted"):
            merge_wanted(wanted=third, into=first, by=moderator)
        with pytest.raises(ValueError, match="still wanted"):
            merge_wanted(wanted=third, into=third, by=moderator)

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({}, "This field is required"),
            ({"decision": "invited"}, "Say what somebody could write"),
            ({"decision": "answered"}, "Say which page it is"),
            ({"decision": "answered", "page": "/practices/nowhere/"}, "No page that readers can see"),
            ({"decision": "answered", "page": "http://[x"}, "No page that readers can see"),
            ({"decision": "merged"}, "Choose the one that stays"),
            ({"decision": "closed"}, "Say why"),
            ({"decision": "open", "title": ""}, "This field is required"),
        ],
    )
    def test_what_is_missing_is_told_and_nothing_decided(self, desk, fields, told):
        one = wanted(state=WantedState.WAITING)
        response = desk.post(self.url(one), self.fields(one, **fields))
        assert told in response.content.decode()
        one.refresh_from_db()
        assert one.state == WantedState.WAITING

    def test_each_decision_is_in_the_log_with_its_reason(self, desk, moderator):
        from wagtail.models import ModelLogEntry

        one = wanted()
        desk.post(self.url(one), self.fields(one, decision="closed", reason="nobody could answer it"))
        entry = ModelLogEntry.objects.get(action="search.wanted_closed")
        assert (entry.user, entry.data) == (moderator, {"reason": "nobody could answer it"})

    def test_a_changed_mind_takes_back_what_went_with_the_decision(self, library, moderator):
        one = wanted()
        answer_wanted(wanted=one, page=PracticeFactory(), by=moderator)
        invite_to_write(wanted=one, invitation="Tell how.", by=moderator)
        close_wanted(wanted=one, reason="", by=moderator)
        show_wanted(wanted=one, by=moderator)
        one.refresh_from_db()
        assert (one.state, one.answer, one.merged_into) == ("open", None, None)

    def test_nobody_but_moderators_decides(self, client, library):
        from tests.factories.people import UserFactory

        one = wanted(state=WantedState.WAITING)
        client.force_login(UserFactory())
        client.post(self.url(one), self.fields(one, decision="open"))
        one.refresh_from_db()
        assert one.state == WantedState.WAITING


def test_the_list_takes_few_questions_however_long_it_is(client, library, django_assert_max_num_queries):
    WantedPractice.objects.bulk_create(WantedPractice(title=f"Thing {number}") for number in range(40))
    client.get("/wanted/")
    with django_assert_max_num_queries(8):
        client.get("/wanted/")
