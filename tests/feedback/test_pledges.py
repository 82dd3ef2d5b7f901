"""One thing to try: said, proven, asked by mail, answered once, and let go of."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.models import AskAfter, Pledge, PledgeState, ReportState, Teller, TriedReport, Verdict
from feedback.pledges import services, views
from feedback.pledges.days import day_to_ask
from feedback.pledges.links import answer_path, stop_path
from feedback.pledges.services import (
    Answer,
    PledgeOverError,
    Wish,
    answer_pledge,
    ask_due_pledges,
    expire_pledges,
    forget_old_pledges,
    prove_pledge,
    stop_pledge,
)
from feedback.pledges.steps import CONVERSATION, steps_to_try
from feedback.tried.services import MOST_WAITING, EnoughWaitsError, PausedError, withdraw_report
from people.limits import Limit
from people.mail import deliver_mail
from people.models import MailChoice, Message, OutgoingMail
from people.services import close_account
from people.writers import Writer
from practices.models import PracticeTotals, Principle, Taken
from practices.services import merge_terms
from tests.factories.contributions import trusted_person
from tests.factories.feedback import paused_person
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory, PrincipleFactory
from tests.factories.tried import sent
from tests.markup import inline_scripts
from tests.servers import free_port

pytestmark = pytest.mark.django_db
TRY = "/practices/tea/try/"
START = "2026-03-02 09:30"
EMAIL = "sam@example.com"
STEP = "Put two chairs by the door."


@pytest.fixture
def tea(library, time_machine):
    time_machine.move_to(START, tick=False)
    return PracticeFactory(slug="tea", title="Tea and talk", steps=[STEP, "Ask the first guest to pour."])


@pytest.fixture
def send(client, tea, time_machine):
    """Open the form, wait as people do, and send it."""

    def send(browser: Client = client, address: str = "10.0.0.1", **typed: str):
        form = browser.get(TRY).context["form"]
        time_machine.shift(20)
        chosen = {"step": str(tea.steps.first().key), "ask_after": "three-months"}
        unseen = {"opened": form["opened"].value(), "homepage": ""}
        return browser.post(TRY, {**unseen, **chosen, **typed}, REMOTE_ADDR=address)

    return send


def pledged(page, by=None, email=EMAIL, *, after=AskAfter.TWO_WEEKS, proven=True, **wish) -> Pledge:
    """Something that somebody wants to try; proven if they gave an address."""
    step = page.steps.first()
    wish = {"step": step.text if step else "A first conversation", "step_key": step.key if step else None, **wish}
    made = services.pledge(page=page, wish=Wish(ask_after=after, **wish), by=by, email="" if by else email)
    return made if by or not proven else prove_pledge(pledge=made)


def asked(page, by=None, **wish) -> Pledge:
    """The same, asked by mail today."""
    made = pledged(page, by, **wish)
    Pledge.objects.filter(pk=made.pk).update(ask_on=timezone.localdate())
    assert ask_due_pledges() == 1
    return fresh(made)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def path_in(body: str, word: str) -> str:
    """The address of a link in a mail, as a browser asks for it."""
    return re.search(rf"https?://[^/\s]+(/try/{word}/\S+)", body)[1]


def words_of(response) -> str:
    return " ".join(BeautifulSoup(response.content, "html.parser").find("main").get_text(" ").split())


def faults_of(response) -> list[str]:
    """What is not right with the HTML of a page."""
    page = BeautifulSoup(response.content, "html.parser")
    ids = [each["id"] for each in page.select("[id]")]
    faults = [f"twice: {each}" for each in set(ids) if ids.count(each) > 1]
    faults += [f"leads nowhere: {each['for']}" for each in page.select("label[for]") if each["for"] not in ids]
    faults += inline_scripts(response.content.decode())
    faults += [] if len(page.select("h1")) == 1 else ["not one heading"]
    return faults + ([] if page.select('meta[name="robots"][content="noindex"]') else ["is found by robots"])


class TestDays:
    @pytest.mark.parametrize(
        ("after", "today", "day"),
        [
            ("two-weeks", "2026-03-02", "2026-03-16"),
            ("two-weeks", "2026-12-25", "2027-01-08"),
            ("three-months", "2026-03-02", "2026-06-02"),
            ("three-months", "2026-11-30", "2027-02-28"),
            ("three-months", "2027-11-30", "2028-02-29"),
            ("six-months", "2026-08-31", "2027-02-28"),
            ("six-months", "2026-07-15", "2027-01-15"),
            ("twelve-months", "2028-02-29", "2029-02-28"),
            ("twelve-months", "2026-12-31", "2027-12-31"),
        ],
    )
    def test_months_go_by_the_calendar_and_a_short_one_gives_its_last_day(self, after, today, day):
        assert day_to_ask(after, date.fromisoformat(today)) == date.fromisoformat(day)


class TestSteps:
    def test_the_steps_of_a_page_in_its_order(self, tea):
        assert [text for _value, text in steps_to_try(tea).choices] == [STEP, "Ask the first guest to pour."]
        assert not steps_to_try(tea).is_slow

    def test_a_page_that_takes_time_begins_with_a_conversation_and_says_that_it_is_slow(self, client, library):
        principle = PrincipleFactory(slug="time-and-patience")
        page = PracticeFactory(slug="slow", steps=["Meet."], principles=[principle])
        assert steps_to_try(page).choices[0] == (CONVERSATION, "A first conversation")
        assert "slow on purpose" in words_of(client.get("/practices/slow/try/"))

    def test_it_is_known_after_a_new_name_and_a_merge(self, library):
        principle, other = PrincipleFactory(slug="time-and-patience"), PrincipleFactory(slug="no-hurry")
        page = PracticeFactory(slug="slow", steps=["Meet."], principles=[principle])
        merge_terms(source=principle, target=other)
        assert steps_to_try(page).is_slow
        assert not steps_to_try(PracticeFactory(steps=["Meet."], principles=[PrincipleFactory()])).is_slow

    def test_where_there_is_no_such_principle_and_no_step_a_conversation_is_all(self, library, client):
        page = PracticeFactory(slug="bare")
        assert not Principle.objects.exists()
        assert steps_to_try(page).choices == [(CONVERSATION, "A first conversation")]
        html = client.get("/practices/bare/try/").content
        assert BeautifulSoup(html, "html.parser").find("input", value=CONVERSATION).has_attr("checked")


class TestPledging:
    def test_who_is_signed_in_needs_nothing_else(self, client, send, tea, mailoutbox):
        client.force_login(person := UserFactory(mail_choice=MailChoice.NONE))
        assert send(place="A market  town", teller="ran-it").url == TRY
        made = Pledge.objects.get()
        assert (made.person, made.email, made.state) == (person, "", PledgeState.OPEN)
        assert (made.step, made.step_key, made.place) == (STEP, tea.steps.first().key, "A market town")
        assert made.ask_on == date(2026, 6, 2)
        page = client.get(TRY)
        assert "We ask you on 2 June 2026" in words_of(page) and STEP in words_of(page) and faults_of(page) == []
        assert not OutgoingMail.objects.exists()

    def test_a_second_wish_changes_the_first_and_the_page_says_so(self, client, send, tea):
        client.force_login(person := UserFactory())
        send()
        assert "takes the place of it" in words_of(client.get(TRY))
        send(step=str(tea.steps.last().key), ask_after="two-weeks")
        made = Pledge.objects.get()
        assert (made.step, made.person) == ("Ask the first guest to pour.", person)

    def test_who_is_signed_in_can_stop_it_on_the_page(self, client, send):
        client.force_login(UserFactory())
        send()
        assert client.post(TRY, {"do": "stop"}).url == TRY
        assert client.post(TRY, {"do": "stop"}).url == TRY
        assert Pledge.objects.get().state == PledgeState.STOPPED
        assert "This is what you want to try" not in words_of(client.get(TRY))

    def test_an_address_is_asked_first_whether_it_is_theirs(self, client, send, tea):
        assert send(email="Sam@Example.com", place="My street: buy at shop.example").url == f"{TRY}sent/"
        made, mail = Pledge.objects.get(), OutgoingMail.objects.get()
        assert (made.state, made.email, made.person) == (PledgeState.UNPROVEN, EMAIL, None)
        assert mail.to == EMAIL and STEP in mail.body and "shop.example" not in mail.body + mail.subject
        path = path_in(mail.body, "prove")
        page = client.get(path)
        assert STEP in words_of(page) and faults_of(page) == []
        assert fresh(made).state == PledgeState.UNPROVEN, "opening the link was enough"
        done = client.post(path)
        assert "We ask you how it went on 2 June 2026" in words_of(done) and faults_of(done) == []
        assert fresh(made).state == PledgeState.OPEN
        assert client.post(path).status_code == client.get(path).status_code == 200
        assert faults_of(client.get(f"{TRY}sent/")) == []

    def test_the_answer_is_the_same_for_every_address_and_at_every_turn(self, client, send):
        UserFactory(email="known@example.com")
        answers = [send(email=email) for email in (EMAIL, "known@example.com", EMAIL, EMAIL, EMAIL, EMAIL)]
        assert {(answer.status_code, answer.url, answer.content) for answer in answers} == {(302, f"{TRY}sent/", b"")}

    def test_nobody_can_be_mailed_at_by_others(self, send, time_machine):
        for number in range(10):
            send(email=EMAIL, address=f"10.0.1.{number}")
        assert OutgoingMail.objects.filter(to=EMAIL).count() == 3
        for _day in range(6):
            time_machine.shift(24 * 60 * 60)
            send(email=EMAIL.upper())
            send(email=EMAIL)
        assert OutgoingMail.objects.filter(to=EMAIL).count() <= 2 * 6, "in seven days, of which each end is of a week"

    def test_a_mailbox_is_one_however_its_name_is_written(self, send):
        for number in range(6):
            send(email=f"sam+{number}@example.com")
            send(email=f"s{'.' * (number % 2)}am.jo@gmail.com")
        ends = ("@example.com", "@gmail.com")
        assert [OutgoingMail.objects.filter(to__endswith=end).count() for end in ends] == [3, 3]

    def test_what_somebody_else_typed_with_an_address_is_read_before_it_is_said(self, client, send, tea):
        send(email=EMAIL)
        path = path_in(OutgoingMail.objects.get().body, "prove")
        send(email=EMAIL, address="10.0.0.9", place="Over at Bob’s, the liar", teller="paid")
        for page in (client.get(path), client.post(path)):
            assert "Where: Over at Bob’s, the liar" in words_of(page) and "Your part: I pay for it" in words_of(page)
        Pledge.objects.update(ask_on=timezone.localdate())
        assert ask_due_pledges() == 1
        told = words_of(client.get(answer_path(Pledge.objects.get())))
        assert "Where: Over at Bob’s, the liar" in told and "Your part: I paid for it" in told

    def test_nobody_else_changes_what_was_proven(self, tea):
        mine = pledged(tea, place="A market town")
        other = tea.steps.last()
        typed = pledged(tea, proven=False, step=other.text, step_key=other.key, after=AskAfter.TWELVE_MONTHS)
        assert fresh(mine).step == STEP
        prove_pledge(pledge=typed)
        assert fresh(mine).state == PledgeState.STOPPED and fresh(mine).email == ""
        now = Pledge.objects.get(state=PledgeState.OPEN)
        assert (now.step, now.ask_on, now.email) == (other.text, date(2027, 3, 2), EMAIL)

    def test_it_is_asked_so_long_after_it_was_proven(self, tea, time_machine):
        typed = pledged(tea, proven=False)
        time_machine.shift(timedelta(days=3))
        assert prove_pledge(pledge=typed).ask_on == date(2026, 3, 19)

    def test_what_an_address_wanted_gives_way_to_its_account(self, tea):
        by_mail = pledged(tea, email="robin@example.com")
        pledged(tea, UserFactory(email="robin@example.com"))
        assert fresh(by_mail).state == PledgeState.STOPPED
        assert Pledge.objects.filter(state=PledgeState.OPEN).count() == 1

    @pytest.mark.parametrize("again", [False, True])
    def test_a_link_that_nobody_used_for_a_week_is_over_and_the_address_forgotten(
        self, client, send, again, time_machine
    ):
        send(email=EMAIL)
        path = path_in(OutgoingMail.objects.get().body, "prove")
        time_machine.shift(timedelta(days=7, minutes=1))
        if again:
            assert expire_pledges() == 1
            assert not Pledge.objects.exists()
        for response in (client.get(path), client.post(path)):
            assert response.status_code == 410 and "too old" in words_of(response) and faults_of(response) == []

    def test_it_was_not_me_forgets_the_address_at_once(self, client, send):
        send(email=EMAIL)
        body = OutgoingMail.objects.get().body
        client.post(path_in(body, "stop"))
        assert Pledge.objects.get().email == ""
        assert client.post(path_in(body, "prove")).status_code == 410
        with pytest.raises(PledgeOverError):
            prove_pledge(pledge=Pledge.objects.get())

    @pytest.mark.database
    @pytest.mark.django_db(transaction=True)
    def test_eight_tabs_are_one_pledge(self, library):
        page, person = PracticeFactory(steps=["Meet."]), UserFactory()

        def press(number: int) -> None:
            try:
                pledged(page, person)
                with suppress(PledgeOverError):
                    pledged(page, proven=bool(number % 2))
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(press, range(8)))
        there = Pledge.objects.exclude(state=PledgeState.STOPPED)
        assert there.filter(person=person).count() == 1
        for state in (PledgeState.OPEN, PledgeState.UNPROVEN):
            assert there.filter(email=EMAIL, state=state).count() <= 1
        with pytest.raises(IntegrityError), transaction.atomic():
            row = there.get(person=person)
            row.pk = None
            row.save(force_insert=True)


class TestForm:
    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"step": ""}, "Choose what you want to try"),
            ({"step": "first-conversation"}, "The steps of the page may have changed"),
            ({"step": "00000000-0000-0000-0000-000000000000"}, "The steps of the page may have changed"),
            ({"step": "x" * 100_000}, "The steps of the page may have changed"),
            ({"ask_after": ""}, "Choose when we ask"),
            ({"ask_after": "tomorrow"}, "Choose when we ask"),
            ({"email": ""}, "Write your email address"),
            ({"email": "sam"}, "Write a whole email address"),
            ({"email": "sam@example.com\nBcc: all@example.com"}, "Write a whole email address"),
            ({"email": "a" * 300 + "@example.com"}, "Make it shorter"),
            ({"email": "sam\x00@example.com"}, "Null characters"),
            ({"place": "nul \x00 byte"}, "Null characters"),
            ({"place": "x" * 121}, "there is room for 120"),
            ({"place": "x" * 1_000_000}, "there is room for 120"),
            ({"teller": "king"}, "Choose one of these, or none"),
            ({"homepage": "https://buy.example"}, "people cannot see"),
            ({"opened": "forged"}, "did not reach us whole"),
        ],
    )
    def test_what_cannot_be_sent_is_told_and_kept(self, send, typed, told):
        response = send(**{"email": EMAIL, "place": "A market town", **typed})
        assert response.status_code == 200
        assert told in words_of(response) and "Error:" in response.content.decode()
        for name in {"step", "email", "place", "ask_after"} - set(typed):
            assert response.context["form"][name].value()
        for name in set(typed) - {"opened", "homepage"}:
            assert response.context["form"][name].value() == typed[name]
        assert not Pledge.objects.exists() and not OutgoingMail.objects.exists()

    def test_a_flood_is_refused_and_what_was_typed_is_kept(self, send, monkeypatch):
        monkeypatch.setattr(views, "FROM_ONE_PLACE", Limit("try from a place", most=1, every=timedelta(hours=1)))
        assert send(email=EMAIL).status_code == 302
        response = send(email="other@example.com", place="A market town")
        assert response.status_code == 429 and response.context["form"]["place"].value() == "A market town"
        assert send(email="other@example.com", address="10.0.0.2").status_code == 302

    def test_a_page_that_nobody_can_read_is_not_tried(self, client, tea):
        tea.unpublish()
        for path in (TRY, f"{TRY}sent/", "/practices/nothing/try/"):
            assert client.get(path).status_code == 404
        assert client.post(TRY, {"email": EMAIL}).status_code == 404

    def test_it_needs_a_token_of_the_page_and_reading_begins_no_session(self, client, tea):
        assert Client(enforce_csrf_checks=True).post(TRY, {"email": EMAIL}).status_code == 403
        assert faults_of(client.get(TRY)) == []
        assert "sessionid" not in client.cookies


class TestAsking:
    def test_it_is_asked_on_its_day_once_even_of_those_who_want_no_mail(self, tea, time_machine, mailoutbox):
        person = UserFactory(username="maple-lane", mail_choice=MailChoice.NONE)
        made = pledged(tea, person)
        time_machine.move_to("2026-03-15 23:59", tick=False)
        assert ask_due_pledges() == 0
        time_machine.move_to("2026-03-16 09:00", tick=False)
        assert (ask_due_pledges(), ask_due_pledges()) == (1, 0)
        deliver_mail()
        (mail,) = mailoutbox
        assert mail.to == [person.email] and mail.subject == "How did it go? Tea and talk"
        assert "Hello maple-lane," in mail.body and STEP in mail.body and "On 2 March 2026" in mail.body
        assert answer_path(fresh(made)) in mail.body
        assert not Message.objects.exists()

    def test_the_mail_has_a_button_that_ends_it_without_a_token_of_ours(self, tea, settings, mailoutbox):
        made = asked(tea)
        deliver_mail()
        message = mailoutbox[-1].message()
        address = message["List-Unsubscribe"].strip("<>")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and address in mailoutbox[-1].body
        path = address.removeprefix(settings.WAGTAILADMIN_BASE_URL)
        browser = Client(enforce_csrf_checks=True)
        page = browser.get(path)
        assert STEP in words_of(page) and faults_of(page) == []
        assert fresh(made).state == PledgeState.ASKED, "opening the link was enough"
        for _twice in range(2):
            response = browser.post(path, {"List-Unsubscribe": "One-Click"})
            assert response.status_code == 200 and "We ask you no more" in words_of(response)
        stopped = fresh(made)
        assert (stopped.state, stopped.email) == (PledgeState.STOPPED, "")

    def test_a_real_server_gets_it(self, tea, settings):
        got = []

        class Keep:
            async def handle_DATA(self, server, session, envelope):
                got.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
                return "250 OK"

        controller = Controller(Keep(), hostname="127.0.0.1", port=free_port())
        controller.start()
        try:
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
            made = asked(tea)
            OutgoingMail.objects.exclude(subject__startswith="How").delete()
            assert deliver_mail() == 1
        finally:
            controller.stop()
        ((to, letter),) = got
        assert to == [made.email]
        assert answer_path(made) in letter.get_payload(decode=True).decode()

    def test_nobody_who_left_and_no_page_that_is_gone_is_asked_about(self, tea):
        person, barred = UserFactory(), UserFactory()
        hidden = PracticeFactory(slug="hidden", steps=["Meet."])
        rows = [pledged(tea, person), pledged(hidden), pledged(tea, barred), pledged(tea, email="a@example.com")]
        close_account(person=person)
        hidden.unpublish()
        type(barred).objects.filter(pk=barred.pk).update(is_active=False)
        Pledge.objects.filter(pk=rows[3].pk).update(email="[…]")
        OutgoingMail.objects.all().delete()
        Pledge.objects.update(ask_on=timezone.localdate())
        assert ask_due_pledges() == 0
        assert set(Pledge.objects.exclude(page=hidden).values_list("state", "email")) == {(PledgeState.STOPPED, "")}
        assert not OutgoingMail.objects.exists()
        assert Pledge.objects.get(page=hidden).state == PledgeState.OPEN, "its page may come back"

    def test_a_page_that_comes_back_is_asked_about_and_one_that_does_not_is_let_go_of(self, tea, time_machine):
        made = pledged(tea, UserFactory())
        Pledge.objects.update(ask_on=timezone.localdate())
        tea.unpublish()
        assert (ask_due_pledges(), expire_pledges()) == (0, 0)
        tea.refresh_from_db()
        tea.save_revision().publish()
        assert ask_due_pledges() == 1
        Pledge.objects.filter(pk=made.pk).update(state=PledgeState.OPEN)
        tea.unpublish()
        time_machine.shift(timedelta(days=61))
        assert expire_pledges() == 1
        assert Pledge.objects.get().state == PledgeState.EXPIRED

    def test_one_that_cannot_be_asked_about_does_not_keep_the_others_waiting(self, library, monkeypatch):
        rows = [pledged(PracticeFactory(steps=["Meet."]), email=f"{number}@example.com") for number in range(3)]
        Pledge.objects.update(ask_on=timezone.localdate())
        ask = services._ask

        def ask_two(pk, today):
            if pk == rows[0].pk:
                raise ValueError("It cannot be.")
            return ask(pk, today)

        monkeypatch.setattr(services, "_ask", ask_two)
        assert ask_due_pledges() == 2

    def test_many_pages_cost_little_for_each(self, library):
        def queries(number: int) -> int:
            for each in range(number):
                pledged(PracticeFactory(steps=["Meet."]), UserFactory(), email=f"{each}@example.com")
            Pledge.objects.filter(state=PledgeState.OPEN).update(ask_on=timezone.localdate())
            with CaptureQueriesContext(connection) as done:
                assert ask_due_pledges() == number
            return len([each for each in done if "SAVEPOINT" not in each["sql"]])

        few, many = queries(2), queries(7)
        assert (few, many) == (2 + 2 * 3, 2 + 7 * 3)

    def test_so_many_are_asked_at_once_and_the_others_next_time(self, library, monkeypatch):
        monkeypatch.setattr(services, "MOST_AT_ONCE", 2)
        for number in range(3):
            pledged(PracticeFactory(steps=["Meet."]), email=f"{number}@example.com")
        Pledge.objects.update(ask_on=timezone.localdate())
        assert [ask_due_pledges() for _time in range(3)] == [2, 1, 0]

    @pytest.mark.database
    @pytest.mark.django_db(transaction=True)
    def test_two_who_ask_at_once_ask_once(self, library):
        for number in range(10):
            pledged(PracticeFactory(steps=["Meet."]), email=f"{number}@example.com")
        OutgoingMail.objects.all().delete()
        Pledge.objects.update(ask_on=timezone.localdate())

        def ask(_number: int) -> int:
            try:
                return ask_due_pledges()
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(ask, range(4))) == 10
        assert set(Pledge.objects.values_list("asked", flat=True)) == {1}


class TestAnswering:
    def test_one_press_makes_a_report_that_waits_as_a_newcomers_does(self, client, tea):
        made = asked(tea, email=EMAIL, place="A market town", teller=Teller.RAN_IT)
        page = client.get(answer_path(made))
        assert STEP in words_of(page) and "On 2 March 2026" in words_of(page) and faults_of(page) == []
        assert (fresh(made).state, TriedReport.objects.count()) == (PledgeState.ASKED, 0), "opening it was enough"
        buttons = BeautifulSoup(page.content, "html.parser").select("button[name=answer]")
        assert [each["value"] for each in buttons] == ["not-yet", "too-early", "helped", "in-part", "did-not-help"]
        assert {tuple(each["class"]) for each in buttons} == {("btn", "plain")}
        done = client.post(answer_path(made), {"answer": "did-not-help", "sentence": "Nobody came, and it rained."})
        assert done.status_code == 200 and "A moderator reads it" in words_of(done) and faults_of(done) == []
        report = TriedReport.objects.get()
        assert (report.state, report.verdict, report.author) == (ReportState.WAITING, Verdict.DID_NOT_HELP, None)
        assert (report.sentence, report.place, report.teller) == (
            "Nobody came, and it rained.", "A market town", Teller.RAN_IT,
        )  # fmt: skip
        over = fresh(made)
        assert (over.state, over.email, over.report) == (PledgeState.ANSWERED, "", report)
        assert over.closed_at is not None

    def test_what_trusted_people_answer_is_on_the_page_at_once(self, client, tea):
        made = asked(tea, trusted_person())
        done = client.post(answer_path(made), {"answer": "helped", "place": "An island", "teller": "took-part"})
        assert "It is on the page now" in words_of(done)
        totals = PracticeTotals.objects.get(page=tea)
        assert (totals.helped, totals.places_took_part) == (1, 1)
        assert TriedReport.objects.get().place == "An island"

    @pytest.mark.parametrize("answer", ["not-yet", "too-early"])
    def test_not_yet_and_too_early_are_asked_again_as_long_after(self, client, tea, time_machine, answer):
        made = asked(tea, UserFactory(), after=AskAfter.THREE_MONTHS)
        done = client.post(answer_path(made), {"answer": answer})
        assert "We ask you again on 2 June 2026" in words_of(done) and faults_of(done) == []
        assert fresh(made).state == PledgeState.OPEN
        assert TriedReport.objects.count() == (answer == "too-early")
        spent = client.get(answer_path(made))
        assert (spent.status_code, "We ask you on 2 June 2026" in words_of(spent)) == (410, True)
        time_machine.move_to("2026-06-02 10:00", tick=False)
        assert ask_due_pledges() == 1
        assert fresh(made).asked == 2
        old = client.post(answer_path(made), {"answer": "helped"})
        assert (old.status_code, "There is a newer mail" in words_of(old)) == (410, True)
        assert client.get(answer_path(fresh(made))).status_code == 200

    def test_a_later_answer_changes_the_report_and_keeps_what_was_said(self, client, tea, time_machine):
        tea.essentials.create(text="Take time.")
        key = tea.essentials.get().key
        for by, email in ((trusted_person(), ""), (None, EMAIL)):
            made = asked(tea, by, email=email, place="A market town" if by else "An island")
            client.post(answer_path(made), {"answer": "too-early", "sentence": "Two came."})
            report = fresh(made).report
            report.essentials.create(essential=key, taken=Taken.KEPT, how="Slowly.")
            TriedReport.objects.filter(pk=report.pk).update(advice="Bring cake.")
            Pledge.objects.filter(pk=made.pk).update(ask_on=timezone.localdate())
            ask_due_pledges()
            client.post(answer_path(fresh(made)), {"answer": "in-part"})
            now = fresh(report)
            assert (now.verdict, now.sentence, now.advice, now.version) == ("in-part", "Two came.", "Bring cake.", 2)
            assert now.essentials.get().how == "Slowly."
        assert TriedReport.objects.count() == 2
        assert PracticeTotals.objects.get(page=tea).in_part == 1, "the other waits"

    def test_what_was_taken_back_stays_so_and_a_later_answer_is_another(self, tea):
        made = asked(tea, person := trusted_person())
        first = answer_pledge(pledge=made, answer="too-early", sentence="Two came.").report
        withdraw_report(report=first, by=Writer(person, ""))
        Pledge.objects.update(ask_on=timezone.localdate())
        ask_due_pledges()
        second = answer_pledge(pledge=fresh(made), answer="helped").report
        assert (second.sentence, fresh(first).state, fresh(first).sentence) == ("", ReportState.WITHDRAWN, "Two came.")

    def test_a_new_wish_of_an_address_takes_along_what_it_told(self, tea):
        made = asked(tea)
        report = answer_pledge(pledge=made, answer="too-early").report
        now = pledged(tea)
        assert (fresh(now).report, fresh(made).report) == (report, None)

    def test_who_answers_without_an_account_can_change_it_in_the_same_browser(self, client, tea):
        asked = Pledge.objects.create(
            page=tea, email=EMAIL, step=STEP, ask_after=AskAfter.TWO_WEEKS, ask_on="2026-03-02", asked=1,
            state=PledgeState.ASKED, asked_at=timezone.now(),
        )  # fmt: skip
        answered = client.post(answer_path(asked), {"answer": Answer.DID_NOT_HELP, "sentence": "Nobody came."})
        report = TriedReport.objects.get()
        assert f"/tried/{report.pk}/change/" in answered.content.decode()
        assert "Nobody came." in client.get(f"/tried/{report.pk}/change/").content.decode()
        assert Client().get(f"/tried/{report.pk}/change/").status_code == 404

    def test_whoever_holds_the_link_can_change_or_take_back_what_they_told_in_another_browser(self, client, tea):
        made = asked(tea)
        Client().post(answer_path(made), {"answer": Answer.HELPED, "sentence": "Ron came."})
        over = client.get(answer_path(made))
        assert over.status_code == 410 and "Change what you told, or take it back" in over.content.decode()
        there = client.post(answer_path(made), {"do": "change"})
        assert there.url == TriedReport.objects.get().get_absolute_url()
        assert client.get(f"{there.url}change/").status_code == 200
        client.post(f"{there.url}withdraw/")
        assert TriedReport.objects.get().state == ReportState.WITHDRAWN

    def test_an_accounts_report_is_nobody_elses_whatever_link_they_hold(self, client, tea):
        made = asked(tea, UserFactory())
        Client().post(answer_path(made), {"answer": Answer.HELPED})
        assert client.post(answer_path(made), {"do": "change"}).status_code == 410
        report = TriedReport.objects.get()
        assert (report.author, report.visitor) == (made.person, "")

    def test_what_was_written_with_not_yet_is_given_back(self, client, tea):
        page = client.post(answer_path(asked(tea)), {"answer": Answer.NOT_YET, "sentence": "A busy winter."})
        assert "A busy winter." in page.content.decode() and not TriedReport.objects.exists()

    def test_words_by_which_somebody_could_be_known_are_asked_about_first(self, client, tea):
        made = asked(tea)
        typed = {"answer": Answer.HELPED, "sentence": "One man of 61 called Zebedee Quill came."}
        page = client.post(answer_path(made), typed)
        shown = BeautifulSoup(page.content, "html.parser")
        assert not TriedReport.objects.exists() and "Quill" in shown.select("mark")[-1].text
        mark = shown.find("input", attrs={"name": "asked_of"})["value"]
        client.post(answer_path(made), {**typed, "said_yes": "on", "asked_of": "other words"})
        assert not TriedReport.objects.exists()
        client.post(answer_path(made), {**typed, "said_yes": "on", "asked_of": mark})
        assert TriedReport.objects.get().verdict == Verdict.HELPED

    def test_a_link_is_of_one_pledge_though_a_backup_gave_its_number_again(self, client, tea):
        made = asked(tea)
        path, stop = answer_path(made), stop_path(made)
        number, made_again = made.pk, pledged(tea, UserFactory())
        made.delete()
        Pledge.objects.filter(pk=made_again.pk).update(
            id=number, state=PledgeState.ASKED, asked=1, asked_at=timezone.now()
        )
        assert client.post(path, {"answer": Answer.HELPED}).status_code == 410
        client.post(stop)
        assert Pledge.objects.get().state == PledgeState.ASKED and not TriedReport.objects.exists()

    def test_who_is_signed_in_when_they_answer_by_an_address_is_its_author(self, client, tea, moderator):
        made = asked(tea)
        client.force_login(moderator)
        client.post(answer_path(made), {"answer": Answer.HELPED})
        assert TriedReport.objects.get().author == moderator, "they could check their own"

    def test_a_replayed_answer_makes_no_second_row(self, client, tea):
        made = asked(tea)
        path = answer_path(made)
        client.post(path, {"answer": "helped"})
        for again in (client.post(path, {"answer": "did-not-help"}), client.get(path)):
            assert again.status_code == 410 and "You answered this already" in words_of(again)
            assert faults_of(again) == []
        assert TriedReport.objects.get().verdict == Verdict.HELPED

    @pytest.mark.database
    @pytest.mark.django_db(transaction=True)
    def test_eight_presses_at_once_are_one_report(self, library):
        page = PracticeFactory(slug="tea", steps=["Meet."])
        made = asked(page)

        def press(_number: int) -> bool:
            try:
                answer_pledge(pledge=made, answer="helped")
            except PledgeOverError:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(press, range(8))) == 1
        assert TriedReport.objects.count() == 1

    def test_who_told_of_the_place_already_is_told_so_kindly(self, client, tea):
        person = UserFactory()
        before = sent(tea, person, place="A market town", verdict=Verdict.IN_PART)
        made = asked(tea, person, place="a Market Town")
        done = client.post(answer_path(made), {"answer": "too-early"})
        assert "you told us already" in words_of(done) and f"/tried/{before.pk}/change/" in done.content.decode()
        assert fresh(before).verdict == Verdict.IN_PART
        over = fresh(made)
        assert (over.state, over.report, TriedReport.objects.count()) == (PledgeState.ANSWERED, None, 1)

    def test_a_pause_and_too_much_that_waits_keep_what_was_typed_and_the_link(self, client, tea, moderator):
        paused = asked(tea, paused_person(moderator))
        busy = UserFactory()
        for number in range(MOST_WAITING):
            sent(PracticeFactory(), busy, place=f"Place {number}")
        full = asked(tea, busy)
        for made, status, error in ((paused, 403, PausedError), (full, 429, EnoughWaitsError)):
            response = client.post(answer_path(made), {"answer": "helped", "sentence": "People came."})
            assert response.status_code == status and "People came." in response.content.decode()
            assert faults_of(response) == []
            with pytest.raises(error):
                answer_pledge(pledge=fresh(made), answer="helped")
            assert fresh(made).state == PledgeState.ASKED
            assert client.post(answer_path(made), {"answer": "not-yet"}).status_code == 200

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({}, "Press one of the five buttons"),
            ({"answer": "great"}, "Press one of the five buttons"),
            ({"answer": "helped\x00"}, "Press one of the five buttons"),
            ({"answer": "helped", "sentence": "nul \x00 byte"}, "Null characters"),
            ({"answer": "helped", "sentence": "x" * 501}, "there is room for 500"),
            ({"answer": "helped", "place": "x" * 1_000_000}, "there is room for 120"),
            ({"answer": "helped", "teller": "king"}, "Choose one of these"),
        ],
    )
    def test_what_cannot_be_taken_is_told_and_kept_and_spends_nothing(self, client, tea, typed, told):
        made = asked(tea)
        response = client.post(answer_path(made), {"sentence": "People came.", **typed})
        assert response.status_code == 200 and told in words_of(response)
        assert (typed.get("sentence") or "People came.")[:100] in response.content.decode()
        assert (fresh(made).state, TriedReport.objects.count()) == (PledgeState.ASKED, 0)

    def test_there_are_five_answers(self, tea):
        with pytest.raises(ValidationError):
            answer_pledge(pledge=asked(tea), answer="great")

    def test_what_they_said_before_is_not_asked_again(self, client, tea):
        form = client.get(answer_path(asked(tea, place="A market town", teller=Teller.PAID))).context["form"]
        assert set(form.fields) == {"answer", "sentence"}
        form = client.get(answer_path(asked(tea, UserFactory()))).context["form"]
        assert set(form.fields) == {"answer", "sentence", "place", "teller"}

    def test_hostile_text_is_text(self, client, tea):
        made = asked(tea, trusted_person())
        client.post(answer_path(made), {"answer": "helped", "sentence": "<script>alert(1)</script>"})
        assert not inline_scripts(client.get("/practices/tea/").content.decode())

    def test_an_answer_needs_a_token_of_its_page_and_no_session_before(self, tea):
        browser = Client(enforce_csrf_checks=True)
        path = answer_path(asked(tea))
        assert browser.post(path, {"answer": "helped"}).status_code == 403
        page = BeautifulSoup(browser.get(path).content, "html.parser")
        token = page.find("input", attrs={"name": "csrfmiddlewaretoken"})["value"]
        assert "sessionid" not in browser.cookies
        assert browser.post(path, {"answer": "helped", "csrfmiddlewaretoken": token}).status_code == 200

    def test_what_they_told_of_another_place_stays_true_of_it(self, tea):
        for wish in ({"by": UserFactory()}, {"email": EMAIL}):
            answer_pledge(pledge=asked(tea, **wish, place="York"), answer="too-early")
            answer_pledge(pledge=asked(tea, **wish, place="Leeds"), answer="did-not-help")
            answer_pledge(pledge=asked(tea, **wish, place="Hull"), answer="too-early")
            answer_pledge(pledge=asked(tea, **wish, place="in hull"), answer="helped")
            told = TriedReport.objects.order_by("pk").values_list("place", "verdict")
            assert list(told) == [("York", "too-early"), ("Leeds", "did-not-help"), ("Hull", "helped")]
            TriedReport.objects.all().delete()

    def test_what_cannot_be_seen_is_not_kept(self, client, tea):
        client.post(
            answer_path(asked(tea)),
            {"answer": "helped", "sentence": "It\u202e went\r\nwell.\x07", "place": "A\u2066 market\ntown"},
        )
        report = TriedReport.objects.get()
        assert (report.sentence, report.place) == ("It went\nwell.", "A market town")


class TestLinks:
    def test_who_closed_their_account_is_asked_nothing_and_answers_in_its_name_no_more(self, client, tea):
        person = trusted_person()
        made, later = asked(tea, person), pledged(PracticeFactory(slug="soup", steps=["Cook."]), person)
        close_account(person=person)
        for response in (client.get(answer_path(made)), client.post(answer_path(made), {"answer": "helped"})):
            assert response.status_code == 410 and "not asked any more" in words_of(response)
        with pytest.raises(PledgeOverError):
            answer_pledge(pledge=fresh(made), answer="helped")
        assert not TriedReport.objects.exists()
        assert expire_pledges() == 2
        assert fresh(made).state == fresh(later).state == PledgeState.STOPPED

    def test_what_is_deleted_in_the_same_moment_is_over(self, tea):
        made = asked(tea)
        Pledge.objects.all().delete()
        stop_pledge(pledge=made)
        for late in (lambda: answer_pledge(pledge=made, answer="helped"), lambda: prove_pledge(pledge=made)):
            with pytest.raises(PledgeOverError):
                late()

    @pytest.mark.parametrize("way", ["answer", "prove", "stop"])
    def test_one_that_we_did_not_make_is_told_plainly(self, client, tea, way):
        made = asked(tea)
        signed = {"answer": answer_path(made), "stop": stop_path(made)}.get(way, stop_path(made)).split("/")[-2]
        seal = signed.partition(":")[2]
        forged = [f"{made.pk + 1}.1:{seal}", f"{made.pk}", signed[:-1], "x" * 3_000, "%00", "1.1:%F0%9F%8D%B5", ":"]
        if way == "prove":
            forged.append(signed)
        for wrong in forged:
            for response in (client.get(f"/try/{way}/{wrong}/"), client.post(f"/try/{way}/{wrong}/")):
                assert response.status_code == 404 and "This link is not whole" in words_of(response)
        assert faults_of(client.get(f"/try/{way}/{made.pk}/")) == []
        assert fresh(made).state == PledgeState.ASKED

    def test_two_months_after_the_mail_a_link_is_over_and_the_address_forgotten(self, client, tea, time_machine):
        made = asked(tea)
        time_machine.shift(timedelta(days=59, hours=23))
        assert (expire_pledges(), client.get(answer_path(made)).status_code) == (0, 200)
        time_machine.shift(timedelta(hours=2))
        late = client.post(answer_path(made), {"answer": "helped"})
        assert (
            late.status_code == 410 and "too old" in words_of(late) and "/practices/tea/tried/" in late.content.decode()
        )
        assert expire_pledges() == 1
        assert (fresh(made).state, fresh(made).email) == (PledgeState.EXPIRED, "")
        assert client.get(answer_path(made)).status_code == 410

    def test_after_a_stop_the_answer_is_over(self, client, tea):
        made = asked(tea)
        stop_pledge(pledge=made)
        response = client.get(answer_path(made))
        assert (response.status_code, "not asked any more" in words_of(response)) == (410, True)
        assert client.get(stop_path(made)).status_code == 200

    def test_a_page_that_was_taken_down_is_not_named(self, client, tea):
        made = asked(tea)
        typed = pledged(tea, proven=False, email="other@example.com")
        prove = path_in(OutgoingMail.objects.get(to="other@example.com").body, "prove")
        tea.unpublish()
        for response in (client.get(answer_path(made)), client.post(answer_path(made), {"answer": "helped"})):
            assert response.status_code == 410 and "not in the library for now" in words_of(response)
            assert "Tea and talk" not in response.content.decode()
        assert client.post(prove).status_code == 410 and fresh(typed).state == PledgeState.UNPROVEN
        tea.save_revision().publish()
        assert client.get(answer_path(made)).status_code == 200

    def test_what_was_over_for_a_year_is_forgotten_and_its_links_say_so(self, client, tea, time_machine):
        made = asked(tea)
        report = answer_pledge(pledge=made, answer="helped").report
        time_machine.shift(timedelta(days=364))
        assert forget_old_pledges() == 0
        time_machine.shift(timedelta(days=2))
        assert forget_old_pledges() == 1
        assert client.get(answer_path(made)).status_code == 410
        assert client.post(stop_path(made)).status_code == 200
        assert TriedReport.objects.get() == report

    def test_who_is_signed_in_finds_the_way_to_answer_on_the_page(self, client, tea):
        client.force_login(person := UserFactory())
        made = asked(tea, person)
        assert answer_path(made) in client.get(TRY).content.decode()

    def test_a_new_choice_of_somebody_who_was_asked_ends_the_old_link(self, client, tea):
        made = asked(tea, person := UserFactory())
        assert pledged(tea, person) == made
        response = client.get(answer_path(made))
        assert (response.status_code, "We ask you on 16 March 2026" in words_of(response)) == (410, True)


def test_the_answers_are_the_verdicts_and_not_yet():
    assert set(Answer.values) == {"not-yet", *Verdict.values}
