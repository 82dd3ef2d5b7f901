"""Reports of how it went at the desk: read, shown, sent back, taken down; and reports of harm about them."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from feedback.models import Concern, ReportState, TriedReport, Verdict
from feedback.things import thing_of
from feedback.tried.services import keep_report, return_report, show_report, withdraw_report
from people.messages import post_due_messages
from people.models import Event, Message, OutgoingMail
from people.writers import Writer
from practices.models import PracticeTotals, Taken
from tests.factories.contributions import make_trusted
from tests.factories.feedback import another_moderator, public_person, reported, upheld
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
from tests.factories.tried import said, sent, shown
from tests.markup import inline_scripts

pytestmark = pytest.mark.django_db
QUEUE = "/review/tried/"
REASON = "Thank you for telling. Please leave the name of the street out."
KNOWN = "Her neighbour, a widow of 83, told us at 12 Harbour Street."


@pytest.fixture
def tea(library):
    return PracticeFactory(slug="tea", title="Tea and talk", essentials=["Take time.", "Pay for the bus."])


@pytest.fixture
def report(tea):
    return sent(tea, UserFactory(username="maple-lane"), verdict=Verdict.DID_NOT_HELP)


def address(report) -> str:
    return f"/review/tried/{report.pk}/"


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words_of(response) -> str:
    return " ".join(page_of(response).find("main").get_text(" ").split())


def browser_of(person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


class TestTheQueue:
    def test_the_longest_waiting_stands_first_with_who_and_how_it_went(self, tea, desk, time_machine):
        time_machine.move_to("2026-03-02 09:30", tick=False)
        sent(tea, public_person(username="maple-lane"), verdict=Verdict.DID_NOT_HELP)
        time_machine.shift(3600 * 5)
        sent(tea, visitor="a browser", sentence=KNOWN)
        time_machine.shift(3600)
        first, second = page_of(desk.get(QUEUE)).select("ul.queue > li")
        text = " ".join(first.get_text(" ").split())
        assert "Waits 6 hours." in text and "It did not help" in text and "By maple-lane" in text
        text = " ".join(second.get_text(" ").split())
        assert "By somebody without an account" in text and "May show who somebody is" in text

    def test_it_shows_only_what_waits_and_nobody_their_own(self, tea, desk, moderator):
        shown(tea, make_trusted(UserFactory()))
        sent(tea, send=False)
        assert "Nothing waits." in words_of(desk.get(QUEUE))
        TriedReport.objects.filter(state=ReportState.DRAFT).update(
            state=ReportState.WAITING, author=moderator, sent_at=timezone.now(), told_on=timezone.localdate()
        )
        assert "Nothing waits." in words_of(desk.get(QUEUE))

    def test_its_count_stands_where_the_other_queues_stand(self, report, desk, moderator):
        def count(person) -> str:
            return Template("{% load tried_tags %}{% reports_waiting person %}").render(Context({"person": person}))

        assert (count(moderator), count(UserFactory())) == ("1", "0")
        assert page_of(desk.get("/practices/tea/")).select_one(f'.for-you a[href="{QUEUE}"]')
        for path in ("/review/", "/review/reports/"):
            assert page_of(desk.get(path)).select_one(f'main a[href="{QUEUE}"]'), path
        page = page_of(desk.get(QUEUE))
        assert page.select_one('main a[href="/review/"]') and page.select_one('main a[href="/review/reports/"]')

    def test_a_full_page_asks_few_questions(self, tea, desk, django_assert_max_num_queries):
        for number in range(22):
            sent(tea, place=f"Town {number}", essentials={tea.essentials.first().key: Taken.KEPT})
        with django_assert_max_num_queries(13):
            page = desk.get(QUEUE)
        assert len(page.context["rows"]) == 20 and page.context["pages"].next_url


class TestOneReport:
    def test_it_is_shown_as_it_would_stand_with_what_could_show_who_somebody_is(self, tea, desk):
        author = public_person(username="maple-lane")
        shown(tea, author, place="One")
        key = tea.essentials.first().key
        report = sent(tea, author, place="Two", sentence=KNOWN, essentials={key: (Taken.LEFT_OUT, "no room for it")})
        response = desk.get(address(report))
        text = words_of(response)
        for word in ("maple-lane", "1 on pages, 0 sent back", "Left out: Take time. (no room for it)", "It helped"):
            assert word in text, word
        assert "widow" in " ".join(mark.get_text() for mark in page_of(response).select("mark"))
        assert not inline_scripts(response.content.decode())

    def test_it_is_put_on_the_page_and_its_author_is_told(self, report, tea, desk):
        response = desk.post(address(report), {"do": "show", "seen": report.version, "reason": ""})
        assert response.url == QUEUE
        report.refresh_from_db()
        assert report.state == ReportState.SHOWN
        assert PracticeTotals.objects.get(page=tea).did_not_help == 1
        told = Message.objects.get(person=report.author)
        assert told.path == report.get_absolute_url() and "on the page" in told.title
        assert "It is on the page" in words_of(desk.get(QUEUE))

    def test_it_is_sent_back_with_a_reason_that_its_author_reads(self, report, desk):
        assert desk.post(address(report), {"do": "return", "seen": report.version, "reason": REASON}).url == QUEUE
        report.refresh_from_db()
        assert (report.state, report.reason) == (ReportState.RETURNED, REASON)
        page = words_of(browser_of(report.author).get(report.get_absolute_url()))
        assert REASON in page and "needs a change" in page and "Change it" in page
        assert REASON in Message.objects.get(person=report.author).body

    @pytest.mark.parametrize("reason", ["", "  \n ", "x" * 1001, "nul \x00 byte"])
    def test_without_a_fitting_reason_nothing_is_sent_back(self, report, desk, reason):
        response = desk.post(address(report), {"do": "return", "seen": report.version, "reason": reason})
        assert response.status_code == 200 and page_of(response).select(".error")
        assert response.context["form"]["reason"].value() == reason
        report.refresh_from_db()
        assert report.state == ReportState.WAITING

    def test_what_is_on_the_page_can_be_taken_from_it(self, tea, desk):
        report = shown(tea)
        page = page_of(desk.get(address(report)))
        assert not page.select('button[value="show"]') and "Take it from the page" in page.get_text()
        desk.post(address(report), {"do": "return", "seen": report.version, "reason": REASON})
        assert PracticeTotals.objects.get(page=tea).reports == 0
        assert Event.objects.filter(what="report.returned", target_id=report.pk).count() == 1

    def test_what_was_changed_since_is_shown_as_it_is_now_and_the_reason_is_kept(self, report, tea, desk):
        seen = report.version
        by = Writer(report.author, "")
        keep_report(page=tea, by=by, said=said(sentence="Two came."), send=True, report=report, version=seen)
        for do in ("show", "return"):
            response = desk.post(address(report), {"do": do, "seen": seen, "reason": REASON})
            assert response.status_code == 409
            assert "Two came." in words_of(response)
            assert response.context["form"]["reason"].value() == REASON
        now = page_of(response).select_one("[name=seen]")["value"]
        assert desk.post(address(report), {"do": "show", "seen": now, "reason": ""}).status_code == 302

    def test_what_was_taken_back_since_shows_its_words_to_nobody(self, report, desk):
        seen = report.version
        withdraw_report(report=report, by=Writer(report.author, ""))
        response = desk.post(address(report), {"do": "return", "seen": seen, "reason": REASON})
        assert response.status_code == 409
        assert REASON in words_of(response) and report.sentence not in words_of(response)
        assert desk.get(address(report)).status_code == 404

    def test_two_moderators_answer_once(self, report, desk):
        seen = report.version
        show_report(report=report, by=another_moderator(), version=seen)
        response = desk.post(address(report), {"do": "show", "seen": seen, "reason": ""})
        assert response.status_code == 409
        assert Message.objects.filter(person=report.author).count() == 1

    @pytest.mark.parametrize("posted", [{}, {"do": "erase"}, {"do": "show"}, {"do": "show", "seen": "9" * 40}])
    def test_nonsense_does_nothing(self, report, desk, posted):
        assert desk.post(address(report), posted).status_code in (200, 409)
        report.refresh_from_db()
        assert report.state == ReportState.WAITING

    def test_a_moderator_does_not_check_their_own(self, tea, moderator, desk):
        report = sent(tea, moderator)
        assert desk.get(address(report)).url == report.get_absolute_url()
        assert desk.post(address(report), {"do": "return", "seen": 1, "reason": REASON}).status_code == 403
        TriedReport.objects.filter(pk=report.pk).update(state=ReportState.WAITING)
        for step in (show_report, lambda **seen: return_report(**seen, reason=REASON)):
            with pytest.raises(PermissionDenied):
                step(report=report, by=moderator, version=report.version)

    def test_what_is_no_longer_in_the_library_can_still_be_read(self, report, tea, desk):
        tea.unpublish()
        assert desk.get(address(report)).status_code == 200

    def test_it_asks_few_questions(self, tea, desk, django_assert_max_num_queries):
        author = UserFactory()
        for number in range(10):
            shown(tea, author, place=f"Town {number}")
        report = sent(tea, author, essentials={each.key: Taken.KEPT for each in tea.essentials.all()})
        with django_assert_max_num_queries(12):
            desk.get(address(report))

    def test_the_log_leads_a_moderator_to_it(self, report, desk):
        assert desk.get(report.get_absolute_url()).url == address(report)


ROLES = ("anonymous", "somebody", "author", "moderator", "administrator")
READING = {
    QUEUE: (302, 403, 403, 200, 200),
    "/review/tried/{waiting}/": (302, 403, 403, 200, 200),
    "/review/tried/{draft}/": (302, 403, 403, 404, 404),
    "/review/tried/99999/": (302, 403, 403, 404, 404),
    "/tried/": (200, 200, 200, 200, 200),
    "/tried/{waiting}/": (404, 404, 200, 302, 302),
    "/tried/{draft}/": (404, 404, 200, 404, 404),
    "/tried/{shown}/": (302, 302, 200, 302, 302),
    "/tried/{shown}/change/": (404, 404, 200, 404, 404),
    "/tried/{shown}/withdraw/": (404, 404, 200, 404, 404),
    "/tried/{shown}/flag/": (200, 200, 200, 200, 200),
    "/tried/{waiting}/flag/": (404, 404, 404, 404, 404),
    "/tried/99999/": (404, 404, 404, 404, 404),
    "/tried/99999/change/": (404, 404, 404, 404, 404),
    "/practices/tea/tried/": (200, 200, 200, 200, 200),
    "/practices/tea/told/": (200, 200, 200, 200, 200),
    "/practices/tea/tried/slip/": (200, 200, 200, 200, 200),
}
DOING = {
    QUEUE: (405, 405, 405, 405, 405),
    "/review/tried/{waiting}/": (302, 403, 403, 302, 302),
    "/tried/{shown}/withdraw/": (404, 404, 302, 404, 404),
    "/tried/": (405, 405, 405, 405, 405),
    "/practices/tea/told/": (405, 405, 405, 405, 405),
}


class TestWhoMayDoWhat:
    @pytest.fixture
    def numbers(self, tea, moderator):
        author = UserFactory(username="maple-lane")
        return {
            "waiting": sent(tea, author, place="One").pk,
            "draft": sent(tea, author, place="Two", send=False).pk,
            "shown": shown(tea, author, place="Three").pk,
        }

    @pytest.fixture
    def browser(self, request, numbers, moderator):
        people = {
            "anonymous": lambda: None,
            "somebody": UserFactory,
            "author": lambda: TriedReport.objects.get(pk=numbers["shown"]).author,
            "moderator": another_moderator,
            "administrator": lambda: UserFactory(administrator=True),
        }
        person = people[request.param]()
        return request.param, browser_of(person) if person else Client()

    @pytest.mark.parametrize("browser", ROLES, indirect=True)
    def test_reading(self, browser, numbers):
        role, client = browser
        codes = {path: client.get(path.format(**numbers)).status_code for path in READING}
        assert codes == {path: codes[ROLES.index(role)] for path, codes in READING.items()}

    @pytest.mark.parametrize("browser", ROLES, indirect=True)
    def test_doing(self, browser, numbers):
        role, client = browser
        typed = {"do": "show", "seen": 1, "reason": ""}
        codes = {path: client.post(path.format(**numbers), typed).status_code for path in DOING}
        assert codes == {path: codes[ROLES.index(role)] for path, codes in DOING.items()}


class TestReportsOfHarm:
    def test_anybody_reports_what_is_shown_and_its_author_is_noted(self, client, tea, moderator, time_machine):
        time_machine.move_to("2026-03-02 09:30", tick=False)
        author = public_person(username="maple-lane")
        report = shown(tea, author)
        path = f"/tried/{report.pk}/flag/"
        page = client.get(path)
        assert "What somebody told about Tea and talk" in words_of(page) and "maple-lane" not in words_of(page)
        time_machine.shift(20)
        typed = {"opened": page.context["form"]["opened"].value(), "homepage": "", "reason": "names", "words": ""}
        assert client.post(path, typed).url == "/reports/sent/"
        concern = Concern.objects.get()
        assert (concern.target_kind, concern.target_id, concern.person) == ("report", report.pk, author)

    def test_a_moderator_is_led_to_where_it_is_taken_down(self, tea, desk):
        report = shown(tea)
        concern = reported(report)
        page = page_of(desk.get(f"/review/reports/{concern.pk}/"))
        assert page.select_one(f'main a[href="{address(report)}"]')
        assert "What somebody told about Tea and talk" in words_of(desk.get("/review/reports/"))

    def test_what_its_author_took_back_is_named_and_led_to_no_more(self, tea, library):
        report = shown(tea, UserFactory())
        concern = reported(report)
        withdraw_report(report=report, by=Writer(report.author, ""))
        assert (thing_of(concern).address, thing_of(concern).step_address) == ("", "")
        report.delete()
        assert "gone by now" in thing_of(concern).name

    def test_nobody_but_moderators_learns_who_wrote_it(self, tea, moderator, mailoutbox):
        author, reporter = public_person(username="maple-lane"), UserFactory()
        report = shown(tea, author)
        concern = upheld(reported(report, reporter), moderator)
        Message.objects.update(mail_due_at=timezone.now())
        post_due_messages()
        told = Message.objects.get(person=reporter)
        assert "maple-lane" not in f"{told.title} {told.body}"
        assert all("maple-lane" not in mail.body for mail in OutgoingMail.objects.filter(to=reporter.email))
        page = browser_of(reporter).get(concern.get_absolute_url())
        assert page.status_code == 200 and "maple-lane" not in page.content.decode()
        own = Message.objects.filter(person=author, target_kind="concern").get()
        assert "What somebody told" not in own.title

    def test_a_list_of_twenty_asks_few_questions(self, tea, desk, django_assert_max_num_queries):
        for number in range(21):
            reported(shown(tea, place=f"Town {number}"), UserFactory())
        with django_assert_max_num_queries(16):
            page = desk.get("/review/reports/")
        assert len(page.context["rows"]) == 20
