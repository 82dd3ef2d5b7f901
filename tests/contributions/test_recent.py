"""What changed lately: everything once, in its order, for everybody, and as feeds that any reader takes in."""

import html
import re
from datetime import timedelta
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Revision

from contributions.models import ProposedEdit
from contributions.recent.asked import Asked, Place
from contributions.recent.reading import _walk
from contributions.services import send_proposal
from people.models import FormerHandle
from people.services import close_account
from practices.models import PracticePage, StarterEntry
from tests.factories.contributions import draft_of, trusted_person, writer
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory, SelfReliantGroupFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def page(library):
    return PracticeFactory(title="Tea for all", slug="tea", summary="Tea once a week.")


def change(page, by=None, note="a shorter summary", **fields):
    """A change that went onto a page at once, and that nobody has looked at."""
    by = by or trusted_person()
    draft = draft_of(page, writer(by), **(fields or {"summary": f"Tea {ProposedEdit.objects.count()}"}))
    ProposedEdit.objects.filter(pk=draft.pk).update(note=note)
    draft.refresh_from_db()
    return send_proposal(proposal=draft, by=writer(by))


def versions(page, count, by=None, at=None):
    """Many versions that say the same, written at once."""
    first = page.revisions.order_by("pk").first()
    at = at or timezone.now()
    same = {"content_type_id": first.content_type_id, "base_content_type_id": first.base_content_type_id}
    return Revision.objects.bulk_create(
        Revision(**same, object_id=first.object_id, content=first.content, created_at=at, user=by)
        for _number in range(count)
    )


def listed(client, url="/changes/"):
    """The numbers of the versions that a page of the list shows, and where the next one is."""
    answer = client.get(url)
    assert answer.status_code == 200
    text = answer.content.decode()
    older = re.search(r'href="([^"]+)" rel="next"', text)
    return [int(number) for number in re.findall(r"/history/(\d+)/", text)], html.unescape(
        older.group(1)
    ) if older else ""


def text_of(client, url="/changes/"):
    return html.unescape(client.get(url).content.decode())


def entries(answer):
    assert answer.status_code == 200
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")


class TestTheList:
    def test_a_change_is_told_with_who_made_it_and_why_and_leads_to_what_changed(self, client, page):
        by = trusted_person(username="maple-lane")
        sent = change(page, by)
        text = text_of(client)
        assert "Tea for all" in text and "a shorter summary" in text
        assert 'href="/people/maple-lane/"' in text
        first = page.revisions.order_by("pk").first()
        assert f"/practices/tea/compare/{first.pk}/{sent.revision_id}/" in text
        assert f"/practices/tea/history/{sent.revision_id}/" in text
        assert "Nobody has looked at it yet." in text

    def test_what_somebody_checked_says_so(self, client, page):
        sent = change(page)
        sent.reviewer = UserFactory(username="the-kettle")
        sent.save()
        text = text_of(client)
        assert "Checked by the-kettle." in text and "Nobody has looked at it yet." not in text

    def test_who_has_no_public_page_is_named_and_not_linked(self, client, page):
        versions(page, 1, UserFactory(username="fern-bank"))
        text = text_of(client)
        assert "fern-bank" in text and "/people/fern-bank/" not in text

    def test_of_somebody_who_left_no_more_than_that_is_told(self, client, page):
        by = trusted_person(username="maple-lane")
        change(page, by)
        close_account(person=by)
        text = text_of(client)
        assert "a former member" in text and "maple-lane" not in text and "/people/" not in text

    def test_what_no_person_made_is_shown_when_asked_for(self, client, page):
        StarterEntry.objects.create(page=page, revision=page.latest_revision, digest="x")
        unnamed = PracticeFactory(title="Soup")
        assert listed(client)[0] == []
        text = text_of(client, "/changes/?starter=yes")
        assert "The starter library" in text and "Somebody who is not named" in text and unnamed.title in text

    def test_pages_that_readers_cannot_see_are_not_in_it(self, client, page):
        change(page)
        PracticePage.objects.get(pk=page.pk).unpublish()
        assert listed(client)[0] == []

    def test_the_newest_comes_first(self, client, page):
        now = timezone.now()
        older = versions(page, 1, UserFactory(), now - timedelta(days=2))[0]
        newer = versions(page, 1, UserFactory(), now - timedelta(days=1))[0]
        oldest = versions(page, 1, UserFactory(), now - timedelta(days=3))[0]
        assert listed(client)[0] == [newer.pk, older.pk, oldest.pk]

    def test_going_on_reads_everything_once_even_what_shares_a_moment(self, client, page):
        now = timezone.now()
        made = [*versions(page, 30, UserFactory(), now), *versions(page, 25, UserFactory(), now - timedelta(days=1))]
        read, url = [], "/changes/"
        while url:
            numbers, url = listed(client, url)
            read += numbers
            versions(page, 1, UserFactory(), now + timedelta(days=1))
        assert sorted(read) == sorted(version.pk for version in made)

    def test_it_is_for_everybody_and_for_no_machine(self, client, page):
        change(page)
        answer = client.get("/changes/")
        assert not answer.cookies and "Cookie" not in answer.get("Vary", "")
        text = answer.content.decode()
        assert '<meta name="robots" content="noindex">' in text
        assert 'type="application/atom+xml"' in text and 'href="/changes/feed/"' in text

    def test_it_takes_as_many_queries_for_few_as_for_many(self, client, page, django_assert_max_num_queries):
        client.get("/changes/?starter=yes")
        people = [trusted_person() for _ in range(5)]
        for by in people:
            change(page, by)
        with CaptureQueriesContext(connection) as few:
            client.get("/changes/?starter=yes")
        for number in range(10):
            change(PracticeFactory(), people[number % 5])
        with django_assert_max_num_queries(len(few)):
            client.get("/changes/?starter=yes")
        assert len(few) <= 6
        with django_assert_max_num_queries(10):
            client.get(f"/changes/?person={people[0].username}&unchecked=yes&kind=other&from=2020-01-01")


@pytest.mark.database
class TestChoosing:
    def test_by_person_also_under_a_handle_they_had(self, client, page):
        by = UserFactory(username="maple-lane")
        FormerHandle.objects.create(handle="old-lane", person=by)
        theirs = versions(page, 1, by)[0]
        versions(page, 1, UserFactory())
        assert listed(client, "/changes/?person=Maple-Lane")[0] == [theirs.pk]
        assert listed(client, "/changes/?person=old-lane")[0] == [theirs.pk]
        assert "Nobody here has this handle." in text_of(client, "/changes/?person=nobody-at-all")

    def test_by_kind_and_days_and_what_nobody_looked_at_together(self, client, page):
        by, now = trusted_person(), timezone.now()
        group = SelfReliantGroupFactory(title="Savers")
        wanted = change(group, by, summary="We save.").revision_id
        checked = change(group, by, summary="We save and sew.")
        ProposedEdit.objects.filter(pk=checked.pk).update(reviewer=UserFactory())
        change(page, by)
        versions(group, 1, by, now - timedelta(days=40))
        day = timezone.localdate()
        url = f"/changes/?kind=self-reliant-group&person={by.username}&from={day}&to={day}"
        assert listed(client, url)[0] == [checked.revision_id, wanted]
        assert listed(client, f"{url}&unchecked=yes")[0] == [wanted]
        assert listed(client, f"/changes/?to={day - timedelta(days=30)}&kind=other")[0] == []
        assert len(listed(client, f"/changes/?to={day - timedelta(days=30)}")[0]) == 1

    def test_the_next_page_and_the_feed_keep_the_choice(self, client, page):
        by = trusted_person(username="maple-lane")
        versions(page, 25, by)
        _numbers, url = listed(client, "/changes/?person=maple-lane&starter=yes")
        assert "person=maple-lane" in url and "starter=yes" in url and "before=" in url
        assert len(listed(client, url)[0]) == 5
        assert 'href="/changes/feed/?person=maple-lane' in text_of(client, url)

    @pytest.mark.parametrize(
        "query",
        [
            "person=%00", "person=' OR 1=1 --", "person=" + "x" * 5_000, "kind=%00&kind=none", "from=2026-02-30",
            "from=0001-01-01&to=9999-12-31", "from=%00", "to=99999999999-01-01", "before=99999999999999999999-1",
            "before=1-999999999999999999", "before=9999999999999999-999999999999999999", "before=-", "before=1-",
            "before=²-³", "before=%00", "unchecked=no&starter=%00", "page=-1", "x=%F0%28%8C%28",
        ],
    )  # fmt: skip
    def test_hostile_addresses_do_no_harm(self, client, page, query):
        change(page)
        for path in ("/changes/", "/changes/feed/"):
            assert client.get(f"{path}?{quote(query, safe='=&%')}").status_code == 200

    def test_a_day_that_is_none_is_said_and_left_out(self, client, page):
        change(page)
        text = text_of(client, "/changes/?from=yesterday")
        assert "A day could not be understood" in text and "Tea for all" in text
        assert "The first day is after the last one." in text_of(client, "/changes/?from=2026-03-02&to=2026-03-01")

    def test_a_place_in_the_list_comes_through_an_address_unchanged(self):
        place = Place(timezone.now(), 12)
        assert Place.parse(str(place)) == place


class TestAtAHundredThousand:
    """The list is read along its index: nothing is sorted, and no version is read that is not shown."""

    @pytest.mark.parametrize(
        "query", [{}, {"starter": "yes"}, {"kind": "other"}, {"unchecked": "yes"}, {"from": "2026-01-01"}]
    )
    def test_the_database_walks_along_one_index(self, library, query):
        if connection.vendor != "sqlite":
            pytest.skip("The plan is read as SQLite tells it.")
        for person in (None, 1):
            plan = _walk(Asked.parse(query), person)[:21].explain()
            assert "COVERING INDEX contributions_recent_changes" in plan and "B-TREE" not in plan

    def test_thousands_that_the_starter_library_brought_last_do_not_hide_what_people_did(self, client, page):
        mine = change(page).revision_id
        versions(page, 3_000, None, timezone.now() + timedelta(minutes=1))
        assert listed(client)[0] == [mine]


class TestFeeds:
    def test_each_change_is_an_entry_with_all_that_a_reader_shows(self, client, page):
        sent = change(page, trusted_person(username="maple-lane"))
        first = page.revisions.order_by("pk").first()
        for address in ("/changes/feed/", "/practices/tea/feed/"):
            entry = entries(client.get(address))[0]
            assert entry.findtext(f"{ATOM}title") == "Tea for all"
            assert entry.findtext(f"{ATOM}author/{ATOM}name") == "maple-lane"
            assert entry.findtext(f"{ATOM}author/{ATOM}uri").endswith("/people/maple-lane/")
            assert (
                entry.find(f"{ATOM}link").get("href").endswith(f"/practices/tea/compare/{first.pk}/{sent.revision_id}/")
            )
            assert entry.findtext(f"{ATOM}id").endswith(f":version-{sent.revision_id}")
            assert entry.findtext(f"{ATOM}updated").startswith(f"{timezone.now():%Y-%m-%d}")
            assert "a shorter summary" in entry.findtext(f"{ATOM}summary")

    def test_the_feed_of_a_page_has_its_versions_alone_and_how_much_changed(self, client, page):
        change(page, summary="Tea and cake once a week.")
        change(PracticeFactory())
        newest, first = entries(client.get("/practices/tea/feed/"))
        assert "1 part: 2 words added." in newest.findtext(f"{ATOM}summary")
        assert first.find(f"{ATOM}link").get("href").endswith(f"/practices/tea/history/{page.latest_revision_id}/")

    def test_what_an_entry_is_called_stays_the_same(self, client, page):
        change(page)

        def names():
            return {entry.findtext(f"{ATOM}id") for entry in entries(client.get("/practices/tea/feed/"))}

        before = names()
        change(page, title="Tea and cake")
        assert len(names()) == 3 and before < names()

    def test_a_feed_takes_the_choices_of_the_page(self, client, page):
        theirs = change(page, trusted_person(username="maple-lane")).revision_id
        change(page)
        (entry,) = entries(client.get("/changes/feed/?person=maple-lane"))
        assert entry.findtext(f"{ATOM}id").endswith(f"-{theirs}")
        assert entries(client.get("/changes/feed/?person=nobody-here")) == []

    def test_what_no_xml_can_hold_is_left_out_of_it(self, client, page):
        change(page, note="</summary>\x0b<b>&amp; \x01\x1b[31m \ufffe ]]>")
        PracticePage.objects.filter(pk=page.pk).update(title="Tea\x01 & <cake>\x08")
        for address in ("/changes/feed/", "/practices/tea/feed/"):
            entry = entries(client.get(address))[0]
            assert entry.findtext(f"{ATOM}title") == "Tea & <cake>"
            assert "&lt;b&gt;&amp;amp; [31m ]]&gt;" in entry.findtext(f"{ATOM}summary")

    def test_there_is_none_of_a_page_that_readers_cannot_see(self, client, page):
        hidden = PracticeFactory(unpublished=True)
        for slug in (hidden.slug, "nothing-here"):
            assert client.get(f"/practices/{slug}/feed/").status_code == 404
        page.unpublish()
        assert client.get("/practices/tea/feed/").status_code == 404

    def test_it_gives_no_cookie_and_reads_a_fixed_number_of_rows(self, client, page, django_assert_max_num_queries):
        for number in range(3):
            change(page, summary=f"Tea, {number}.")
        for address, most in (("/changes/feed/", 6), ("/practices/tea/feed/", 12)):
            with django_assert_max_num_queries(most):
                assert not client.get(address).cookies
