"""How the queue went: what is counted in which week, how long people waited, and how it is drawn."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contributions.reviewing import accept_proposal, ask_for_changes, reject_proposal, take_out
from contributions.services import note_draft, send_proposal
from feedback.models import Concern
from home.figures import LONGEST, figures_of_the_queue
from people.models import Event
from tests.factories.contributions import draft_of, trusted_person, waiting_of, writer
from tests.factories.feedback import another_moderator, answered, paused_person, reported, upheld
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.database]
URL = "/review/figures/"
HOUR = 3_600


@pytest.fixture
def now(library, time_machine):
    """A Wednesday, at noon in London."""
    time_machine.move_to("2026-03-25 12:00Z", tick=False)


@pytest.fixture
def page(now):
    return PracticeFactory(title="Tea for all", slug="tea")


def happened(what, at, target=1, kind="proposal"):
    return Event.objects.create(what=what, target_kind=kind, target_id=target, at=datetime.fromisoformat(at))


def week(number=0):
    """A week, as many before this one."""
    return figures_of_the_queue().weeks[number]


class TestCounting:
    def test_every_step_of_a_change_is_counted_where_it_belongs(self, page, moderator):
        accept_proposal(proposal=waiting_of(page, place="Leeds"), by=moderator)
        corrected = waiting_of(page, cost="Ten pounds")
        accept_proposal(proposal=corrected, by=moderator)
        reject_proposal(proposal=waiting_of(page, organisation="Us"), by=moderator, reason="x", next_step="y")
        author = UserFactory()
        back = waiting_of(page, author, time_needed="A week")
        ask_for_changes(proposal=back, by=moderator, reason="Which week?")
        back.refresh_from_db()
        send_proposal(
            proposal=note_draft(proposal=back, by=writer(author), note="", consent="nobody"), by=writer(author)
        )
        trusted = trusted_person()
        send_proposal(proposal=draft_of(page, writer(trusted), people_needed="Two"), by=writer(trusted))
        take_out(proposal=corrected, by=moderator, reason="x", next_step="y")
        told = week()
        assert (told.sent, told.accepted, told.not_taken, told.sent_back) == (5, 2, 1, 1)
        assert (told.taken_out, told.at_once, told.answered) == (1, 1, 4)

    def test_what_was_corrected_counts_as_accepted(self, now):
        happened("proposal.corrected", "2026-03-24T10:00Z")
        assert week().accepted == week().answered == 1

    def test_a_week_is_from_monday_to_sunday_on_our_own_clock(self, time_machine, library):
        time_machine.move_to("2026-04-02 12:00Z", tick=False)
        # The clock went on an hour on Sunday the 29th: Monday began at 23:00 UTC.
        happened("proposal.sent", "2026-03-29T22:59:59Z")
        happened("proposal.sent", "2026-03-29T23:00:00Z")
        happened("proposal.sent", "2026-03-22T23:59:59Z")
        happened("proposal.sent", "2026-03-23T00:00:00Z")
        assert [each.sent for each in figures_of_the_queue().weeks[:3]] == [1, 2, 1]
        assert [each.name for each in figures_of_the_queue().weeks[:3]] == ["30 March", "23 March", "16 March"]

    def test_twelve_weeks_are_told_the_last_one_as_far_as_it_is(self, now):
        happened("proposal.sent", "2026-01-05T00:00:00Z")
        happened("proposal.sent", "2026-01-04T23:59:59Z")
        weeks = figures_of_the_queue().weeks
        assert len(weeks) == 12 and weeks[-1].name == "5 January" and weeks[-1].sent == 1
        assert [each.is_over for each in weeks] == [False] + [True] * 11
        assert figures_of_the_queue().sent == 1

    def test_other_things_in_the_log_are_not_counted(self, now):
        for what in (
            "proposal.claimed",
            "proposal.checked",
            "proposal.withdrawn",
            "proposal.taken_back",
            "person.paused",
        ):
            happened(what, "2026-03-24T10:00Z")
        told = figures_of_the_queue()
        assert told.sent == told.answered == 0 and told.chart is None

    def test_harm_is_counted_once_of_a_thing_and_in_the_week_of_each_step(self, page, moderator, time_machine):
        time_machine.move_to("2026-03-18 12:00Z", tick=False)
        concern = reported(page, UserFactory())
        reported(page, UserFactory())
        time_machine.move_to("2026-03-25 12:00Z", tick=False)
        concern.refresh_from_db()
        upheld(concern, moderator)
        assert [(each.harm_new, each.harm_decided) for each in figures_of_the_queue().weeks[:2]] == [(0, 1), (1, 0)]

    def test_an_answer_to_a_pause_is_no_report_of_harm(self, page, moderator):
        upheld(answered(paused_person(moderator)), another_moderator())
        assert Concern.objects.count() == 1
        assert (week().harm_new, week().harm_decided) == (0, 0)


class TestWaits:
    def test_half_and_nine_in_ten_by_hand(self, now):
        """Ten waits of one to ten hours: five had an answer within 5 hours, nine within 9."""
        for hours in range(1, 11):
            happened("proposal.sent", "2026-03-23T08:00Z", target=hours)
            answer = datetime(2026, 3, 23, 8, tzinfo=UTC) + timedelta(hours=hours)
            happened("proposal.accepted", answer.isoformat(), target=hours)
        assert (week().waited.half, week().waited.nine_in_ten) == ("5 hours", "9 hours")
        assert figures_of_the_queue().waited == week().waited

    def test_a_wait_stands_in_the_week_of_the_answer(self, now):
        happened("proposal.sent", "2026-03-20T12:00Z")
        happened("proposal.rejected", "2026-03-24T12:00Z")
        assert (week(0).waited.half, week(1).waited.half) == ("4 days", "")
        assert (week(0).sent, week(1).sent) == (0, 1)

    def test_who_sends_again_waits_anew(self, now):
        happened("proposal.sent", "2026-03-23T08:00Z")
        happened("proposal.changes_asked", "2026-03-23T11:00Z")
        happened("proposal.sent", "2026-03-24T08:00Z")
        happened("proposal.accepted", "2026-03-24T13:00Z")
        assert (week().waited.half, week().waited.nine_in_ten) == ("3 hours", "5 hours")

    def test_a_wait_that_began_before_the_twelve_weeks_is_told_whole(self, now):
        happened("proposal.sent", "2025-12-01T12:00Z")
        happened("proposal.accepted", "2026-03-01T12:00Z")
        assert figures_of_the_queue().waited.half == "90 days"

    def test_an_answer_whose_beginning_nobody_knows_is_counted_without_a_wait(self, now):
        happened("proposal.accepted", "2026-03-24T12:00Z")
        happened("proposal.sent", "2026-03-24T12:00Z", target=1, kind="practice")
        happened("proposal.sent", "2026-03-24T12:00Z", target=2)
        happened("proposal.sent", "2026-03-24T13:00Z", target=1)
        assert (week().accepted, week().waited.half) == (1, "")


class TestThePicture:
    def test_the_longest_bar_is_the_most_and_the_others_are_in_proportion(self, now):
        for target in range(4):
            happened("proposal.sent", "2026-03-24T12:00Z", target=target)
        happened("proposal.accepted", "2026-03-24T13:00Z", target=1)
        chart = figures_of_the_queue().chart
        last = chart.stripes[-1]
        assert (last.name, last.sent.width, last.sent.count) == ("23 Mar", LONGEST, 4)
        assert (last.answered.width, last.answered.count) == (round(LONGEST / 4), 1)
        assert chart.stripes[0].sent.width == 0 and len(chart.stripes) == 12
        assert chart.told == ("Sent and answered by week. Most were sent in the week of 23 March: 4 sent, 1 answered.")

    def test_a_little_is_seen_beside_a_lot(self, now):
        Event.objects.bulk_create(
            Event(what="proposal.sent", target_kind="proposal", target_id=number, at=datetime(2026, 3, 24, tzinfo=UTC))
            for number in range(500)
        )
        happened("proposal.sent", "2026-03-17T12:00Z")
        assert [stripe.sent.width for stripe in figures_of_the_queue().chart.stripes[-2:]] == [2, LONGEST]

    def test_the_page_draws_two_bars_and_tells_the_same_in_its_table(self, desk, now):
        happened("proposal.sent", "2026-03-23T08:00Z")
        happened("proposal.accepted", "2026-03-23T11:00Z")
        soup = BeautifulSoup(desk.get(URL).content, "html.parser")
        assert len(soup.select("svg.chart rect")) == 2
        assert soup.select_one("svg.chart")["aria-labelledby"] == soup.select_one("svg.chart title")["id"]
        rows = [
            [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in soup.select("tbody tr")
        ]
        assert len(rows) == 12
        assert rows[0] == [
            "23 March so far", "Sent 1", "Accepted 1", "Sent back 0", "Not taken 0", "Taken out 0", "At once 0",
            "Half within 3 hours", "Nine in ten within 3 hours", "Harm reported 0", "Harm decided 0",
        ]  # fmt: skip
        assert rows[1][7] == "Half within no answer"

    def test_an_empty_library_has_a_table_of_noughts_and_no_picture(self, desk, now):
        text = desk.get(URL).content.decode()
        assert 'class="chart"' not in text and "No answer yet" in text
        assert len(BeautifulSoup(text, "html.parser").select("tbody tr")) == 12

    def test_nobody_is_named(self, desk, page, moderator):
        author = UserFactory(username="maple-lane")
        accept_proposal(proposal=waiting_of(page, author, place="Leeds"), by=moderator)
        text = desk.get(URL).content.decode()
        assert "maple-lane" not in text and moderator.username not in text

    def test_it_asks_as_much_of_a_busy_queue_as_of_a_quiet_one(self, desk, page):
        asked = []
        for count in (5, 35):
            for number in range(count):
                happened("proposal.sent", "2026-03-23T08:00Z", target=number)
                happened("proposal.accepted", "2026-03-23T11:00Z", target=number)
            desk.get(URL)
            with CaptureQueriesContext(connection) as queries:
                desk.get(URL)
            asked.append(len(queries))
        assert asked == [8, 8]

    @pytest.mark.parametrize("query", ["weeks=99", "page=%00", "at='--"])
    def test_whatever_stands_in_the_address_is_let_be(self, desk, now, query):
        assert desk.get(f"{URL}?{query}").status_code == 200

    def test_whoever_is_not_signed_in_signs_in_first_and_nobody_sends_anything(self, desk, now):
        assert Client().get(URL)["Location"] == f"/account/login/?next={URL}"
        assert desk.post(URL).status_code == 405
