"""What stands on the front door, and what it costs to open it."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.models import Teller, Verdict
from home.front_door import open_front_door, read_newest_reports
from home.models import HomePage
from home.querysets import read_candidates
from practices.models import PracticePage
from search.models import WantedPractice
from search.services import rebuild_index
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    CommunityConnectorFactory,
    OutcomeFactory,
    PovertyTruthCommissionFactory,
    PracticeFactory,
    PrincipleFactory,
    SelfReliantGroupFactory,
)
from tests.factories.tried import sent, shown

pytestmark = pytest.mark.django_db

NOVEMBER = date(2026, 11, 22)
MOST_QUERIES = 20


@pytest.fixture
def shelves(library):
    """A small library with something for every part of the front door."""
    outcome, principle = OutcomeFactory(), PrincipleFactory(label="Listening to each other", slug="listening")
    groups = [BeneficiaryGroupFactory(), BeneficiaryGroupFactory()]
    factories = [
        PovertyTruthCommissionFactory,
        SelfReliantGroupFactory,
        CommunityConnectorFactory,
        *[PracticeFactory] * 9,
    ]
    for number, factory in enumerate(factories):
        factory(
            outcomes=[outcome],
            beneficiary_groups=[groups[number % 2]],
            principles=[{"principle": principle, "how": f"Way number {number}."}],
            did_not_work=f"- It was cut short {number} times.\n- And more.",
            questions=["Who is missing?", "What if we waited?", "Who says so?", "And a fourth one?"],
        )
    for number in range(5):
        WantedPractice.objects.create(title=f"Wanted {number}", why="Where, and how?", sort_order=number)
    rebuild_index()


def test_each_part_holds_what_the_library_can_say(shelves):
    door = open_front_door(NOVEMBER)
    assert len(door.shelf) == len({card.id for card in door.shelf}) == 6
    assert {card.kind for card in door.shelf} == {
        "poverty-truth-commission",
        "self-reliant-group",
        "community-connector",
        "other",
    }
    assert len(door.did_not_work) == 4
    assert all(told.words.startswith("It was cut short") for told in door.did_not_work)
    assert door.week.questions == ("Who is missing?", "What if we waited?", "Who says so?")
    (idea,) = door.same_ideas
    assert idea.url == "/principles/listening/"
    assert {told.words[:10] for told in idea.practices} == {"Way number"}
    assert len(door.wanted) == 3


def test_choice_holds_all_week_and_changes_with_it(shelves):
    monday, sunday, next_monday = date(2026, 11, 16), NOVEMBER, date(2026, 11, 23)
    assert open_front_door(monday) == open_front_door(sunday)
    assert open_front_door(monday).shelf != open_front_door(next_monday).shelf


def test_ways_count_practices_and_leave_out_terms_that_lead_nowhere(shelves):
    OutcomeFactory(label="Nobody named this")
    ways = {way.name: way for way in open_front_door(NOVEMBER).ways}
    assert [entry.count for entry in ways["outcome"].entries] == [12]
    assert [entry.count for entry in ways["group"].entries] == [6, 6]
    assert [(entry.label, entry.count) for entry in ways["kind"].entries] == [
        ("Poverty Truth Commissions", 1),
        ("Self-reliant groups", 1),
        ("Community connectors", 1),
        ("Every other kind", 9),
    ]


def test_ways_stand_without_numbers_when_search_cannot_count(shelves, settings):
    settings.SEARCH_ENGINE = "plain"
    ways = {way.name: way for way in open_front_door(NOVEMBER).ways}
    assert [entry.count for entry in ways["outcome"].entries] == [None]


def test_what_readers_may_not_see_stands_nowhere_on_the_front_door(shelves, client):
    hidden = PracticePage.objects.first()
    hidden.unpublish()
    assert hidden.pk not in {candidate.id for candidate in read_candidates("2026-W47")}


def test_large_library_is_read_in_part_and_every_kind_is_in_it(library, monkeypatch):
    monkeypatch.setattr("home.querysets.WINDOW", 3)
    monkeypatch.setattr("home.querysets.WINDOW_OF_A_KIND", 1)
    SelfReliantGroupFactory()
    PracticeFactory.create_batch(12)
    candidates = read_candidates("2026-W47")
    assert "self-reliant-group" in {candidate.kind for candidate in candidates}
    assert len(candidates) <= 3 * 2 + 1


def test_front_door_costs_no_more_than_its_budget_and_the_same_for_more_practices(shelves, client):
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        assert client.get("/").status_code == 200
    PracticeFactory.create_batch(20, did_not_work="It was too short.")
    rebuild_index()
    client.get("/")
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) <= MOST_QUERIES, "\n".join(query["sql"][:150] for query in many)
    assert len(few) == len(many)


def test_empty_library_is_kind_and_true(library, client):
    page = client.get("/").content.decode()
    assert "The shelves are still empty" in page
    for heading in ("What did not work", "One to try this week", "Same idea", "Or look along", "Wanted: do you"):
        assert heading not in page


def test_front_door_opens_even_before_there_is_a_tree(client):
    HomePage.objects.all().delete()
    assert client.get("/").status_code == 200


def test_staff_add_words_of_their_own_below_the_shelves(library, client):
    front_door = HomePage.objects.get()
    front_door.body = [
        {"type": "section", "value": {"heading": "A festival", "text": "Come to <b>us</b>.", "links": []}}
    ]
    front_door.save()
    page = client.get("/").content.decode()
    assert "A festival" in page
    assert "&lt;b&gt;us" in page


def test_front_door_is_previewed_in_the_admin_as_readers_see_it(shelves):
    preview = HomePage.objects.get().make_preview_request()
    assert "What did not work" in preview.content.decode()


def test_examples_are_searches(client, library):
    for example in open_front_door().examples:
        assert client.get(example.url).status_code == 200


class TestHowItWent:
    def test_the_newest_reports_of_different_practices_stand_there_whether_it_helped_or_not(self, library, client):
        first, second = PracticeFactory(title="Tea"), PracticeFactory(title="Bread")
        shown(first, sentence="Nobody came.", verdict=Verdict.DID_NOT_HELP, place="A village")
        shown(first, sentence="Then they came.")
        shown(second, sentence="We baked.", teller=Teller.TOOK_PART)
        page = client.get("/").content.decode()
        assert [report.sentence for report in read_newest_reports()] == ["We baked.", "Then they came.", "Nobody came."]
        assert page.index("We baked.") < page.index("Then they came.") < page.index("Nobody came.")
        assert "Did not help" in page and "<b>Took part</b>" in page

    def test_what_waits_is_hidden_or_was_taken_back_does_not(self, library, client):
        hidden = PracticeFactory()
        shown(hidden, sentence="Out of sight.", organisation="The Hidden Trust", organisation_is_hidden=True)
        hidden.unpublish()
        sent(PracticeFactory(), sentence="Still waits.")
        page = client.get("/").content.decode()
        assert "Out of sight." not in page and "Still waits." not in page and "How it went, told" not in page
