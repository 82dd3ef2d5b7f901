"""Totals are what the rows come to, whoever writes, in whatever order, and at the same moment."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.models import EssentialTotals, Teller, Verdict
from feedback.totals import check_totals, count_pages, kept_totals, recount
from feedback.tried.services import withdraw_report
from people.writers import Writer
from practices.models import PracticeTotals, ReportedOutcome, Taken
from practices.services import merge_terms
from tests.factories.practices import OutcomeFactory, PracticeFactory
from tests.factories.tried import shown

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def page(library):
    return PracticeFactory(essentials=["Take time.", "Pay for the bus."], outcomes=[OutcomeFactory()])


def totals_of(page):
    return PracticeTotals.objects.get(page=page)


class TestTotalsOfReports:
    def test_places_are_counted_once_by_the_verdict_of_those_who_took_part(self, page):
        shown(page, teller=Teller.RAN_IT, verdict=Verdict.HELPED, place="The market town")
        shown(page, teller=Teller.TOOK_PART, verdict=Verdict.DID_NOT_HELP, place="a Market Town")
        shown(page, teller=Teller.PAID, verdict=Verdict.TOO_EARLY, place="An island")
        totals = totals_of(page)
        assert (totals.reports, totals.places, totals.places_took_part) == (3, 2, 1)
        assert (totals.helped, totals.in_part, totals.did_not_help, totals.too_early) == (0, 0, 1, 1)

    def test_what_is_taken_back_counts_no_more(self, page):
        report = shown(page)
        withdraw_report(report=report, by=Writer(report.author, ""))
        totals = totals_of(page)
        assert (totals.reports, totals.places, totals.last_told) == (0, 0, None)

    def test_an_essential_is_counted_by_place_and_verdict(self, page):
        first, second = page.essentials.all()
        shown(page, place="One", essentials={first.key: Taken.KEPT, second.key: Taken.LEFT_OUT})
        shown(page, place="Two", essentials={first.key: Taken.KEPT}, verdict=Verdict.DID_NOT_HELP)
        rows = {
            (row.essential, row.taken, row.verdict): row.places for row in EssentialTotals.objects.filter(page=page)
        }
        assert rows == {
            (first.key, Taken.KEPT, Verdict.HELPED): 1,
            (second.key, Taken.LEFT_OUT, Verdict.HELPED): 1,
            (first.key, Taken.KEPT, Verdict.DID_NOT_HELP): 1,
        }

    def test_an_outcome_that_reports_name_is_reported_and_follows_a_merge(self, page):
        outcome, other = page.outcomes.get(), OutcomeFactory()
        report = shown(page, outcomes=[outcome])
        assert list(ReportedOutcome.objects.values_list("page_id", "outcome_id", "places")) == [
            (page.pk, outcome.pk, 1)
        ]
        merge_terms(source=outcome, target=other)
        assert list(check_totals()) == []
        assert ReportedOutcome.objects.get().outcome_id == other.pk
        withdraw_report(report=report, by=Writer(report.author, ""))
        assert not ReportedOutcome.objects.exists()


class TestRecount:
    def test_what_is_wrong_is_found_and_put_right_and_nothing_else_is_touched(self, page):
        right = PracticeFactory()
        shown(page)
        shown(right)
        PracticeTotals.objects.filter(page=page).update(helped=0, too_early=1)
        assert list(check_totals()) == [page.pk]
        assert recount([page.pk, right.pk]) == [page.pk]
        assert totals_of(page).helped == 1
        assert list(check_totals()) == []

    def test_many_pages_take_as_many_statements_as_one(self, page):
        others = [PracticeFactory() for _ in range(5)]
        for each in (page, *others):
            shown(each)
        with CaptureQueriesContext(
            connection,
        ) as one:
            assert count_pages([page.pk]) == kept_totals([page.pk])
        with CaptureQueriesContext(connection) as many:
            ids = [each.pk for each in (page, *others)]
            assert count_pages(ids) == kept_totals(ids)
        assert len(one) == len(many) == 7
