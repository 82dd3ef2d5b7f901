"""Three servers of Elasticsearch, of which one is killed again and again under load. `make soak` runs it, for minutes.

No search fails, and once the dead one is back none says what is no longer so.
"""

import os
import time

import pytest
from elasticsearch import Elasticsearch

from backing.elasticsearch import Cluster, running
from practices.models import PracticePage
from search.models import IndexQueue
from search.query import SearchQuery
from search.services import drain_queue, search_library
from tests.search.processes import change_one
from tests.search.traffic import is_degraded, readers_of

SOAK = int(os.environ.get("SOAK", "3"))
PRACTICES = 12
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_server_of_three_may_die_at_any_time(library, settings, tmp_path):
    log = tmp_path / "said.log"
    with (
        running(3) as cluster,
        readers_of(cluster.addresses, tmp_path, settings, practices=PRACTICES, output=log) as traffic,
    ):
        for number in range(max(3, min(SOAK, 12))):
            kill_and_bring_back(cluster, number)
    answers = traffic.answers
    without = sum(map(is_degraded, answers))
    slowest = max(answer.seconds for answer in answers)
    print(f"{len(answers)} searches, {without} without the index, the slowest answered in {slowest:.2f} s")
    assert {answer.status for answer in answers} == {200}
    # Each search finds all practices: with the index or, in the second in which a server is missed, without.
    assert {answer.titles for answer in answers} == {PRACTICES}


def kill_and_bring_back(cluster: Cluster, number: int) -> None:
    """Kill a server, change practices while it is dead, and see that all is found once it is back."""
    dead = cluster.nodes[number % len(cluster.nodes)]
    dead.kill()
    changed = list(PracticePage.objects.order_by("pk").values_list("pk", flat=True))[number % PRACTICES :][:2]
    words = {pk: f"Round zq{'abcdefghijkl'[number]}{'xy'[place]}" for place, pk in enumerate(changed)}
    for pk, title in words.items():
        change_one(pk, title=title)
        time.sleep(0.5)
    dead.start()
    dead.wait_until_it_answers()
    with Elasticsearch(cluster.nodes[(number + 1) % 3].address) as client:
        client.cluster.health(wait_for_status="green", wait_for_nodes="3", timeout="60s")
    until = time.monotonic() + 30
    while IndexQueue.objects.exists() and time.monotonic() < until:
        drain_queue(wait=True)
        time.sleep(0.2)
    assert not IndexQueue.objects.exists()
    for pk, title in words.items():
        for _ in range(6):
            # Asked again, since each copy of the index may answer.
            results = search_library(SearchQuery(words=title.rpartition(" ")[2]))
            assert ([hit.id for hit in results.hits], results.degraded) == ([pk], False)
    print(f"killed {dead.name}; {len(words)} changes found")
