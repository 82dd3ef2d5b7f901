"""What readers open: a practice, its printed side, the whole library, a term's own page."""

import re
import uuid
from types import SimpleNamespace as Namespace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from practices.models import AdaptedEssential, FormerSlug, PracticePage, ReportedOutcome
from practices.presentation.sheet import LINES_OF_ONE_SIDE, Sheet, fit_one_side, lines_of
from practices.presentation.tree import drawing_of
from practices.reading import MOST_LOCAL_VERSIONS
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
from tests.markup import inline_scripts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

QUERIES_OF_A_PRACTICE = 17
QUERIES_OF_RELATED_PRACTICES = 3
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def soup(client: Client, path: str, status: int = 200) -> BeautifulSoup:
    response = client.get(path)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def words(part: Any) -> str:
    return re.sub(r"\s+", " ", part.get_text(" ")).strip()


def section(page: BeautifulSoup, anchor: str) -> str:
    heading = page.find(id=anchor)
    assert heading is not None, f"no part {anchor}"
    return words(heading.find_parent("section"))


def full_practice(**fields: Any) -> PracticePage:
    """A practice with something in every part."""
    seen, hoped = OutcomeFactory(label="Less loneliness"), OutcomeFactory(label="Mental health")
    source = uuid.uuid4()
    return PovertyTruthCommissionFactory(
        **{
            "title": "Truth in Leeds",
            "slug": "truth-in-leeds",
            "what_it_is": "People meet.\n\n- tea\n- cake",
            "why_it_works": "Trust comes first.",
            "local_form": "In a barn.",
            "did_not_work": "- Haste",
            "place": "Leeds",
            "since": 2009,
            "status": "active",
            "status_reported": "2019-07",
            "months_to_decide": 6,
            "months_alone": 1,
            "facilitation": "One full-time person",
            "time_needed": "Three years in all.",
            "outcomes": [seen, hoped],
            "beneficiary_groups": [BeneficiaryGroupFactory(label="Older people")],
            "principles": [{"principle": PrincipleFactory(label="Listening"), "how": "They listened."}],
            "essentials": ["Do not cut the time short."],
            "steps": ["Ask around."],
            "questions": ["Who is missing?"],
            "voices": [{"quote": "we were heard", "said_by": "a commissioner", "source": source}],
            "changes": [
                {
                    "claim": "People felt less lonely.",
                    "outcome": seen,
                    "figure": "two thirds",
                    "basis": "counted",
                    "told_by": "ran-it",
                    "source": source,
                }
            ],
            "sources": [
                {
                    "title": "A note",
                    "publisher": "A Better Way",
                    "date": "undated",
                    "key": source,
                    "parts": ["what_it_is", "voices"],
                }
            ],
            **fields,
        }
    )


def test_a_practice_shows_every_part_that_is_told(client: Client) -> None:
    practice = full_practice()
    page = soup(client, practice.get_absolute_url())
    assert page.h1.get_text() == "Truth in Leeds"
    assert "Poverty Truth Commission · Leeds · since 2009" in words(page)
    assert "Who is missing?" in section(page, "sit")
    assert [item.get_text() for item in page.find(id="what").find_parent("section").find_all("li")] == ["tea", "cake"]
    assert "They listened." in section(page, "why")
    assert "Do not cut the time short." in section(page, "kept")
    assert "In a barn." in section(page, "here")
    assert "Ask around." in section(page, "start")
    assert "Haste" in section(page, "not")
    assert "we were heard" in section(page, "words")
    assert "A commissioner. Source: A note" in section(page, "words")
    assert "Still going when last reported, July 2019. Nobody has checked since." in section(page, "where")
    assert "A note , A Better Way, undated. Speaks for: What is it? · In people’s own words" in section(page, "sources")
    assert "Nobody has told us yet how it went." in words(page)


def test_reported_and_hoped_for_are_told_apart(client: Client) -> None:
    page = soup(client, full_practice().get_absolute_url())
    said = {words(row.dt): words(row.dd) for row in page.find("dl", class_="said").find_all("div")}
    assert said == {"With": "Older people", "Reported": "Less loneliness", "Hoped for": "Mental health"}
    changed = section(page, "changed")
    assert (
        "Two thirds Less loneliness People felt less lonely. Counted, told by somebody who ran it. Source: A note"
        in changed
    )
    assert "Hoped for Nobody has reported these yet." in changed


def test_a_commission_shows_its_time_as_lengths(client: Client) -> None:
    page = soup(client, full_practice().get_absolute_url())
    stretches = [words(item) for item in page.find("ol", class_="stretch").find_all("li")]
    assert stretches == [
        "6 months to decide to go ahead",
        "1 month with the community commissioners alone",
        "Then together with the civic and business commissioners",
    ]
    assert "Facilitation One full-time person" in section(page, "takes")
    assert "Time Three years in all." in section(page, "takes")


@pytest.mark.parametrize(
    ("factory", "fields", "shown"),
    [
        (SelfReliantGroupFactory, {"how_they_save": "A pound a week"}, "The group How they save A pound a week"),
        (
            CommunityConnectorFactory,
            {"how_people_come": "both"},
            "How people come Referred by others, or by themselves",
        ),
    ],
)
def test_other_kinds_have_a_box_of_their_own(client: Client, factory: Any, fields: Any, shown: str) -> None:
    assert shown in section(soup(client, factory(**fields).get_absolute_url()), "takes")


def test_an_empty_practice_says_what_is_open_and_each_leads_to_its_question(client: Client) -> None:
    page = soup(client, PracticeFactory(slug="bare").get_absolute_url())
    boxes = page.find_all(class_="empty")
    assert len(boxes) == 13
    assert sum("Nobody has told us yet." in words(box) for box in boxes) == 1
    asked = [box.find("a")["href"] for box in boxes if box.find("a")]
    assert len(asked) == 12 and all(address.startswith("/practices/bare/edit/?field=") for address in asked)
    assert all(client.get(address).status_code == 200 for address in asked)
    assert "0 of 13 questions answered." in section(page, "about")
    anchors = {link["href"][1:] for link in page.select(".toc a")} - {"toc"}
    assert all(page.find(id=anchor) for anchor in anchors)


def test_nothing_is_offered_that_does_not_work_yet(client: Client) -> None:
    page = soup(client, full_practice().get_absolute_url())
    inner = {link["href"] for link in page.find_all("a") if link["href"].startswith("/practices/truth-in-leeds/")}
    steps = ("print", "edit", "history", "adapt", "watch", "flag", "tried", "tried/slip", "try", "rate", "not-for-us")
    assert {address.partition("?")[0] for address in inner} == {f"/practices/truth-in-leeds/{step}/" for step in steps}
    assert all(client.get(address, follow=True).status_code == 200 for address in inner)


@pytest.mark.parametrize("make", [full_practice, PracticeFactory])
def test_contents_lead_to_parts_of_the_page(client: Client, make: Any) -> None:
    page = soup(client, make().get_absolute_url())
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for link in page.find_all("a", href=re.compile("^#")):
        assert link["href"][1:] in ids


def test_a_page_says_who_it_is_to_machines_and_sets_no_cookie(client: Client) -> None:
    practice = full_practice()
    response = client.get(practice.get_absolute_url())
    page = BeautifulSoup(response.content, "html.parser")
    assert not response.cookies
    assert page.find("link", rel="canonical")["href"].endswith("/practices/truth-in-leeds/")
    assert page.find("meta", property="og:title")["content"] == "Truth in Leeds"
    assert page.find("meta", {"name": "description"})["content"] == practice.summary
    assert page.main["itemtype"] == "https://schema.org/Article"
    assert page.find(itemprop="headline name").get_text() == "Truth in Leeds"
    assert not page.find_all("style")
    assert not inline_scripts(str(page))
    assert not page.find_all(style=True)


def test_hostile_words_in_any_field_are_shown_as_typed(client: Client) -> None:
    practice = full_practice(
        title=HOSTILE,
        summary=HOSTILE,
        what_it_is=HOSTILE,
        place=HOSTILE,
        facilitation=HOSTILE,
        essentials=[HOSTILE],
        steps=[HOSTILE],
        questions=[HOSTILE],
        voices=[{"quote": HOSTILE, "said_by": HOSTILE}],
        changes=[{"claim": HOSTILE, "figure": HOSTILE[:60], "outcome": OutcomeFactory(label=HOSTILE)}],
        sources=[{"title": HOSTILE, "publisher": HOSTILE, "url": "https://example.org/?a=\"'><script>"}],
        beneficiary_groups=[BeneficiaryGroupFactory(label=HOSTILE)],
    )
    for path in (practice.get_absolute_url(), f"{practice.get_absolute_url()}print/", "/practices/"):
        page = soup(client, path)
        assert not inline_scripts(str(page))
        assert not [image for image in page.find_all("img") if image.get("src") == "x"]
        assert not page.find_all(onerror=True)


@pytest.mark.parametrize("path", ["/practices/nobody-wrote-this/", "/practices/nobody-wrote-this/print/"])
def test_an_unknown_practice_offers_a_search_of_the_words_in_the_address(client: Client, path: str) -> None:
    page = soup(client, path, status=404)
    assert page.find("input", {"name": "q"})["value"] == "nobody wrote this"


def test_what_is_not_public_is_not_there(client: Client) -> None:
    hidden = PracticeFactory(unpublished=True)
    closed = PracticeFactory()
    PageViewRestriction.objects.create(page=closed, restriction_type="login")
    for practice in (hidden, closed):
        for path in (practice.get_absolute_url(), f"{practice.get_absolute_url()}print/"):
            assert client.get(path).status_code == 404
    assert "0 practices" in words(soup(client, "/practices/"))


@pytest.mark.parametrize("rows", [0, 1, 50])
def test_a_practice_takes_the_same_queries_for_any_number_of_rows(
    client: Client, rows: int, django_assert_max_num_queries
) -> None:
    outcomes = [OutcomeFactory() for _ in range(min(rows, 10))]
    practice = PovertyTruthCommissionFactory(
        outcomes=outcomes,
        beneficiary_groups=[BeneficiaryGroupFactory() for _ in range(min(rows, 10))],
        principles=[{"principle": PrincipleFactory(), "how": "x"} for _ in range(min(rows, 10))],
        essentials=["x"] * rows,
        steps=["x"] * rows,
        questions=["x"] * rows,
        voices=[{"quote": "x"}] * rows if rows < 2 else [{"quote": f"x{n}"} for n in range(rows)],
        changes=[{"claim": f"x{n}", "outcome": outcomes[n % len(outcomes)]} for n in range(rows)],
        sources=[{"title": f"x{n}"} for n in range(rows)],
        adapted_from=PracticeFactory(essentials=["kept"]),
    )
    for _ in range(min(rows, 5)):
        PracticeFactory(adapted_from=practice, changes=[{"claim": "y", "outcome": outcomes[0]}], essentials=["z"])
    client.get(practice.get_absolute_url())
    with django_assert_max_num_queries(QUERIES_OF_A_PRACTICE + QUERIES_OF_RELATED_PRACTICES):
        client.get(practice.get_absolute_url())


def family() -> tuple[PracticePage, PracticePage, PracticePage, PracticePage]:
    first = PracticeFactory(title="First", essentials=["Take time.", "Share power."])
    second = PracticeFactory(title="Second", adapted_from=first, essentials=["Eat together."])
    outcome = OutcomeFactory(label="Seen below")
    below = PracticeFactory(title="Below", adapted_from=second, changes=[{"claim": "x", "outcome": outcome}])
    sibling = PracticeFactory(title="Sibling", adapted_from=first)
    time, power = first.essentials.all()
    second.adaptation = [
        AdaptedEssential(essential=time.key, taken="kept"),
        AdaptedEssential(essential=power.key, taken="changed", how="slowly"),
        AdaptedEssential(essential=uuid.uuid4(), taken="kept", how="of an essential that is gone"),
    ]
    second.adaptation_added = "A meal each time."
    second.save_revision().publish()
    return first, second, below, sibling


def test_a_family_is_a_nested_list_with_this_page_in_it(client: Client) -> None:
    _, second, _, _ = family()
    tree = soup(client, second.get_absolute_url()).find(class_="tree")
    assert words(tree) == (
        "First Second this page Kept: Take time. Changed: Share power. (slowly) Added: A meal each time. "
        "Below Kept, changed, left out: nobody has told us yet. Reported there: Seen below "
        "Sibling Kept, changed, left out: nobody has told us yet."
    )


def test_a_family_leaves_out_what_is_not_public(client: Client) -> None:
    first, second, below, _ = family()
    first.unpublish()
    below.unpublish()
    assert soup(client, second.get_absolute_url()).find(class_="tree") is None


def test_a_ring_of_practices_ends_where_it_began(client: Client) -> None:
    first, second, below, _ = family()
    PracticePage.objects.filter(pk=first.pk).update(adapted_from=below.pk)
    for practice in (first, second, below):
        tree = soup(client, practice.get_absolute_url()).find(class_="tree")
        assert words(tree).count("this page") == 1
        assert len(tree.find_all("a", string="Second")) <= 1


def test_a_practice_without_relations_offers_to_begin_a_family(client: Client) -> None:
    page = soup(client, PracticeFactory(slug="alone").get_absolute_url())
    assert page.find(class_="tree") is None and page.find(class_="drawn") is None
    assert "Nobody has told us of a local version yet" in section(page, "from")
    link = page.find(id="from").find_parent("section").find("a", href="/practices/alone/adapt/")
    assert words(link) == "Start your own local version"
    assert client.get(link["href"]).status_code == 200


def test_a_member_of_a_family_says_how_it_went_there_and_what_reports_saw(client: Client) -> None:
    _, second, _, sibling = family()
    tried_in(sibling, helped=2, did_not_help=1)
    tried_in(second, in_part=1)
    ReportedOutcome.objects.create(page=sibling, outcome=OutcomeFactory(label="Trust"), places=2)
    tree = words(soup(client, second.get_absolute_url()).find(class_="tree"))
    assert "Sibling Tried by 3 places : 2 helped, 1 did not help. No one who took part has spoken yet." in tree
    assert "Reported there: Trust" in tree
    assert tree.count("Tried by") == 1  # of the page itself, its title says it


def test_a_family_is_drawn_alike_each_time_and_hidden_from_whoever_listens(client: Client) -> None:
    _, second, below, sibling = family()
    tried_in(below, helped=1)
    tried_in(sibling, did_not_help=1)
    drawn = [soup(client, second.get_absolute_url()).find(class_="family") for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert drawn[0]["aria-hidden"] == "true"
    assert [text.get_text() for text in drawn[0].find_all("text")] == ["Below", "Second", "Sibling", "First"]
    rings = [ring["class"][1:] for ring in drawn[0].find_all("circle", class_="ring")]
    assert rings == [["helped"], [], ["did-not-help"], []]
    assert not drawn[0].find_all(style=True) and not drawn[0].find_all(id=True)


def member(title: str, *below: Any) -> Namespace:
    return Namespace(title=title, is_here=False, verdict="", below=below)


@pytest.mark.parametrize("size", [1, 2, 3, 26, 27, 200])
def test_a_family_that_a_list_shows_better_is_not_drawn(size: int) -> None:
    drawing = drawing_of(member("root", *(member(str(number)) for number in range(size - 1))))
    assert (drawing is not None) == (3 <= size <= 26)


def test_members_of_a_drawn_family_never_lie_over_each_other() -> None:
    deep = member("Deep " * 20, member("a" * 60), member("b", member("c"), member("d", member("e " * 50))), member("f"))
    drawing = drawing_of(member("root", deep, member("g")))
    assert drawing is not None
    assert len({(node.x, node.y) for node in drawing.nodes}) == len(drawing.nodes) == 9
    for node in drawing.nodes:
        end = node.words_x + 8 * len(node.title)
        assert end <= drawing.width and node.y < drawing.height
        assert not [other for other in drawing.nodes if other.y == node.y and node.x < other.x < end]


def test_what_every_version_that_helped_kept_is_counted_over_all_of_them(client: Client) -> None:
    original = PracticeFactory(essentials=["Take time.", "Share power.", "Eat together."])
    time, power, meal = original.essentials.all()
    for number in range(MOST_LOCAL_VERSIONS + 2):
        version = PracticeFactory(adapted_from=original)
        taken = [(time, "kept"), (power, "kept"), (meal, "kept" if number else "changed")]
        version.adaptation = [AdaptedEssential(essential=each.key, taken=how) for each, how in taken]
        version.save_revision().publish()
        tried_in(version, helped=1)
    other = PracticeFactory(adapted_from=original)
    other.adaptation = [AdaptedEssential(essential=time.key, taken="left-out")]
    other.save_revision().publish()
    told = section(soup(client, original.get_absolute_url()), "from")
    kept = "What every version that helped kept All of the 22 local versions that helped kept: "
    assert f"{kept}Take time. Share power. Start" in told
    tried_in(other, helped=1)
    told = section(soup(client, original.get_absolute_url()), "from")
    assert "All of the 23 local versions that helped kept: Share power. Start" not in told
    assert "What every version that helped kept" not in told


def test_the_printed_side_puts_questions_first(client: Client) -> None:
    page = soup(client, f"{full_practice().get_absolute_url()}print/")
    headings = [heading.get_text() for heading in page.find(class_="sheet").find_all("h2")]
    assert headings[:2] == ["Questions to sit with", "What must be kept?"]
    assert "Who is missing?" in words(page)
    assert "A note, A Better Way, undated. Version of" in words(page)


def test_the_printed_side_says_how_it_went_once_somebody_told(client: Client) -> None:
    practice = full_practice()
    path = f"{practice.get_absolute_url()}print/"
    assert "told us yet how it went" not in words(soup(client, path))
    tried_in(practice, helped=2, did_not_help=1)
    assert "Tried by 3 places: 2 helped, 1 did not help." in words(soup(client, path))


def test_a_sheet_that_fits_is_not_cut() -> None:
    sheet = Sheet(title="x", summary="x", steps=("a",), watch_for=("b",))
    assert fit_one_side(sheet) is sheet


@pytest.mark.parametrize(
    ("fields", "whole", "shorter"),
    [
        ({"steps": ("s" * 200,) * 30, "watch_for": ("w",) * 3}, "watch_for", "steps"),
        ({"watch_for": ("w" * 200,) * 30, "takes": ("t",) * 3}, "takes", "watch_for"),
        ({"takes": ("t" * 400,) * 30, "essentials": ("e",) * 4}, "essentials", "takes"),
        ({"questions": ("q" * 300,) * 30, "essentials": ("e",) * 3}, "essentials", "questions"),
    ],
)
def test_a_sheet_is_cut_in_a_fixed_order(fields: dict[str, Any], whole: str, shorter: str) -> None:
    sheet = Sheet(title="x", summary="x", **fields)
    fitted = fit_one_side(sheet)
    assert fitted.is_cut
    assert lines_of(fitted) <= LINES_OF_ONE_SIDE
    assert getattr(fitted, whole) == getattr(sheet, whole)
    assert getattr(fitted, shorter) == getattr(sheet, shorter)[: len(getattr(fitted, shorter))]
    assert len(getattr(fitted, shorter)) < len(getattr(sheet, shorter))


def test_steps_go_before_what_to_watch_for_and_a_few_of_each_stay_longest() -> None:
    sheet = Sheet(title="x", summary="x", steps=("s" * 100,) * 16, watch_for=("w" * 100,) * 16)
    fitted = fit_one_side(sheet)
    assert len(fitted.steps) < len(fitted.watch_for)
    tighter = fit_one_side(sheet, lines=31)
    assert (len(tighter.steps), len(tighter.watch_for)) == (3, 3)


def test_the_whole_library_is_sorted_by_title_without_its_article(client: Client) -> None:
    for title in ("The Circle", "Backr", "999 Club"):
        PracticeFactory(title=title)
    page = soup(client, "/practices/")
    assert [heading.get_text() for heading in page.select(".hit h3")] == ["999 Club", "Backr", "The Circle"]
    letters = {link.get_text(): link["href"] for link in page.select(".letters a")}
    assert letters == {"B": "/practices/?letter=b", "C": "/practices/?letter=c", "0 to 9": "/practices/?letter=0"}


def test_letter_and_kind_narrow_the_library(client: Client) -> None:
    PracticeFactory(title="Circle")
    SelfReliantGroupFactory(title="Cooks")
    SelfReliantGroupFactory(title="Savers")

    def titles(query: str) -> list[str]:
        return [heading.get_text() for heading in soup(client, f"/practices/{query}").select(".hit h3")]

    assert titles("?letter=c") == ["Circle", "Cooks"]
    assert titles("?kind=self-reliant-group") == ["Cooks", "Savers"]
    assert titles("?kind=other") == ["Circle"]
    assert titles("?letter=C&kind=self-reliant-group") == ["Cooks"]
    assert titles("?letter=z") == []


def test_the_library_turns_its_pages(client: Client) -> None:
    for number in range(21):
        PracticeFactory(title=f"Circle {number:02}")
    first = soup(client, "/practices/?letter=c")
    assert "1 to 20 of 21. Page 1 of 2." in words(first)
    assert first.find("a", rel="next")["href"] == "/practices/?letter=c&page=2"
    last = soup(client, "/practices/?letter=c&page=99")
    assert "21 to 21 of 21. Page 2 of 2." in words(last)
    assert last.find("a", rel="prev")["href"] == "/practices/?letter=c"
    assert last.find("link", rel="canonical")["href"].endswith("/practices/?letter=c&page=2")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.fixed_dictionaries(
        {},
        optional={
            name: st.text(max_size=40)
            | st.sampled_from(["-1", "1000000000", "9" * 6000, "\x00", "'", "c", "other", "x" * 10_000])
            for name in ("letter", "kind", "page", "letter[]", "sort")
        },
    )
)
def test_any_query_gives_a_page(client: Client, query: dict[str, str]) -> None:
    assert client.get("/practices/", query).status_code == 200


@pytest.mark.parametrize("number", [1, 15])
def test_lists_take_the_same_queries_however_many(client: Client, number: int, django_assert_max_num_queries) -> None:
    outcome, group, principle = OutcomeFactory(), BeneficiaryGroupFactory(), PrincipleFactory()
    for _ in range(number):
        PracticeFactory(
            outcomes=[outcome],
            beneficiary_groups=[group],
            principles=[{"principle": principle, "how": "x"}],
            changes=[{"claim": "x", "outcome": outcome}],
        )
    for path in (
        "/practices/",
        f"/outcomes/{outcome.slug}/",
        f"/groups/{group.slug}/",
        f"/principles/{principle.slug}/",
    ):
        client.get(path)
        with django_assert_max_num_queries(9):
            page = soup(client, path)
        assert len(page.select(".hit")) == number


def test_an_outcome_tells_reported_from_hoped_for(client: Client) -> None:
    outcome = OutcomeFactory(label="Less loneliness", slug="less-loneliness", description="People have company.")
    PracticeFactory(title="Hoping", outcomes=[outcome])
    PracticeFactory(title="Telling", outcomes=[outcome], changes=[{"claim": "x", "outcome": outcome}])
    PracticeFactory(title="Telling but not listing", changes=[{"claim": "x", "outcome": outcome}])
    page = soup(client, "/outcomes/less-loneliness/")
    assert page.h1.get_text() == "Less loneliness"
    assert "People have company." in words(page)
    assert "3 practices." in words(page)
    shelves = {
        words(shelf.h2): [words(title) for title in shelf.select("h3")] for shelf in page.main.find_all("section")
    }
    assert shelves == {"Reported": ["Telling", "Telling but not listing"], "Hoped for": ["Hoping"]}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's own plan")
def test_the_practices_of_an_outcome_are_found_without_a_question_for_each(library) -> None:
    outcome = OutcomeFactory()
    PracticeFactory(outcomes=[outcome])
    plan = PracticePage.objects.visible().naming(outcome)[:20].explain()
    assert "CORRELATED" not in plan and "SCAN practices_" not in plan, plan


def test_a_principle_says_how_it_shows_in_each(client: Client) -> None:
    principle = PrincipleFactory(slug="listening")
    PracticeFactory(title="A", principles=[{"principle": principle, "how": "They listened."}])
    PracticeFactory(title="B", principles=[principle])
    page = soup(client, "/principles/listening/")
    assert [words(why) for why in page.select(".why")] == ["They listened."]
    assert [words(title) for title in page.select(".hit h3")] == ["A", "B"]


def test_a_group_has_a_page_also_while_nobody_names_it(client: Client) -> None:
    BeneficiaryGroupFactory(slug="women")
    assert "0 practices." in words(soup(client, "/groups/women/"))


def test_a_retired_term_keeps_its_page(client: Client) -> None:
    PracticeFactory(outcomes=[OutcomeFactory(slug="old", is_retired=True)])
    assert "1 practice. This word is not given to new pages any more." in words(soup(client, "/outcomes/old/"))


def test_a_merged_or_former_slug_leads_to_the_term_for_ever(client: Client) -> None:
    target = OutcomeFactory(slug="now")
    merged = OutcomeFactory(slug="merged", merged_into=target)
    FormerSlug.objects.create(vocabulary="outcome", slug="before", term_id=target.pk)
    FormerSlug.objects.create(vocabulary="outcome", slug="long-before", term_id=merged.pk)
    for slug in ("merged", "before", "long-before"):
        response = client.get(f"/outcomes/{slug}/")
        assert (response.status_code, response["Location"]) == (301, "/outcomes/now/")
    assert client.get("/groups/before/").status_code == 404


def test_a_synonym_is_never_shown(client: Client) -> None:
    BeneficiaryGroupFactory(slug="people-in-poverty", also=["scroungers"])
    assert "scroungers" not in words(soup(client, "/groups/people-in-poverty/"))


@pytest.mark.parametrize("path", ["/practices/", "/practices/truth-in-leeds/", "/practices/truth-in-leeds/print/"])
def test_only_reading_is_allowed(client: Client, path: str) -> None:
    full_practice()
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


def test_a_large_family_is_drawn_as_far_as_a_page_can_and_says_that_there_is_more(client: Client, library) -> None:
    original = PracticeFactory(title="The original")
    for _number in range(MOST_LOCAL_VERSIONS + 3):
        version = PracticeFactory(adapted_from=original)
    for page, drawn in ((original, MOST_LOCAL_VERSIONS), (version, MOST_LOCAL_VERSIONS)):
        content = client.get(page.get_absolute_url()).content.decode()
        tree = soup(client, page.get_absolute_url()).select_one(".tree")
        others = [
            link
            for link in tree.select("a")
            if link["href"] not in (page.get_absolute_url(), "/practices/the-original/")
        ]
        assert len(others) <= drawn
        assert "There are more local versions than this page can show." in content


def test_signing_in_costs_at_most_four_queries_more(client: Client, library, django_assert_max_num_queries) -> None:
    page = PracticeFactory(essentials=["Listen."])
    client.get(page.get_absolute_url())
    client.get("/search/")
    with CaptureQueriesContext(connection) as alone:
        client.get(page.get_absolute_url())
    with CaptureQueriesContext(connection) as searching_alone:
        client.get("/search/?q=listen")
    client.force_login(UserFactory())
    with django_assert_max_num_queries(min(24, len(alone) + 4)):
        client.get(page.get_absolute_url())
    with django_assert_max_num_queries(min(16, len(searching_alone) + 4)):
        client.get("/search/?q=listen")
