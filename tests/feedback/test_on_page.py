"""What readers see of how it went: on the page of a practice, and in the list of all that was told."""

from __future__ import annotations

import re
import secrets
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.models import EssentialTotals, Rating, ReportState, RuledOut, Teller, TriedEssential, TriedReport, Verdict
from feedback.totals import recount
from feedback.tried.services import keep_report, withdraw_report
from people.writers import Writer
from practices.models import AdaptedEssential, Library, PracticePage, Taken
from tests.factories.contributions import trusted_person
from tests.factories.people import UserFactory
from tests.factories.practices import OutcomeFactory, PracticeFactory
from tests.factories.tried import said, shown

pytestmark = pytest.mark.django_db

SWAPPED = {
    Verdict.HELPED: Verdict.DID_NOT_HELP, Verdict.DID_NOT_HELP: Verdict.HELPED,
    Verdict.IN_PART: Verdict.TOO_EARLY, Verdict.TOO_EARLY: Verdict.IN_PART,
}  # fmt: skip


@pytest.fixture
def tea(library) -> PracticePage:
    return PracticeFactory(
        title="Tea", slug="tea", essentials=["Take time.", "Pay for the bus."], outcomes=[OutcomeFactory(label="Trust")]
    )


def soup(path: str = "/practices/tea/") -> BeautifulSoup:
    response = Client().get(path)
    assert response.status_code == 200
    assert not response.cookies
    return BeautifulSoup(response.content, "html.parser")


def words(part: Any) -> str:
    return re.sub(r"\s+", " ", part.get_text(" ")).strip()


def section(anchor: str, page: BeautifulSoup | None = None) -> Tag:
    found = (page or soup()).find(id=anchor)
    assert found is not None
    parent = found.find_parent("section")
    assert parent is not None
    return parent


def many(page: PracticePage, number: int) -> None:
    """So many reports, each of a place of its own, of every verdict and every part played."""
    day, now = date(2026, 1, 1), timezone.now()
    reports = TriedReport.objects.bulk_create(
        TriedReport(
            page=page, state=ReportState.SHOWN, sent_key=secrets.token_hex(16), sent_at=now, on_paper=True,
            told_on=day + timedelta(days=count % 300), place=f"Town {count}", place_key=f"town {count}",
            teller=Teller.values[count % 4], heard=0 if count % 4 < 2 else 1, verdict=Verdict.values[count % 4],
            sentence="So it went.",
        )
        for count in range(number)
    )  # fmt: skip
    keys = [row.key for row in page.essentials.all()]
    TriedEssential.objects.bulk_create(
        TriedEssential(report=report, essential=key, taken=Taken.values[count % 3])
        for count, report in enumerate(reports)
        for key in keys
    )
    for report in reports[:50]:
        report.outcomes.set(page.outcomes.all())
    recount([page.pk])


class TestTheSectionOfAPage:
    def test_a_page_of_which_nobody_told_says_so_and_how_to_tell(self, tea):
        part = section("tried")
        assert "Nobody has told us yet how it went. Be the first" in words(part)
        form = part.find("form")
        assert (form["method"], form["action"]) == ("get", "/practices/tea/tried/")
        assert [box["value"] for box in form.find_all("input", {"name": "went"})] == Verdict.values
        assert part.find("a", href="/practices/tea/tried/slip/")
        assert not part.find_all("article")

    def test_a_report_shows_all_that_is_told(self, tea):
        first, second = tea.essentials.all()
        shown(
            tea,
            teller=Teller.TOOK_PART,
            place="a mill town",
            nation="england",
            setting="centre",
            with_whom="26 people",
            tried_when="spring 2026",
            verdict=Verdict.IN_PART,
            sentence="Letters were rewritten.",
            added="A meal.",
            cost="£40",
            how_long="20 months",
            advice="Bring cake.\n\n- And time",
            who_decided="All of us",
            people_say="We were heard.",
            people_agreed=True,
            organisation="Mill Town Together",
            outcomes=tea.outcomes.all(),
            essentials={first.key: Taken.KEPT, second.key: (Taken.CHANGED, "we walked")},
        )
        report = section("tried").find("article")
        assert report.find("h3").get_text() == "A mill town, England"
        told = words(report)
        expected = """In part|Told by someone who took part|In a community centre|26 people.|Spring 2026.
            |Mill Town Together.|Letters were rewritten.|Kept: Take time.|Changed: Pay for the bus. (we walked)|A meal.
            |£40|20 months|All of us|What they saw: Trust|We were heard.|Bring cake."""
        assert [each for each in map(str.strip, expected.split("|")) if each not in told] == []
        assert [item.get_text() for item in report.find_all("li")] == ["And time"]

    def test_a_hidden_organisation_and_who_told_stand_nowhere(self, tea):
        shown(tea, UserFactory(username="maple-lane"), organisation="Secret Trust", organisation_is_hidden=True)
        for path in ("/practices/tea/", "/practices/tea/told/", "/practices/tea/print/"):
            page = str(soup(path))
            assert "Secret Trust" not in page and "maple-lane" not in page

    def test_what_was_typed_is_shown_as_typed(self, tea):
        hostile = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>"
        shown(
            tea, place=hostile, sentence=hostile, added=hostile, cost=hostile, advice=hostile, who_decided=hostile,
            with_whom=hostile, organisation=hostile, essentials={tea.essentials.first().key: (Taken.CHANGED, hostile)},
        )  # fmt: skip
        for path in ("/practices/tea/", "/practices/tea/told/"):
            page = soup(path)
            assert not page.find_all(onerror=True)
            assert not [script for script in page.find_all("script") if not script.get("src")]

    def test_what_waits_or_was_taken_back_is_not_shown(self, tea):
        report = shown(tea, sentence="Only for now.")
        withdraw_report(report=report, by=Writer(report.author, ""))
        assert "Only for now." not in str(soup())
        assert "Nobody has told us yet how it went." in words(section("tried"))

    def test_places_stand_newest_first_with_all_who_tell_of_them(self, tea):
        for place, teller, day in (
            ("Old town", Teller.RAN_IT, "2024-05-01"), ("New town", Teller.PAID, "2026-05-01"),
            ("new Town", Teller.TOOK_PART, "2025-05-01"), ("", Teller.NOT_SAID, "2023-05-01"),
        ):  # fmt: skip
            report = shown(tea, place=place, teller=teller)
            TriedReport.objects.filter(pk=report.pk).update(told_on=day)
        recount([tea.pk])
        table = section("tried").find("table", class_="slip")
        assert words(table.caption) == "Three places, newest first"
        assert [words(row) for row in table.find("tbody").find_all("tr")] == [
            "New town May 2026 It helped Took part; paid for it",
            "Old town May 2024 It helped Ran it",
            "A place that is not named May 2023 It helped Not said",
        ]

    @pytest.mark.parametrize(
        ("tellers", "sentence"),
        [
            (["ran-it"], "No one who took part has spoken yet. If that is you, your word comes first ."),
            (["ran-it", "took-part"], "In one of the two places no one who took part has spoken yet."),
            (["ran-it", "paid", "together"], "In two of the three places no one who took part has spoken yet."),
        ],
    )
    def test_where_nobody_who_took_part_has_spoken_it_says_so(self, tea, tellers, sentence):
        for number, teller in enumerate(tellers):
            shown(tea, place=f"Town {number}", teller=teller)
        assert sentence in words(section("tried"))

    def test_where_they_all_have_it_says_nothing(self, tea):
        shown(tea, teller=Teller.TOOK_PART)
        assert "has spoken yet" not in words(section("tried"))

    def test_three_reports_are_on_the_page_and_the_others_a_step_away(self, tea):
        for number in range(5):
            shown(tea, place=f"Town {number}")
        part = section("tried")
        assert len(part.find_all("article")) == 3
        assert words(part.find("a", href="/practices/tea/told/")) == "Read the other 2 reports"

    def test_ratings_are_a_picture_with_its_table_once_there_are_five(self, tea):
        for stars in (5, 5, 4, 2):
            Rating.objects.create(page=tea, person=UserFactory(), stars=stars)
        recount([tea.pk])
        part = section("tried")
        assert "4 ratings, too few to average" in words(part) and part.find("svg") is None
        Rating.objects.create(page=tea, person=UserFactory(), stars=5)
        recount([tea.pk])
        part = section("tried")
        assert part.find("svg")["aria-label"] == "Ratings: 5 stars 3, 4 stars 1, 3 stars 0, 2 stars 1, 1 star 0"
        table = [words(row) for row in part.find("details").find("tbody").find_all("tr")]
        assert table == ["5 stars 3", "4 stars 1", "3 stars 0", "2 stars 1", "1 star 0"]
        assert part.find("a", href="/practices/tea/rate/")

    def test_reasons_against_it_are_numbers(self, tea):
        for why in ("rural", "no-funds", "rural"):
            RuledOut.objects.create(page=tea, person=UserFactory(), why=why)
        told = words(section("tried"))
        assert (
            "Not for us, because: We are too far apart, or too few, where we are 2 There is no money for it 1" in told
        )

    def test_a_preview_and_an_old_version_have_no_place_for_it(self, tea):
        shown(tea)
        tea.title = "More tea"
        tea.save_revision().publish()
        page = soup(f"/practices/tea/history/{tea.latest_revision_id}/")
        assert page.find(id="tried") is None and page.find(id="from") is None
        for link in page.find_all("a", href=re.compile("^#.")):
            assert page.find(id=link["href"][1:])

    def test_changed_words_show_at_once_though_the_totals_are_the_same(self, tea):
        """What is kept of a page in memory is kept for a version of the library."""
        person = trusted_person()
        report = shown(tea, person, sentence="First words.")
        before = Library.objects.current().version
        writer = Writer(person, "")
        keep_report(page=tea, by=writer, said=said(sentence="Other"), send=True, report=report, version=report.version)
        assert "Other" in words(section("tried"))
        assert Library.objects.current().version > before


class TestNothingIsRankedDown:
    """What did not help has the same size and place as what helped."""

    @staticmethod
    def swap(page: PracticePage) -> None:
        for report in TriedReport.objects.filter(page=page):
            report.verdict = SWAPPED[Verdict(report.verdict)]
            report.save()
        recount([page.pk])

    @pytest.mark.parametrize("path", ["/practices/tea/", "/practices/tea/told/"])
    def test_reports_keep_their_order_when_every_verdict_is_swapped(self, tea, path):
        many(tea, 12)

        def order() -> list[str]:
            page = soup(path)
            return [each["id"] for each in page.find_all("article", class_="report")] + [
                words(each) for each in page.select(".slip th[scope=row]")
            ]

        before = order()
        self.swap(tea)
        assert len(before) >= 9 and order() == before

    @pytest.mark.parametrize("path", ["/practices/tea/", "/practices/tea/told/"])
    def test_all_four_verdicts_are_drawn_alike(self, tea, path):
        report = shown(tea, verdict=Verdict.HELPED)

        def structure(part: Tag) -> list[Any]:
            return [
                (each.name, [name for name in each.get("class", []) if name not in Verdict.values])
                for each in part.find_all(True)
            ]

        drawn = []
        for verdict in Verdict:
            TriedReport.objects.filter(pk=report.pk).update(verdict=verdict)
            recount([tea.pk])
            page = soup(path)
            drawn.append(
                [structure(part) for part in page.select("article.report, .slip, .title .tally, header .tally")]
            )
        assert drawn[0] and all(each == drawn[0] for each in drawn)


class TestAllThatWasTold:
    def test_twenty_stand_on_a_page_those_who_took_part_first(self, tea):
        many(tea, 43)
        pages = [soup(f"/practices/tea/told/?page={number}") for number in (1, 2, 3)]
        articles = [article for page in pages for article in page.find_all("article")]
        assert [len(page.find_all("article")) for page in pages] == [20, 20, 3]
        assert [article["id"] for article in articles] == [
            f"report-{report.pk}" for report in TriedReport.objects.of_page(tea)
        ]
        assert "21 to 40 of 43. Page 2 of 3." in words(pages[1])
        assert "Tried by 43 places" in words(pages[0])

    @pytest.mark.parametrize("page", ["0", "99", "x", "-1", "\x00", "9" * 500])
    def test_any_page_gives_a_page(self, tea, page):
        shown(tea)
        assert Client().get("/practices/tea/told/", {"page": page}).status_code == 200

    def test_a_page_that_is_not_public_tells_nothing(self, tea):
        shown(tea)
        tea.unpublish()
        assert Client().get("/practices/tea/told/").status_code == 404

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_only_reading_is_allowed(self, tea, method):
        assert getattr(Client(), method)("/practices/tea/told/").status_code == 405


class TestEssentials:
    def test_each_says_what_became_of_it_and_leads_to_another_view(self, tea):
        first, second = tea.essentials.all()
        shown(tea, place="One", essentials={first.key: Taken.KEPT, second.key: Taken.KEPT})
        shown(tea, place="Two", essentials={first.key: Taken.KEPT})
        shown(tea, place="Three", verdict=Verdict.DID_NOT_HELP, essentials={first.key: Taken.LEFT_OUT})
        rows = section("kept").find_all("li")
        assert [words(row) for row in rows] == [
            "Take time. Kept in 2 of the 2 places where it helped. Left out in one place where it did not help. "
            "I see this differently : Take time.",
            "Pay for the bus. Kept in the one place where it helped. I see this differently : Pay for the bus.",
        ]
        link = rows[0].find("a")
        assert (link["href"], link["rel"]) == ("/practices/tea/edit/?field=essentials", ["nofollow"])
        assert Client().get(link["href"]).status_code == 200

    def test_local_versions_count_as_places_with_their_own_verdict(self, tea):
        first, _second = tea.essentials.all()
        for verdicts, taken in (
            ([Verdict.HELPED, Verdict.HELPED, Verdict.DID_NOT_HELP], Taken.KEPT),
            ([Verdict.HELPED, Verdict.DID_NOT_HELP], Taken.CHANGED),
            ([Verdict.TOO_EARLY], Taken.KEPT),
            ([], Taken.LEFT_OUT),
        ):
            version = PracticeFactory(adapted_from=tea)
            version.adaptation = [AdaptedEssential(essential=first.key, taken=taken)]
            version.save_revision().publish()
            for number, verdict in enumerate(verdicts):
                shown(version, place=f"Ward {number}", verdict=verdict)
        hidden = PracticeFactory(adapted_from=tea)
        hidden.adaptation = [AdaptedEssential(essential=first.key, taken=Taken.KEPT)]
        hidden.save_revision().publish()
        hidden.unpublish()
        assert (
            "Kept in the one place where it helped and in one place where it is too early to say. "
            "Changed in one place where it helped in part. "
            "Left out in one local version that has not yet told us how it went."
        ) in words(section("kept"))


class TestHopedOrReported:
    def test_an_outcome_that_a_report_names_is_reported_on_the_page(self, tea):
        hoped = section("changed")
        assert "Nobody has reported these yet." in words(hoped)
        assert words(hoped.find("a", href="/practices/tea/tried/")) == "Have you seen one of these happen?"
        for place in ("One", "Two"):
            shown(tea, place=place, outcomes=tea.outcomes.all())
        page = soup()
        assert "Trust Told by two places. Read how it went" in words(section("changed", page))
        assert "Hoped for" not in words(section("changed", page))
        said = {words(row.dt): words(row.dd) for row in page.find("dl", class_="said").find_all("div")}
        assert said == {"Reported": "Trust"}


class TestQuestions:
    @pytest.mark.parametrize("path", ["/practices/tea/", "/practices/tea/told/"])
    def test_a_page_asks_as_few_of_three_hundred_reports_as_of_three(self, tea, path):
        outcome = tea.outcomes.get()
        for number in range(3):
            version = PracticeFactory(adapted_from=tea, outcomes=[outcome])
            version.adaptation = [AdaptedEssential(essential=tea.essentials.first().key, taken=Taken.KEPT)]
            version.save_revision().publish()
            many(version, number)
        RuledOut.objects.create(page=tea, person=UserFactory(), why="rural")
        asked = []
        for number in (3, 297):
            many(tea, number)
            soup(path)
            with CaptureQueriesContext(connection) as captured:
                soup(path)
            asked.append(len(captured))
        assert EssentialTotals.objects.filter(page=tea).exists()
        assert asked[0] == asked[1] <= (20 if path == "/practices/tea/" else 9), asked

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's own plan")
    def test_reports_are_read_along_their_indexes(self, tea):
        from feedback.tried.on_page import _reports_statement

        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {_reports_statement().text}", [tea.pk, "shown"] * 2)
            plan = " ".join(row[3] for row in cursor.fetchall())
        assert "SCAN" not in plan and "TEMP B-TREE" not in plan, plan
