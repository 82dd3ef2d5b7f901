"""Reading a question from an address."""

from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from practices.models import FormerSlug
from search.query import FACETS, MAX_LENGTH, MAX_PAGE, MAX_VALUES, SORTS, SearchQuery
from tests.factories.practices import BeneficiaryGroupFactory, OutcomeFactory, PracticeFactory


def parse(address: str) -> SearchQuery:
    return SearchQuery.parse(QueryDict(address))


@pytest.mark.django_db
class TestTerms:
    def test_choices_of_a_facet_repeat(self):
        OutcomeFactory(slug="a-one"), OutcomeFactory(slug="b-two")
        assert parse("outcome=a-one&outcome=b-two&outcome=a-one").outcome == ("a-one", "b-two")

    def test_unknown_terms_and_values_are_left_out(self):
        assert parse("outcome=nobody&kind=nothing&nation=wales").filters == {"nation": ("wales",)}

    def test_a_merged_term_means_its_target(self):
        target = BeneficiaryGroupFactory(slug="older-people")
        BeneficiaryGroupFactory(slug="pensioners", merged_into=target)
        assert parse("group=pensioners&group=older-people").group == ("older-people",)

    def test_a_former_address_means_the_term(self):
        term = OutcomeFactory(slug="less-loneliness")
        FormerSlug.objects.create(vocabulary="outcome", slug="loneliness", term_id=term.pk)
        assert parse("outcome=loneliness").outcome == ("less-loneliness",)

    def test_a_slug_means_a_term_of_its_own_vocabulary_only(self):
        OutcomeFactory(slug="women")
        assert parse("group=women").group == ()


@pytest.mark.parametrize(
    ("given_page", "page"), [("-1", 1), ("0", 1), ("x", 1), ("", 1), ("2", 2), ("1000000000", MAX_PAGE), ("²", 1)]
)
def test_pages(given_page, page):
    assert parse(f"page={given_page}").page == page


def test_words_are_cleaned_and_cut():
    assert parse("q=%00lone%0Dly%20%20" + "x" * 10_000).words == ("lone ly " + "x" * 10_000)[:MAX_LENGTH]


def test_many_values_are_cut():
    assert len(parse("&".join(f"nation=wales&nation=x{n}" for n in range(4_000))).nation) == 1
    assert MAX_VALUES < 100


def test_sorts_that_are_not_there_give_the_default():
    assert parse("sort=average").sort == parse("sort=%00").sort == "relevance"
    assert [parse(f"sort={sort}").sort for sort in SORTS] == ["relevance", "newest", "title", "told", "rated"]


def test_what_there_is_to_go_by_and_how_sure_we_can_be_are_chosen_by_their_values():
    query = parse("evidence=reports&evidence=told&evidence=stars&sure=several&sure=quite&sure=HOPES")
    assert query.filters == {"evidence": ("reports", "told"), "sure": ("several", "hopes")}
    assert query.url() == "/search/?evidence=reports&evidence=told&sure=several&sure=hopes"
    assert query.without_value("sure", "several").with_value("sure", "checked").sure == ("hopes", "checked")
    assert query.without_filters().filters == {}


def test_the_address_leaves_out_what_goes_without_saying():
    assert SearchQuery(sort="relevance", page=1).url() == "/search/"
    query = SearchQuery(words="lonely & old", nation=("wales", "england"), reported=True, sort="title", page=3)
    assert query.url() == "/search/?q=lonely+%26+old&nation=wales&nation=england&reported=yes&sort=title&page=3"


def test_a_changed_choice_leads_to_the_first_page():
    query = SearchQuery(words="x", nation=("wales",), page=4)
    fewer = query.without_value("nation", "wales")
    assert (fewer.filters, fewer.page) == ({}, 1)
    assert query.without_filters().words == "x"
    with pytest.raises(KeyError):
        query.without_facet("words")


values = st.lists(st.text(max_size=30), max_size=4)


@given(
    words=st.text(max_size=80),
    nations=values,
    kinds=values,
    sure=st.lists(st.sampled_from(["hopes", "checked", "Several", "several ", "sure"]), max_size=4),
    page=st.text(max_size=12),
    sort=st.one_of(st.sampled_from(SORTS), st.text(max_size=9)),
)
def test_reading_its_own_address_gives_the_same_question(words, nations, kinds, sure, page, sort):
    params = QueryDict(mutable=True)
    params.setlist("nation", [*nations, "wales"])
    params.setlist("kind", kinds)
    params.setlist("sure", sure)
    params["q"], params["page"], params["sort"] = words, page, sort
    query = SearchQuery.parse(params)
    assert parse(urlsplit(query.url()).query) == query


@pytest.fixture
def small_library(library):
    outcome = OutcomeFactory(label="Less loneliness", slug="less-loneliness", also=["lonely", "on my own"])
    PracticeFactory(title="Tea & company", slug="tea", outcomes=[outcome])


@given(
    st.dictionaries(
        st.sampled_from(["q", "page", "sort", "reported", "unknown", "q[]", *FACETS]),
        st.lists(st.text(alphabet=st.characters(), max_size=60), max_size=3),
        max_size=6,
    )
)
@example({"q": ['"' * 300]})
@example({"q": ["\x00\ud800 💥 ' OR 1=1 --"]})
@example({"q": ["x" * 10_000]})
@example({"q": ["word " * 2_000]})
@example({"q": ["outcome:[* TO *] AND (a~2^3 \\"]})
@example({"q": ['"tea company" "tea'], "page": ["-1"]})
@example({"page": ["1000000000"], "outcome": ["less-loneliness", "\x00"], "reported": ["yes"]})
@example({"q": ["on my own"], "nation": ["england"], "sort": ["title"]})
@example({"q": ["tea"], "sure": ["hopes", "\x00"], "evidence": ["reports"], "sort": ["rated"], "page": ["50"]})
@example({"sure": ["checked"], "sort": ["told"]})
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@pytest.mark.django_db
def test_any_address_gives_a_page(small_library, client, given_params):
    encoded = {key: [v.encode("utf-8", "replace").decode() for v in vs] for key, vs in given_params.items()}
    response = client.get("/search/", encoded)
    assert response.status_code == 200
    assert b"data-answer=" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw",
    ["q=%ff%fe%00", "q=%ed%a0%80", "q=a&q=b", "q[]=a&outcome[]=b", "page=%F0%9F%92%A5", "&&&=;", "q=%", "a" * 9000],
)
def test_badly_encoded_addresses_give_a_page(small_library, client, raw):
    assert client.get(f"/search/?{raw}").status_code == 200
