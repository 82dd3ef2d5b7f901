"""The engine without an index: fewer words found, no counts, and never an error."""

import pytest

from practices.models import PracticePage
from search.engines import engine_named
from search.hits import hits_of
from search.query import SearchQuery
from search.vocabularies import vocabularies
from tests.factories.practices import OutcomeFactory, PracticeFactory, PrincipleFactory, SelfReliantGroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def find(library):
    def find(**fields) -> list[int]:
        return [hit.id for hit in engine_named("plain").search(SearchQuery(**fields)).hits]

    return find


def test_all_words_in_title_or_summary_title_first(find):
    summary = PracticeFactory(title="Apples", summary="Tea for the lonely.")
    title = PracticeFactory(title="Tea for lonely people")
    PracticeFactory(title="Tea", what_it_is="lonely")
    assert find(words="lonely tea") == [title.pk, summary.pk]


def test_hidden_pages_are_not_found(find):
    PracticeFactory(title="Tea", unpublished=True)
    assert find(words="tea") == []


def test_its_hits_bear_their_terms_though_nobody_knows_when_they_changed(library):
    page = PracticeFactory(title="Tea", outcomes=[OutcomeFactory(label="Company")])
    PracticePage.objects.filter(pk=page.pk).update(last_published_at=None)
    [hit] = hits_of(engine_named("plain").search(SearchQuery(words="tea")), vocabularies())[0]
    assert [link.label for link in hit.card.outcomes] == ["Company"]


def test_every_facet_filters(find):
    outcome, principle = OutcomeFactory(slug="an-outcome"), PrincipleFactory(slug="a-principle")
    page = SelfReliantGroupFactory(
        principles=[principle],
        changes=[{"claim": "x", "outcome": outcome, "basis": "counted"}],
        nations=["wales"],
        aim="both",
        status="active",
        cost_band="free",
    )
    PracticeFactory()
    for facet, value in (
        ("outcome", "an-outcome"),
        ("principle", "a-principle"),
        ("kind", "self-reliant-group"),
        ("nation", "wales"),
        ("aim", "both"),
        ("status", "active"),
        ("cost", "free"),
        ("evidence", "counted"),
    ):
        assert find(**{facet: (value,)}) == [page.pk], facet
    assert find(outcome=("an-outcome",), reported=True) == [page.pk]


def test_no_counts_and_no_near_hits(library):
    results = engine_named("plain").search(SearchQuery(words="xylophone tea"))
    assert (results.answer, results.facets, results.ways) == ("none", None, ())


@pytest.mark.parametrize("words", ["'", '"', "%", "_", "\\", "💥", "a'); DROP TABLE"])
def test_marks_mean_nothing(find, words):
    PracticeFactory()
    find(words=words)


def test_suggestions_and_similar(library):
    page = PracticeFactory(title="Poverty Truth")
    plain = engine_named("plain")
    assert plain.suggest("pov tr") == [page.pk]
    assert plain.suggest("") == []
    assert plain.similar(1) == []
    assert plain.rebuild() == 1
