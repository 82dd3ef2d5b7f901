"""The pages of search, as a reader without an account gets them."""

import logging
import re

import pytest
from django.template import Context, Template

from practices.models import Library, PracticePage, ReportedOutcome
from search.engines import engine_named
from search.models import WantedPractice
from search.services import drain_queue, facet_counts
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    CommunityConnectorFactory,
    OutcomeFactory,
    PracticeFactory,
    PrincipleFactory,
    SelfReliantGroupFactory,
    tried_in,
)
from tests.markup import inline_scripts

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(client, library):
    """The text of a page of results, after all that waits was taken in."""

    def page_of(address: str) -> str:
        if engine_named("local").health().usable:
            drain_queue(wait=True)
        response = client.get(f"/search/{address}")
        assert response.status_code == 200
        assert not response.cookies
        return response.content.decode()

    return page_of


def hits(html: str) -> list[str]:
    return re.findall(r'<article class="hit" data-practice="([\w-]+)">', html)


def answer(html: str) -> str:
    return re.search(r'<main[^>]* data-answer="(\w+)"', html)[1]


class TestResults:
    def test_words_find_and_are_marked(self, page_of):
        PracticeFactory(title="Tea and company", slug="tea", summary="For lonely neighbours.")
        html = page_of("?q=lonely")
        assert (answer(html), hits(html)) == ("exact", ["tea"])
        assert "For <mark>lonely</mark> neighbours." in html
        assert "Found by <mark>lonely</mark> in the summary" in html
        assert '<span role="status">1 practice</span>' in html
        assert '<meta name="robots" content="noindex">' in html

    def test_without_words_everything_is_listed_and_may_be_indexed_elsewhere(self, page_of):
        PracticeFactory(), PracticeFactory()
        html = page_of("")
        assert (answer(html), len(hits(html))) == ("exact", 2)
        assert "noindex" not in html
        assert "Best match" not in html

    def test_hostile_text_stays_text(self, page_of):
        evil = "<script>alert('lonely')</script>"
        term = OutcomeFactory(label="<b>lonely</b>")
        PracticeFactory(title=evil, summary=evil, what_it_is=f"lonely {evil} fragment", place=evil, outcomes=[term])
        for address in ("?q=lonely", "?q=fragment", "?q=%3Cscript%3Ealert(1)%3C/script%3E", f"?outcome={term.slug}"):
            html = page_of(address)
            assert not inline_scripts(html)
            assert "<b>lonely" not in html

    def test_a_short_facet_offers_all_its_values_with_counts(self, page_of):
        wales = PracticeFactory(nations=["wales"])
        PracticeFactory(nations=["wales", "england"])
        wales.refresh_from_db()
        html = page_of("?nation=wales")
        assert re.search(r'value="wales" checked> Wales <span class="n">2<', html)
        assert re.search(r'value="england"> England <span class="n">1<', html)
        assert re.search(r'value="scotland"> Scotland <span class="n">0<', html)

    def test_each_chip_takes_its_own_filter_away(self, page_of):
        outcome = OutcomeFactory(label="Less loneliness", slug="less-loneliness")
        PracticeFactory(nations=["wales"], outcomes=[outcome], summary="Tea")
        html = page_of("?q=tea&outcome=less-loneliness&nation=wales")
        chips = re.search(r'<ul class="chips".*?</ul>', html, re.S)[0]
        assert '<a href="/search/?q=tea&amp;nation=wales">' in chips
        assert '<a href="/search/?q=tea&amp;outcome=less-loneliness">' in chips
        assert '<a href="/search/?q=tea">Clear all' in chips

    def test_pages_follow_each_other(self, page_of):
        for _ in range(23):
            PracticeFactory()
        first, second = page_of("?sort=title"), page_of("?sort=title&page=2")
        assert "1 to 20 of 23. Page 1 of 2" in first
        assert '<a class="btn" href="/search/?sort=title&amp;page=2" rel="next">Next 3</a>' in first
        assert "21 to 23 of 23. Page 2 of 2" in second
        assert 'href="/search/?sort=title" rel="prev"' in second
        assert not set(hits(first)) & set(hits(second))

    def test_a_synonym_that_was_not_typed_is_never_shown(self, page_of):
        term = BeneficiaryGroupFactory(label="People in contact with the justice system", also=["offenders", "lags"])
        PracticeFactory(beneficiary_groups=[term])
        PracticeFactory(summary="Work with offenders.")
        html = page_of("?q=lags")
        assert "Found by the group People in contact with the justice system" in html
        assert "Found by words close to People in contact with the justice system" in html.partition("Close to it")[2]
        assert "<mark>offenders" not in html

    def test_why_names_the_part_of_the_page(self, page_of):
        PracticeFactory(why_it_works="First this. It works because of the power of the peer group. Then that.")
        html = page_of("?q=peer")
        assert (
            "Found by <q>It works because of the power of the <mark>peer</mark> group. Then that.</q>"
            " under Why does it work?" in html
        )

    def test_no_query_text_in_the_log(self, page_of, caplog):
        caplog.set_level(logging.DEBUG)
        engine_named("local").distrust()
        PracticeFactory()
        page_of("?q=xylophone+worries")
        assert "xylophone" not in caplog.text

    @pytest.mark.parametrize("rows", [0, 50])
    def test_queries_are_as_many_for_one_hit_as_for_twenty(self, page_of, client, rows, django_assert_max_num_queries):
        outcome, group, principle = OutcomeFactory(slug="some-outcome"), BeneficiaryGroupFactory(), PrincipleFactory()
        kinds = [PracticeFactory, SelfReliantGroupFactory, CommunityConnectorFactory]
        for number in range(20):
            page = kinds[number % 3](
                summary="Unique tea" if number == 7 else "Plain tea",
                outcomes=[outcome],
                beneficiary_groups=[group],
                principles=[principle],
                essentials=["Keep this"] * rows,
                changes=[{"claim": "Changed", "outcome": OutcomeFactory() if rows else None}] * min(rows, 2),
            )
            if rows:
                tried_in(page, helped=3, did_not_help=2)
                ReportedOutcome.objects.create(page=page, outcome=OutcomeFactory(), places=1)
        page_of("?q=tea")
        counted = []
        for address, number in (
            ("?q=unique", 1),
            ("?q=tea&outcome=some-outcome", 20),
            ("?q=tea&sort=told&sure=hopes&sure=first&sure=several&sure=checked", 20),
            ("?q=tea&sort=rated", 20),
            ("", 20),
        ):
            Library.objects.bump_version()  # nothing is kept from the request before
            with django_assert_max_num_queries(12) as captured:
                html = client.get(f"/search/{address}").content.decode()
            assert len(hits(html)) == number
            counted.append(len(captured))
        assert len(set(counted)) == 1, counted

    def test_head_requests_and_other_methods(self, client, library):
        assert client.head("/search/").status_code == 200
        assert client.post("/search/").status_code == 405


class TestNothingFound:
    def test_near_hits_are_labelled(self, page_of):
        PracticeFactory(slug="peers", summary="Peer support.")
        html = page_of("?q=interpreter+for+peer+support")
        assert (answer(html), hits(html)) == ("relaxed", ["peers"])
        assert "Nothing here answers this yet" in html
        assert "Each says what it leaves out, or why it is here." in html
        assert "It says nothing of <q>interpreter</q>" in html
        assert 'role="status"' not in html

    def test_each_filter_can_be_let_go_of(self, page_of):
        PracticeFactory(summary="Growing leeks.", nations=["wales"])
        PracticeFactory(nations=["england"])
        html = page_of("?q=leeks&nation=england")
        assert re.search(
            r'<a href="/search/\?q=leeks"><span>Without <b>England</b></span> <span class="n">1 practice</span></a>',
            html,
        )

    def test_nothing_at_all(self, page_of):
        PracticeFactory()
        html = page_of("?q=xylophone")
        assert (answer(html), hits(html)) == ("none", [])
        assert "Nothing here answers this yet" in html
        assert "noindex" in html

    def test_a_sure_spelling_is_followed_and_says_so(self, page_of):
        PracticeFactory(title="The community commissioners")
        html = page_of("?q=comissioners")
        assert answer(html) == "corrected"
        assert "These are results for <b>commissioners</b>." in html
        assert '<a href="/search/?q=comissioners&amp;spelling=typed">' in html

    def test_a_spelling_that_is_not_sure_is_offered(self, page_of):
        PracticeFactory(title="Bread and beans")
        PracticeFactory(title="Bread and beads")
        html = page_of("?q=beams")
        assert answer(html) == "none"
        assert 'Did you mean <a href="/search/?q=beads">beads</a>?' in html


class TestPlain:
    def test_without_an_index_the_page_says_so_and_offers_filters_without_counts(
        self, client, library, settings, tmp_path, monkeypatch
    ):
        monkeypatch.setattr("search.services._no_repair_before", 0.0)
        settings.SEARCH_INDEX_DIR = tmp_path / "file"
        settings.SEARCH_INDEX_DIR.write_text("not a folder")
        PracticeFactory(title="Tea", slug="tea", nations=["wales"])
        html = client.get("/search/?q=tea&nation=wales").content.decode()
        assert (answer(html), hits(html)) == ("exact", ["tea"])
        assert "Search is catching its breath" in html
        assert re.search(r'value="wales" checked> Wales</label>', html)
        monkeypatch.setattr("search.services._no_repair_before", 0.0)


class TestWanted:
    def test_open_wants_are_listed_with_where_they_were_mentioned(self, client, library, django_assert_max_num_queries):
        for number in range(35):
            WantedPractice.objects.create(title=f"Wanted {number:02}", why="Who does it?", sort_order=number)
        WantedPractice.objects.filter(title="Wanted 03").update(source_title="A note", source_date="undated")
        WantedPractice.objects.filter(title="Wanted 01").update(state="closed")
        with django_assert_max_num_queries(5):
            html = client.get("/wanted/").content.decode()
        assert "Wanted 00" in html and "Wanted 01" not in html and "Wanted 33" not in html
        assert "Mentioned in: A note, undated" in html
        assert "Wanted 33" in client.get("/wanted/?page=2").content.decode()

    @pytest.mark.parametrize("page", ["-1", "x", "99999999999999999999", "%00", ""])
    def test_odd_pages_give_a_page(self, client, library, page):
        assert client.get(f"/wanted/?page={page}").status_code == 200


class TestParts:
    def draw(self, page: PracticePage) -> str:
        return Template("{% load search_tags %}{% similar_practices practice %}").render(Context({"practice": page}))

    def test_related_practices_come_with_their_reason(self, library, django_assert_max_num_queries):
        power = PrincipleFactory(label="Sharing power")
        page = PracticeFactory(principles=[power], beneficiary_groups=[BeneficiaryGroupFactory()])
        PracticeFactory(title="Elsewhere", slug="elsewhere", principles=[power])
        engine_named("local").rebuild()
        with django_assert_max_num_queries(3):
            html = self.draw(page)
        assert '<a href="/practices/elsewhere/">Elsewhere</a>' in html
        assert "Same idea, somewhere you might not look: Sharing power" in html

    def test_nothing_is_drawn_when_nothing_is_near(self, library):
        assert self.draw(PracticeFactory()).strip() == ""

    def test_counts_over_the_whole_library(self, library):
        outcome = OutcomeFactory(slug="less-loneliness")
        SelfReliantGroupFactory(outcomes=[outcome])
        PracticeFactory(unpublished=True, outcomes=[outcome])
        counts = facet_counts()
        assert counts["outcome"] == {"less-loneliness": 1}
        assert counts["kind"] == {"self-reliant-group": 1}


def test_all_ten_facets_are_always_offered_and_noughts_are_told(page_of):
    PracticeFactory(
        outcomes=[OutcomeFactory()], beneficiary_groups=[BeneficiaryGroupFactory()], principles=[PrincipleFactory()]
    )
    html = page_of("?q=listen")
    names = {"outcome", "group", "principle", "kind", "aim", "nation", "status", "cost", "evidence", "sure"}
    assert set(re.findall(r'type="checkbox"[^>]* name="(\w+)"', html)) >= names
    assert re.search(r'value="wales"[^>]*>\s*Wales <span class="n">0', html)
