"""One cache for all processes: what it does while it is there, and what the site does when it is not."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from django.core.cache import caches
from django.db import connection, connections

from backing.redis import Server
from config import caches as config_caches
from config.caches import LOOKING_EVERY, PATIENCE, SharedCache
from people.limits import Limit, count_towards
from people.models import RateCount
from practices.models import PracticePage
from practices.signals import send_practice_changed
from search.services import drain_queue
from tests.factories.practices import PracticeFactory
from tests.servers import running_site

BACKEND = "config.caches.SharedCache"
OFTEN = Limit("knock", most=50, every=timedelta(days=1))
ONCE = Limit("use a code", most=1, every=timedelta(days=1))


@pytest.fixture
def redis() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def cache(redis) -> SharedCache:
    return SharedCache(redis.address, {})


@pytest.fixture
def shared(redis, settings) -> None:
    """The site's caches, in Redis."""
    place = {"BACKEND": BACKEND, "LOCATION": redis.address}
    settings.CACHES = {"default": place, "pages": {**place, "KEY_PREFIX": "pages"}}


def seconds_of(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def until(is_so: Callable[[], object]) -> None:
    for _ in range(1_000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")


def everything_asked(cache: SharedCache) -> list[object]:
    """What each way to ask answers."""
    with pytest.raises(ValueError):
        cache.incr("number")
    return [
        cache.get("word", "nothing"),
        cache.get_many(["word"]),
        cache.has_key("word"),
        cache.add("lock", True),
        cache.set("word", "heron"),
        cache.set_many({"word": "heron"}),
        cache.touch("word"),
        cache.delete("word"),
        cache.delete_many(["word", "other"]),
        cache.get_or_set("word", "heron"),
        cache.count("knocks", seconds=60),
        cache.clear(),
    ]


AS_IF_EMPTY = ["nothing", {}, False, True, None, ["word"], False, False, None, "heron", None, False]


class TestThere:
    def test_it_is_a_cache_like_others(self, cache):
        cache.set_many({"word": "heron", "number": 3})
        assert cache.get_many(["word", "number", "none"]) == {"word": "heron", "number": 3}
        assert (cache.incr("number"), cache.add("word", "swan"), cache.get("word")) == (4, False, "heron")
        assert (cache.delete("word"), cache.delete("word"), cache.get("word")) == (True, False, None)

    def test_cleared_it_leaves_what_others_keep_there(self, redis, cache):
        pages = SharedCache(redis.address, {"KEY_PREFIX": "pages*"})
        pages.set("word", "heron")
        cache.set("word", "swan")
        assert pages.clear() is True
        assert (pages.get("word"), cache.get("word")) == (None, "swan")

    def test_what_another_release_left_is_as_not_there(self, cache):
        cache._cache.get_client().set(cache.make_key("word"), b"\x80\x04\x8c\x07no_such\x8c\x05Thing\x93.")
        assert (cache.get("word", "nothing"), cache.get_many(["word"])) == ("nothing", {})

    def test_a_full_one_costs_nothing_and_is_told_once(self, cache, caplog):
        cache._cache.get_client().config_set("maxmemory", "1mb")
        for number in range(20):
            cache.set(f"page {number}".replace(" ", "-"), "x" * 200_000)
        assert cache.get("word", "nothing") == "nothing"
        assert caplog.text.count("refuses") == 1 and "OutOfMemoryError" in caplog.text

    def test_all_that_is_counted_at_once_is_counted(self, cache):
        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(lambda _: cache.count("knocks", seconds=60), range(200))) == list(range(1, 201))
        assert 0 < cache._cache.get_client().ttl(cache.make_key("knocks")) <= 60


class TestNotThere:
    def test_stopped_it_is_as_an_empty_one_and_told_once(self, redis, cache, caplog):
        cache.set("word", "heron")
        redis.stop()
        assert everything_asked(cache) == AS_IF_EMPTY
        assert caplog.text.count("does not answer") == 1
        redis.start()
        until(lambda: cache.count("knocks", seconds=60))
        assert "answers again" in caplog.text
        assert redis.address not in caplog.text

    def test_hung_it_keeps_the_first_waiting_and_nobody_else(self, redis, cache):
        redis.hang()
        assert PATIENCE * 0.9 < seconds_of(lambda: cache.get("word")) < 3 * PATIENCE
        assert seconds_of(lambda: everything_asked(cache)) < PATIENCE
        # Nor whoever asks while somebody looks whether it is back.
        assert seconds_of(lambda: [cache.get("word") for _ in range(5) if not time.sleep(0.15)]) < 0.75 + PATIENCE

    def test_what_could_not_be_written_or_deleted_is_not_believed_afterwards(self, redis, cache):
        for word in ("deleted", "many", "set"):
            cache.set(word, "before")
        cache.set("left", "alone")
        redis.hang()
        cache.delete("deleted")
        cache.delete_many(["many"])
        cache.set("set", "after")
        redis.go_on()
        until(lambda: cache.get("left"))
        assert [cache.get(word) for word in ("deleted", "many")] == [None, None]
        assert cache.get("set") in (None, "after")

    def test_a_process_forked_meanwhile_finds_it_again_by_itself(self, redis, cache):
        redis.stop()
        cache.get("word")
        redis.start()
        with multiprocessing.get_context("fork").Pool(1) as pool:
            assert pool.apply(_count_in_child, (redis.address,)) == 1

    def test_a_connection_of_before_a_restart_is_not_taken_for_a_failure(self, redis, cache, caplog):
        cache.set("word", "heron")
        redis.stop()
        redis.start()
        assert cache.add("word", "swan") and cache.get("word") == "swan"
        assert "does not answer" not in caplog.text


def _count_in_child(address: str) -> int | None:
    return config_caches.SharedCache(address, {}).count("knocks", seconds=60)


@pytest.mark.django_db(transaction=True)
class TestLimits:
    def test_they_are_counted_there_and_nothing_is_written(self, shared):
        assert [count_towards(OFTEN, "10.0.0.1") for _ in range(51)] == [True] * 50 + [False]
        assert count_towards(OFTEN, "10.0.0.2")
        assert not RateCount.objects.exists()
        kept = caches["default"]._cache.get_client().keys("*")
        assert len(kept) == 2 and not any(b"10.0.0" in key for key in kept)

    def test_what_may_be_done_once_is_done_once_whatever_becomes_of_the_cache(self, shared, redis):
        assert count_towards(ONCE, "somebody") and not count_towards(ONCE, "somebody")
        redis.stop()
        assert not count_towards(ONCE, "somebody")

    def test_processes_that_count_while_it_stops_let_through_no_more_than_twice_as_much(self, shared, redis):
        count_towards(OFTEN, "somebody else")
        connections.close_all()
        context = multiprocessing.get_context("fork")
        told = context.SimpleQueue()
        processes = [context.Process(target=_knock, args=(told, 60)) for _ in range(3)]
        for process in processes:
            process.start()
        until(lambda: not told.empty())
        redis.stop()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0, 0, 0]
        answers = [told.get() for _ in range(180)]
        assert 50 <= sum(answers) <= 100
        assert RateCount.objects.filter(count__gt=1).exists()


def _knock(told: multiprocessing.SimpleQueue, times: int) -> None:
    for _ in range(times):
        told.put(count_towards(OFTEN, "somebody"))
        time.sleep(0.005)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_site_answers_while_its_cache_stops_hangs_and_comes_back_and_nothing_it_shows_is_old(
    library, tmp_path, settings, redis
):
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    page = PracticeFactory(title="Round 0", slug="round")
    drain_queue(wait=True)
    waited: list[float] = []

    def ask(_number: int) -> str:
        begun = time.monotonic()
        answer = requests.get(f"{site}/practices/round/", timeout=20)
        waited.append(time.monotonic() - begun)
        return answer.text if answer.status_code == 200 else str(answer.status_code)

    def change_and_ask(number: int) -> None:
        """Change the page while it is asked for, and ask on."""
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(ask, each) for each in range(8)]
            PracticePage.objects.filter(pk=page.pk).update(title=f"Round {number}")
            send_practice_changed([page.pk])
            drain_queue(wait=True)
            assert all("Round" in each.result() for each in asked)
            answers = list(pool.map(ask, range(12)))
        assert all(f"Round {number}" in answer and f"Round {number - 1}" not in answer for answer in answers)

    said = tmp_path / "said"
    with running_site(tmp_path, output=said, CACHE_URL=redis.address) as site:
        change_and_ask(1)
        # The first requests of a process load what it needs.
        waited.clear()
        kept = SharedCache(redis.address, {"KEY_PREFIX": "pages"})
        assert kept._cache.get_client().keys("pages:*")
        redis.hang()
        change_and_ask(2)
        assert sign_in_with_a_wrong_password(site) == 200
        redis.go_on()
        change_and_ask(3)
        time.sleep(2 * LOOKING_EVERY)
        change_and_ask(4)
        redis.stop()
        change_and_ask(5)
        redis.start()
        time.sleep(2 * LOOKING_EVERY)
        change_and_ask(6)
        assert kept._cache.get_client().keys("pages:*")
    assert max(waited) < 2
    log = said.read_text()
    assert "Traceback" not in log and redis.address not in log
    assert 2 <= log.count("The cache does not answer") <= 4
    assert log.count("The cache answers again") == log.count("The cache does not answer")


def sign_in_with_a_wrong_password(site: str) -> int:
    browser = requests.Session()
    browser.get(f"{site}/account/login/", timeout=20)
    typed = {"login": "sam@example.org", "password": "wrong", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    return browser.post(f"{site}/account/login/", typed, timeout=20).status_code
