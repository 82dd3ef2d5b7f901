"""Reports of harm: told by anybody, decided by moderators, looked at again once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from feedback.flag_views import BY_ONE_PERSON, FROM_ONE_PLACE
from feedback.models import URGENCY, Concern, Flag, Outcome, Reason, State, Subject
from feedback.services import (
    AlreadyAnsweredError,
    AlreadyAppealedError,
    AlreadyDecidedError,
    EnoughSaidError,
    NotPausedError,
    answer_pause,
    appeal_decision,
    decide_appeal,
    decide_concern,
    report_harm,
)
from people.models import Event, Message, Standing, User
from people.standing import end_pause, is_paused, pause_person, standing_of
from people.weekly_keys import end_week_if_over
from tests.factories.contributions import draft_of, waiting_of, writer
from tests.factories.feedback import (
    another_moderator,
    answered,
    appealed,
    paused_person,
    public_person,
    reported,
    upheld,
)
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
from tests.markup import inline_scripts

pytestmark = pytest.mark.django_db
FLAG = "/practices/tea/flag/"
REASON = "It names a woman who was not asked."
WHEN = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def tea(library):
    return PracticeFactory(slug="tea", title="Tea and talk")


@pytest.fixture
def send(client, tea, time_machine):
    """Open the form of a report, wait as people do, and send it."""
    time_machine.move_to("2026-03-02 09:30", tick=False)

    def send(path: str = FLAG, **typed: str):
        form = client.get(path).context["form"]
        time_machine.shift(20)
        unseen = {"opened": form["opened"].value(), "homepage": ""}
        return client.post(path, {**unseen, **typed}, REMOTE_ADDR=typed.pop("address", "10.0.0.1"))

    return send


def html_of(response) -> str:
    return response.content.decode()


def words_of(response) -> str:
    """What somebody reads on the main part of a page."""
    return " ".join(BeautifulSoup(response.content, "html.parser").find("main").get_text(" ").split())


def faults_of(response) -> list[str]:
    """What is not right with the HTML of a page."""
    page = BeautifulSoup(response.content, "html.parser")
    ids = [each["id"] for each in page.select("[id]")]
    faults = [f"twice: {each}" for each in set(ids) if ids.count(each) > 1]
    faults += [f"leads nowhere: {each['for']}" for each in page.select("label[for]") if each["for"] not in ids]
    faults += [str(each) for each in page.select("style, [style], [onclick]")] + inline_scripts(html_of(response))
    faults += [] if len(page.select("h1")) == 1 else ["not one heading"]
    return faults + ([] if page.select('meta[name="robots"][content="noindex"]') else ["is found by robots"])


def browser_of(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def with_profile(person: User) -> User:
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    Standing.objects.create(person=person, first_accepted_on=timezone.localdate())
    return person


class TestReporting:
    def test_anybody_reports_a_practice_with_a_tick(self, send, tea):
        assert send(reason="names", words="").url == "/reports/sent/"
        concern = Concern.objects.get()
        assert (concern.target_kind, concern.target_id, concern.state) == ("practice", tea.pk, State.OPEN)
        assert (concern.reports, concern.worst) == (1, Reason.NAMES)
        flag = Flag.objects.get()
        assert (flag.reporter, flag.words, "10.0.0.1" in flag.visitor_hash) == (None, "", False)
        assert Event.objects.get(what="concern.reported").why == "names"

    def test_whose_work_it_is_stands_with_it(self, tea, moderator):
        author = UserFactory()
        tea.save_revision(user=author).publish()
        assert reported(tea).person == author
        proposal = waiting_of(tea, author, summary="Tea, and time to talk.")
        assert reported(proposal).person == author
        assert reported(author).person == author

    def test_who_to_ring_stands_on_the_form(self, client, tea):
        assert 'href="tel:999"' in html_of(client.get(FLAG))

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"reason": "", "words": "the second step"}, "Choose what is wrong"),
            ({"reason": "nonsense", "words": "the second step"}, "Choose what is wrong"),
            ({"reason": "answer", "words": "the second step"}, "Choose what is wrong"),
            ({"reason": "other", "words": "   "}, "Say what is wrong"),
            ({"reason": "hurts", "words": "x" * 1001}, "there is room for 1000"),
            ({"reason": "hurts", "words": "nul \x00 byte"}, "Null characters"),
            ({"reason": "hurts", "words": "the second step", "homepage": "https://buy.example"}, "people cannot see"),
            ({"reason": "hurts", "words": "the second step", "opened": "forged"}, "did not reach us whole"),
        ],
    )
    def test_what_cannot_be_sent_is_told_and_kept(self, send, typed, told):
        response = send(**typed)
        assert response.status_code == 200
        assert told in html_of(response)
        assert response.context["form"]["words"].value() == typed["words"]
        assert response.context["form"]["reason"].value() == typed["reason"]
        assert not Concern.objects.exists()

    def test_a_chosen_reason_is_still_ticked_when_something_else_is_wrong(self, send):
        page = BeautifulSoup(send(reason="hurts", words="x" * 1001).content, "html.parser")
        assert page.find("input", value="hurts").has_attr("checked")

    def test_a_flood_is_refused_and_its_words_are_kept(self, send):
        for _number in range(FROM_ONE_PLACE.most):
            assert send(reason="sells", words="").status_code == 302
        response = send(reason="sells", words="one more")
        assert response.status_code == 429
        assert "one more" in html_of(response)
        assert send(reason="sells", words="", address="10.0.0.2").status_code == 302

    def test_one_person_is_counted_wherever_they_are(self, send, client):
        client.force_login(UserFactory())
        for number in range(BY_ONE_PERSON.most):
            assert send(reason="sells", words="", address=f"10.0.1.{number}").status_code == 302
        response = send(reason="sells", words="one more", address="10.0.2.1")
        assert (response.status_code, "one more" in html_of(response)) == (429, True)

    def test_a_paused_person_can_report(self, send, client, moderator):
        client.force_login(paused_person(moderator))
        assert send(reason="insults", words="").url == "/reports/sent/"

    @pytest.mark.parametrize("text", ["<script>alert(1)</script>", "𓀀 \u202e ltr", "'; DROP TABLE feedback_flag; --"])
    def test_hostile_text_is_text(self, send, text, moderator):
        assert send(reason="other", words=text).status_code == 302
        author = with_profile(UserFactory())
        Concern.objects.update(person=author)
        upheld(Concern.objects.get(), moderator, reason=text)
        appealed(Concern.objects.get(), words=text)
        pages = [
            browser_of(another_moderator()).get(f"/review/reports/{Concern.objects.get().pk}/"),
            browser_of(author).get(Concern.objects.get().get_absolute_url()),
            browser_of(author).get("/messages/"),
        ]
        for page in pages:
            assert page.status_code == 200
            assert not inline_scripts(html_of(page))

    def test_links_that_people_type_are_not_followed(self, moderator, tea, desk):
        author = UserFactory()
        tea.save_revision(user=author).publish()
        concern = reported(tea, reason=Reason.SELLS, words="It leads to https://buy.example/now")
        link = BeautifulSoup(desk.get(f"/review/reports/{concern.pk}/").content, "html.parser").find(
            "a", href="https://buy.example/now"
        )
        assert set(link["rel"]) == {"nofollow", "ugc", "noopener"}

    def test_no_page_that_cannot_be_seen_is_reported(self, client, tea, moderator):
        PracticeFactory(slug="hidden", unpublished=True)
        newcomer = UserFactory()
        proposal = draft_of(tea, writer(newcomer), summary="Still being written.")
        for path in (
            "/practices/nothing/flag/",
            "/practices/hidden/flag/",
            "/proposals/9999/flag/",
            f"/proposals/{proposal.pk}/flag/",
            f"/people/{newcomer.username}/flag/",
            "/people/nobody/flag/",
        ):
            assert client.get(path).status_code == 404
            assert client.post(path, {"reason": "hurts"}).status_code == 404
        assert browser_of(moderator).get(f"/proposals/{proposal.pk}/flag/").status_code == 404
        assert browser_of(newcomer).get(f"/proposals/{proposal.pk}/flag/").status_code == 200

    def test_a_profile_and_a_change_are_reported_on_forms_of_their_own(self, client, send, tea, moderator):
        person = public_person(username="maple-lane")
        assert send("/people/Maple-Lane/flag/", reason="insults", words="").status_code == 302
        proposal = waiting_of(tea, person, summary="Tea, and time to talk.")
        client.force_login(moderator)
        assert send(f"/proposals/{proposal.pk}/flag/", reason="insults", words="").status_code == 302
        assert set(Concern.objects.values_list("target_kind", "target_id", "person")) == {
            ("person", person.pk, person.pk),
            ("proposal", proposal.pk, person.pk),
        }


class TestOneItem:
    def test_many_reports_of_one_thing_are_one_item(self, tea, library):
        reported(tea, reason=Reason.SELLS)
        reported(tea, UserFactory(), reason=Reason.NAMES)
        concern = reported(tea, visitor="10.0.0.2", reason=Reason.SELLS)
        assert Concern.objects.get() == concern
        assert (concern.reports, concern.worst, concern.urgency) == (3, Reason.NAMES, URGENCY[Reason.NAMES])
        assert concern.flags.count() == 3

    def test_a_thousand_reports_are_one_row_of_the_list(self, tea, desk):
        for number in range(1000):
            reported(tea, visitor=f"10.1.{number // 250}.{number % 250}", words="")
        assert Concern.objects.get().reports == Flag.objects.count() == 1000
        page = BeautifulSoup(desk.get("/review/reports/").content, "html.parser")
        assert len(page.select("ul.queue > li")) == 1
        assert "Reported by 1000 people" in page.get_text()
        assert desk.get(f"/review/reports/{Concern.objects.get().pk}/?page=20").status_code == 200

    def test_whoever_reports_again_adds_words_and_is_counted_once(self, tea, library):
        person = UserFactory()
        for by in (person, None):
            reported(tea, by, reason=Reason.SELLS, words="First.")
            reported(tea, by, reason=Reason.HURTS, words="Second.")
            reported(tea, by, reason=Reason.SELLS, words="Second.")
        assert Concern.objects.get().reports == 2
        assert set(Flag.objects.values_list("reason", "words")) == {("hurts", "First.\n\nSecond.")}
        assert Event.objects.filter(what="concern.reported").count() == 2

    def test_there_is_an_end_to_what_one_can_add_and_it_is_told(self, tea, send):
        for number in range(5):
            assert send(reason="hurts", words=f"{number} " + "x" * 990).status_code == 302
        with pytest.raises(EnoughSaidError):
            reported(tea, words="y" * 900)
        response = send(reason="hurts", words="y" * 900)
        assert "told us much about this already" in html_of(response)
        assert "y" * 900 in html_of(response)

    def test_what_was_decided_can_be_reported_anew(self, tea, moderator):
        first = upheld(reported(tea), moderator)
        assert reported(tea) != first
        assert browser_of(moderator).get(f"/review/reports/{Concern.objects.waiting().get().pk}/").context[
            "earlier"
        ].get() == (first)

    def test_with_the_week_goes_what_told_visitors_apart(self, tea, time_machine):
        time_machine.move_to("2026-03-02 09:30", tick=False)
        reported(tea)
        time_machine.shift(timedelta(days=8))
        end_week_if_over()
        assert Flag.objects.get().visitor_hash == ""
        assert reported(tea).reports == 2

    @pytest.mark.database
    @pytest.mark.django_db(transaction=True)
    def test_two_who_report_at_once_make_one_item(self, library):
        page = PracticeFactory(slug="tea")

        def report(number: int) -> None:
            try:
                reported(page, visitor=f"10.0.0.{number}")
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(report, range(8)))
        assert Concern.objects.get().reports == 8


class TestDeciding:
    @pytest.fixture
    def author(self, tea):
        person = with_profile(UserFactory(username="author"))
        tea.save_revision(user=person).publish()
        return person

    def test_person_and_reporter_are_told_and_nobody_learns_who_reported(self, tea, author, moderator, desk):
        reporter = UserFactory(username="the-one-who-reported")
        concern = reported(tea, reporter, words="I live next door, at number nine.")
        assert desk.post(f"/review/reports/{concern.pk}/", {"step": "decide", "outcome": "yes", "reason": REASON}).url
        to_author, to_reporter = Message.objects.get(person=author), Message.objects.get(person=reporter)
        assert REASON in to_author.body and to_author.body.startswith("Thank you for the work")
        assert "agrees that something has to change" in to_reporter.body
        assert REASON not in to_reporter.body
        seen_by_author = words_of(browser_of(author).get(to_author.path)) + words_of(
            browser_of(author).get("/messages/")
        )
        assert REASON in seen_by_author and "Ask for a second look" in html_of(browser_of(author).get(to_author.path))
        seen_by_reporter = html_of(browser_of(reporter).get(to_reporter.path))
        assert "agrees that something has to change" in seen_by_reporter
        assert REASON not in seen_by_reporter and "author" not in words_of(browser_of(reporter).get(to_reporter.path))
        for text in (to_author.title + to_author.body, seen_by_author):
            assert "the-one-who-reported" not in text and "next door" not in text
        seen_by_desk = html_of(desk.get(f"/review/reports/{concern.pk}/")) + html_of(desk.get("/review/log/"))
        assert "next door" in seen_by_desk and "the-one-who-reported" not in seen_by_desk

    def test_until_it_is_decided_whoever_it_is_about_sees_nothing(self, tea, author):
        concern = reported(tea)
        assert browser_of(author).get(concern.get_absolute_url()).status_code == 404
        assert not Message.objects.exists()

    def test_a_report_that_is_not_upheld_is_told_too_and_leaves_no_appeal(self, tea, author, moderator):
        concern = reported(tea, UserFactory())
        decide_concern(concern=concern, by=moderator, is_upheld=False, reason="It is safe as it is written.")
        assert Message.objects.count() == 2
        page = browser_of(author).get(concern.get_absolute_url())
        assert "It can stay as it is" in html_of(page) and page.context["form"] is None
        with pytest.raises(PermissionDenied):
            appeal_decision(concern=concern, by=author, words="But still.")

    def test_each_step_stands_in_the_log_without_words(self, tea, author, moderator):
        concern = appealed(upheld(reported(tea), moderator))
        decide_appeal(concern=concern, by=another_moderator(), is_changed=True, reason="She has said yes.")
        told = Event.objects.filter(target_kind="concern").order_by("pk").values_list("what", "why", "whose")
        assert list(told) == [
            ("concern.reported", "hurts", None),
            ("concern.decided", "upheld", author.pk),
            ("concern.appealed", "", author.pk),
            ("concern.appeal_decided", "changed", author.pk),
        ]

    def test_nobody_decides_or_reads_what_is_about_them(self, tea, moderator, desk):
        tea.save_revision(user=moderator).publish()
        concern = reported(tea)
        with pytest.raises(PermissionDenied):
            upheld(concern, moderator)
        assert desk.get(f"/review/reports/{concern.pk}/").status_code == 403
        assert "Tea and talk" not in html_of(desk.get("/review/reports/"))
        other = another_moderator()
        concern = appealed(upheld(concern, other))
        with pytest.raises(PermissionDenied):
            decide_appeal(concern=concern, by=moderator, is_changed=True, reason="It is fine.")

    def test_of_two_who_decide_at_once_the_second_is_told_and_keeps_their_words(self, tea, author, desk, moderator):
        concern = reported(tea)
        first = browser_of(another_moderator())
        for browser in (first, desk):
            assert browser.get(f"/review/reports/{concern.pk}/").context["form"]
        first.post(f"/review/reports/{concern.pk}/", {"step": "decide", "outcome": "no", "reason": "It is safe."})
        typed = {"step": "decide", "outcome": "yes", "reason": "I see it otherwise, and this is why."}
        response = desk.post(f"/review/reports/{concern.pk}/", typed)
        assert response.status_code == 409
        assert "decided before you sent yours" in html_of(response)
        assert "I see it otherwise, and this is why." in html_of(response)
        concern.refresh_from_db()
        assert (concern.state, concern.decision) == (State.NOT_UPHELD, "It is safe.")
        with pytest.raises(AlreadyDecidedError):
            upheld(concern, moderator)

    @pytest.mark.database
    @pytest.mark.django_db(transaction=True)
    def test_one_of_many_at_the_same_moment_decides(self, library):
        concern = reported(PracticeFactory(slug="tea"))
        people = [UserFactory(administrator=True) for _number in range(4)]

        def decide(person: User) -> bool:
            try:
                upheld(concern, person)
            except AlreadyDecidedError:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(decide, people)) == [False, False, False, True]
        assert Event.objects.filter(what="concern.decided").count() == 1

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"outcome": "", "reason": "Since it is so."}, "Choose what you decide"),
            ({"outcome": "yes", "reason": "  "}, "Say why"),
            ({"outcome": "yes", "reason": "x" * 2001}, "there is room for 2000"),
        ],
    )
    def test_a_decision_needs_a_choice_and_a_reason(self, tea, desk, typed, told):
        concern = reported(tea)
        response = desk.post(f"/review/reports/{concern.pk}/", {"step": "decide", **typed})
        assert told in html_of(response)
        assert response.context["form"]["reason"].value() == typed["reason"]
        concern.refresh_from_db()
        assert concern.is_open

    def test_the_item_links_to_what_can_be_done(self, tea, desk, moderator):
        person = public_person(username="maple-lane")
        proposal = waiting_of(tea, person, summary="Tea, and time to talk.")
        for target, step in (
            (tea, "/practices/tea/history/"),
            (person, "/people/maple-lane/pause/"),
            (proposal, f"/review/{proposal.pk}/"),
        ):
            html = html_of(desk.get(f"/review/reports/{reported(target).pk}/"))
            assert f'href="{step}"' in html and f'href="{target.get_absolute_url()}"' in html

    def test_what_is_gone_by_now_can_still_be_decided(self, tea, desk, moderator):
        concern = reported(tea)
        Concern.objects.update(target_id=999_999)
        assert "gone by now" in html_of(desk.get(f"/review/reports/{concern.pk}/"))
        assert "gone by now" in html_of(desk.get("/review/reports/"))
        upheld(concern, moderator)

    def test_the_item_says_how_often_somebody_was_reported_rightly(self, tea, author, moderator, desk):
        upheld(reported(author), moderator)
        page = desk.get(f"/review/reports/{reported(tea).pk}/")
        assert "1 other report about them was upheld" in html_of(page)

    def test_what_could_hurt_stands_first_then_what_waits_longest(self, library, desk, time_machine):
        time_machine.move_to("2026-03-02 09:30", tick=False)
        for title, reason in (("Sold", "sells"), ("Named", "names"), ("Scalded", "hurts"), ("Named too", "names")):
            reported(PracticeFactory(title=title), reason=reason)
            time_machine.shift(60)
        page = BeautifulSoup(desk.get("/review/reports/").content, "html.parser")
        assert [each.get_text() for each in page.select("ul.queue a")] == ["Scalded", "Named", "Named too", "Sold"]


class TestSecondLook:
    @pytest.fixture
    def concern(self, tea, moderator):
        person = with_profile(UserFactory(username="author"))
        tea.save_revision(user=person).publish()
        return upheld(reported(tea, UserFactory(username="the-reporter")), moderator)

    def test_the_person_asks_once_and_another_moderator_decides_for_good(self, concern, moderator):
        page = browser_of(concern.person)
        assert page.post(concern.get_absolute_url(), {"words": "She has said yes since."}).status_code == 302
        assert "Somebody else looks at all of it again" in html_of(page.get(concern.get_absolute_url()))
        first, second = browser_of(moderator), browser_of(another_moderator())
        item = f"/review/reports/{concern.pk}/"
        assert "She has said yes since." not in html_of(first.get(item))
        assert first.get(item).context["form"] is None
        assert "She has said yes since." in html_of(second.get(item))
        assert "Tea and talk" in html_of(second.get("/review/reports/?show=again"))
        assert "Tea and talk" not in html_of(first.get("/review/reports/?show=again"))
        typed = {"step": "again", "outcome": "yes", "reason": "She told us so herself."}
        refused = first.post(item, typed)
        assert (refused.status_code, "She told us so herself." in html_of(refused)) == (409, True)
        assert second.post(item, typed).status_code == 302
        concern.refresh_from_db()
        assert (concern.state, concern.appeal_outcome) == (State.NOT_UPHELD, Outcome.CHANGED)
        told = Message.objects.filter(person=concern.person).latest("pk")
        assert "She told us so herself." in told.body and "last word" in told.body
        assert "second time" in Message.objects.filter(person__username="the-reporter").latest("pk").body
        assert "She told us so herself." in html_of(page.get(concern.get_absolute_url()))
        assert Concern.objects.upheld_of(concern.person).count() == 0

    def test_a_second_appeal_is_refused_and_its_words_are_given_back(self, concern):
        page = browser_of(concern.person)
        page.post(concern.get_absolute_url(), {"words": "First."})
        response = page.post(concern.get_absolute_url(), {"words": "And this is my second."})
        assert (response.status_code, "And this is my second." in html_of(response)) == (409, True)
        concern.refresh_from_db()
        assert concern.appeal == "First."
        with pytest.raises(AlreadyAppealedError):
            appealed(concern)

    def test_an_appeal_needs_words(self, concern):
        response = browser_of(concern.person).post(concern.get_absolute_url(), {"words": " "})
        assert "Say how you see it" in html_of(response)
        with pytest.raises(ValidationError):
            appeal_decision(concern=concern, by=concern.person, words=" ")

    def test_nobody_else_asks_for_it(self, concern, moderator):
        for person in (User.objects.get(username="the-reporter"), UserFactory()):
            assert browser_of(person).post(concern.get_absolute_url(), {"words": "Me too."}).status_code == 404
            with pytest.raises(PermissionDenied):
                appeal_decision(concern=concern, by=person, words="Me too.")

    def test_whoever_decided_first_and_whoever_comes_late_cannot_decide_it(self, concern, moderator):
        with pytest.raises(PermissionDenied):
            decide_appeal(concern=concern, by=another_moderator(), is_changed=True, reason="Nobody asked.")
        appealed(concern)
        with pytest.raises(PermissionDenied):
            decide_appeal(concern=concern, by=moderator, is_changed=True, reason="I was right.")
        decide_appeal(concern=concern, by=another_moderator(), is_changed=False, reason="It was right.")
        with pytest.raises(AlreadyDecidedError):
            decide_appeal(concern=concern, by=another_moderator(), is_changed=True, reason="It was not.")
        assert Message.objects.filter(person__username="the-reporter").count() == 1


class TestAnswerToAPause:
    def test_one_answer_which_ends_the_pause_if_it_is_upheld(self, moderator, desk):
        person = paused_person(another_moderator())
        browser = browser_of(person)
        assert browser.post("/messages/answer/", {"words": "It was a mistake."}).status_code == 302
        assert "It was a mistake." in html_of(browser.get("/messages/answer/"))
        concern = Concern.objects.get()
        assert (concern.subject, concern.person, concern.target_kind) == (Subject.PAUSE, person, "person")
        assert browser.get(concern.get_absolute_url()).status_code == 200
        again = browser.post("/messages/answer/", {"words": "And one more thing."})
        assert (again.status_code, "And one more thing." in html_of(again)) == (409, True)
        item = f"/review/reports/{concern.pk}/"
        assert "Three changes that sold something." in html_of(desk.get(item))
        desk.post(item, {"step": "decide", "outcome": "yes", "reason": "Welcome back."})
        assert not is_paused(standing_of(person))
        assert "Welcome back." in Message.objects.get(person=person, target_kind="concern").body
        assert list(Event.objects.order_by("pk").values_list("what", flat=True)) == [
            "person.paused",
            "pause.answered",
            "concern.decided",
            "person.pause_ended",
        ]
        assert browser.get("/messages/answer/").status_code == 404

    def test_whoever_gave_the_pause_does_not_decide_about_the_answer(self, moderator, desk):
        concern = answered(paused_person(moderator))
        assert "another moderator decides" in html_of(desk.get(f"/review/reports/{concern.pk}/"))
        with pytest.raises(PermissionDenied):
            upheld(concern, moderator)

    def test_whoever_became_a_moderator_meanwhile_can_go_on(self, moderator):
        person = paused_person(another_moderator())
        concern = answered(person)
        person.groups.add(*moderator.groups.all())
        upheld(concern, moderator)
        assert not is_paused(standing_of(person))

    def test_a_pause_that_stays_is_told_and_not_appealed(self, moderator):
        person = paused_person(another_moderator())
        concern = answered(person)
        decide_concern(concern=concern, by=moderator, is_upheld=False, reason="Please wait until it is over.")
        assert is_paused(standing_of(person))
        assert "Please wait until it is over." in Message.objects.get(person=person, target_kind="concern").body
        page = browser_of(person).get(concern.get_absolute_url())
        assert page.context["form"] is None and "Your pause stays" in html_of(page)
        with pytest.raises(PermissionDenied):
            appealed(concern)
        with pytest.raises(AlreadyAnsweredError):
            answered(person)

    def test_another_pause_can_be_answered_anew(self, moderator, time_machine):
        time_machine.move_to("2026-03-02 09:30", tick=False)
        person = paused_person(another_moderator())
        decide_concern(concern=answered(person), by=moderator, is_upheld=True, reason="Welcome back.")
        time_machine.shift(3600)
        pause_person(person=person, by=moderator, until=timezone.localdate(), reason="Again.")
        assert answered(person).is_open
        with pytest.raises(AlreadyAnsweredError):
            answered(person)

    def test_who_is_not_paused_has_nothing_to_answer(self, moderator):
        person = UserFactory()
        assert browser_of(person).get("/messages/answer/").status_code == 404
        with pytest.raises(NotPausedError):
            answer_pause(by=person, words="But why?")

    def test_a_pause_that_ended_by_itself_does_no_harm(self, moderator):
        person = paused_person(another_moderator())
        concern = answered(person)
        end_pause(person=person, by=moderator)
        upheld(concern, moderator)
        assert Event.objects.filter(what="person.pause_ended").count() == 1

    def test_an_answer_needs_words(self, moderator):
        response = browser_of(paused_person(another_moderator())).post("/messages/answer/", {"words": ""})
        assert "Write your answer" in html_of(response)

    def test_reports_of_somebody_and_their_answer_are_two_items(self, moderator):
        person = paused_person(another_moderator())
        assert answered(person) != reported(person)
        assert Concern.objects.waiting().count() == 2


ROLES = ("anonymous", "new", "paused", "moderator", "administrator")
# What each role is answered, in their order.
READING = {
    "/practices/tea/flag/": (200, 200, 200, 200, 200),
    "/people/maple-lane/flag/": (200, 200, 200, 200, 200),
    "/people/newcomer/flag/": (404, 404, 404, 404, 404),
    "/proposals/{waiting}/flag/": (404, 404, 404, 200, 200),
    "/proposals/{draft}/flag/": (404, 404, 404, 404, 404),
    "/reports/sent/": (200, 200, 200, 200, 200),
    "/reports/{decided}/": (302, 404, 404, 302, 302),
    "/reports/9999/": (302, 404, 404, 404, 404),
    "/messages/answer/": (302, 404, 200, 404, 404),
    "/review/reports/": (302, 403, 403, 200, 200),
    "/review/reports/?show=again": (302, 403, 403, 200, 200),
    "/review/reports/?show=decided": (302, 403, 403, 200, 200),
    "/review/reports/{waits}/": (302, 403, 403, 200, 200),
    "/review/reports/{decided}/": (302, 403, 403, 200, 200),
    "/review/reports/9999/": (302, 403, 403, 404, 404),
}
# What comes of a POST to what is not theirs.
DOING = {
    "/reports/{decided}/": (302, 404, 404, 302, 302),
    "/review/reports/{waits}/": (302, 403, 403, 302, 302),
    "/review/reports/": (405, 405, 405, 405, 405),
}


class TestWhoMayDoWhat:
    @pytest.fixture
    def browser(self, request, tea, moderator):
        role = request.param
        people = {
            "anonymous": lambda: None,
            "new": UserFactory,
            "paused": lambda: paused_person(moderator),
            "moderator": another_moderator,
            "administrator": lambda: UserFactory(administrator=True),
        }
        person = people[role]()
        return role, browser_of(person) if person else Client()

    @pytest.fixture
    def numbers(self, tea, moderator):
        author = public_person(username="maple-lane")
        newcomer = UserFactory(username="newcomer")
        return {
            "waiting": waiting_of(tea, newcomer, summary="Tea, and time to talk.").pk,
            "draft": draft_of(tea, writer(newcomer), summary="Still being written.").pk,
            "waits": reported(tea).pk,
            "decided": upheld(reported(author, UserFactory()), moderator).pk,
        }

    @pytest.mark.parametrize("browser", ROLES, indirect=True)
    def test_reading(self, browser, numbers):
        role, client = browser
        answers = {path: client.get(path.format(**numbers)) for path in READING}
        expected = {path: codes[ROLES.index(role)] for path, codes in READING.items()}
        assert {path: answer.status_code for path, answer in answers.items()} == expected
        assert all("no-store" in answer["Cache-Control"] for answer in answers.values() if answer.status_code == 200)
        assert not [fault for answer in answers.values() if answer.status_code == 200 for fault in faults_of(answer)]
        if role == "anonymous":
            ways = {answer.url.partition("?")[0] for answer in answers.values() if answer.status_code == 302}
            assert ways == {"/account/login/"}

    @pytest.mark.parametrize("browser", ROLES, indirect=True)
    def test_doing(self, browser, numbers):
        role, client = browser
        typed = {"step": "decide", "outcome": "yes", "reason": "Since it is so.", "words": "Since it is so."}
        codes = {path: client.post(path.format(**numbers), typed).status_code for path in DOING}
        assert codes == {path: codes[ROLES.index(role)] for path, codes in DOING.items()}
        may_decide = role in ("moderator", "administrator")
        assert Concern.objects.get(pk=numbers["waits"]).is_open is not may_decide
        assert not Concern.objects.filter(appealed_at__isnull=False).exists()

    def test_forms_of_others_need_a_token(self, tea, moderator):
        strict = Client(enforce_csrf_checks=True)
        assert strict.post(FLAG, {"reason": "hurts"}).status_code == 403


class TestCounts:
    def test_a_moderator_sees_how_many_wait_for_them(self, tea, moderator):
        def count(person: User) -> str:
            return Template("{% load feedback_tags %}{% concerns_open person %}").render(Context({"person": person}))

        reported(tea)
        reported(public_person())
        reported(moderator)
        assert (count(moderator), count(another_moderator()), count(UserFactory())) == ("2", "3", "0")
        appealed(upheld(reported(public_person()), moderator))
        assert (count(moderator), count(another_moderator())) == ("2", "4")

    @pytest.mark.parametrize("show", ["", "again", "decided"])
    def test_a_list_of_twenty_asks_few_questions(self, tea, moderator, django_assert_max_num_queries, show):
        desk = browser_of(another_moderator())
        for number in range(21):
            person = public_person()
            target = (person, PracticeFactory(), waiting_of(tea, person, note="why", summary=f"Tea {number}."))[
                number % 3
            ]
            concern = reported(target, UserFactory())
            if concern.person is None:
                Concern.objects.filter(pk=concern.pk).update(person=person)
            if show:
                appealed(upheld(Concern.objects.get(pk=concern.pk), moderator))
        with django_assert_max_num_queries(15):
            page = desk.get(f"/review/reports/?show={show}")
        assert len(page.context["rows"]) == 20
        assert page.context["pages"].next_url

    def test_an_item_asks_few_questions(self, tea, moderator, django_assert_max_num_queries):
        desk = browser_of(moderator)
        for _number in range(12):
            concern = upheld(reported(tea), another_moderator())
        author = UserFactory()
        for number in range(20):
            concern = reported(tea, UserFactory(), words=f"Word {number}.")
        Concern.objects.filter(pk=concern.pk).update(person=author)
        with django_assert_max_num_queries(15):
            page = desk.get(f"/review/reports/{concern.pk}/")
        assert len(page.context["flags"]) == 20
        assert len(page.context["earlier"]) == 10


def decided_fields(moderator: User, **more) -> dict:
    fields = {"state": State.UPHELD, "decided_by": moderator, "decided_at": timezone.now(), "decision": REASON}
    return {**fields, **more}


class TestWhatTheDatabaseRefuses:
    @pytest.fixture
    def refused(self):
        def refused(make) -> None:
            with pytest.raises(IntegrityError), transaction.atomic():
                make()

        return refused

    def test_two_open_items_of_one_thing(self, tea, refused):
        concern = reported(tea)
        concern.pk = None
        refused(lambda: concern.save(force_insert=True))

    def test_two_reports_of_one_reporter(self, tea, refused):
        concern = reported(tea, UserFactory())
        reported(tea)
        for flag in concern.flags.all():
            flag.pk = None
            refused(lambda flag=flag: flag.save(force_insert=True))

    def test_reports_that_say_nothing_or_come_from_two(self, tea, refused):
        concern = reported(tea)
        refused(lambda: Flag.objects.create(concern=concern, reporter=UserFactory(), reason=Reason.OTHER))
        refused(lambda: Flag.objects.create(concern=concern, reporter=UserFactory(), reason="nonsense"))
        refused(
            lambda: Flag.objects.create(concern=concern, reporter=UserFactory(), visitor_hash="x", reason=Reason.SELLS)
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"decision": ""},
            {"decided_at": None},
            {"state": State.OPEN},
            {"state": "nonsense"},
            {"worst": "nonsense"},
            {"target_kind": "nonsense"},
            {"subject": "noise"},
            {"subject": Subject.PAUSE},
            {"appeal": "Words, but not when."},
            {"appealed_at": WHEN},
            {"appealed_at": WHEN, "appeal": "x", "state": State.NOT_UPHELD},
            {"appealed_at": WHEN, "appeal": "x", "appeal_decided_at": WHEN},
            {"appeal_decided_at": WHEN, "appeal_outcome": Outcome.KEPT, "appeal_reason": "x"},
        ],
        ids=str,
    )
    def test_half_a_decision(self, tea, moderator, refused, change):
        concern = reported(tea)
        refused(lambda: Concern.objects.filter(pk=concern.pk).update(**decided_fields(moderator, **change)))

    def test_deciding_about_oneself_or_twice(self, tea, moderator, refused):
        concern = Concern.objects.filter(pk=reported(tea).pk)
        refused(lambda: concern.update(**decided_fields(moderator, person=moderator)))
        second = {
            "appealed_at": timezone.now(),
            "appeal": "x",
            "appeal_decided_at": timezone.now(),
            "appeal_outcome": Outcome.KEPT,
            "appeal_reason": "x",
        }
        refused(lambda: concern.update(**decided_fields(moderator, **second, appeal_decided_by=moderator)))
        other = another_moderator()
        refused(lambda: concern.update(**decided_fields(moderator, **second, appeal_decided_by=other, person=other)))
        concern.update(**decided_fields(moderator, **second, appeal_decided_by=other))

    def test_what_was_decided_stays_when_whoever_decided_is_gone(self, tea, moderator):
        concern = upheld(reported(tea, UserFactory()), moderator)
        User.objects.all().delete()
        concern.refresh_from_db()
        assert (concern.decided_by, concern.state, concern.decision) == (None, State.UPHELD, REASON)
        assert Flag.objects.get().reporter is None


def test_services_refuse_what_no_form_sends(tea):
    for reason, words in (("nonsense", "x"), (Reason.ANSWER, "x"), (Reason.OTHER, " ")):
        with pytest.raises(ValidationError):
            report_harm(target=tea, reason=reason, words=words, by=None, visitor="10.0.0.1")
    with pytest.raises(PermissionDenied):
        upheld(reported(tea), UserFactory())
    with pytest.raises(LookupError):
        report_harm(target=Standing(), reason=Reason.HURTS, words="", by=None)
