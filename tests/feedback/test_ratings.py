"""Ratings: one a person, counted exactly, shown once there are enough, and ordered by what can be relied on."""

from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from feedback.models import Rating
from feedback.opinions import views
from feedback.opinions.bound import STARS, lower_bound
from feedback.opinions.presentation import LONGEST, ratings_of
from feedback.opinions.services import OwnPageError, rate_page, why_not_to_rate, withdraw_rating
from feedback.totals import check_totals
from people.limits import Limit
from practices.models import Library, PracticeCare, PracticeTotals
from practices.wording import FEWEST_FOR_AN_AVERAGE
from search.models import IndexQueue
from tests.factories.feedback import paused_person
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
from tests.markup import inline_scripts

RATE = "/practices/tea/rate/"
counts = st.lists(st.one_of(st.just(0), st.integers(0, 20), st.integers(0, 100_000)), min_size=5, max_size=5)
some = counts.filter(any)


def mean(given_stars) -> float:
    return sum(star * count for star, count in zip(STARS, given_stars, strict=True)) / sum(given_stars)


class TestBound:
    @given(counts)
    def test_it_lies_between_nought_and_five(self, stars):
        assert 0 <= lower_bound(stars) < 5

    @given(some)
    def test_it_lies_below_the_mean_that_is_shown(self, stars):
        """So it is for every page of which people think, on average, more than "a little useful".

        Below two stars the five made-up ratings of the prior weigh more than the doubt: one single "not useful"
        gives 1.7. That is never above the mean with these five, and no such page passes one of two stars by it.
        """
        with_prior = (sum(stars) * mean(stars) + 15) / (sum(stars) + 5)
        assert lower_bound(stars) < with_prior
        if mean(stars) >= 2:
            assert lower_bound(stars) < mean(stars)

    @given(some, st.integers(0, 3))
    def test_nobody_who_gives_a_star_more_lowers_it(self, stars, star):
        if not stars[star]:
            stars[star] += 1
        raised = list(stars)
        raised[star] -= 1
        raised[star + 1] += 1
        assert lower_bound(raised) > lower_bound(stars)

    @given(some, st.integers(2, 50))
    def test_more_of_the_same_never_lowers_a_page_that_people_find_useful(self, stars, times):
        """Of a page with three stars or more on average. Of one with less, many who say so are right to lower it:
        the made-up ratings of the prior, which are three on average, then weigh less and less.
        """
        if mean(stars) >= 3:
            assert lower_bound([count * times for count in stars]) > lower_bound(stars)

    def test_many_who_find_a_page_useless_lower_it(self):
        bounds = [lower_bound([number, 0, 0, 0, 0]) for number in (1, 5, 50, 500)]
        assert bounds == sorted(bounds, reverse=True)

    @given(st.integers(0, 100))
    def test_one_five_never_stands_above_a_hundred_fours_and_fives(self, fives):
        assert lower_bound([0, 0, 0, 0, 1]) < lower_bound([0, 0, 0, 100 - fives, fives])

    @given(some)
    def test_what_nobody_rated_comes_last(self, stars):
        assert lower_bound([0] * 5) < lower_bound(stars)


class TestShown:
    @given(counts)
    def test_an_average_stands_there_from_five_ratings_on_and_the_rows_are_the_counts(self, stars):
        shown = ratings_of(totals_with(stars))
        number = sum(stars)
        assert shown.count == number
        assert bool(shown.average) == (number >= FEWEST_FOR_AN_AVERAGE)
        if shown.average:
            assert abs(float(shown.average) - mean(stars)) <= 0.05 + 1e-9
        assert [(row.stars, row.people) for row in shown.rows] == [(star, stars[star - 1]) for star in (5, 4, 3, 2, 1)]
        assert all(0 <= row.width <= LONGEST and bool(row.width) == bool(row.people) for row in shown.rows)

    @pytest.mark.parametrize(
        ("stars", "sentence"),
        [
            ([0, 0, 0, 0, 0], "Nobody has rated this page yet."),
            ([0, 0, 0, 0, 1], "1 rating, too few to average."),
            ([0, 1, 0, 1, 2], "4 ratings, too few to average."),
            ([0, 1, 0, 2, 4], "Rated 4.3 of 5 by 7 people."),
            ([0, 0, 0, 15, 5], "Rated 4.3 of 5 by 20 people."),
        ],
    )
    def test_few_ratings_are_told_as_few(self, stars, sentence):
        assert ratings_of(totals_with(stars)).sentence == sentence

    def test_the_picture_can_be_read_out_and_a_page_without_totals_has_one(self):
        assert ratings_of(totals_with([0, 1, 0, 2, 4])).spoken == (
            "Ratings: 5 stars 4, 4 stars 2, 3 stars 0, 2 stars 1, 1 star 0"
        )
        assert ratings_of(None).count == 0


def totals_with(stars) -> PracticeTotals:
    columns = ("one_star", "two_stars", "three_stars", "four_stars", "five_stars")
    total = sum(star * count for star, count in zip(STARS, stars, strict=True))
    return PracticeTotals(ratings=sum(stars), rating_sum=total, **dict(zip(columns, stars, strict=True)))


@pytest.fixture
def tea(library):
    return PracticeFactory(slug="tea", title="Tea and talk")


def totals_of(page) -> tuple[int, int]:
    return PracticeTotals.objects.values_list("ratings", "rating_sum").get(page=page)


@pytest.mark.django_db
class TestRating:
    def test_one_person_rates_once_and_can_change_and_take_it_back(self, tea):
        person = UserFactory()
        rate_page(page=tea, by=person, stars=2)
        rate_page(page=tea, by=person, stars=5)
        assert (Rating.objects.get().stars, totals_of(tea)) == (5, (1, 5))
        rate_page(page=tea, by=UserFactory(), stars=3)
        assert totals_of(tea) == (2, 8)
        assert withdraw_rating(page=tea, by=person)
        assert not withdraw_rating(page=tea, by=person)
        assert totals_of(tea) == (1, 3)
        assert PracticeTotals.objects.get(page=tea).rating_bound == lower_bound([0, 0, 1, 0, 0])

    def test_readers_and_search_hear_of_it(self, tea):
        IndexQueue.objects.all().delete()
        before = Library.objects.get().version
        rate_page(page=tea, by=UserFactory(), stars=4)
        assert Library.objects.get().version > before
        assert IndexQueue.objects.filter(object_id=tea.pk).exists()

    @pytest.mark.parametrize("stars", [0, 6, -1, 10**30])
    def test_there_are_five_stars(self, tea, stars):
        with pytest.raises(ValidationError):
            rate_page(page=tea, by=UserFactory(), stars=stars)
        assert not Rating.objects.exists()

    def test_whoever_wrote_its_first_version_or_keeps_it_is_not_asked(self, library):
        author, changer, keeper, deputy = (UserFactory() for _ in range(4))
        page = PracticeFactory(unpublished=True)
        page.save_revision(user=author).publish()
        page.save_revision(user=changer).publish()
        PracticeCare.objects.create(page=page, keeper=keeper, deputy=deputy)
        for person in (author, keeper, deputy):
            with pytest.raises(OwnPageError):
                rate_page(page=page, by=person, stars=5)
        rate_page(page=page, by=changer, stars=4)
        assert totals_of(page) == (1, 4)

    def test_a_page_of_the_starter_library_is_nobodys(self, tea):
        assert tea.revisions.get().user is None
        assert why_not_to_rate(UserFactory(), tea) == ""

    def test_a_paused_person_may_still_rate(self, tea, moderator):
        rate_page(page=tea, by=paused_person(moderator), stars=3)
        assert totals_of(tea) == (1, 3)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_eight_people_who_rate_at_once_are_eight_ratings_and_two_tabs_are_one(library):
    page, both = PracticeFactory(slug="tea"), UserFactory()
    people = [UserFactory() for _ in range(8)]

    def rate(at_once) -> None:
        person, stars = at_once
        try:
            rate_page(page=page, by=person, stars=stars)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(rate, [(person, 1 + number % 5) for number, person in enumerate(people)]))
    assert totals_of(page) == (8, 1 + 2 + 3 + 4 + 5 + 1 + 2 + 3)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(rate, [(both, 5)] * 8))
    assert totals_of(page) == (9, 26)
    assert list(check_totals()) == []


@pytest.mark.django_db
class TestPage:
    @pytest.fixture
    def browser(self, client, tea):
        client.person = UserFactory()
        client.force_login(client.person)
        return client

    def test_whoever_is_not_signed_in_is_led_to_it_and_back(self, client, tea):
        response = client.get(RATE)
        assert (response.status_code, response.url) == (302, "/account/login/?next=/practices/tea/rate/")
        assert client.post(RATE, {"stars": "5"}).url == response.url
        assert not Rating.objects.exists()

    def test_a_rating_is_sent_changed_and_taken_back(self, browser, tea):
        assert faults_of(browser.get(RATE)) == []
        assert browser.post(RATE, {"stars": "4"}).url == RATE
        page = browser.get(RATE)
        assert "You gave it 4 of 5" in words_of(page)
        assert BeautifulSoup(page.content, "html.parser").find("input", value="4").has_attr("checked")
        browser.post(RATE, {"stars": "1"})
        assert totals_of(tea) == (1, 1)
        browser.post(RATE, {"do": "take-back"})
        browser.post(RATE, {"do": "take-back"})
        assert totals_of(tea) == (0, 0)
        assert "You gave it" not in words_of(browser.get(RATE))

    @pytest.mark.parametrize("stars", ["", "0", "6", "x", "5.5", "-1", "\x00", "9" * 5000, "٣"])
    def test_what_is_no_star_is_told_and_counts_nothing(self, browser, stars):
        response = browser.post(RATE, {"stars": stars})
        assert response.status_code == 200
        assert "Choose one of the five" in words_of(response)
        assert not Rating.objects.exists()

    def test_whose_own_page_it_is_reads_why_and_finds_no_form(self, browser, tea):
        PracticeCare.objects.create(page=tea, keeper=browser.person)
        page = browser.get(RATE)
        assert "You look after this page" in words_of(page) and faults_of(page) == []
        assert not BeautifulSoup(page.content, "html.parser").find("input", attrs={"name": "stars"})
        refused = browser.post(RATE, {"stars": "5"})
        assert (refused.status_code, Rating.objects.count()) == (403, 0)
        assert "You look after this page" in words_of(refused)

    def test_a_flood_is_refused_and_the_choice_is_kept(self, browser, monkeypatch):
        monkeypatch.setattr(views, "RATED", Limit("rate pages", most=1, every=views.RATED.every))
        browser.post(RATE, {"stars": "4"})
        response = browser.post(RATE, {"stars": "2"})
        assert response.status_code == 429
        assert BeautifulSoup(response.content, "html.parser").find("input", value="2").has_attr("checked")
        assert Rating.objects.get().stars == 4

    def test_a_page_that_nobody_can_read_is_not_rated(self, browser, tea):
        tea.unpublish()
        assert browser.get(RATE).status_code == 404
        assert browser.post(RATE, {"stars": "5"}).status_code == 404
        assert browser.post("/practices/nothing/rate/", {"stars": "5"}).status_code == 404

    def test_it_needs_a_token_of_the_page(self, tea):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(UserFactory())
        assert browser.post(RATE, {"stars": "5"}).status_code == 403
        assert not Rating.objects.exists()


@pytest.mark.django_db
class TestRecountCommand:
    def test_it_finds_what_is_wrong_names_it_and_puts_it_right(self, tea):
        right = PracticeFactory()
        for page in (tea, right):
            rate_page(page=page, by=UserFactory(), stars=4)
        PracticeTotals.objects.filter(page=tea).update(ratings=2, rating_sum=8, four_stars=2)
        with pytest.raises(CommandError) as told:
            call_command("recount_totals", check=True, stdout=StringIO())
        assert (told.value.returncode, str(told.value)) == (1, "1 of 2 practices had wrong totals: tea")
        assert totals_of(tea) == (2, 8), "it was only to look"
        out = StringIO()
        call_command("recount_totals", stdout=out, verbosity=2)
        assert "2 of 2 practices" in out.getvalue() and "They are right now" in out.getvalue()
        assert totals_of(tea) == (1, 4)
        call_command("recount_totals", check=True, stdout=out)
        assert out.getvalue().endswith("are what their reports and ratings come to.\n")

    def test_it_goes_in_batches_and_names_the_first_few(self, library, monkeypatch):
        monkeypatch.setattr("feedback.management.commands.recount_totals.BATCH", 2)
        monkeypatch.setattr("feedback.management.commands.recount_totals.MOST_NAMED", 3)
        pages = [PracticeFactory(slug=f"page-{number}") for number in range(5)]
        PracticeTotals.objects.update(ratings=1, rating_sum=5, five_stars=1)
        out = StringIO()
        call_command("recount_totals", stdout=out, verbosity=2)
        assert [line.split()[0] for line in out.getvalue().splitlines()[:3]] == ["2", "4", "5"]
        assert "5 of 5 practices had wrong totals: page-0, page-1, page-2 and 2 more" in out.getvalue()
        assert {totals_of(page) for page in pages} == {(0, 0)}


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
