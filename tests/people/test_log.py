"""The log: only ever added to, without a word that anybody typed, and readable whole."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.log_actions import log as log_by_wagtail
from wagtail.models import PageLogEntry

from people.events import record_event
from people.log import ON_A_PAGE, LogFilter, read_log
from people.models import Event
from people.querysets import LogIsOnlyAddedToError
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
from tests.factories.tried import sent

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_nobody_changes_what_was_written_down():
    person = UserFactory()
    event = record_event("person.paused", person, by=person)
    for change in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(what="x")):
        with pytest.raises(LogIsOnlyAddedToError):
            change()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE people_event SET what = 'nothing'")
    assert Event.objects.get().what == "person.paused"


@pytest.mark.parametrize("words", [{"what": "Paused <b>"}, {"why": "He wrote: I am ill"}, {"why": "x" * 61}])
def test_it_takes_no_text(words):
    person = UserFactory()
    with pytest.raises(ValueError):
        record_event(**{"what": "person.paused", "target": person, "by": person} | words)


def test_somebody_who_is_gone_leaves_their_number():
    person = UserFactory()
    record_event("person.paused", person, by=person)
    number = person.pk
    person.delete()
    event = Event.objects.get()
    assert event.who_id == number
    entries, _more = read_log(LogFilter())
    assert entries[0].who is None


def test_all_of_it_is_read_page_by_page_also_what_was_written_in_one_moment():
    # The pages that tests begin with stand in it as well.
    PageLogEntry.objects.all().delete()
    person = UserFactory()
    moment = timezone.now() - timedelta(days=1)
    many = [Event(who=person, what="person.paused", target_kind="person", target_id=number, at=moment)
            for number in range(90)]  # fmt: skip
    many += [Event(who=person, what="person.paused", target_kind="person", target_id=100 + number,
                   at=moment - timedelta(seconds=number // 3)) for number in range(120)]  # fmt: skip
    Event.objects.bulk_create(many)
    seen, before = [], None
    for _page in range(12):
        entries, before = read_log(LogFilter(before=before))
        seen += [entry.target for entry in entries]
        assert len(entries) <= ON_A_PAGE
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 210


def test_it_shows_wagtails_log_as_well_and_is_filtered(desk, moderator, library):
    page = PracticeFactory(title="Tea")
    person = UserFactory()
    log_by_wagtail(instance=page, action="wagtail.lock", user=moderator)
    log_by_wagtail(instance=page, action="wagtail.publish", user=moderator)
    PageLogEntry.objects.filter(action="wagtail.publish").update(action="once.known")
    record_event("person.paused", person, by=moderator, whose=person)
    everything = desk.get("/review/log/").content.decode()
    assert "Tea" in everything and "paused <a" in everything and "once.known" in everything
    assert "paused <a" not in desk.get("/review/log/?kind=wagtail").content.decode()
    assert "Tea" not in desk.get(f"/review/log/?person={person.username}").content.decode()
    assert "paused <a" in desk.get(f"/review/log/?person={person.username}").content.decode()
    assert "Nobody has this handle" in desk.get("/review/log/?person=nobody-here").content.decode()
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert "Nothing of this kind" in desk.get(f"/review/log/?since={tomorrow}").content.decode()


def test_what_somebody_told_without_an_account_is_not_said_to_be_the_sites_own(desk, library):
    report = sent(PracticeFactory(), visitor="a browser")
    record_event("report.withdrawn", report, by=None)
    record_event("person.trusted", UserFactory(), by=None)
    shown = " ".join(strip_tags(desk.get("/review/log/").content.decode()).split())
    assert "Somebody without an account told how it went" in shown
    assert "Somebody without an account took back" in shown
    assert "The site itself began to trust, by the rule," in shown and "The site itself t" not in shown


@pytest.mark.parametrize("query", ["before=x", "since=2026-99-99", "target=9999999999999999999999", "kind=%00",
                                   "person=%00", "before=9999999999999999-2-999999999999999999", "until=0001-01-01",
                                   "before=0-0-0", "before=1-9-1", "person=x%00y"])  # fmt: skip
def test_whatever_the_address_says_it_is_no_crash(desk, query):
    assert desk.get(f"/review/log/?{query}").status_code == 200


def test_it_is_for_moderators(client, library):
    assert client.get("/review/log/").status_code == 302
    client.force_login(UserFactory())
    assert client.get("/review/log/").status_code == 403


def test_a_full_page_asks_few_questions(desk, moderator, django_assert_max_num_queries):
    people = UserFactory.create_batch(20)
    for person in people:
        record_event("person.paused", person, by=moderator, whose=person)
    desk.get("/review/log/")
    with django_assert_max_num_queries(15):
        desk.get("/review/log/")
