"""What databases do differently, and nobody who uses the site may notice."""

import threading
from urllib.parse import urlencode

import pytest
from django.db import connection, connections
from django.test import Client

from practices.models import PracticePage
from search.engines.plain import PlainReader
from search.models import IndexQueue
from search.vocabularies import vocabularies
from tests.factories.people import UserFactory
from tests.factories.practices import OutcomeFactory, PracticeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NUL = "%00"


class TestNulBytes:
    """SQLite keeps them and PostgreSQL does not: never a crash, whatever somebody puts where."""

    @pytest.mark.parametrize("path", [
        f"/practices/{NUL}/", f"/practices/tea{NUL}/", f"/nothing{NUL}here/", f"/{NUL}", f"/people/{NUL}/",
        f"/search/?q={NUL}&outcome={NUL}&page={NUL}&kind={NUL}", f"/practices/?letter={NUL}&kind={NUL}&page={NUL}",
        f"/recent/?person={NUL}", f"/media/{NUL}.jpg", f"/review/log/?person={NUL}&kind={NUL}",
        f"/admin/pages/search/?q={NUL}", f"/admin/images/?q={NUL}&tag={NUL}", f"/admin/choose-page/search/?q={NUL}",
        f"/admin/users/?q={NUL}", f"/outcomes/{NUL}/", f"/account/login/?next={NUL}",
    ])  # fmt: skip
    def test_in_an_address(self, client, library, path):
        PracticeFactory(title="Tea", slug="tea")
        client.force_login(UserFactory(administrator=True))
        client.raise_request_exception = False
        answer = client.get(path, follow=True)
        assert answer.status_code in (200, 400, 404)
        if answer.status_code == 400:
            assert "We could not read that" in answer.content.decode()

    @pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "messages"])
    def test_in_a_cookie(self, library, cookie):
        client = Client(raise_request_exception=False, headers={"cookie": f'{cookie}="\\000{"a" * 40}"'})
        assert client.get("/messages/").status_code in (200, 302, 400, 404)

    @pytest.mark.parametrize("path", ["/account/login/", "/account/signup/", "/account/password/reset/"])
    def test_in_a_form_of_the_account(self, client, library, path):
        client.raise_request_exception = False
        typed = dict.fromkeys(("login", "email", "username", "password", "password1"), "a\x00b@example.org")
        assert client.post(path, urlencode(typed), "application/x-www-form-urlencoded").status_code in (200, 400)


def test_text_is_found_whatever_its_capitals(library):
    reader = PlainReader(vocabularies())
    page = PracticeFactory(title="Tea TABLE for all", nations=["scotland"])
    assert reader.suggest("table", 5) == reader.suggest("TaBlE", 5) == [page.pk]


def test_what_has_no_date_comes_last(library):
    undated, dated = PracticeFactory(title="A"), PracticeFactory(title="B")
    PracticePage.objects.filter(pk=undated.pk).update(last_published_at=None)
    assert [each.id for each in _newest()] == [dated.pk, undated.pk]


def _newest():
    from search.plan import WordPlan
    from search.query import SearchQuery

    return PlainReader(vocabularies()).find(SearchQuery(sort="newest"), WordPlan())[0]


def test_titles_stand_in_the_order_of_their_letters(library):
    titles = ["Zebra", "apple pie", "Apple-pie society", "applepie", "Éclair", "The banana", "banana 2", "10 teas"]
    for title in titles:
        PracticeFactory(title=title)
    there = list(PracticePage.objects.by_title().values_list("title", flat=True))
    assert there == [
        "10 teas",
        "apple pie",
        "Apple-pie society",
        "applepie",
        "The banana",
        "banana 2",
        "Éclair",
        "Zebra",
    ]


def test_a_refused_row_takes_nothing_from_what_is_done_around_it(library):
    """PostgreSQL ends a transaction at the first error in it, unless that had one of its own."""
    from django.core.exceptions import ValidationError

    from people.services import change_handle

    person, other = UserFactory(username="maple"), UserFactory(username="oak")
    with pytest.raises(ValidationError):
        change_handle(person=person, handle="OAK")
    OutcomeFactory()
    assert type(person).objects.filter(username__in=["maple", "oak"]).count() == 2
    assert other.username == "oak"


@pytest.mark.django_db(transaction=True)
def test_threads_have_connections_of_their_own_and_leave_none(library):
    """As web servers do: each thread opens one and keeps it."""
    page = PracticeFactory(title="Tea")
    seen: list[int] = []

    def read() -> None:
        seen.append(PracticePage.objects.filter(pk=page.pk).count())
        IndexQueue.objects.put([page.pk])
        connections.close_all()

    threads = [threading.Thread(target=read) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert seen == [1] * 20 and IndexQueue.objects.count() == 1
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            assert cursor.fetchone() == (1,)
