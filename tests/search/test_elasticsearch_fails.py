"""Elasticsearch that is stopped, hangs, is slow or takes nothing in, under a real web server in the middle of traffic.

Every search is answered, from the database where need be; what changes waits, and is found afterwards.
"""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from elasticsearch import Elasticsearch

from backing.elasticsearch import Node, running
from practices.models import PracticePage
from search.models import IndexQueue
from search.query import SearchQuery
from search.services import drain_queue, search_library
from tests.search.processes import change_one
from tests.search.proxies import Proxy, proxy_before
from tests.search.traffic import PATIENCE, Traffic, is_degraded, is_whole, readers_of

pytestmark = pytest.mark.django_db(transaction=True)
PRACTICES = 4
# A reader is promised a second; where the whole suite runs beside it, two more.
LONGEST = 3.0


@dataclass
class Site:
    address: str
    node: Node
    proxy: Proxy
    traffic: Traffic
    said: Callable[[], str]
    pages: list[int]

    def readyz(self) -> dict:
        with urllib.request.urlopen(f"{self.address}/readyz", timeout=30) as answer:
            assert answer.status == 200
            return json.loads(answer.read())

    def wait_until_search_is(self, state: str) -> dict:
        """What /readyz tells as soon as it says so, whichever of its processes answers."""
        until = time.monotonic() + PATIENCE
        while (told := self.readyz())["search"] != state and time.monotonic() < until:
            time.sleep(0.1)
        assert told["search"] == state
        return told

    def change_meanwhile(self, number: int, word: str) -> None:
        """Somebody's change is saved soon, and waits."""
        began = time.monotonic()
        change_one(self.pages[number], title=f"Round the {word}")
        assert time.monotonic() - began < LONGEST
        assert IndexQueue.objects.waiting().filter(object_id=self.pages[number]).exists()

    def catch_up(self, number: int, word: str) -> None:
        """What waited is taken in, and found."""
        until = time.monotonic() + PATIENCE
        while drain_queue(wait=True) == 0 and time.monotonic() < until:
            time.sleep(0.2)
        assert not IndexQueue.objects.exists()
        results = search_library(SearchQuery(words=word))
        assert ([hit.id for hit in results.hits], results.degraded) == ([self.pages[number]], False)


@pytest.fixture
def site(library, settings, tmp_path) -> Iterator[Site]:
    """A web server with readers, and a node of Elasticsearch of its own behind a proxy."""
    log = tmp_path / "said.log"
    with (
        running() as cluster,
        proxy_before(cluster.nodes[0].port) as proxy,
        readers_of(proxy.address, tmp_path, settings, practices=PRACTICES, output=log) as traffic,
    ):
        traffic.wait_for(is_whole)
        pages = list(PracticePage.objects.order_by("pk").values_list("pk", flat=True))
        yield Site(traffic.address, cluster.nodes[0], proxy, traffic, log.read_text, pages)


def test_whatever_happens_to_elasticsearch_every_search_is_answered_and_no_change_is_lost(site):
    """One story, since each of its servers takes seconds to start."""
    for happens in (it_hangs, it_is_slow, it_takes_nothing_in, it_is_killed):
        happens(site)
    site.traffic.stop()
    answers = site.traffic.answers
    assert {answer.status for answer in answers} == {200}
    assert {answer.titles for answer in answers} == {PRACTICES}
    slowest = max(answer.seconds for answer in answers)
    without = sum(map(is_degraded, answers))
    print(f"{len(answers)} searches, {without} without the index, the slowest answered in {slowest:.2f} s")
    assert slowest < LONGEST
    said = site.said()
    assert "Elasticsearch does not answer: readers are answered from the database." in said
    assert "Elasticsearch answers again." in said
    assert "q=round" not in said


def it_hangs(site: Site) -> None:
    site.node.hang()
    site.traffic.wait_for(is_degraded)
    site.change_meanwhile(0, "hearth")
    assert site.wait_until_search_is("degraded")["index"]["waiting"] == 1
    site.node.go_on()
    site.traffic.wait_for(is_whole)
    site.catch_up(0, "hearth")
    site.wait_until_search_is("ok")


def it_is_slow(site: Site) -> None:
    site.proxy.delay = 1.5
    site.traffic.wait_for(is_degraded)
    site.proxy.delay = 0.0
    site.traffic.wait_for(is_whole)


def it_takes_nothing_in(site: Site) -> None:
    """As every index does on a disk that is nearly full. Readers are answered as ever."""
    client = Elasticsearch(site.node.address)
    live = next(iter(client.indices.get_alias(name="*-write").body))
    client.indices.put_settings(index=live, settings={"index.blocks.read_only_allow_delete": True})
    site.wait_until_search_is("ok")
    site.change_meanwhile(1, "window")
    site.traffic.wait_for(is_whole)
    client.indices.put_settings(index=live, settings={"index.blocks.read_only_allow_delete": None})
    site.catch_up(1, "window")
    client.close()


def it_is_killed(site: Site) -> None:
    site.node.kill()
    site.traffic.wait_for(is_degraded)
    site.change_meanwhile(2, "corner")
    site.change_meanwhile(3, "stove")
    site.node.start()
    site.node.wait_until_it_answers()
    site.traffic.wait_for(is_whole)
    site.catch_up(2, "corner")
    assert search_library(SearchQuery(words="stove")).total == 1
