"""What people told of how it went, in finding: it filters, it sorts, it lifts a little. How it went moves nothing."""

from datetime import date, timedelta
from itertools import product

import pytest
import time_machine
from django.utils import timezone

from feedback.models import Rating, Teller, TriedReport, Verdict
from feedback.totals import recount
from feedback.tried.services import withdraw_report
from people.writers import Writer
from practices.models import Change, PracticePage, PracticeTotals, Sure
from practices.signals import send_practice_changed
from practices.sureness import level_of, old_before
from search import weights
from search.documents import documents_for
from search.engines import engine_named
from search.engines.base import PAGE_SIZE
from search.engines.plain import sure_conditions
from search.hits import hits_of
from search.presentation import ResultsPage
from search.query import SORTS, SearchQuery
from search.services import check_index
from search.told import Told, grown_older, lift
from search.vocabularies import vocabularies
from tests.factories.people import UserFactory
from tests.factories.practices import OutcomeFactory, PracticeFactory, tried_in
from tests.factories.tried import shown
from tests.search.conftest import EVERY_ENGINE

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 20)
each_engine = pytest.mark.parametrize("engine", EVERY_ENGINE, indirect=True)


def tell(page: PracticePage, **given) -> None:
    """Let a practice have been told of, and search hear of it."""
    tried_in(page, **given)
    send_practice_changed([page.pk])


def rate(page: PracticePage, bound: float) -> None:
    PracticeTotals.objects.filter(page=page).update(rating_bound=bound)
    send_practice_changed([page.pk])


def years_ago(years: float) -> date:
    return timezone.localdate() - timedelta(days=round(365.25 * years))


class TestLift:
    def test_nobody_is_lifted_of_whom_nobody_told(self):
        assert lift(Told(), TODAY) == 0

    def test_it_is_never_more_than_a_little_and_never_less_than_nothing(self):
        for places, days in product((1, 2, 3, 9, 10, 11, 1_000_000), (0, 1, 400, 1_100, 20_000)):
            assert 0 < lift(Told(places=places, last_told=TODAY - timedelta(days=days)), TODAY) <= weights.TOLD <= 0.15

    def test_more_places_lift_more_and_so_does_what_was_told_lately(self):
        lifts = [lift(Told(places=places, last_told=TODAY), TODAY) for places in (1, 2, 3, 10)]
        assert lifts == sorted(set(lifts))
        assert lifts[-1] == lift(Told(places=11, last_told=TODAY), TODAY) == 0.15
        ages = [lift(Told(places=3, last_told=TODAY - timedelta(days=days)), TODAY) for days in (0, 365, 366, 1_097)]
        assert ages[0] == ages[1] > ages[2] > ages[3] > 0

    def test_it_is_made_of_no_verdict(self):
        assert not {"helped", "in_part", "did_not_help"} & set(Told._fields)
        assert {lift(Told(3, last_told=TODAY, too_early=early), TODAY) for early in range(4)} == {
            lift(Told(3, last_told=TODAY), TODAY)
        }


@each_engine
class TestVerdicts:
    """How it went is told, and moves nothing: not for all pages, and not for one among its like."""

    SWAPPED = {
        Verdict.HELPED: Verdict.DID_NOT_HELP,
        Verdict.DID_NOT_HELP: Verdict.HELPED,
        Verdict.IN_PART: Verdict.TOO_EARLY,
        Verdict.TOO_EARLY: Verdict.IN_PART,
    }

    @pytest.fixture
    def pages(self, library) -> list[PracticePage]:
        """More than a page of them, some of them just alike; of every other somebody told, in every way."""
        pages = [
            PracticeFactory(
                title=("Tea club", "A tea garden", "Bread")[number % 3],
                summary=f"Tea {'and garden tools ' * (number % 4)}for {'old ' * (number % 2)}neighbours.",
            )
            for number in range(PAGE_SIZE + 4)
        ]
        for number, verdict in enumerate(list(Verdict) * 2):
            shown(pages[number * 2], verdict=verdict, place="Here", teller=list(Teller)[number % 4])
            if number % 3 == 0:
                shown(pages[number * 2], verdict=verdict, place="There")
            Rating.objects.create(page=pages[number], stars=1 + number % 5, person=UserFactory())
        recount(page.pk for page in pages)
        return pages

    @staticmethod
    def orders(ask, ids) -> dict[tuple[str, str, int], list[int]]:
        return {
            (sort, words, page): ids(ask(words=words, sort=sort, page=page))
            for sort in SORTS
            for words, page in (("", 1), ("", 2), ("tea", 1), ("tea", 2), ("tea garden", 1))
        }

    def swap(self, reports) -> None:
        for report in reports:
            TriedReport.objects.filter(pk=report.pk).update(verdict=self.SWAPPED[report.verdict])
        assert recount({report.page_id for report in reports})

    def test_swapping_verdicts_moves_nothing(self, pages, ask, ids, engine):
        before = self.orders(ask, ids)
        for sort in SORTS:
            assert sorted([*before[sort, "", 1], *before[sort, "", 2]]) == sorted(page.pk for page in pages)
        assert before["told", "", 1] != before["rated", "", 1] != before["title", "", 1] != before["newest", "", 1]
        self.swap(TriedReport.objects.filter(page=pages[0]))
        assert self.orders(ask, ids) == before
        self.swap(TriedReport.objects.all())
        assert self.orders(ask, ids) == before
        engine.rebuild()
        assert self.orders(ask, ids) == before


class TestRelevance:
    def test_what_was_told_of_stands_above_its_equal(self, ask, ids):
        quiet, told = PracticeFactory(title="Tea club"), PracticeFactory(title="Tea club")
        assert ids(ask(words="tea")) == [quiet.pk, told.pk]
        tell(told, did_not_help=1)
        assert ids(ask(words="tea")) == [told.pk, quiet.pk]

    def test_it_does_not_stand_above_a_much_better_match(self, ask, ids):
        titled = PracticeFactory(title="A choir for everybody")
        told = PracticeFactory(title="Something else", what_it_is="There is a choir as well.")
        tell(told, took_part=40, helped=40)
        assert ids(ask(words="choir")) == [titled.pk, told.pk]

    def test_what_was_told_lately_stands_above_what_was_told_long_ago(self, ask, ids):
        ago, lately = PracticeFactory(title="Tea club"), PracticeFactory(title="Tea club")
        tell(ago, helped=3, on=years_ago(5))
        tell(lately, helped=3, on=years_ago(0.1))
        assert ids(ask(words="tea")) == [lately.pk, ago.pk]

    def test_nobody_leaves_the_answer_for_not_having_been_told_of(self, ask, ids):
        quiet = PracticeFactory(title="Tea club")
        for _ in range(3):
            tell(PracticeFactory(title="Tea club"), helped=10)
        results = ask(words="tea")
        assert (results.total, ids(results)[-1]) == (4, quiet.pk)


@each_engine
class TestSorts:
    def test_told_is_by_places_then_by_who_told_last_then_by_title(self, ask, ids):
        quiet = [PracticeFactory(title=title) for title in ("Zebra", "Apple")]
        few, many = PracticeFactory(title="Few"), PracticeFactory(title="Many")
        alike = [PracticeFactory(title=title) for title in ("Pear", "Fig")]
        latest = PracticeFactory(title="Quince")
        tell(few, did_not_help=1)
        tell(many, too_early=4, on=years_ago(9))
        for page in alike:
            tell(page, helped=1, in_part=1, on=years_ago(2))
        tell(latest, did_not_help=2, on=years_ago(1))
        expected = [many, latest, alike[1], alike[0], few, quiet[1], quiet[0]]
        assert ids(ask("sort=told")) == [page.pk for page in expected]

    def test_rated_is_by_the_bound_then_by_title_and_pages_without_ratings_come_last(self, ask, ids):
        names = ("Zebra", "Apple", "Best", "Good", "Also good")
        pages = {title: PracticeFactory(title=title) for title in names}
        for title, bound in (("Best", 4.1), ("Good", 3.0), ("Also good", 3.0)):
            rate(pages[title], bound)
        expected = ("Best", "Also good", "Good", "Apple", "Zebra")
        assert ids(ask("sort=rated")) == [pages[title].pk for title in expected]

    def test_bounds_that_hardly_differ_are_told_apart(self, ask, ids):
        low, high = PracticeFactory(title="A"), PracticeFactory(title="B")
        rate(low, 3.123456789)
        rate(high, 3.123456790)
        assert ids(ask("sort=rated")) == [high.pk, low.pk]

    def test_a_practice_without_totals_counts_as_one_that_nobody_told_of(self, ask, ids):
        pages = [PracticeFactory(title=title) for title in ("C", "A", "B")]
        tell(pages[0], helped=1)
        PracticeTotals.objects.filter(page=pages[1]).delete()
        send_practice_changed([pages[1].pk])
        assert ids(ask("sort=told")) == [pages[0].pk, pages[1].pk, pages[2].pk]
        assert ids(ask("sort=rated")) == [pages[1].pk, pages[2].pk, pages[0].pk]

    def test_pages_tile_though_many_are_alike_and_stay_where_they_are(self, ask, ids):
        pages = [PracticeFactory(title=("Same title", "Same title", "Another")[n % 3]) for n in range(PAGE_SIZE + 4)]
        for number, page in enumerate(pages[:12]):
            tell(page, helped=1 + number % 2)
            rate(page, 1 + number % 3)
        found = {sort: self.both_pages(ask, ids, sort) for sort in ("told", "rated")}
        for order in found.values():
            assert sorted(order) == sorted(page.pk for page in pages)
        send_practice_changed([pages[0].pk, pages[20].pk])
        assert {sort: self.both_pages(ask, ids, sort) for sort in found} == found

    @staticmethod
    def both_pages(ask, ids, sort: str) -> list[int]:
        return [each for number in (1, 2) for each in ids(ask(sort=sort, page=number))]

    def test_words_and_filters_hold_in_them(self, ask, ids):
        page = PracticeFactory(title="Tea", nations=["wales"])
        PracticeFactory(title="Tea", nations=["england"])
        PracticeFactory(title="Bread", nations=["wales"])
        for sort in ("told", "rated"):
            assert ids(ask(f"q=tea&nation=wales&sort={sort}")) == [page.pk]


@each_engine
class TestFilters:
    def test_reports_are_something_to_go_by(self, ask, ids):
        told, counted = PracticeFactory(), PracticeFactory(changes=[{"claim": "x", "basis": "counted"}])
        PracticeFactory()
        tell(told, too_early=1)
        assert ids(ask("evidence=reports")) == [told.pk]
        assert set(ids(ask("evidence=reports&evidence=counted&sort=title"))) == {told.pk, counted.pk}
        assert ids(ask("evidence=counted")) == [counted.pk]

    def test_an_outcome_is_reported_once_a_report_names_it_and_hoped_for_when_it_is_taken_back(self, ask, ids):
        outcome = OutcomeFactory(slug="less-loneliness")
        page, other = PracticeFactory(outcomes=[outcome]), PracticeFactory(outcomes=[outcome])
        assert ids(ask("outcome=less-loneliness&reported=yes")) == []
        report = shown(page, outcomes=[outcome], verdict=Verdict.DID_NOT_HELP)
        assert ids(ask("outcome=less-loneliness&reported=yes")) == [page.pk]
        assert set(ids(ask("outcome=less-loneliness"))) == {page.pk, other.pk}
        withdraw_report(report=report, by=Writer(report.author, ""))
        assert ids(ask("outcome=less-loneliness&reported=yes")) == []

    def test_an_outcome_that_reports_alone_name_is_one_of_the_page(self, ask, ids):
        hoped, seen = OutcomeFactory(slug="hoped"), OutcomeFactory(slug="seen")
        page = PracticeFactory(outcomes=[hoped])
        assert ids(ask("outcome=seen")) == []
        shown(page, outcomes=[seen])
        assert ids(ask("outcome=seen")) == ids(ask("outcome=seen&reported=yes")) == [page.pk]
        assert ids(ask("outcome=hoped&reported=yes")) == []

    def test_how_sure_we_can_be(self, ask, ids):
        hopes = PracticeFactory()
        first = PracticeFactory(changes=[{"claim": "x", "basis": "counted"}])
        several = PracticeFactory(changes=[{"claim": "x", "basis": "studied"}])
        checked = PracticeFactory(changes=[{"claim": "x", "basis": "counted"}])
        early = PracticeFactory()
        tell(checked, did_not_help=3, took_part=1)
        tell(early, too_early=3, took_part=3)
        assert ids(ask("sure=first")) == [first.pk]
        assert ids(ask("sure=several")) == [several.pk]
        assert ids(ask("sure=checked")) == [checked.pk]
        assert set(ids(ask("sure=hopes"))) == {hopes.pk, early.pk}
        assert set(ids(ask("sure=hopes&sure=several"))) == {hopes.pk, early.pk, several.pk}


class TestSure:
    """What is indexed, and what a database is asked, say what `level_of` says."""

    AGES = (TODAY, old_before(TODAY), old_before(TODAY) - timedelta(days=1))
    BASES = ((), ("told",), ("counted",), ("studied",), ("told", "counted"))

    @pytest.fixture(autouse=True)
    def _today(self):
        with time_machine.travel("2026-05-20T12:00Z", tick=False):
            yield

    def test_of_every_mixture_of_places_age_and_basis(self, library):
        page = PracticeFactory()
        found = set()
        for rests_on in self.BASES:
            Change.objects.all().delete()
            Change.objects.bulk_create(Change(page=page, claim="x", basis=basis) for basis in rests_on)
            bases = [(basis, "unknown") for basis in rests_on]
            for know, early, took_part, on in product((0, 1, 2, 3), (0, 3), (0, 1), self.AGES):
                if took_part > know + early:
                    continue
                tried_in(page, did_not_help=know, too_early=early, took_part=took_part, on=on)
                level = level_of(PracticeTotals.objects.get(), bases, TODAY)
                found.add(level)
                assert self.in_database(page) == [level], (know, early, took_part, on, rests_on)
                [document] = documents_for([page.pk])
                assert document.facets["sure"] == (level,)
        assert found == set(Sure)

    def test_of_a_practice_without_totals(self, library):
        page = PracticeFactory()
        PracticeTotals.objects.all().delete()
        assert self.in_database(page) == [Sure.HOPES]
        [document] = documents_for([page.pk])
        assert document.facets["sure"] == (Sure.HOPES,)

    def in_database(self, page: PracticePage) -> list[str]:
        levels = sure_conditions(TODAY).items()
        return [level for level, condition in levels if PracticePage.objects.filter(condition, pk=page.pk).exists()]


@each_engine
def test_a_hit_shows_an_outcome_as_reported_that_only_a_report_names(ask):
    listed, seen = OutcomeFactory(label="Listed"), OutcomeFactory(label="Seen")
    page = PracticeFactory(outcomes=[listed])
    report = shown(page, outcomes=[seen])

    def outcomes() -> list[tuple[str, bool]]:
        [hit] = hits_of(ask(), vocabularies())[0]
        return [(link.label, link.reported) for link in hit.card.outcomes]

    assert outcomes() == [("Seen", True), ("Listed", False)]
    withdraw_report(report=report, by=Writer(report.author, ""))
    assert outcomes() == [("Listed", False)]


class TestAge:
    """An index knows what was so when it took a practice in; the nightly check sees to what grew older since."""

    @pytest.mark.parametrize(
        ("last_told", "since", "grows"),
        [
            ("2023-05-20", "2026-05-20", False),  # old on the day after
            ("2023-05-19", "2026-05-19", True),
            ("2023-05-18", "2026-05-19", False),  # it was old already
            ("2023-05-12", "2026-05-12", True),
            ("2023-05-12", None, True),
            ("2025-05-20", "2026-05-19", False),  # a year ago today
            ("2025-05-19", "2026-05-19", True),
            ("2026-05-01", None, False),
        ],
    )
    def test_a_practice_grows_older_when_a_day_passes_that_counts(self, library, last_told, since, grows):
        page = PracticeFactory()
        tried_in(page, helped=1, on=date.fromisoformat(last_told))
        found = grown_older(date.fromisoformat(since) if since else None, TODAY)
        assert found == ([page.pk] if grows else [])

    def test_the_nightly_check_takes_in_what_grew_older(self, engine, ask, ids):
        with time_machine.travel("2026-05-20T12:00Z", tick=False):
            page = PracticeFactory()
            tell(page, helped=3, took_part=1, on=date(2023, 5, 21))
            assert ids(ask("sure=several")) == [page.pk]
            check_index()
        with time_machine.travel("2026-05-21T03:00Z", tick=False):
            check_index()
            assert ids(ask("sure=several")) == [page.pk]
        with time_machine.travel("2026-05-22T03:00Z", tick=False):
            check_index()
            assert ids(ask("sure=several")) == []
            assert ids(ask("sure=first")) == [page.pk]
            assert engine_named("plain").search(SearchQuery(sure=("first",))).total == 1


class TestResultsPage:
    @pytest.fixture
    def drawn(self, ask):
        return lambda address: ResultsPage(ask(address), vocabularies())

    def test_chips_and_feed_know_the_new_choices(self, drawn):
        tell(PracticeFactory(), helped=1)
        page = drawn("evidence=reports&sure=first&sort=told")
        assert {chip.label: chip.url for chip in page.chips} == {
            "Tried, and told how it went": "/search/?sure=first&sort=told",
            "First accounts, or old ones": "/search/?evidence=reports&sort=told",
        }
        assert page.clear_url == "/search/?sort=told"
        assert page.feed_url == "/search/feed/?evidence=reports&sure=first"
        assert page.keep_url == "/search/?evidence=reports&sure=first&sort=told"

    def test_every_sort_is_offered_and_its_box_is_headed(self, drawn):
        PracticeFactory(title="Tea")
        page = drawn("q=tea&sort=rated")
        assert [(option.value, option.label, option.selected) for option in page.sorts] == [
            ("relevance", "Best match", False),
            ("told", "Told by most places", False),
            ("rated", "Found most useful", True),
            ("newest", "Newest change", False),
            ("title", "Title, A to Z", False),
        ]
        [box] = [box for box in page.boxes if box.name == "sure"]
        assert box.heading == "How sure can we be?"
        assert [(tick.value, tick.count) for tick in box.ticks] == [
            ("hopes", 1), ("first", 0), ("several", 0), ("checked", 0),
        ]  # fmt: skip

    def test_the_page_says_that_nothing_is_moved_down_and_shows_no_average(self, drawn, client, library):
        page = PracticeFactory(title="Tea")
        tell(page, did_not_help=2)
        PracticeTotals.objects.filter(page=page).update(rating_bound=3.75)
        html = client.get("/search/?q=tea&sort=rated").content.decode()
        assert "No practice is moved down because somebody told us that it did not help." in html
        assert 'aria-describedby="sort-hint"' in html
        assert "3.7" not in html

    def test_the_feed_of_a_search_is_by_the_new_choices(self, drawn, client):
        told, quiet = PracticeFactory(title="Told"), PracticeFactory(title="Quiet")
        tell(told, helped=1)
        drawn("")
        feed = client.get("/search/feed/?evidence=reports&sure=first&sort=told").content.decode()
        assert told.get_absolute_url() in feed and quiet.get_absolute_url() not in feed
