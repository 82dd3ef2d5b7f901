"""Whole pages are kept for everybody, and a change shows on the next request."""

import threading
import time
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import caches
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction, Site

from config.page_cache import WHOLE_PAGES, PageCacheMiddleware, digest_of_sources, known_parameters
from config.urls import urlpatterns
from home.models import StaffPage
from home.services import load_staff_pages
from practices.models import Library, PracticePage
from practices.services import merge_terms, save_term
from practices.signals import send_practice_changed
from search.engines import engine_named
from search.engines.base import EngineUnavailableError
from search.models import IndexQueue, WantedPractice
from search.services import drain_queue
from tests.factories.practices import BeneficiaryGroupFactory, OutcomeFactory, PracticeFactory

LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def keeping(settings, request):
    """A cache of pages that nobody used before."""
    settings.CACHES = {**settings.CACHES, "pages": {**LOCAL, "LOCATION": request.node.name}}


@pytest.fixture
def reader(keeping, client, library):
    return client


@pytest.fixture
def is_kept(reader):
    """Asks for a page twice, and says whether the second answer needed no more than the library's version."""

    def ask(path, **options):
        reader.get(path, **options)
        with CaptureQueriesContext(connection) as captured:
            reader.get(path, **options)
        return len(captured) <= 1

    return ask


def text(client, path, **options):
    return client.get(path, **options).content.decode()


class TestWhatIsKept:
    def test_every_kind_of_page_that_readers_open(self, is_kept, library):
        load_staff_pages(library)
        outcome, group = OutcomeFactory(slug="calm"), BeneficiaryGroupFactory(slug="all")
        PracticeFactory(slug="tea", outcomes=[outcome], beneficiary_groups=[group])
        drain_queue(wait=True)
        for path in ("/", "/practices/", "/practices/?letter=t&page=1", "/practices/tea/", "/practices/tea/print/",
                     "/practices/tea/told/", "/practices/tea/told/?page=2",
                     "/outcomes/calm/", "/groups/all/", "/search/", "/search/?outcome=calm&sort=title",
                     "/help/", "/search/?q="):  # fmt: skip
            assert is_kept(path), path

    def test_never_a_page_that_answers_what_somebody_typed(self, is_kept, reader):
        assert not is_kept("/search/?q=lonely")
        assert not is_kept("/search/?outcome=calm&q=lonely")
        assert "lonely" not in repr(caches["pages"]._cache)

    def test_never_for_somebody_with_a_session_or_a_message(self, reader, is_kept):
        reader.cookies["sessionid"] = "somebody"
        assert not is_kept("/practices/")
        del reader.cookies["sessionid"]
        reader.cookies["messages"] = "something"
        assert not is_kept("/practices/")

    def test_any_other_cookie_changes_nothing(self, reader, is_kept):
        reader.cookies["csrftoken"] = "x" * 32
        assert is_kept("/practices/")

    def test_what_is_not_there_is_not_kept(self, reader):
        for path in ("/practices/nowhere/", "/nowhere/", "/outcomes/nothing/"):
            assert reader.get(path).status_code == 404
        PracticeFactory(slug="nowhere")
        assert reader.get("/practices/nowhere/").status_code == 200

    def test_an_address_that_leads_elsewhere_is_not_kept(self, reader):
        old, new = OutcomeFactory(slug="old"), OutcomeFactory(slug="new")
        merge_terms(source=old, target=new)
        for _ in range(2):
            answer = reader.get("/outcomes/old/")
            assert (answer.status_code, answer["Location"]) == (301, "/outcomes/new/")

    def test_a_closed_page_is_neither_kept_nor_shown(self, reader, library):
        load_staff_pages(library)
        assert reader.get("/help/").status_code == 200
        page = StaffPage.objects.get(slug="help")
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.PASSWORD, password="open")
        assert "<form" in text(reader, "/help/") and "password" in text(reader, "/help/")

    def test_hosts_and_schemes_do_not_meet(self, reader):
        links = {
            (host, secure): text(reader, "/", HTTP_HOST=host, secure=secure)
            for host in ("testserver", "127.0.0.1")
            for secure in (False, True)
        }
        assert len(links) == 4
        assert len(caches["pages"]._cache) == 4
        assert reader.get("/", HTTP_HOST="elsewhere.example").status_code == 400

    def test_unknown_parameters_share_a_page_and_known_ones_do_not(self, reader, is_kept):
        PracticeFactory(title="Abacus")
        drain_queue(wait=True)
        reader.get("/practices/")
        assert is_kept("/practices/?utm_source=mail")
        assert len(caches["pages"]._cache) == 1
        assert "Abacus" not in text(reader, "/practices/?letter=z")
        assert "Abacus" in text(reader, "/practices/?letter=a")

    def test_values_and_order_of_a_repeated_parameter_are_told_apart(self, reader):
        one, two = OutcomeFactory(slug="one"), OutcomeFactory(slug="two")
        PracticeFactory(title="First", outcomes=[one])
        PracticeFactory(title="Second", outcomes=[two])
        drain_queue(wait=True)
        assert "Second" not in text(reader, "/search/?outcome=one")
        both = text(reader, "/search/?outcome=one&outcome=two")
        assert "First" in both and "Second" in both

    def test_a_very_long_address_is_answered_and_not_kept(self, reader):
        assert reader.get("/search/?outcome=" + "x" * 2_000).status_code == 200
        assert not caches["pages"]._cache

    @pytest.mark.parametrize("query", ["page=%00", "letter=%ff%fe", "page=-1&page=x", "letter=%F0%9F%92%A9", "=&=&&"])
    def test_hostile_parameters_are_answered(self, reader, query):
        for path in ("/practices/", "/search/", "/wanted/", "/"):
            assert [reader.get(f"{path}?{query}").status_code for _ in range(2)] == [200, 200]

    def test_each_page_of_the_site_is_kept_or_has_a_reason_not_to_be(self):
        not_whole = {
            "home:healthz", "home:readyz", "home:robots", "home:favicon", "home:rendition", "home:sitemap",
            "home:sitemap_section", "search:describe", "search:suggest", "search:feed",
            "search:wanted", "search:ask", "search:asked", "search:counted", "search:ask_too",
            "home:watch", "home:watching", "home:erase", "home:erase_person", "home:upkeep", "home:figures",
        }  # fmt: skip
        names = {
            f"{included.app_name}:{pattern.name}"
            for included in urlpatterns
            if getattr(included, "app_name", "") in ("home", "practices", "search")
            for pattern in included.url_patterns
        }
        assert names == (set(WHOLE_PAGES) | not_whole) - {"wagtail_serve", "feedback:told"}
        assert known_parameters("/admin/") is None and known_parameters("/static/css/style.css") is None


class TestWhatIsSaid:
    def test_pages_are_asked_for_again_and_only_sent_when_they_changed(self, reader, library):
        page = PracticeFactory(title="Tea round")
        drain_queue(wait=True)
        first = reader.get(page.get_absolute_url())
        assert first["Cache-Control"] == "no-cache" and first["ETag"] and not first.cookies
        again = reader.get(page.get_absolute_url(), HTTP_IF_NONE_MATCH=first["ETag"])
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        PracticePage.objects.filter(pk=page.pk).update(title="Tea table")
        send_practice_changed([page.pk])
        after = reader.get(page.get_absolute_url(), HTTP_IF_NONE_MATCH=first["ETag"])
        assert after.status_code == 200 and "Tea table" in after.content.decode()

    def test_a_page_that_a_change_elsewhere_left_as_it_was_is_not_sent_again(self, reader):
        page = PracticeFactory(title="Tea round")
        drain_queue(wait=True)
        tag = reader.get(page.get_absolute_url())["ETag"]
        Library.objects.bump_version()
        assert reader.get(page.get_absolute_url(), HTTP_IF_NONE_MATCH=tag).status_code == 304

    def test_a_condition_does_not_spoil_what_the_next_reader_gets(self, reader):
        tag = reader.get("/practices/")["ETag"]
        Library.objects.bump_version()
        assert reader.get("/practices/", HTTP_IF_NONE_MATCH=tag).status_code == 304
        full = reader.get("/practices/")
        assert full.status_code == 200 and b"</html>" in full.content

    def test_results_for_words_have_a_tag_as_well(self, reader):
        tag = reader.get("/search/?q=tea")["ETag"]
        assert reader.get("/search/?q=tea", HTTP_IF_NONE_MATCH=tag).status_code == 304

    def test_the_kept_answer_has_every_header_of_the_made_one(self, reader, library):
        page = PracticeFactory()
        drain_queue(wait=True)
        made, kept = (dict(reader.get(page.get_absolute_url(), HTTP_ACCEPT_ENCODING="gzip").items()) for _ in range(2))
        # Each request has a number of its own.
        assert made.pop("X-Request-ID") != kept.pop("X-Request-ID")
        assert made == kept
        assert kept["Content-Encoding"] == "gzip" and int(kept["Content-Length"]) > 0
        assert "default-src 'none'" in kept["Content-Security-Policy"]
        assert "Accept-Encoding" in kept["Vary"] and "ookie" not in kept["Vary"]

    def test_who_cannot_unpack_gets_it_plain(self, reader):
        assert "Content-Encoding" in reader.get("/practices/", HTTP_ACCEPT_ENCODING="br, gzip")
        plain = reader.get("/practices/")
        assert "Content-Encoding" not in plain and b"</html>" in plain.content

    def test_head_says_the_same_without_the_page(self, reader):
        assert reader.head("/practices/").status_code == 200
        whole = reader.get("/practices/")
        head = reader.head("/practices/")
        assert (head.content, head["Content-Length"]) == (b"", str(len(whole.content)))
        assert head["ETag"] == whole["ETag"]


class TestAChangeShows:
    @pytest.fixture
    def changes(self, reader, library):
        """Does something, and tells what a page said before and after."""

        def change(path, act):
            before = text(reader, path)
            assert text(reader, path) == before
            act()
            drain_queue(wait=True)
            after = text(reader, path)
            return before, after

        return change

    def test_a_published_page(self, changes):
        page = PracticeFactory(title="Tea round")

        def publish():
            page.title = "Tea table"
            page.save_revision().publish()

        before, after = changes(page.get_absolute_url(), publish)
        assert "Tea round" in before and "Tea table" in after

    def test_a_page_taken_away_and_a_deleted_one(self, reader, changes):
        page, other = PracticeFactory(title="Tea round"), PracticeFactory(title="Coffee round")
        before, after = changes("/practices/", page.unpublish)
        assert "Tea round" in before and "Tea round" not in after
        assert reader.get(page.get_absolute_url()).status_code == 404
        before, after = changes("/practices/", lambda: PracticePage.objects.get(pk=other.pk).delete())
        assert "Coffee round" in before and "Coffee round" not in after

    def test_a_page_closed_to_the_public(self, changes):
        page = PracticeFactory(title="Tea round")
        before, after = changes(
            "/practices/",
            lambda: PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN),
        )
        assert "Tea round" in before and "Tea round" not in after

    def test_a_term_renamed(self, changes):
        outcome = OutcomeFactory(label="Calm")
        page = PracticeFactory(outcomes=[outcome])

        def rename():
            outcome.label = "Peace of mind"
            save_term(term=outcome)

        before, after = changes(page.get_absolute_url(), rename)
        assert "Calm" in before and "Peace of mind" in after

    def test_a_page_by_staff(self, changes, library):
        load_staff_pages(library)
        page = StaffPage.objects.get(slug="help")

        def publish():
            page.lede = "Ask us anything at all."
            page.save_revision().publish()

        before, after = changes("/help/", publish)
        assert "Ask us anything at all." not in before and "Ask us anything at all." in after

    def test_a_page_by_staff_deleted(self, reader, library):
        load_staff_pages(library)
        assert reader.get("/help/").status_code == 200
        StaffPage.objects.get(slug="help").delete()
        assert reader.get("/help/").status_code == 404

    def test_the_front_door_of_another_site(self, changes):
        site = Site.objects.get()
        version = Library.objects.current().version
        site.save()
        assert Library.objects.current().version > version

    def test_something_wanted(self, changes):
        before, after = changes("/", lambda: WantedPractice.objects.create(title="Repair cafés", why="Asked"))
        assert "Repair cafés" not in before and "Repair cafés" in after

    def test_a_new_day(self, reader):
        with time_machine.travel("2026-11-25 23:59 +0000", tick=False) as clock:
            reader.get("/")
            clock.move_to("2026-11-26 00:01 +0000")
            reader.get("/")
        assert len(caches["pages"]._cache) == 2

    def test_a_restored_copy_of_the_library(self, reader):
        reader.get("/")
        Library.objects.update(uuid="00000000-0000-4000-8000-000000000000")
        reader.get("/")
        assert len(caches["pages"]._cache) == 2

    def test_another_release_or_name_of_the_site(self, settings):
        before = digest_of_sources()
        assert digest_of_sources() == before
        settings.SITE_NAME = "Another name"
        assert digest_of_sources() != before

    def test_not_one_that_was_taken_back(self, reader):
        page = PracticeFactory(title="Tea round")
        drain_queue(wait=True)
        reader.get(page.get_absolute_url())
        with transaction.atomic():
            PracticePage.objects.filter(pk=page.pk).update(title="Tea table")
            send_practice_changed([page.pk])
            transaction.set_rollback(True)
        assert "Tea round" in text(reader, page.get_absolute_url())


class TestWhatTheIndexTells:
    def test_a_page_made_while_a_change_waits_is_not_kept(self, reader, is_kept):
        PracticeFactory(slug="tea")
        assert IndexQueue.objects.waiting().exists()
        assert not is_kept("/practices/tea/")
        drain_queue(wait=True)
        assert is_kept("/practices/tea/")

    @pytest.mark.parametrize("path", ["/", "/practices/tea/", "/search/"])
    def test_a_page_made_without_the_engine_is_not_kept(self, reader, is_kept, monkeypatch, path):
        PracticeFactory(slug="tea")
        drain_queue(wait=True)

        def fail(*args):
            raise EngineUnavailableError("gone")

        monkeypatch.setattr(engine_named("local"), "reader", fail)
        assert not is_kept(path)
        monkeypatch.undo()
        assert is_kept(path)


class TestManyAtOnce:
    pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

    def asked_by_fifty(self, middleware, path="/practices/"):
        answers, start = [], threading.Barrier(50)

        def ask():
            start.wait()
            try:
                answers.append(middleware(RequestFactory().get(path)))
            finally:
                connection.close()

        threads = [threading.Thread(target=ask) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    @pytest.fixture
    def slow(self, keeping):
        """A site that takes its time for each page, and counts how many it made."""

        def answer(request):
            made.append(request.path)
            time.sleep(0.3)
            return HttpResponse(b"<p>slow</p>", status=made.status)

        class Made(list):
            status = 200

        made = Made()
        Library.objects.current()
        return SimpleNamespace(made=made, middleware=PageCacheMiddleware(answer))

    def test_a_slow_page_is_made_once_for_fifty(self, slow):
        answers = self.asked_by_fifty(slow.middleware)
        assert [answer.content for answer in answers] == [b"<p>slow</p>"] * 50
        assert slow.made == ["/practices/"]

    def test_nobody_waits_in_a_row_for_a_page_that_is_not_kept(self, slow):
        slow.made.status = 404
        begun = time.monotonic()
        assert {answer.status_code for answer in self.asked_by_fifty(slow.middleware)} == {404}
        assert time.monotonic() - begun < 5
        assert len(slow.made) == 50

    def test_whoever_waits_for_one_that_died_makes_it_themselves(self, slow, monkeypatch):
        monkeypatch.setattr("config.page_cache.LONGEST_WAIT", 0.1)
        middleware = slow.middleware
        monkeypatch.setattr(middleware.pages, "delete", lambda *args: None)
        slow.made.status = 404
        middleware(RequestFactory().get("/practices/"))
        slow.made.status = 200
        assert middleware(RequestFactory().get("/practices/")).content == b"<p>slow</p>"


def test_a_site_without_a_cache_of_pages_does_without(settings):
    with pytest.raises(MiddlewareNotUsed):
        PageCacheMiddleware(lambda request: HttpResponse())


def test_a_kept_page_costs_one_query(reader, django_assert_num_queries):
    PracticeFactory(slug="tea")
    drain_queue(wait=True)
    reader.get("/practices/tea/")
    with django_assert_num_queries(1):
        reader.get("/practices/tea/")


def test_signed_in_people_get_pages_of_their_own(reader, django_user_model, is_kept):
    reader.get("/practices/")
    person = django_user_model.objects.create_superuser("a@example.org", "maple", "p")
    reader.force_login(person)
    assert not is_kept("/practices/")
