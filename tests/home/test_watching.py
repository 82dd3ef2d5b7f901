"""Watching pages: everybody hears once of every change by others, all of a day in one message."""

import html
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction, ReferenceIndex

from home import watching
from home.management.commands.due_work import DUTIES
from home.models import Watch
from home.watching import TooManyWatchedError, stop_watching, tell_watchers, watch_page
from people.messages import choose_mail
from people.models import MailChoice, Message, User
from people.services import close_account
from practices.models import PracticePage
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db
HOUR, DAY = 3_600, 86_400


@pytest.fixture
def page(library, time_machine):
    time_machine.move_to("2026-03-02 09:30", tick=False)
    return PracticeFactory(title="Tea for all", slug="tea")


@pytest.fixture
def reader(page):
    return User.objects.create_proven("sam@example.org", "sam-lane", "a long enough password")


@pytest.fixture
def browser(reader):
    client = Client()
    client.force_login(reader)
    return client


def change(page, by=None, count=1):
    """Versions of a page that somebody else published just now."""
    page = PracticePage.objects.get(pk=page.pk)
    by = by or UserFactory()
    for _number in range(count):
        page.save_revision(user=by).publish()


def told():
    return list(Message.objects.order_by("pk"))


class TestTelling:
    def test_a_change_by_somebody_else_is_told_once(self, page, reader, time_machine):
        watch_page(person=reader, page=page)
        time_machine.shift(HOUR)
        change(page, UserFactory(username="maple-lane"))
        time_machine.shift(HOUR)
        assert tell_watchers() == 1
        (message,) = told()
        assert message.person == reader and message.title == "Changed: Tea for all"
        assert "- Tea for all: maple-lane, 2 March 2026" in message.body
        assert (message.path, message.target_kind, message.target_id) == ("/watching/", "practice", page.pk)
        for _hour in range(50):
            time_machine.shift(HOUR)
            assert tell_watchers() == 0

    def test_all_of_a_day_comes_in_one_message_and_nothing_is_left_out(self, page, reader, time_machine):
        soup = PracticeFactory(title="Soup")
        watch_page(person=reader, page=page)
        watch_page(person=reader, page=soup)
        numbers = []
        for hour in range(72):
            time_machine.shift(HOUR)
            change(page if hour % 2 else soup)
            time_machine.shift(60)
            numbers += [message.body.count("\n- ") for message in told()[len(numbers) :]] if tell_watchers() else []
        time_machine.shift(DAY)
        tell_watchers()
        moments = [message.written_at for message in told()]
        assert all(later - earlier >= timedelta(days=1) for earlier, later in pairwise(moments))
        assert len(moments) == 4
        lines = [min(20, message.body.count("\n- ")) for message in told()]
        more = [int(part.split()[0]) for message in told() for part in message.body.split("- and ")[1:]]
        assert sum(lines) + sum(more) == 72
        assert told()[1].title == "2 pages that you watch changed"

    def test_what_they_did_themselves_is_no_news_and_keeps_none_from_them(self, page, reader, time_machine):
        watch_page(person=reader, page=page)
        time_machine.shift(HOUR)
        change(page, reader)
        time_machine.shift(HOUR)
        assert tell_watchers() == 0
        change(page)
        time_machine.shift(60)
        assert tell_watchers() == 1
        assert told()[0].body.count("\n- ") == 1

    def test_what_came_before_they_watched_is_no_news(self, page, reader, time_machine):
        change(page)
        time_machine.shift(1)
        watch_page(person=reader, page=page)
        time_machine.shift(DAY)
        assert tell_watchers() == 0

    def test_many_changes_are_told_by_the_newest_and_a_number(self, page, reader, time_machine):
        watch_page(person=reader, page=page)
        time_machine.shift(1)
        change(page, count=55)
        time_machine.shift(60)
        tell_watchers()
        assert told()[0].body.count("- Tea for all: ") == 20
        assert told()[0].body.endswith("- and 35 more")

    def test_of_a_page_that_was_taken_down_they_hear_when_it_is_back(self, page, reader, time_machine):
        watch_page(person=reader, page=page)
        time_machine.shift(1)
        change(page)
        PracticePage.objects.get(pk=page.pk).unpublish()
        time_machine.shift(60)
        assert tell_watchers() == 0
        PracticePage.objects.filter(pk=page.pk).update(live=True)
        closed = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
        assert tell_watchers() == 0
        closed.delete()
        assert tell_watchers() == 1

    def test_who_left_or_stopped_hears_nothing_and_nothing_is_kept_of_them(self, page, reader, time_machine):
        other = UserFactory()
        for person in (reader, other):
            watch_page(person=person, page=page)
        time_machine.shift(1)
        change(page)
        time_machine.shift(60)
        close_account(person=reader)
        assert stop_watching(person=other, page=page.pk)
        assert tell_watchers() == 0
        assert not Watch.objects.exists() and not told()

    def test_who_wants_no_mail_is_told_on_the_site_alone(self, page, reader, time_machine, mailoutbox):
        other = UserFactory(email="kim@example.org")
        choose_mail(person=reader, choice=MailChoice.NONE)
        for person in (reader, other):
            watch_page(person=person, page=page)
        time_machine.shift(1)
        change(page)
        time_machine.shift(60)
        assert tell_watchers() == 2
        for name in ("put what there is to tell into mails", "send mail that waits"):
            DUTIES[name][0]()
        assert [mail.to for mail in mailoutbox] == [["kim@example.org"]]
        assert "/watching/" in mailoutbox[0].body

    def test_a_change_that_is_not_certain_yet_is_told_the_next_time(self, page, reader, time_machine):
        """Its moment comes before its commit: to tell up to this very moment would pass it by."""
        watch_page(person=reader, page=page)
        time_machine.shift(1)
        change(page)
        assert tell_watchers() == 0
        time_machine.shift(60)
        assert tell_watchers() == 1

    def test_words_that_nobody_can_see_come_into_no_message(self, page, reader, time_machine):
        watch_page(person=reader, page=page)
        time_machine.shift(1)
        change(page)
        PracticePage.objects.filter(pk=page.pk).update(title="Tea\n\n- cake\x01\x1b")
        time_machine.shift(60)
        tell_watchers()
        assert told()[0].title == "Changed: Tea - cake"
        assert told()[0].body.count("\n") == 2

    def test_queries_do_not_grow_with_pages_and_changes(self, page, reader, time_machine):
        pages = [page, *(PracticeFactory() for _ in range(9))]

        def taken(some):
            time_machine.shift(2 * DAY)
            for each in some:
                watch_page(person=reader, page=each)
            time_machine.shift(1)
            for each in some:
                change(each, count=3)
            time_machine.shift(60)
            with CaptureQueriesContext(connection) as queries:
                assert tell_watchers() == 1
            return len(queries)

        taken(pages[:1])
        few = taken(pages[:1])
        assert taken(pages) <= few <= 30


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_processes_tell_everybody_once(library, page, reader, time_machine):
    people = [reader, *(UserFactory() for _ in range(5))]
    for person in people:
        watch_page(person=person, page=page)
    time_machine.shift(1)
    change(page)
    time_machine.shift(60)

    def tell(_number):
        try:
            return tell_watchers()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tell, range(4))) == len(people)
    assert Message.objects.count() == len(people)


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_a_crash_between_message_and_mark_leaves_neither(library, page, reader, time_machine, monkeypatch):
    watch_page(person=reader, page=page)
    time_machine.shift(1)
    change(page)
    time_machine.shift(60)

    def die(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(watching, "tell", die)
    with pytest.raises(KeyboardInterrupt):
        tell_watchers()
    monkeypatch.undo()
    assert tell_watchers() == 1


class TestPages:
    def test_one_button_begins_and_one_stops(self, page, browser, reader):
        assert "Watch this page" in browser.get("/practices/tea/watch/").content.decode()
        assert not Watch.objects.exists()
        shown = browser.post("/practices/tea/watch/", {"do": "begin"}, follow=True).content.decode()
        assert "You watch this page now." in shown and "Stop watching" in shown
        browser.post("/practices/tea/watch/", {"do": "begin"})
        assert [each.person for each in Watch.objects.all()] == [reader]
        shown = browser.post("/practices/tea/watch/", {"do": "stop"}, follow=True).content.decode()
        assert "You do not watch this page any more." in shown
        assert not Watch.objects.exists()

    @pytest.mark.parametrize("path", ["/practices/tea/watch/", "/watching/"])
    def test_who_is_not_signed_in_is_asked_to_and_comes_back(self, client, page, path):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 302
            assert answer["Location"] == f"/account/login/?next={path}"

    def test_a_form_of_another_site_begins_nothing(self, page, reader):
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(reader)
        assert browser.post("/practices/tea/watch/", {"do": "begin"}).status_code == 403
        assert browser.post("/watching/", {"stop": page.pk}).status_code == 403

    def test_there_is_none_for_a_page_that_readers_cannot_see(self, page, browser):
        page.unpublish()
        for slug in ("tea", "nothing-here"):
            assert browser.get(f"/practices/{slug}/watch/").status_code == 404
            assert browser.post(f"/practices/{slug}/watch/").status_code == 404

    def test_the_list_has_a_button_for_each_page_also_for_one_that_is_gone(self, page, browser, reader):
        hidden = PracticeFactory(title="Not for now")
        for each in (page, hidden):
            watch_page(person=reader, page=each)
        hidden.unpublish()
        shown = html.unescape(browser.get("/watching/").content.decode())
        assert "Tea for all" in shown and "Not for now" not in shown
        assert "A page that nobody can read for now." in shown
        browser.post("/watching/", {"stop": hidden.pk})
        assert [each.page_id for each in Watch.objects.all()] == [page.pk]

    @pytest.mark.parametrize("number", ["", "0", "x", "²", "-1", "\x00", "9" * 18, "9" * 5_000])
    def test_hostile_numbers_stop_nothing(self, page, browser, reader, number):
        watch_page(person=reader, page=page)
        assert browser.post("/watching/", {"stop": number, "page": number}).status_code == 302
        assert browser.get("/watching/", {"page": number}).status_code == 200
        assert Watch.objects.count() == 1

    def test_nobody_stops_what_somebody_else_watches(self, page, browser):
        watch_page(person=UserFactory(), page=page)
        browser.post("/watching/", {"stop": page.pk})
        browser.post("/practices/tea/watch/", {"do": "stop"})
        assert Watch.objects.count() == 1

    def test_the_list_has_pages_and_takes_as_many_queries_for_many_as_for_few(self, page, browser, reader):
        def queries():
            with CaptureQueriesContext(connection) as taken:
                browser.get("/watching/")
            return len(taken)

        watch_page(person=reader, page=page)
        queries()
        few = queries()
        for _number in range(22):
            watch_page(person=reader, page=PracticeFactory())
        assert queries() <= few <= 10
        assert "1 to 20 of 23." in browser.get("/watching/").content.decode()
        assert browser.get("/watching/?page=2").content.decode().count('name="stop"') == 3

    def test_nobody_watches_more_than_anybody_may(self, page, browser, reader, monkeypatch):
        monkeypatch.setattr(watching, "MOST_WATCHED", 1)
        watch_page(person=reader, page=PracticeFactory())
        with pytest.raises(TooManyWatchedError):
            watch_page(person=reader, page=page)
        answer = browser.post("/practices/tea/watch/", {"do": "begin"})
        assert answer.status_code == 409 and "as many as anybody can" in answer.content.decode()

    def test_who_watches_stands_in_no_index_that_the_desk_shows(self, page, reader):
        before = ReferenceIndex.objects.count()
        watch_page(person=reader, page=page)
        assert ReferenceIndex.objects.count() == before


def test_a_page_that_is_deleted_is_watched_by_nobody(page, reader):
    watch_page(person=reader, page=page)
    with transaction.atomic():
        Page.objects.get(pk=page.pk).delete()
    assert not Watch.objects.exists()


def test_the_loop_of_due_work_tells(page, reader, time_machine, monkeypatch):
    monkeypatch.setattr("home.management.commands.due_work.close_old_connections", lambda: None)
    watch_page(person=reader, page=page)
    time_machine.shift(1)
    change(page)
    time_machine.shift(60)
    call_command("due_work")
    assert len(told()) == 1
