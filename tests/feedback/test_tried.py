"""Telling how it went: by anybody, in two minutes, changed and taken back by whoever told it, and nothing lost."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from feedback.models import AskAfter, Pledge, ReportState, Teller, TriedReport, Verdict
from feedback.tried.services import (
    MOST_WAITING,
    AlreadyToldError,
    keep_report,
    return_report,
    save_report,
    withdraw_report,
)
from feedback.tried.slip import essentials_that_fit
from feedback.tried.tell_views import BY_ONE_PERSON, FROM_ONE_PLACE
from people.messages import post_due_messages
from people.models import Event, Message, OutgoingMail
from people.standing import pause_person
from people.writers import WRITES_AS, Writer
from practices.models import Nation, PracticeTotals, ReportedOutcome, Taken
from tests.factories.contributions import make_trusted
from tests.factories.people import UserFactory
from tests.factories.practices import OutcomeFactory, PracticeFactory
from tests.factories.tried import checker, said, sent, shown
from tests.markup import inline_scripts

pytestmark = pytest.mark.django_db
TELL = "/practices/tea/tried/"
ANSWERS = {
    "teller": "took-part",
    "place": "A market town in the north",
    "verdict": "did-not-help",
    "sentence": "Nobody came after the third week.",
}
HIDDEN = "Quillfeather Housing"


@pytest.fixture
def tea(library):
    outcomes = [OutcomeFactory(label="Fewer lonely evenings", slug="fewer-lonely-evenings")]
    return PracticeFactory(
        slug="tea", title="Tea and talk", essentials=["Take time.", "Pay for the bus."], outcomes=outcomes
    )


@pytest.fixture
def opened(client, tea, time_machine):
    """Open a form, and give back what a browser would send with it after a while."""
    time_machine.move_to("2026-03-02 09:30", tick=False)

    def opened(path: str = TELL, browser: Client = client) -> dict:
        boxes = boxes_of(browser.get(path))
        time_machine.shift(20)
        return boxes

    return opened


@pytest.fixture
def tell(client, opened):
    """Open the form, wait as people do, and send it."""

    def tell(path: str = TELL, browser: Client = client, address: str = "10.0.0.1", **typed):
        return browser.post(path, opened(path, browser) | typed, REMOTE_ADDR=address)

    return tell


def boxes_of(response) -> dict:
    """What a browser would send of a form as it stands."""
    form = page_of(response).select_one("main form[method=post]")
    boxes = {}
    for box in form.select("input, textarea, select"):
        kind = box.get("type")
        if kind in ("checkbox", "radio") and not box.has_attr("checked"):
            continue
        if box.name == "textarea":
            value = box.get_text().removeprefix("\n")
        elif box.name == "select":
            chosen = box.select_one("option[selected]")
            value = chosen["value"] if chosen else ""
        else:
            value = box.get("value", "on" if kind == "checkbox" else "")
        if box["name"] in boxes and kind == "checkbox":
            boxes[box["name"]] = [*boxes[box["name"]], value]
        else:
            boxes[box["name"]] = [value] if box["name"] == "outcomes" else value
    boxes.pop("csrfmiddlewaretoken", None)
    return boxes


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words_of(response) -> str:
    return " ".join(page_of(response).find("main").get_text(" ").split())


def browser_of(person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def faults_of(response) -> list[str]:
    """What is not right with the HTML of a page."""
    page = page_of(response)
    ids = [each["id"] for each in page.select("[id]")]
    faults = [f"twice: {each}" for each in set(ids) if ids.count(each) > 1]
    faults += [f"leads nowhere: {each['for']}" for each in page.select("label[for]") if each["for"] not in ids]
    described = [word for each in page.select("[aria-describedby]") for word in each["aria-describedby"].split()]
    faults += [f"described by nothing: {each}" for each in described if each not in ids]
    faults += [str(each) for each in page.select("style, [style]")] + inline_scripts(response.content.decode())
    return faults + ([] if len(page.select("h1")) == 1 else ["not one heading"])


class TestTelling:
    def test_four_answers_are_enough_and_wait_for_a_moderator(self, tell, client, tea):
        response = tell(**ANSWERS)
        report = TriedReport.objects.get()
        assert response.url == report.get_absolute_url()
        assert (report.state, report.author, report.visitor) == (
            ReportState.WAITING,
            None,
            client.session[WRITES_AS],
        )
        assert (report.teller, report.verdict, report.sentence) == (
            Teller.TOOK_PART,
            Verdict.DID_NOT_HELP,
            ANSWERS["sentence"],
        )
        assert PracticeTotals.objects.get(page=tea).reports == 0
        page = words_of(client.get(response.url))
        assert "waits for a moderator" in page and "Make an account" in page

    def test_reading_the_form_sets_no_session_and_asks_for_no_account(self, client, tea):
        response = client.get(TELL)
        assert response.status_code == 200 and "no account needed" in words_of(response)
        assert set(client.cookies) <= {"csrftoken"}
        assert not faults_of(response)
        assert "no-store" in response["Cache-Control"]

    @pytest.mark.parametrize("verdict", Verdict.values)
    def test_a_verdict_in_the_address_is_ticked(self, client, tea, verdict):
        ticked = page_of(client.get(f"{TELL}?went={verdict}")).select("[name=verdict][checked]")
        assert [each["value"] for each in ticked] == [verdict]

    def test_nonsense_in_the_address_ticks_nothing(self, client, tea):
        page = page_of(client.get(f"{TELL}?went=%00failed"))
        assert not page.select("[name=verdict][checked]")

    def test_everything_that_can_be_told_is_kept(self, tell, client, tea):
        person = make_trusted(UserFactory())
        browser = browser_of(person)
        first, second = tea.essentials.all()
        outcome = tea.outcomes.get()
        more = {
            "nation": Nation.WALES, "setting": "school", "added": "A meal", "outcomes": [str(outcome.pk)],
            "with_whom": "26 people", "tried_when": "last winter", "cost": "£40", "how_long": "a year",
            "advice": "Ring first.\r\n\r\nThen ring again.", "who_decided": "all who came",
            "people_say": "We were heard.", "people_agreed": "on", "organisation": "Two Rivers", "on_paper": "on",
            f"taken-{first.key}": "changed", f"how-{first.key}": "two months in place of six",
            f"taken-{second.key}": "",
        }  # fmt: skip
        response = tell(browser=browser, **ANSWERS, **more)
        report = TriedReport.objects.get()
        assert report.state == ReportState.SHOWN
        assert report.advice == "Ring first.\n\nThen ring again."
        assert (report.people_agreed, report.on_paper, report.organisation) == (True, True, "Two Rivers")
        assert list(report.essentials.values_list("essential", "taken", "how")) == [
            (first.key, Taken.CHANGED, "two months in place of six")
        ]
        assert ReportedOutcome.objects.filter(page=tea, outcome=outcome, places=1).exists()
        page = words_of(browser.get("/practices/tea/told/"))
        told = ("Told by someone who took part", "Wales", "26 people", "Changed: Take time. (two months", "A meal")
        told += ("Ring first.", "all who came", "We were heard.", "Two Rivers", "Fewer lonely evenings")
        assert [word for word in told if word not in page] == []
        assert boxes_of(browser.get(f"{response.url}change/"))[f"how-{first.key}"] == "two months in place of six"

    def test_sent_twice_it_is_one_and_leads_to_the_same_page(self, opened, client):
        typed = opened() | ANSWERS
        first, second = client.post(TELL, typed), client.post(TELL, typed)
        assert first.url == second.url
        assert TriedReport.objects.count() == 1 and Event.objects.filter(what="report.sent").count() == 1

    def test_a_form_sent_again_with_other_words_loses_neither(self, opened, client):
        typed = opened() | ANSWERS
        client.post(TELL, typed | {"do": "save"})
        response = client.post(TELL, typed | {"sentence": "Nobody came at all."})
        assert response.status_code == 409
        assert "Nobody came after the third week." in words_of(response)
        boxes = boxes_of(response)
        assert boxes["sentence"] == "Nobody came at all."
        report = TriedReport.objects.get()
        assert client.post(f"/tried/{report.pk}/change/", boxes | {"do": "send"}).status_code == 302
        report.refresh_from_db()
        assert (report.sentence, report.state) == ("Nobody came at all.", ReportState.WAITING)

    def test_a_key_that_somebody_else_used_makes_a_report_of_ones_own(self, opened, client):
        typed = opened() | ANSWERS
        client.post(TELL, typed)
        assert Client().post(TELL, typed).status_code == 302
        assert TriedReport.objects.count() == 2

    @pytest.mark.parametrize("key", ["", "x" * 500, "\x00", "0" * 31 + "g"])
    def test_a_key_that_is_none_is_made_anew(self, tell, key):
        assert tell(**ANSWERS, sent_key=key).status_code == 302
        assert len(TriedReport.objects.get().sent_key) == 32

    def test_a_draft_may_be_half_empty_and_is_seen_by_nobody_else(self, tell, client):
        response = tell(place="A market town", do="save")
        assert response.status_code == 302
        page = client.get(response.url)
        assert "Begun, and not sent" in words_of(page)
        assert page_of(page).find("a", string="Go on")["href"] == f"{response.url}change/"
        assert Client().get(response.url).status_code == 404
        assert "A market town" in str(page_of(client.get(f"{response.url}change/")))

    def test_what_the_next_step_is_stands_on_the_form(self, client, tea):
        assert "A moderator reads it before it is shown." in words_of(client.get(TELL))
        trusted = browser_of(make_trusted(UserFactory()))
        assert "It is on the page at once." in words_of(trusted.get(TELL))


class TestWhatCannotBeSent:
    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"teller": ""}, "Choose who is telling"),
            ({"teller": "not-said"}, "Choose who is telling"),
            ({"teller": "nonsense"}, "Choose who is telling"),
            ({"place": "  \u202e "}, "Say roughly where it was"),
            ({"verdict": ""}, "Choose how it went"),
            ({"verdict": "failed"}, "Choose how it went"),
            ({"sentence": " \n "}, "Say in a sentence what happened"),
            ({"nation": "atlantis"}, "Choose one of the list"),
            ({"setting": "moon"}, "Choose one of the list"),
            ({"outcomes": ["999999"]}, "Choose from the list"),
            ({"outcomes": ["; drop"]}, "Choose from the list"),
            ({"place": "x" * 121}, "there is room for 120"),
            ({"sentence": "x" * 60_000}, "there is room for 500"),
            ({"advice": "x" * 1001}, "there is room for 1000"),
            ({"people_say": "We were heard."}, "Tick this once they have read it"),
            ({"homepage": "https://buy.example"}, "people cannot see"),
            ({"opened": "forged"}, "did not reach us whole"),
        ],
        ids=str,
    )
    def test_it_is_told_and_everything_is_kept(self, tell, typed, told):
        response = tell(**ANSWERS | typed)
        assert response.status_code == 200
        assert told in words_of(response)
        boxes = response.context["form"]
        for name, value in (ANSWERS | typed).items():
            if name not in ("opened", "homepage"):
                assert boxes[name].value() == value, name
        assert not TriedReport.objects.exists()
        assert not faults_of(response)

    def test_an_essential_needs_a_tick_for_what_is_written_below_it(self, tell, tea):
        key = tea.essentials.first().key
        response = tell(**ANSWERS, **{f"how-{key}": "we had no bus"})
        assert "Choose kept, changed or left out" in words_of(response)
        assert page_of(response).find("details").has_attr("open")
        assert boxes_of(response)[f"how-{key}"] == "we had no bus"

    def test_what_was_written_of_an_essential_that_is_gone_by_now_is_given_back_once(self, opened, client, tea):
        second = tea.essentials.last()
        typed = opened() | ANSWERS | {f"taken-{second.key}": "left-out", f"how-{second.key}": "everybody could walk"}
        tea.essentials.remove(second)
        tea.save_revision().publish()
        response = client.post(TELL, typed)
        assert response.status_code == 409
        assert "everybody could walk" in words_of(response)
        assert client.post(TELL, boxes_of(response) | {"do": "send"}).status_code == 302

    def test_what_a_page_asked_before_is_kept_when_it_asks_no_more(self, tell, client, tea):
        second = tea.essentials.last()
        tell(**ANSWERS, **{f"taken-{second.key}": "left-out"})
        report = TriedReport.objects.get()
        tea.essentials.remove(second)
        tea.save_revision().publish()
        tell(f"/tried/{report.pk}/change/", cost="£40")
        assert report.essentials.get().essential == second.key

    def test_a_page_that_is_gone_gives_the_words_back(self, opened, client, tea):
        typed = opened() | ANSWERS
        tea.unpublish()
        assert client.get(TELL).status_code == 404
        response = client.post(TELL, typed)
        assert response.status_code == 404
        assert ANSWERS["sentence"] in words_of(response)
        assert not TriedReport.objects.exists()

    @pytest.mark.parametrize("path", ["tried/", "tried/slip/", "told/"])
    def test_there_is_nothing_at_a_page_that_is_not_shown(self, client, library, path):
        PracticeFactory(slug="secret", unpublished=True)
        assert client.get(f"/practices/secret/{path}").status_code == 404
        assert client.get(f"/practices/nothing/{path}").status_code == 404

    def test_a_form_without_its_token_is_shown_again_with_all_that_was_typed(self, opened, tea):
        typed = opened() | ANSWERS
        strict = Client(enforce_csrf_checks=True)
        response = strict.post(TELL, typed)
        assert response.status_code == 403
        assert "press the button once more" in words_of(response)
        assert boxes_of(response)["sentence"] == ANSWERS["sentence"]
        assert not TriedReport.objects.exists() and WRITES_AS not in strict.session
        away = strict.post(TELL, typed, headers={"Origin": "https://elsewhere.example"})
        assert away.status_code == 403 and ANSWERS["sentence"] not in away.content.decode()

    def test_other_forms_need_their_token(self, tea, moderator):
        person = UserFactory()
        report = sent(tea, person)
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person)
        assert strict.post(f"/tried/{report.pk}/withdraw/").status_code == 403
        strict.force_login(moderator)
        assert strict.post(f"/review/tried/{report.pk}/", {"do": "show", "seen": 1}).status_code == 403
        report.refresh_from_db()
        assert report.state == ReportState.WAITING

    @pytest.mark.parametrize(
        "text", ["<script>alert(1)</script>", "nul \x00 byte", "turned \u202e round", "half \ud800 a letter", "𓀀" * 40]
    )
    def test_hostile_text_is_text(self, opened, client, text):
        typed = opened() | ANSWERS | {"sentence": text, "advice": text, "place": text, "organisation": text}
        body = urlencode(typed, doseq=True, errors="surrogatepass")
        response = client.post(TELL, body, content_type="application/x-www-form-urlencoded")
        assert response.status_code == 302
        report = TriedReport.objects.get()
        for each in (report.sentence, report.advice, report.place):
            assert not {"\x00", "\u202e", "\ud800"} & set(each)
        for path in (response.url, f"{response.url}change/", "/tried/"):
            page = client.get(path)
            assert page.status_code == 200 and not faults_of(page)

    def test_more_than_any_form_holds_is_refused(self, opened, client):
        assert client.post(TELL, opened() | ANSWERS | {"advice": "x" * 10_000_000}).status_code == 400
        assert not TriedReport.objects.exists()

    def test_a_flood_is_refused_and_its_words_are_kept(self, tell, client, monkeypatch):
        monkeypatch.setattr(
            "feedback.tried.tell_views.FROM_ONE_PLACE", FROM_ONE_PLACE.__class__("a", 1, timedelta(hours=1))
        )
        assert tell(**ANSWERS).status_code == 302
        response = tell(**ANSWERS | {"place": "Another town"})
        assert response.status_code == 429
        assert boxes_of(response)["place"] == "Another town"
        assert tell(**ANSWERS | {"place": "Another town"}, address="10.0.0.2").status_code == 302

    def test_one_person_is_counted_wherever_they_are(self, tell, monkeypatch):
        monkeypatch.setattr(
            "feedback.tried.tell_views.BY_ONE_PERSON", BY_ONE_PERSON.__class__("b", 1, timedelta(hours=1))
        )
        browser = browser_of(UserFactory())
        assert tell(browser=browser, **ANSWERS).status_code == 302
        assert tell(browser=browser, **ANSWERS | {"place": "x"}, address="10.0.0.2").status_code == 429

    def test_a_newcomer_waits_once_five_of_theirs_wait_and_can_save(self, tell, client):
        for number in range(MOST_WAITING):
            assert tell(**ANSWERS | {"place": f"Town {number}"}).status_code == 302
        response = tell(**ANSWERS)
        assert response.status_code == 429 and "Five of yours wait" in words_of(response)
        assert tell(**ANSWERS, do="save").status_code == 302
        assert TriedReport.objects.filter(state=ReportState.DRAFT).count() == 1

    def test_a_paused_person_is_told_so_before_and_after_and_can_save(self, tell, moderator):
        person = UserFactory()
        pause_person(person=person, by=moderator, until=timezone.localdate() + timedelta(days=7), reason="Sold tea.")
        browser = browser_of(person)
        assert "send nothing" in words_of(browser.get(TELL))
        response = tell(browser=browser, **ANSWERS)
        assert response.status_code == 403
        assert boxes_of(response)["sentence"] == ANSWERS["sentence"]
        assert tell(browser=browser, **ANSWERS, do="save").status_code == 302


class TestFindingItAgain:
    def test_the_form_shows_what_this_browser_told_of_the_page_and_began(self, client, tea, tell):
        tell(**ANSWERS)
        tell(place="An island", do="save")
        page = client.get(TELL)
        sent_one, begun = TriedReport.objects.order_by("pk")
        links = {link["href"] for link in page_of(page).select(".note a")}
        assert {sent_one.get_absolute_url(), begun.get_absolute_url()} <= links
        assert "An island. Begun, and not sent" in words_of(page)
        assert "You told of this page before" not in words_of(Client().get(TELL))

    def test_the_page_leads_to_it_for_everybody(self, client, tea):
        assert client.get("/practices/tea/").content.decode().count('href="/tried/"') == 1

    def test_the_next_slip_of_a_place_begins_where_the_last_one_was_from(self, client, tea, tell, opened):
        after = tell(**ANSWERS, nation="wales", setting="school", on_paper="on")
        address = page_of(client.get(after.url)).select_one("main a.btn.plain[href*=like]")["href"]
        boxes = opened(address)
        assert (boxes["place"], boxes["nation"], boxes["on_paper"]) == (ANSWERS["place"], "wales", "on")
        assert not boxes["sentence"] and "verdict" not in boxes
        assert not opened(address, Client())["place"], "somebody else learned where it was"

    def test_a_filled_slip_is_typed_in_with_its_tick(self, client, tea, opened):
        assert "?paper=yes" in client.get(f"{TELL}slip/").content.decode()
        assert opened(f"{TELL}?paper=yes")["on_paper"] == "on"


class TestSomebodyCouldBeKnown:
    KNOWN = "Her neighbour, a widow of 83, told us at 12 Harbour Street."

    def ask(self, tell, **typed):
        return tell(**ANSWERS | {"sentence": self.KNOWN} | typed)

    def test_words_that_tell_who_somebody_is_are_marked_and_asked_about(self, tell, client):
        response = self.ask(tell)
        assert response.status_code == 200 and not TriedReport.objects.exists()
        assert "Have they read this and said yes?" in words_of(response)
        assert page_of(response).select("main mark")
        again = boxes_of(response) | {"do": "send"}
        assert client.post(TELL, again).status_code == 200
        assert client.post(TELL, again | {"said_yes": "on"}).status_code == 302
        assert TriedReport.objects.get().sentence == self.KNOWN

    @pytest.mark.parametrize("name", ["advice", "who_decided", "with_whom", "added"])
    def test_every_box_that_tells_of_people_is_looked_at(self, tell, name):
        response = tell(**ANSWERS | {name: self.KNOWN})
        assert "Have they read this and said yes?" in words_of(response)

    def test_what_stands_beside_an_essential_is_looked_at(self, tell, tea):
        key = tea.essentials.first().key
        response = tell(**ANSWERS, **{f"taken-{key}": "kept", f"how-{key}": self.KNOWN})
        assert "Have they read this and said yes?" in words_of(response)

    def test_a_yes_counts_for_the_words_that_were_asked_about(self, tell, client):
        again = boxes_of(self.ask(tell)) | {"said_yes": "on", "do": "send"}
        other = again | {"sentence": "One man of 61, at 4 Mill Lane, rang 07700 900123."}
        response = client.post(TELL, other)
        assert response.status_code == 200 and not TriedReport.objects.exists()
        assert not page_of(response).select("#said_yes[checked]")

    def test_a_yes_that_nobody_was_asked_for_is_none(self, tell):
        assert self.ask(tell, said_yes="on").status_code == 200
        assert not TriedReport.objects.exists()

    def test_a_draft_asks_nothing_and_neither_do_words_of_people_who_agreed(self, tell):
        assert self.ask(tell, do="save").status_code == 302
        more = {"place": "Elsewhere", "people_say": self.KNOWN, "people_agreed": "on"}
        assert tell(**ANSWERS | more).status_code == 302


class TestOnesOwn:
    def test_the_same_place_is_told_of_once_and_leads_to_what_was_told(self, tell, client):
        first = tell(**ANSWERS)
        response = tell(**ANSWERS | {"place": "the market town, in the NORTH", "sentence": "Other words."})
        assert response.status_code == 409
        assert page_of(response).select_one(f'main a[href="{first.url}"]')
        assert boxes_of(response)["sentence"] == "Other words."
        assert TriedReport.objects.count() == 1

    def test_slips_of_one_place_are_typed_in_by_one_person(self, tell):
        for number in range(2):
            assert tell(**ANSWERS | {"sentence": f"Slip {number}."}, on_paper="on").status_code == 302
        assert TriedReport.objects.count() == 2

    def test_it_is_changed_and_waits_again(self, tell, client, tea):
        person = UserFactory()
        report, browser = shown(tea, person), browser_of(person)
        path = f"/tried/{report.pk}/change/"
        assert "off the page until then" in words_of(browser.get(path))
        assert tell(path, browser=browser, sentence="People came back.").url == report.get_absolute_url()
        report.refresh_from_db()
        assert (report.state, report.sentence) == (ReportState.WAITING, "People came back.")
        assert PracticeTotals.objects.get(page=tea).reports == 0
        assert "People came" not in words_of(Client().get("/practices/tea/told/"))

    def test_what_is_sent_cannot_be_changed_in_secret(self, tell, tea):
        person = UserFactory()
        report, browser = shown(tea, person), browser_of(person)
        path = f"/tried/{report.pk}/change/"
        assert not page_of(browser.get(path)).select('button[value="save"]')
        tell(path, browser=browser, sentence="Buy tea here.", do="save")
        report.refresh_from_db()
        assert report.state == ReportState.WAITING
        assert tell(path, browser=browser, sentence="", do="save").status_code == 200

    def test_a_trusted_person_changes_it_at_once(self, tell, tea):
        person = make_trusted(UserFactory())
        report, browser = shown(tea, person), browser_of(person)
        path = f"/tried/{report.pk}/change/"
        assert "off the page until then" not in words_of(browser.get(path))
        tell(path, browser=browser, verdict="in-part")
        totals = PracticeTotals.objects.get(page=tea)
        assert (totals.reports, totals.in_part) == (1, 1)

    def test_what_a_moderator_sent_back_is_read_again_whoever_wrote_it(self, tell, tea, library):
        person = make_trusted(UserFactory())
        report, browser = shown(tea, person), browser_of(person)
        return_report(report=report, by=checker(), version=report.version, reason="Please leave the street out.")
        page = browser.get(report.get_absolute_url())
        assert "Please leave the street out." in words_of(page)
        path = f"/tried/{report.pk}/change/"
        assert "Please leave the street out." in words_of(browser.get(path))
        tell(path, browser=browser, do="save", place="A town")
        for _time in range(2):
            tell(path, browser=browser, sentence=f"People came {_time}.")
            report.refresh_from_db()
            assert report.state == ReportState.WAITING

    def test_two_tabs_show_what_stands_there_beside_what_was_typed(self, opened, tell, client, tea):
        url = tell(**ANSWERS).url
        path = f"{url}change/"
        first, second = opened(path), opened(path)
        assert client.post(path, first | {"cost": "£40 a month"}).status_code == 302
        response = client.post(path, second | {"cost": "Nothing at all", "verdict": "in-part"})
        assert response.status_code == 409
        there = page_of(response).select_one("[aria-labelledby=now]").get_text(" ")
        assert "£40 a month" in there and "It did not help" in there and "market town" not in there
        boxes = boxes_of(response)
        assert (boxes["cost"], boxes["verdict"]) == ("Nothing at all", "in-part")
        assert client.post(path, boxes).status_code == 302
        assert TriedReport.objects.get().cost == "Nothing at all"

    def test_a_change_after_signing_out_gives_the_words_back(self, opened, tea):
        person = UserFactory()
        report, browser = sent(tea, person), browser_of(person)
        typed = opened(f"/tried/{report.pk}/change/", browser) | {"sentence": "Nobody came back."}
        response = Client().post(f"/tried/{report.pk}/change/", typed)
        assert response.status_code == 404
        assert "Nobody came back." in words_of(response) and "sign in again" in words_of(response)
        report.refresh_from_db()
        assert report.sentence == "People came."

    def test_it_is_taken_back_after_one_question_and_can_be_sent_again(self, tell, client, tea):
        person = UserFactory()
        report, browser = shown(tea, person), browser_of(person)
        path = f"/tried/{report.pk}/withdraw/"
        assert "Take it back?" in words_of(browser.get(path))
        assert TriedReport.objects.get().state == ReportState.SHOWN
        for _time in range(2):
            assert browser.post(path).url == report.get_absolute_url()
        assert PracticeTotals.objects.get(page=tea).reports == 0
        page = browser.get(report.get_absolute_url())
        assert "You took it back" in words_of(page)
        assert Client().get(report.get_absolute_url()).status_code == 404
        tell(f"/tried/{report.pk}/change/", browser=browser)
        report.refresh_from_db()
        assert report.state == ReportState.WAITING

    def test_a_draft_made_of_what_was_taken_back_is_not_deleted(self, tell, tea):
        person = UserFactory()
        report = sent(tea, person)
        withdraw_report(report=report, by=Writer(person, ""))
        tell(f"/tried/{report.pk}/change/", browser=browser_of(person), do="save")
        report.refresh_from_db()
        assert report.state == ReportState.DRAFT

    def test_a_page_that_is_taken_down_leaves_its_report_to_its_author(self, tea):
        person = UserFactory()
        report, browser = shown(tea, person), browser_of(person)
        tea.unpublish()
        page = browser.get(report.get_absolute_url())
        assert page.status_code == 200 and "not in the library just now" in words_of(page)
        assert browser.get(f"/tried/{report.pk}/change/").status_code == 404
        assert Client().get(report.get_absolute_url()).status_code == 404
        assert browser.post(f"/tried/{report.pk}/withdraw/").status_code == 302

    def test_others_are_led_to_where_it_stands_among_all(self, client, tea, monkeypatch):
        monkeypatch.setattr("feedback.tried.told_views.ON_A_PAGE", 2)
        reports = [shown(tea, place=f"Town {number}") for number in range(3)]
        early = shown(tea, place="Island", teller=Teller.TOOK_PART)
        assert client.get(early.get_absolute_url()).url == f"/practices/tea/told/#report-{early.pk}"
        last = client.get(reports[0].get_absolute_url())
        assert last.url == f"/practices/tea/told/?page=2#report-{reports[0].pk}"
        assert page_of(client.get(last.url)).find(id=f"report-{reports[0].pk}")

    def test_what_somebody_told_before_signing_in_is_theirs_after(self, tell, client, tea):
        url = tell(**ANSWERS).url
        person = UserFactory()
        client.force_login(person)
        report = TriedReport.objects.get()
        assert (report.author, report.visitor) == (person, "")
        assert "Make an account" not in words_of(client.get(url))
        assert tell(f"{url}change/", sentence="Nobody came at all.").status_code == 302

    def test_a_moderator_who_checked_what_they_told_without_an_account_can_still_sign_in(self, tell, client, moderator):
        tell(**ANSWERS)
        TriedReport.objects.update(state=ReportState.SHOWN, reviewer=moderator)
        client.force_login(moderator)
        report = TriedReport.objects.get()
        assert (report.author, report.reviewer) == (moderator, None)


class TestMine:
    def test_it_lists_all_states_and_leads_on(self, client, tea, library):
        person = UserFactory()
        sent(tea, person, place="One", send=False)
        sent(tea, person, place="Two")
        shown(tea, person, place="Three")
        report = sent(tea, person, place="Four")
        return_report(report=report, by=checker(), version=1, reason="Please leave the street out.")
        page = browser_of(person).get("/tried/")
        for state in ("Begun, and not sent", "Waits for a moderator", "On the page", "Needs a change"):
            assert state in words_of(page)
        assert not faults_of(page)

    def test_it_is_empty_for_others_and_shows_a_way_on(self, client, tea):
        sent(tea)
        for browser in (client, browser_of(UserFactory())):
            page = browser.get("/tried/")
            assert "Nothing yet" in words_of(page)
            assert page_of(page).select_one('main a[href="/practices/"]')

    def test_it_shows_what_somebody_tries_and_when_they_are_asked(self, tea):
        person = UserFactory()
        day = timezone.localdate().replace(year=2031, month=3, day=4)
        Pledge.objects.create(
            page=tea, person=person, step="Put the kettle on.", ask_after=AskAfter.TWO_WEEKS, ask_on=day
        )
        Pledge.objects.create(
            page=tea, email="a@example.org", step="Not mine.", ask_after=AskAfter.TWO_WEEKS, ask_on=day
        )
        page = words_of(browser_of(person).get("/tried/"))
        assert "Put the kettle on." in page and "4 March 2031" in page and "Not mine." not in page
        assert "Not mine." not in words_of(Client().get("/tried/"))

    def test_a_report_of_a_tap_needs_no_sentence_when_it_is_changed(self, tell, tea):
        person = UserFactory()
        report = sent(tea, person, sentence="")
        day = timezone.localdate()
        Pledge.objects.create(
            page=tea, person=person, step="Tea.", ask_after=AskAfter.TWO_WEEKS, ask_on=day, report=report,
            state="answered", closed_at=timezone.now(),
        )  # fmt: skip
        assert tell(f"/tried/{report.pk}/change/", browser=browser_of(person), cost="£3").status_code == 302


def places_to_look(report, author, moderator):
    """Everywhere but in its author's own form, by name."""
    others = browser_of(UserFactory())
    desk = browser_of(moderator)
    admin = browser_of(UserFactory(administrator=True))
    own = browser_of(author)
    pages = {
        "the practice page": (Client(), "/practices/tea/"),
        "all that was told": (Client(), "/practices/tea/told/"),
        "the slip": (Client(), "/practices/tea/tried/slip/"),
        "the form of others": (others, TELL),
        "the list of its author": (own, "/tried/"),
        "its author's page": (own, report.get_absolute_url()),
        "the list of others": (others, "/tried/"),
        "where others are led": (others, report.get_absolute_url()),
        "the queue": (desk, "/review/tried/"),
        "the page of a moderator": (desk, f"/review/tried/{report.pk}/"),
        "the log": (desk, "/review/log/"),
        "the reports of harm": (desk, "/review/reports/"),
        "the form to report harm": (others, f"/tried/{report.pk}/flag/"),
        "messages of its author": (own, "/messages/"),
        "search": (Client(), "/search/?q=housing"),
        "the front door": (Client(), "/"),
        "recent changes": (Client(), "/changes/"),
        "the feed of the page": (Client(), "/practices/tea/feed/"),
        "the admin": (admin, "/admin/"),
        "reports in the admin": (admin, "/admin/reports/site-history/"),
    }
    return {name: (browser, path) for name, (browser, path) in pages.items()}


class TestAHiddenOrganisation:
    @pytest.fixture(params=[ReportState.WAITING, ReportState.SHOWN, ReportState.RETURNED])
    def report(self, request, tea, moderator):
        author = UserFactory()
        hides = {"organisation": HIDDEN, "organisation_is_hidden": True}
        report = shown(tea, author, **hides) if request.param == ReportState.SHOWN else sent(tea, author, **hides)
        if request.param == ReportState.RETURNED:
            return_report(report=report, by=moderator, version=report.version, reason="Please leave the street out.")
        report.refresh_from_db()
        return report

    def test_it_is_shown_to_its_author_in_the_form_and_nowhere_else(self, report, moderator, mailoutbox):
        author = report.author
        answers = {
            name: browser.get(path, follow=True)
            for name, (browser, path) in places_to_look(report, author, moderator).items()
        }
        named = [name for name, answer in answers.items() if HIDDEN.lower() in answer.content.decode().lower()]
        assert not named
        gone = {name for name, answer in answers.items() if answer.status_code != 200}
        expected = set() if report.state == ReportState.SHOWN else {"where others are led", "the form to report harm"}
        assert gone == expected
        form = browser_of(author).get(f"/tried/{report.pk}/change/")
        assert page_of(form).find(id="id_organisation")["value"] == HIDDEN

    def test_no_row_but_its_own_holds_it(self, report, moderator, mailoutbox):
        Message.objects.update(mail_due_at=timezone.now())
        post_due_messages()
        for model in (Message, OutgoingMail, Event):
            assert HIDDEN not in str(list(model.objects.values()))
        assert HIDDEN not in str([(mail.subject, mail.body) for mail in mailoutbox])

    def test_a_moderator_is_told_that_there_is_one(self, report, moderator):
        page = browser_of(moderator).get(f"/review/tried/{report.pk}/")
        assert "Organisation hidden" in words_of(page)

    def test_shown_again_it_is_named(self, tea):
        report = shown(tea, organisation=HIDDEN)
        assert HIDDEN in words_of(Client().get(f"/practices/tea/told/#report-{report.pk}"))


class TestTheSlip:
    def test_it_has_the_four_questions_and_the_essentials_of_the_page(self, client, tea):
        page = client.get("/practices/tea/tried/slip/")
        assert page.status_code == 200 and not client.cookies
        text = words_of(page)
        for word in ("Tea and talk", "I took part", "It did not help", "Take time. Kept Changed Left out", TELL):
            assert word in text, word
        assert not page_of(page).select("form[method=post]") and not faults_of(page)

    def test_it_holds_as_many_essentials_as_fit_and_says_so(self, client, library):
        PracticeFactory(slug="long", essentials=[f"Number {number}: " + "take time " * 25 for number in range(12)])
        text = words_of(client.get("/practices/long/tried/slip/"))
        assert "Number 0" in text and "Number 11" not in text and "no room for them here" in text

    def test_what_fits_keeps_its_order_and_never_overflows(self):
        assert essentials_that_fit(["a", "b" * 500, "c"], 6) == ["a"]
        assert essentials_that_fit([], 6) == []
        assert essentials_that_fit(["a", "b", "c"], 6) == ["a", "b", "c"]


class TestToldToAll:
    def test_those_who_took_part_stand_first_and_no_verdict_matters(self, client, tea):
        shown(tea, place="Ran it", verdict=Verdict.HELPED)
        shown(tea, place="Took part", teller=Teller.TOGETHER, verdict=Verdict.DID_NOT_HELP)
        response = client.get("/practices/tea/told/")
        assert [each.view.report.place for each in response.context["reports"]] == ["Took part", "Ran it"]
        assert not client.cookies and not faults_of(response)

    def test_a_page_on_which_nobody_who_took_part_spoke_says_so(self, client, tea):
        assert "Be the first to tell" in words_of(client.get("/practices/tea/told/"))
        shown(tea)
        assert "No one who took part has spoken yet." in words_of(client.get("/practices/tea/told/"))
        shown(tea, teller=Teller.TOOK_PART)
        assert "No one who took part" not in words_of(client.get("/practices/tea/told/"))

    def test_nobody_learns_who_told(self, client, tea):
        person = UserFactory(username="maple-lane")
        report = shown(tea, person)
        for path in ("/practices/tea/told/", "/practices/tea/", f"/tried/{report.pk}/flag/"):
            assert "maple-lane" not in client.get(path, follow=True).content.decode()


class TestFewQuestions:
    @pytest.fixture
    def person(self, tea):
        person = UserFactory()
        for number in range(22):
            sent(tea, person, place=f"Town {number}", send=False, essentials={tea.essentials.first().key: Taken.KEPT})
        return person

    def test_the_form(self, client, tea, person, django_assert_max_num_queries):
        report = TriedReport.objects.first()
        with django_assert_max_num_queries(4):
            client.get(TELL)
        browser = browser_of(person)
        with django_assert_max_num_queries(17):
            browser.get(f"/tried/{report.pk}/change/")

    def test_ones_own_list_and_report(self, tea, person, django_assert_max_num_queries):
        browser, report = browser_of(person), TriedReport.objects.first()
        with django_assert_max_num_queries(9):
            page = browser.get("/tried/")
        assert len(page.context["listed"].object_list) == 20 and page.context["pages"].next_url
        with django_assert_max_num_queries(12):
            browser.get(report.get_absolute_url())

    def test_all_that_was_told(self, client, tea, person, django_assert_max_num_queries):
        TriedReport.objects.update(
            state=ReportState.SHOWN, sent_at=timezone.now(), told_on=timezone.localdate(), teller="ran-it"
        )
        with django_assert_max_num_queries(9):
            page = client.get("/practices/tea/told/")
        assert len(page.context["reports"]) == 20


class TestServices:
    def test_two_of_one_form_at_the_same_moment_are_one(self, tea, monkeypatch):
        """On PostgreSQL the second may look before the first has written."""
        person = UserFactory()
        first = sent(tea, person)
        copy = TriedReport(page=tea, author=person, sent_key=first.sent_key)
        monkeypatch.setattr("feedback.tried.services._told_of_the_same", lambda report: TriedReport.objects.none())
        with pytest.raises(AlreadyToldError) as told:
            save_report(report=copy, said=said(), send=True)
        assert told.value.report == first

    def test_nobody_changes_what_is_not_theirs(self, tea):
        report = sent(tea)
        for other in (Writer(UserFactory(), ""), Writer(None, "browser"), Writer(None, "")):
            with pytest.raises(PermissionDenied):
                keep_report(page=tea, by=other, said=said(), send=True, report=report, version=report.version)
            with pytest.raises(PermissionDenied):
                withdraw_report(report=report, by=other)

    def test_the_database_refuses_words_of_people_who_were_not_asked(self, tea):
        report = sent(tea)
        with pytest.raises(IntegrityError):
            TriedReport.objects.filter(pk=report.pk).update(people_say="We were heard.", people_agreed=False)
