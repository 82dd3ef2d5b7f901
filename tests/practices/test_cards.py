"""A practice as one entry of a list, and what the library says of it in a sentence."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import timezone

from practices import wording
from practices.cards import read_cards
from practices.models import Change, PracticePage, PracticeTotals, ReportedOutcome
from practices.sureness import how_sure
from search.highlight import Mark, marked
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    CommunityConnectorFactory,
    OutcomeFactory,
    PhotoFactory,
    PracticeFactory,
    tried_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def cards() -> list:
    return read_cards(PracticePage.objects.by_title())


def test_a_card_names_what_is_known_in_a_fixed_order() -> None:
    CommunityConnectorFactory(
        title="Connectors", organisation="Red Cross", place="Leeds", status="active", status_reported="2023-03"
    )
    [card] = cards()
    assert card.meta == ["Community connector", "Red Cross", "Leeds", "Going when last reported, March 2023"]
    assert card.kind == "community-connector"
    assert str(card.tally) == "Nobody has told us yet how it went."
    assert card.sure == "Nothing told yet"


def test_a_card_of_no_kind_and_with_nothing_known_says_nothing() -> None:
    PracticeFactory()
    [card] = cards()
    assert card.meta == []
    assert card.kind_label == ""
    assert card.outcomes == []


def test_an_outcome_is_reported_once_a_change_names_it() -> None:
    hoped, seen, unlisted = (OutcomeFactory(label=label) for label in ("Hoped", "Seen", "Unlisted"))
    PracticeFactory(
        outcomes=[hoped, seen],
        changes=[{"claim": "People said so.", "outcome": seen}, {"claim": "And so.", "outcome": unlisted}],
    )
    [card] = cards()
    assert [(link.label, link.reported) for link in card.outcomes] == [
        ("Seen", True),
        ("Unlisted", True),
        ("Hoped", False),
    ]


def test_an_outcome_is_reported_once_a_report_names_it() -> None:
    hoped, seen, unlisted = (OutcomeFactory(label=label) for label in ("Hoped", "Seen", "Unlisted"))
    page = PracticeFactory(outcomes=[hoped, seen], changes=[{"claim": "x", "outcome": seen}])
    for outcome in (seen, unlisted):
        ReportedOutcome.objects.create(page=page, outcome=outcome, places=1)
    [card] = cards()
    assert [(link.label, link.reported) for link in card.outcomes] == [
        ("Seen", True),
        ("Unlisted", True),
        ("Hoped", False),
    ]


def test_a_card_is_as_sure_as_its_page(client) -> None:
    today = timezone.localdate()
    long_ago = today - timedelta(days=4 * 366)
    expected = {}
    for bases in ([], ["told"], ["told", "counted"], ["counted", "studied", "told"]):
        page = PracticeFactory(changes=[{"claim": basis, "basis": basis} for basis in bases])
        for places, took_part, on in ((0, 0, today), (1, 1, today), (3, 0, today), (3, 1, today), (3, 1, long_ago)):
            tried_in(page, did_not_help=places, took_part=took_part, on=on)
            totals = PracticeTotals.objects.get(page=page)
            said = how_sure(totals, [(basis, "unknown") for basis in bases], today)
            [card] = read_cards(PracticePage.objects.filter(pk=page.pk))
            assert card.sure == said.label
        expected[page] = said.label
    for page, label in expected.items():
        assert f"{label}." in client.get(page.get_absolute_url()).content.decode()


@pytest.mark.parametrize("number", [1, 6])
def test_cards_take_the_same_queries_however_many(number: int, django_assert_max_num_queries) -> None:
    outcome, group = OutcomeFactory(), BeneficiaryGroupFactory()
    for _ in range(number):
        PracticeFactory(
            outcomes=[outcome],
            beneficiary_groups=[group],
            changes=[{"claim": "x", "outcome": OutcomeFactory()}],
            photo=PhotoFactory(),
        )
    for page in PracticePage.objects.all():
        tried_in(page, helped=3)
        ReportedOutcome.objects.create(page=page, outcome=outcome, places=2)
    cards()
    cache.clear()
    with django_assert_max_num_queries(6):  # rows, what is reported, listed, with whom, photos and their renditions
        assert len(cards()) == number


def test_a_hit_draws_found_words_and_says_why() -> None:
    PracticeFactory(title="<b>Circle</b>", slug="circle", outcomes=[OutcomeFactory(label="Trust")])
    [card] = cards()
    html = render_to_string(
        "practices/_hit.html",
        {"card": card, "summary_html": marked("older people", [Mark(0, 5, 0)]), "why": "Found by older"},
    )
    assert 'data-practice="circle"' in html
    assert "&lt;b&gt;Circle&lt;/b&gt;" in html
    assert "<mark>older</mark> people" in html
    assert '<p class="why">Found by older</p>' in html
    assert "hoped for" in html


@pytest.mark.parametrize(
    ("status", "reported", "confirmed", "sentence"),
    [
        ("unknown", "", None, ""),
        ("active", "2019-07", None, "Still going when last reported, July 2019. Nobody has checked since."),
        ("active", "", None, "Still going when last reported. We do not know when that was."),
        ("paused", "2020-01", None, "Paused when last reported, January 2020. Nobody has checked since."),
        ("finished", "2020-01", None, "Finished, as reported in January 2020."),
        ("proposed", "2020-01", None, "An idea, not tried yet, in January 2020. Nobody has checked since."),
        (
            "active",
            "2019-07",
            date(2027, 5, 3),
            "Still going when last reported, July 2019. Somebody checked this page on 3 May 2027.",
        ),
        (
            "active",
            "2019-07",
            date(2019, 7, 3),
            "Still going when last reported, July 2019. Nobody has checked since.",
        ),
    ],
)
def test_status_is_never_said_of_today(status: str, reported: str, confirmed: date | None, sentence: str) -> None:
    practice = PracticePage(status=status, status_reported=reported)
    assert wording.status_sentence(practice, confirmed) == sentence


@pytest.mark.parametrize(
    ("totals", "sentence"),
    [
        (None, "Nobody has told us yet how it went."),
        (PracticeTotals(places=1, did_not_help=1), "Tried by 1 place: 1 did not help."),
        (
            PracticeTotals(places=6, helped=3, in_part=1, too_early=2),
            "Tried by 6 places: 3 helped, 1 in part, 2 too early to say.",
        ),
    ],
)
def test_the_tally_counts_and_does_not_judge(totals: PracticeTotals | None, sentence: str) -> None:
    assert str(wording.tally(totals)) == sentence


def test_a_tally_has_a_dot_for_each_place_and_of_many_places_no_more_than_a_line_holds() -> None:
    few = wording.tally(PracticeTotals(places=4, helped=2, did_not_help=1, too_early=1))
    assert few.dots == ("helped", "helped", "did-not-help", "too-early")
    many = wording.tally(PracticeTotals(places=1000, helped=900, in_part=99, too_early=1))
    assert (many.dots.count("helped"), many.dots.count("in-part"), many.dots.count("too-early")) == (18, 2, 1)


def test_a_tally_says_where_nobody_who_took_part_has_spoken() -> None:
    assert wording.tally(PracticeTotals(places=2, helped=2)).silent == "No one who took part has spoken yet"
    assert wording.tally(PracticeTotals(places=2, helped=2, places_took_part=1)).silent == ""
    assert wording.tally(PracticeTotals()).silent == ""


@pytest.mark.parametrize(
    ("ratings", "rating_sum", "phrase"),
    [
        (0, 0, ""),
        (1, 5, "1 rating, too few to average"),
        (4, 20, "4 ratings, too few to average"),
        (5, 20, "Rated 4.0 of 5 by 5 people"),
        (20, 85, "Rated 4.3 of 5 by 20 people"),
    ],
)
def test_no_average_is_said_of_a_few_ratings(ratings: int, rating_sum: int, phrase: str) -> None:
    assert wording.tally(PracticeTotals(ratings=ratings, rating_sum=rating_sum)).rated == phrase


@pytest.mark.parametrize(
    ("basis", "told_by", "phrase"),
    [
        ("told", "unknown", "Told, we do not know by whom"),
        ("told", "took-part", "Told by somebody who took part"),
        ("counted", "unknown", "Counted"),
        ("counted", "ran-it", "Counted, told by somebody who ran it"),
        ("studied", "other", "Studied from outside, told by somebody else"),
    ],
)
def test_a_change_says_on_what_it_rests(basis: str, told_by: str, phrase: str) -> None:
    assert wording.told_how(Change(basis=basis, told_by=told_by)) == phrase
