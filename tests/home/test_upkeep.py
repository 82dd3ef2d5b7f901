"""The list of upkeep: what it tells of each practice, in which order, to whom, and at what price."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from contributions.reviewing import ask_for_changes
from feedback.models import Concern
from home.models import Watch
from home.upkeep import SORTS, practices_in_order, rows_of
from people.models import Standing
from practices.completeness import completeness_of
from practices.models import CostBand, Part, PracticeCare, PracticePage, PracticeTotals, Status
from tests.factories.contributions import draft_of, trusted_person, waiting_of
from tests.factories.feedback import reported, upheld
from tests.factories.people import UserFactory
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    CommunityConnectorFactory,
    OutcomeFactory,
    PovertyTruthCommissionFactory,
    PracticeFactory,
    PrincipleFactory,
    SelfReliantGroupFactory,
    tried_in,
)

pytestmark = pytest.mark.django_db
URL = "/review/upkeep/"
DAY = 86_400
BLANK = "\n \t\u00a0\u2003\r\n"
# What a practice says, and whether that answers a question.
SAYINGS = {
    "nothing": {},
    "texts": dict.fromkeys(("what_it_is", "why_it_works", "local_form", "did_not_work"), "Tea."),
    "blanks": dict.fromkeys(("what_it_is", "why_it_works", "local_form", "did_not_work", "cost"), BLANK),
    "blanks around a word": {"what_it_is": f"{BLANK}Tea{BLANK}"},
    "rows": {
        "steps": ["Boil"], "essentials": ["Time"], "questions": ["Why?"],
        "changes": [{"claim": "More talk"}], "voices": [{"quote": "I came back"}], "sources": [{"title": "A note"}],
    },
    "people needed": {"people_needed": "One"},
    "time needed": {"time_needed": "A week"},
    "cost": {"cost": "Ten pounds"},
    "cost band": {"cost_band": CostBand.FREE},
    "a place": {"place": "Leeds"},
    "a nation": {"nations": ["wales"]},
    "an organisation": {"organisation": "The hall"},
    "a year": {"since": 1990},
    "a status": {"status": Status.ACTIVE},
}  # fmt: skip


@pytest.fixture
def page(library):
    return PracticeFactory(title="Tea for all", slug="tea")


def told(page, by=None):
    (row,) = rows_of([page.pk], by=by or UserFactory())
    return row


def order(sort, by=None, kind=""):
    pages = dict(PracticePage.objects.values_list("pk", "title"))
    return [pages[pk] for pk in practices_in_order(sort=sort, kind=kind, by=by or UserFactory())]


def shown(browser, url=URL):
    """The rows of the page, each cell as the words in it."""
    soup = BeautifulSoup(browser.get(url).content, "html.parser")
    return [
        [" ".join(cell.get_text().split()) for cell in row.find_all(["th", "td"])] for row in soup.select("tbody tr")
    ]


class TestWhatIsAnswered:
    """The database says of each question what `completeness_of` says."""

    @pytest.mark.parametrize("said", SAYINGS)
    def test_of_what_every_practice_says(self, library, said):
        page = PracticeFactory(**SAYINGS[said])
        assert told(page).told == completeness_of(page.specific)

    @pytest.mark.parametrize(
        ("factory", "said"),
        [
            (PovertyTruthCommissionFactory, {}),
            (PovertyTruthCommissionFactory, {"facilitation": "Two people"}),
            (PovertyTruthCommissionFactory, {"months_alone": 0}),
            (SelfReliantGroupFactory, {}),
            (SelfReliantGroupFactory, {"size": " "}),
            (CommunityConnectorFactory, {}),
            (CommunityConnectorFactory, {"how_people_come": "both"}),
        ],
    )
    def test_of_what_a_kind_adds(self, library, factory, said):
        page = factory(**said)
        assert told(page).told == completeness_of(page.specific)
        assert (Part.TAKES in told(page).told.answered) is bool(said)

    def test_of_terms_which_have_to_be_of_both_sorts(self, library):
        outcomes, groups = [OutcomeFactory()], [BeneficiaryGroupFactory()]
        for terms in ({"outcomes": outcomes}, {"beneficiary_groups": groups}):
            assert Part.TERMS not in told(PracticeFactory(**terms)).told.answered
        both = PracticeFactory(outcomes=outcomes, beneficiary_groups=groups, principles=[PrincipleFactory()])
        assert told(both).told == completeness_of(both)
        assert Part.TERMS in told(both).told.answered

    def test_what_is_missing_is_said_in_words(self, library):
        page = PracticeFactory(**SAYINGS["texts"], **SAYINGS["rows"], principles=[PrincipleFactory()], place="Leeds")
        assert told(page).told.sentence == "11 of 13 questions answered."
        assert told(page).missing == "what it takes, for what, with whom"

    def test_the_order_by_gaps_is_that_of_completeness(self, library):
        pages = [PracticeFactory(title=said, **SAYINGS[said]) for said in SAYINGS]
        answered = {page.title: len(completeness_of(page.specific).answered) for page in pages}
        found = [answered[title] for title in order("gaps")]
        assert found == sorted(answered.values())


class TestRows:
    def test_changes_that_wait_and_that_were_sent_back_are_counted_apart(self, page, moderator):
        first = waiting_of(page, cost="Ten pounds")
        waiting_of(page, place="Leeds")
        ask_for_changes(proposal=waiting_of(page, place="York"), by=moderator, reason="Which York?")
        draft_of(page, place="Hull")
        row = told(page)
        assert (row.waiting, row.sent_back) == (2, 1)
        assert row.first_waiting_url == f"/review/{first.pk}/"

    def test_a_report_of_harm_is_told_until_it_is_decided(self, page, moderator):
        concern = reported(page, UserFactory())
        reported(page, UserFactory())
        assert told(page).harm_told == "2 reports of harm"
        assert told(page).concern_url == concern.get_absolute_url()
        concern.refresh_from_db()
        upheld(concern, moderator)
        assert (told(page).concern, told(page).reports) == (None, 0)

    def test_a_report_about_a_moderator_is_kept_from_them(self, page, moderator):
        concern = reported(page)
        Concern.objects.update(person=moderator)
        assert told(page, moderator).concern is None
        assert told(page, UserFactory()).concern == concern.pk

    def test_a_report_of_something_else_with_the_same_number_is_not_of_the_practice(self, page):
        reported(page)
        Concern.objects.update(target_kind="person")
        assert told(page).concern is None

    def test_watchers_and_places_are_counted_for_each_practice(self, page):
        other = PracticeFactory()
        for person in (UserFactory(), UserFactory()):
            Watch.objects.create(person=person, page=page)
        tried_in(page, helped=2, in_part=1)
        assert (told(page).watchers, told(page).places) == (2, 3)
        assert (told(other).watchers, told(other).places) == (0, 0)

    def test_a_day_to_look_again_is_due_once_it_has_passed(self, page, time_machine):
        PracticeCare.objects.create(page=page, review_by=date(2026, 3, 2))
        time_machine.move_to("2026-03-02 23:30", tick=False)
        assert not told(page).is_due
        time_machine.move_to("2026-03-03 00:30", tick=False)
        assert told(page).is_due and told(page).look_again_day == "2 March 2026"

    def test_a_practice_that_has_lost_what_stands_beside_it_is_told_as_well(self, page):
        PracticeTotals.objects.all().delete()
        PracticePage.objects.update(latest_revision_created_at=None)
        assert (told(page).places, told(page).look_again, told(page).age) == (0, None, "")


class TestOrder:
    @pytest.fixture
    def pages(self, library, time_machine):
        """Three, a day apart."""
        time_machine.move_to("2026-03-02 09:30", tick=False)
        made = []
        for title in ("Coal", "Bread", "Apples"):
            made.append(PracticeFactory(title=title))
            time_machine.shift(DAY)
        return made

    def test_harm_comes_first_then_what_most_changes_wait_of_then_what_is_oldest(self, pages, moderator):
        assert order("open") == ["Coal", "Bread", "Apples"]
        waiting_of(pages[2], place="Leeds")
        assert order("open") == ["Apples", "Coal", "Bread"]
        waiting_of(pages[0], place="Leeds")
        sent = waiting_of(pages[0], cost="Ten pounds")
        assert order("open") == ["Coal", "Apples", "Bread"]
        ask_for_changes(proposal=sent, by=moderator, reason="In which year?")
        assert order("open") == ["Coal", "Apples", "Bread"]
        reported(pages[1])
        assert order("open") == ["Bread", "Coal", "Apples"]

    def test_where_it_stands_does_not_tell_a_moderator_that_they_are_reported(self, pages, moderator):
        reported(pages[2])
        Concern.objects.update(person=moderator)
        assert order("open", moderator) == ["Coal", "Bread", "Apples"]
        assert order("open") == ["Apples", "Coal", "Bread"]

    def test_by_age_by_use_and_by_title(self, pages):
        tried_in(pages[1], helped=1)
        assert order("age") == ["Coal", "Bread", "Apples"]
        assert order("use") == ["Bread", "Coal", "Apples"]
        assert order("title") == ["Apples", "Bread", "Coal"]

    def test_only_a_kind(self, pages):
        SelfReliantGroupFactory(title="Dye")
        assert order("title", kind="self-reliant-group") == ["Dye"]
        assert order("age", kind="other") == ["Coal", "Bread", "Apples"]

    @pytest.mark.parametrize("sort", SORTS)
    def test_what_readers_cannot_see_is_in_no_order(self, pages, sort):
        pages[0].unpublish()
        PageViewRestriction.objects.create(page=pages[1], restriction_type="login")
        assert order(sort) == ["Apples"]


class TestThePage:
    def test_a_row_says_all_there_is(self, desk, page, time_machine):
        time_machine.move_to("2026-05-04 09:30", tick=False)
        PracticePage.objects.update(latest_revision_created_at="2026-03-01T10:00:00Z")
        PracticeCare.objects.create(page=page, review_by=date(2026, 4, 1))
        tried_in(PracticeTotals.objects.all(), helped=1)
        Watch.objects.create(person=UserFactory(), page=page)
        waiting_of(page, place="Leeds")
        reported(page)
        assert shown(desk) == [
            [
                "Tea for all",
                "Last changed 2 months ago",
                "Told so far 0 of 13 questions answered. Missing: questions to sit with, what it is, why it works, "
                "on what principle, what must be kept, how it looked here, how to start, what it takes, what changed, "
                "what did not work, people’s own words, where and when, for what, with whom.",
                "Tried by 1 place",
                "Watched by 1 person",
                "Waits 1 report of harm 1 change waits",
                "Look again Was due by 1 April 2026",
            ]
        ]

    def test_an_order_and_a_kind_are_kept_from_page_to_page(self, desk, library, monkeypatch):
        monkeypatch.setattr("home.upkeep_views.ON_A_PAGE", 2)
        for title in ("Bread", "Coal", "Apples"):
            PracticeFactory(title=title)
        SelfReliantGroupFactory(title="Aardvarks")
        first = f"{URL}?sort=title&kind=other"
        assert [row[0] for row in shown(desk, first)] == ["Apples", "Bread"]
        following = desk.get(first).context["pages"].next_url
        assert following == f"{first}&page=2"
        assert [row[0] for row in shown(desk, following)] == ["Coal"]

    def test_the_column_in_order_says_so(self, desk, page):
        for sort in SORTS:
            soup = BeautifulSoup(desk.get(f"{URL}?sort={sort}").content, "html.parser")
            sorted_by = [head for head in soup.select("thead th") if head.get("aria-sort") not in (None, "none")]
            assert [head["aria-sort"] for head in sorted_by] == [SORTS[sort].direction]
            assert sorted_by[0].a["href"] == (URL if sort == "open" else f"{URL}?sort={sort}")

    @pytest.mark.parametrize(
        "query",
        [
            "sort=", "sort=harm&kind=everything", "sort=-title", "sort=title;drop", "page=0", "page=-1", "page=9999999",
            "page=1e9", "page=%00", "kind=%00&sort=%00", "kind=other'--", "sort=age&sort=open", "page=" + "9" * 200,
            "sort=__init__", "page=last", "kind=other&kind=%F0%9F%8D%B5",
        ],
    )  # fmt: skip
    def test_whatever_stands_in_the_address_there_is_a_page(self, desk, page, query):
        answer = desk.get(f"{URL}?{query}")
        assert answer.status_code == 200
        assert [row[0] for row in shown(desk, f"{URL}?{query}")] == ["Tea for all"]

    def test_an_empty_library_says_so(self, desk):
        assert "There is no practice yet." in desk.get(URL).content.decode()
        assert "There is no practice of this kind yet." in desk.get(f"{URL}?kind=other&sort=gaps").content.decode()

    def test_it_is_in_no_search_engine_and_in_no_cache(self, desk, page):
        answer = desk.get(URL)
        assert '<meta name="robots" content="noindex">' in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize("url", [URL, "/review/figures/"])
    def test_it_is_for_moderators_alone(self, moderator, url):
        people = [UserFactory(), trusted_person(), moderator, UserFactory(administrator=True)]
        answers = [Client().get(url)]
        for person in people:
            browser = Client()
            browser.force_login(person)
            answers.append(browser.get(url))
        assert [answer.status_code for answer in answers] == [302, 403, 403, 200, 200]
        assert answers[0]["Location"] == f"/account/login/?next={url}"

    def test_nobody_sends_anything_to_it(self, desk):
        assert desk.post(URL).status_code == 405

    def test_it_asks_as_much_of_a_large_library_as_of_a_small_one(self, desk, library):
        author, asked = UserFactory(), {}
        Standing.objects.create(person=author, first_accepted_on=date(2026, 1, 1))
        for count in (5, 40):
            while PracticePage.objects.count() < count:
                waiting_of(PracticeFactory(), author, place="Leeds")
            for sort in SORTS:
                with CaptureQueriesContext(connection) as queries:
                    assert len(shown(desk, f"{URL}?sort={sort}")) == min(count, 30)
                asked.setdefault(sort, []).append(len(queries))
        assert asked == {sort: [11, 11] for sort in SORTS}
