"""Every step of a report of how it went, and every step that is refused."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from feedback.models import ReportState, TriedReport, Verdict
from feedback.totals import check_totals
from feedback.tried import services
from feedback.tried.services import (
    MOST_WAITING,
    AlreadyToldError,
    EnoughWaitsError,
    PausedError,
    ReportChangedError,
    adopt_reports,
    forget_unreachable_reports,
    keep_report,
    return_report,
    show_report,
    withdraw_report,
)
from people.models import Event, Message
from people.writers import Writer
from practices.models import Library, PracticeTotals
from search.models import IndexQueue
from tests.factories.contributions import trusted_person
from tests.factories.feedback import paused_person
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
from tests.factories.tried import checker, said, sent, shown

pytestmark = [pytest.mark.django_db, pytest.mark.database]
WAITING, SHOWN, RETURNED = ReportState.WAITING, ReportState.SHOWN, ReportState.RETURNED


@pytest.fixture
def page(library):
    return PracticeFactory(essentials=["Take time."])


def places(page):
    return PracticeTotals.objects.get(page=page).places


def again(report, **told):
    """The same report, sent once more by its author."""
    report.refresh_from_db()
    return keep_report(
        page=report.page, by=Writer(report.author, report.visitor), said=said(**told), send=True, report=report,
        version=report.version,
    )  # fmt: skip


class TestSending:
    def test_what_newcomers_and_strangers_send_waits_and_counts_for_nothing(self, page):
        assert sent(page).state == sent(page, visitor="a browser").state == WAITING
        assert places(page) == 0

    def test_what_trusted_people_and_moderators_send_is_on_the_page_at_once(self, page):
        assert sent(page, trusted_person()).state == sent(page, checker(), place="An island").state == SHOWN
        assert places(page) == 2

    def test_search_and_caches_hear_of_what_is_shown_and_of_nothing_else(self, page):
        IndexQueue.objects.all().delete()
        before = Library.objects.current().version
        report = sent(page)
        assert Library.objects.current().version == before and not IndexQueue.objects.exists()
        show_report(report=report, by=checker(), version=report.version)
        assert Library.objects.current().version > before and IndexQueue.objects.filter(pk=page.pk).exists()

    def test_a_draft_is_kept_as_it_is_and_tells_nobody(self, page):
        draft = sent(page, send=False, verdict="", teller="", place="")
        assert (draft.state, draft.sent_at, Event.objects.count()) == (ReportState.DRAFT, None, 0)

    def test_the_same_form_sent_twice_is_one_row(self, page):
        person = UserFactory()
        words = {"page": page, "by": Writer(person, ""), "said": said(), "send": True, "sent_key": "once"}
        assert keep_report(**words) == keep_report(**words)
        assert TriedReport.objects.count() == 1

    def test_the_same_form_with_other_words_is_asked_about(self, page):
        words = {"page": page, "by": Writer(UserFactory(), ""), "send": True, "sent_key": "once"}
        first = keep_report(said=said(), **words)
        with pytest.raises(ReportChangedError) as told:
            keep_report(said=said(sentence="Other words."), **words)
        assert told.value.report == first

    def test_a_key_that_somebody_else_used_gives_nobody_their_report(self, page):
        words = {"page": page, "said": said(), "send": True, "sent_key": "guessed"}
        first, other = (keep_report(by=Writer(UserFactory(), ""), **words) for _ in range(2))
        assert first.author != other.author and TriedReport.objects.count() == 2

    def test_two_tabs_of_one_place_are_one_report_and_another_place_is_another(self, page):
        person = UserFactory()
        first = sent(page, person, place="A market town")
        with pytest.raises(AlreadyToldError) as told:
            sent(page, person, place="the Market Town")
        assert told.value.report == first
        sent(page, person, place="An island")
        assert TriedReport.objects.count() == 2

    def test_slips_of_paper_are_typed_in_by_one_person_for_many(self, page):
        colleague = UserFactory()
        for _ in range(3):
            sent(page, colleague, on_paper=True)
        assert TriedReport.objects.waiting().count() == 3

    def test_somebody_paused_keeps_and_does_not_send(self, page, moderator):
        person = paused_person(moderator)
        draft = sent(page, person, send=False)
        with pytest.raises(PausedError):
            again(draft)
        assert TriedReport.objects.get().state == ReportState.DRAFT

    def test_a_newcomer_has_only_so_many_waiting(self, page):
        person = UserFactory()
        for number in range(MOST_WAITING):
            last = sent(page, person, place=f"Place {number}")
        with pytest.raises(EnoughWaitsError):
            sent(page, person, place="One more")
        assert again(last, place="Put right").state == WAITING

    def test_a_newcomers_change_waits_again_and_does_not_count_meanwhile(self, page):
        report = shown(page)
        assert places(page) == 1
        again(report, verdict=Verdict.DID_NOT_HELP)
        assert (TriedReport.objects.get().state, places(page)) == (WAITING, 0)

    def test_a_version_that_was_not_seen_is_not_written_over(self, page):
        report = sent(page)
        again(report, sentence="Another tab.")
        with pytest.raises(ReportChangedError) as told:
            keep_report(
                page=page, by=Writer(report.author, ""), said=said(), send=True, report=report, version=report.version
            )
        assert told.value.report.sentence == "Another tab."

    def test_nobody_changes_or_takes_back_what_somebody_else_told(self, page):
        report = sent(page, visitor="a browser")
        for other in (Writer(UserFactory(), ""), Writer(None, "another"), Writer(None, "")):
            with pytest.raises(PermissionDenied):
                keep_report(page=page, by=other, said=said(), send=True, report=report, version=1)
            with pytest.raises(PermissionDenied):
                withdraw_report(report=report, by=other)

    @pytest.mark.parametrize(
        "fields",
        [
            {"verdict": ""}, {"teller": ""}, {"verdict": "failed"}, {"teller": "boss"}, {"nation": "mars"},
            {"people_say": "It was ours.", "people_agreed": False},
        ],
    )  # fmt: skip
    def test_the_database_refuses_what_no_report_can_say(self, page, fields):
        with pytest.raises((IntegrityError, ValueError)), transaction.atomic():
            sent(page, **fields)
        assert not TriedReport.objects.exists()


class TestChecking:
    def test_its_author_hears_that_it_is_on_the_page(self, page):
        report = shown(page)
        assert (report.state, places(page)) == (SHOWN, 1)
        assert Message.objects.get(person=report.author).path == report.get_absolute_url()

    def test_sent_back_says_why_and_comes_again(self, page):
        report = sent(page)
        report = return_report(report=report, by=checker(), version=report.version, reason="Leave out the name.")
        assert report.state == RETURNED and "Leave out the name." in Message.objects.get().body
        report = again(report)
        assert (report.state, report.reason, report.reviewer) == (WAITING, "Leave out the name.", None)
        show_report(report=report, by=checker(), version=report.version)
        assert TriedReport.objects.get().reason == ""

    def test_what_was_sent_back_is_read_again_though_its_author_is_trusted(self, page):
        report = sent(page, trusted_person())
        report = return_report(report=report, by=checker(), version=report.version, reason="It names somebody.")
        assert again(report).state == WAITING

    def test_what_is_shown_can_be_taken_from_the_page(self, page):
        report = shown(page)
        return_report(report=report, by=checker(), version=report.version, reason="It names somebody.")
        assert places(page) == 0 and list(check_totals()) == []

    def test_nobody_checks_their_own_and_only_moderators_check(self, page):
        own = sent(page, checker())
        with pytest.raises(PermissionDenied):
            return_report(report=own, by=checker(), version=own.version, reason="x")
        report = sent(page)
        for other in (report.author, trusted_person()):
            with pytest.raises(PermissionDenied):
                show_report(report=report, by=other, version=report.version)

    def test_what_changed_since_it_was_read_is_not_put_on_the_page(self, page):
        report = sent(page)
        again(report, sentence="Something else.")
        with pytest.raises(ReportChangedError):
            show_report(report=report, by=checker(), version=report.version)
        with pytest.raises(ReportChangedError):
            return_report(report=report, by=checker(), version=report.version, reason="x")

    def test_sending_back_needs_a_reason(self, page):
        report = sent(page)
        with pytest.raises(ValidationError):
            return_report(report=report, by=checker(), version=report.version, reason="  ")

    def test_each_step_stands_in_the_log_without_a_word_of_it(self, page):
        report = sent(page, sentence="A secret", organisation="The Hidden Trust", organisation_is_hidden=True)
        show_report(report=report, by=checker(), version=report.version)
        report.refresh_from_db()
        return_report(report=report, by=checker(), version=report.version, reason="Why not")
        withdraw_report(report=report, by=Writer(report.author, ""))
        steps = list(Event.objects.filter(target_kind="report").order_by("pk").values_list("what", "why"))
        assert steps == [
            ("report.sent", ""), ("report.shown", ""), ("report.returned", ""), ("report.withdrawn", ""),
        ]  # fmt: skip
        assert not any("Hidden Trust" in f"{told.title} {told.body}" for told in Message.objects.all())


class TestTakingBack:
    def test_it_counts_no_more_is_kept_for_a_month_and_can_be_sent_again(self, page):
        report = withdraw_report(report=(one := shown(page)), by=Writer(one.author, ""))
        assert places(page) == 0
        assert withdraw_report(report=report, by=Writer(report.author, "")).version == report.version, "twice is once"
        assert again(report).state == WAITING

    def test_what_nobody_reaches_is_forgotten_and_nothing_else(self, page):
        kept = [shown(page), sent(page, place="Two"), sent(page, send=False)]
        old = timezone.now() - timedelta(days=31)
        gone = sent(page, visitor="a browser", send=False)
        TriedReport.objects.filter(pk=gone.pk).update(saved_at=old)
        taken_back = sent(page, place="Three")
        withdraw_report(report=taken_back, by=Writer(taken_back.author, ""))
        TriedReport.objects.filter(pk=taken_back.pk).update(decided_at=old)
        assert forget_unreachable_reports() == 2
        assert set(TriedReport.objects.all()) == set(kept)


class TestAdopting:
    def test_what_was_told_before_signing_in_is_theirs(self, page):
        report, person = sent(page, visitor="a browser"), UserFactory()
        assert adopt_reports(visitor="a browser", person=person) == 1
        report.refresh_from_db()
        assert (report.author, report.visitor, report.state) == (person, "", WAITING)
        assert adopt_reports(visitor="", person=person) == 0

    def test_where_they_told_of_the_place_already_the_other_is_a_draft_and_nothing_is_lost(self, page):
        person = UserFactory()
        sent(page, person)
        other = sent(page, visitor="a browser", sentence="The other one.")
        adopt_reports(visitor="a browser", person=person)
        other.refresh_from_db()
        assert (other.author, other.state, other.sentence) == (person, ReportState.DRAFT, "The other one.")

    def test_a_slip_that_they_typed_in_for_another_stays_on_the_page(self, page):
        person = UserFactory()
        sent(page, person)
        slip = shown(page, visitor="a browser", on_paper=True)
        adopt_reports(visitor="a browser", person=person)
        slip.refresh_from_db()
        assert (slip.author, slip.state) == (person, SHOWN)

    def test_pages_are_counted_at_once_so_that_nobody_is_waited_for_crosswise(self, page, monkeypatch):
        person, pages, counted = UserFactory(), [page, PracticeFactory()], []
        for each in pages:
            shown(each, person)
            shown(each, visitor="a browser")
        monkeypatch.setattr(services, "recount", counted.append)
        adopt_reports(visitor="a browser", person=person)
        assert counted == [{each.pk for each in pages}]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_moment_leave_one_report(library):
    page, person = PracticeFactory(), UserFactory()
    ready, told = threading.Barrier(4), []

    def tell(number):
        try:
            ready.wait()
            sent(page, person, sentence=f"Tab {number}.")
        except AlreadyToldError as error:
            told.append(error.report)
        finally:
            connection.close()

    tabs = [threading.Thread(target=tell, args=(number,)) for number in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    (report,) = TriedReport.objects.all()
    assert told == [report] * 3
