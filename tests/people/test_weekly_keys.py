"""The key by which visitors are told apart for a week."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from people.models import VisitorKey
from people.weekly_keys import end_week_if_over, key_of_the_week, keyed_hash, week_is_over

pytestmark = pytest.mark.database


def test_a_hash_needs_both_keys_and_what_is_counted(settings):
    hashes = {keyed_hash("k", "a", "me"), keyed_hash("j", "a", "me"), keyed_hash("k", "b", "me")}
    settings.SECRET_KEY = "another"
    assert len(hashes | {keyed_hash("k", "a", "me")}) == 4


@pytest.mark.django_db
def test_a_key_holds_for_seven_days_and_what_was_counted_with_it_ends_with_it(time_machine):
    ended = []
    week_is_over.connect(listener := lambda **kwargs: ended.append(True))
    try:
        time_machine.move_to("2026-03-02 09:30")
        first = key_of_the_week()
        ended.clear()
        time_machine.move_to("2026-03-08 09:30")
        end_week_if_over()
        assert (key_of_the_week(), ended) == (first, [])
        time_machine.move_to("2026-03-09 09:30")
        end_week_if_over()
        assert ended == [True] and not VisitorKey.objects.exists()
        assert key_of_the_week() != first
    finally:
        week_is_over.disconnect(listener)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_key():
    def key(_number: int) -> str:
        try:
            return key_of_the_week()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(key, range(8)))) == 1
