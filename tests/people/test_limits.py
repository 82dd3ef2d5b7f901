"""How often somebody may do something."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from people.limits import Limit, count_towards, forget_old_counts
from people.models import RateCount

pytestmark = pytest.mark.database

TWICE = Limit("knock", most=2, every=timedelta(hours=1))


@pytest.mark.django_db
def test_the_limit_holds_for_one_place_until_the_hour_is_over(time_machine):
    time_machine.move_to(datetime(2026, 3, 1, 9, 30, tzinfo=UTC), tick=False)
    assert [count_towards(TWICE, "10.0.0.1") for _ in range(3)] == [True, True, False]
    assert count_towards(TWICE, "10.0.0.2")
    assert count_towards(Limit("ring", most=2, every=timedelta(hours=1)), "10.0.0.1")
    time_machine.move_to(datetime(2026, 3, 1, 10, 0, tzinfo=UTC), tick=False)
    assert count_towards(TWICE, "10.0.0.1")


@pytest.mark.django_db
def test_what_is_kept_tells_nobody_whose_it_was_and_is_forgotten(time_machine):
    time_machine.move_to(datetime(2026, 3, 1, 9, 30, tzinfo=UTC), tick=False)
    count_towards(TWICE, "10.0.0.1")
    assert "10.0.0.1" not in str(list(RateCount.objects.values()))
    assert forget_old_counts() == 0
    time_machine.move_to(datetime(2026, 3, 1, 11, 0, tzinfo=UTC), tick=False)
    count_towards(TWICE, "10.0.0.1")
    assert forget_old_counts() == 1
    assert RateCount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_both_counted():
    def knock(_number: int) -> bool:
        try:
            return count_towards(TWICE, "10.0.0.1")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(knock, range(8))) == [False] * 6 + [True] * 2
    assert RateCount.objects.get().count == 8
