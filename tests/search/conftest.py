"""What the tests of search share: an engine to test, and a library that it has taken in."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.http import QueryDict
from elasticsearch import Elasticsearch

from practices.models import Library, PracticeIndexPage
from search.engines import engine_named
from search.engines.base import SearchEngine, SearchResults
from search.engines.local.folder import IndexFolder
from search.query import SearchQuery
from search.services import drain_queue
from search.typed import notebook
from tests.factories.practices import PracticeFactory
from tests.search.index_folders import let_time_pass

# What only one engine can do does not exist.
INDEXING_ENGINES = ["local", "elasticsearch"]
EVERY_ENGINE = [*INDEXING_ENGINES, "plain"]


@pytest.fixture(params=INDEXING_ENGINES)
def engine(
    request: pytest.FixtureRequest, settings, library: PracticeIndexPage, monkeypatch: pytest.MonkeyPatch
) -> SearchEngine:
    settings.SEARCH_ENGINE = request.param
    if request.param == "elasticsearch":
        request.getfixturevalue("elasticsearch")
        # A thread would not see what this test has not committed.
        monkeypatch.setattr("search.engines.elasticsearch.ElasticsearchEngine.builds_while_somebody_waits", True)
    return engine_named(request.param)


@pytest.fixture
def elasticsearch(settings, elasticsearch_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a real Elasticsearch, in which this test has indexes of its own.

    It may take its time: a server that has just begun, beside a whole suite, is slower than readers are to wait.
    """
    for seconds in ("SECONDS_FOR_AN_ANSWER", "SECONDS_WHILE_SOMEBODY_WAITS"):
        monkeypatch.setattr(f"search.engines.elasticsearch.{seconds}", 20.0)
    settings.ELASTICSEARCH_URL = elasticsearch_address
    settings.ELASTICSEARCH_INDEX_PREFIX = f"test-{uuid4().hex[:12]}"
    engine_named.cache_clear()
    yield elasticsearch_address
    engine_named.cache_clear()
    client = Elasticsearch(elasticsearch_address)
    for name in client.indices.get(index=f"{settings.ELASTICSEARCH_INDEX_PREFIX}-*", features="settings").body:
        client.indices.delete(index=name)
    client.close()


@pytest.fixture(autouse=True)
def _may_repair(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repair that failed in another test does not keep this one waiting for a minute."""
    monkeypatch.setattr("search.services._no_repair_before", 0.0)


@pytest.fixture(autouse=True)
def _empty_notebook() -> None:
    """What other tests of this process searched for is not counted in this one."""
    notebook._notes.clear()


@pytest.fixture
def folder(library, settings, tmp_path) -> IndexFolder:
    """An index that holds two practices, apart from those of tests that run beside this one."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    for title in ("Round the table", "Round the corner"):
        PracticeFactory(title=title)
    engine_named("local").rebuild()
    folder = IndexFolder(Library.objects.current())
    let_time_pass(folder)
    return folder


@pytest.fixture
def take_in() -> Callable[[], int]:
    """Index what waits, as the end of a request does."""
    return lambda: drain_queue(wait=True)


@pytest.fixture
def ask(engine: SearchEngine) -> Callable[..., SearchResults]:
    """Ask the engine by address, after it has taken in all that waits."""

    def ask(address: str = "", **fields) -> SearchResults:
        if not engine.health().usable:
            engine.rebuild()
        drain_queue(wait=True)
        return engine.search(SearchQuery(**fields) if fields else SearchQuery.parse(QueryDict(address)))

    return ask


def found_ids(results: SearchResults) -> list[int]:
    return [hit.id for hit in results.hits]


@pytest.fixture
def ids() -> Callable[[SearchResults], list[int]]:
    return found_ids
