"""A practice as one entry of a list, and what the library says of it in a sentence."""

import uuid
from datetime import date

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string

from practices import wording
from practices.cards import read_cards
from practices.models import Change, PracticePage, PracticeTotals
from search.highlight import Mark, marked
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    CommunityConnectorFactory,
    OutcomeFactory,
    PhotoFactory,
    PracticeFactory,
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
    assert card.tally == "Nobody has told us yet how it went."


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
    cards()
    cache.clear()
    with django_assert_max_num_queries(6):
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
        (PracticeTotals(places=1, did_not_help=1), "Tried by 1 place: 1 did not help"),
        (
            PracticeTotals(places=6, helped=3, in_part=1, too_early=2),
            "Tried by 6 places: 3 helped, 1 in part, 2 too early to say",
        ),
    ],
)
def test_the_tally_counts_and_does_not_judge(totals: PracticeTotals | None, sentence: str) -> None:
    assert wording.tally(totals) == sentence


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "No change has been reported here yet. What stands here is what people did, thought and hoped for."),
        (
            [("counted", "ran-it")],
            "One change is reported here. It was counted. The library holds no study of it from outside. "
            "Nobody who took part has told of it yet.",
        ),
        (
            [("told", "took-part"), ("told", "unknown")],
            "Two changes are reported here. All of them rest on somebody’s account. The library holds no study of it "
            "from outside. One is told by somebody who took part.",
        ),
        (
            [("told", "unknown"), ("counted", "unknown"), ("studied", "other")],
            "Three changes are reported here: one rests on somebody’s account, one was counted, one was studied from "
            "outside. We do not know whether anybody who took part tells of it.",
        ),
    ],
)
def test_evidence_is_said_from_the_changes_alone(rows: list[tuple[str, str]], sentence: str) -> None:
    changes = [Change(claim="x", basis=basis, told_by=told_by, key=uuid.uuid4()) for basis, told_by in rows]
    assert wording.evidence(changes) == sentence


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
