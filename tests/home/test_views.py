"""What machines ask of the site, and pages that are not there."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from home.models import HomePage
from home.services import load_staff_pages
from home.sitemaps import PracticeSitemap
from practices.models import Sure
from tests.factories.practices import OutcomeFactory, PracticeFactory
from tests.markup import inline_scripts

pytestmark = pytest.mark.django_db


def test_healthz_answers_without_a_database_and_sets_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert not answer.cookies


def test_robots_keeps_machines_out_of_the_admin_and_of_endless_results(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        lines = client.get("/robots.txt").content.decode().splitlines()
    assert {"Disallow: /admin/", "Disallow: /search/?"} <= set(lines)
    assert "Sitemap: http://testserver/sitemap.xml" in lines


def test_favicon_leads_to_the_file(client):
    assert client.get("/favicon.ico")["Location"].endswith(".svg")


@pytest.mark.parametrize("path", ["/", "/healthz", "/robots.txt", "/favicon.ico"])
def test_reading_pages_take_no_post(client, library, path):
    assert client.post(path).status_code == 405


class TestSitemap:
    @pytest.fixture
    def practice(self, library):
        load_staff_pages(library)
        return PracticeFactory(slug="listening-tables", outcomes=[OutcomeFactory(slug="less-loneliness")])

    def text_of(self, client, path):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/xml"
        return answer.content.decode()

    def test_index_names_every_section(self, client, practice):
        index = self.text_of(client, "/sitemap.xml")
        for section in ("doors", "practices", "terms", "pages"):
            assert f"<loc>http://testserver/sitemap-{section}.xml</loc>" in index

    def test_practice_stands_there_with_the_day_of_its_last_change(self, client, practice):
        section = self.text_of(client, "/sitemap-practices.xml")
        assert "<loc>http://testserver/practices/listening-tables/</loc>" in section
        assert f"<lastmod>{practice.last_published_at:%Y-%m-%d}</lastmod>" in section

    def test_terms_and_staff_pages_and_doors_stand_there(self, client, practice):
        OutcomeFactory(slug="nobody-named-it")
        terms = self.text_of(client, "/sitemap-terms.xml")
        assert "/outcomes/less-loneliness/" in terms
        assert "nobody-named-it" not in terms
        assert "<loc>http://testserver/privacy/</loc>" in self.text_of(client, "/sitemap-pages.xml")
        assert "<loc>http://testserver/practices/</loc>" in self.text_of(client, "/sitemap-doors.xml")

    def test_what_readers_may_not_see_is_not_named(self, client, practice):
        PracticeFactory(slug="half-written", unpublished=True)
        closed = PracticeFactory(slug="closed")
        PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
        section = self.text_of(client, "/sitemap-practices.xml")
        assert "half-written" not in section
        assert "closed" not in section

    def test_large_library_is_told_in_pages(self, client, practice, monkeypatch):
        monkeypatch.setattr(PracticeSitemap, "limit", 2)
        PracticeFactory.create_batch(2)
        assert "sitemap-practices.xml?p=2" in self.text_of(client, "/sitemap.xml")
        assert self.text_of(client, "/sitemap-practices.xml?p=2").count("<url>") == 1

    def test_cost_does_not_grow_with_the_library(self, client, practice):
        def cost():
            ContentType.objects.clear_cache()
            with CaptureQueriesContext(connection) as queries:
                client.get("/sitemap.xml")
                client.get("/sitemap-practices.xml")
            return len(queries)

        before = cost()
        PracticeFactory.create_batch(5)
        assert cost() == before <= 14

    @pytest.mark.parametrize("path", ["/sitemap-nothing.xml", "/sitemap-practices.xml?p=99", "/sitemap-terms.xml?p=x"])
    def test_section_that_is_not_there(self, client, practice, path):
        assert client.get(path).status_code == 404


class TestNotFound:
    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("/practices/povrty-truth/", "povrty truth"),
            ("/outcomes/less-lonely/", "less lonely"),
            ("/practices/caf%C3%A9-social/", "café social"),
            ("/nothing/at_all/here", "nothing at all here"),
        ],
    )
    def test_page_offers_a_search_for_the_words_of_the_address(self, client, library, path, words):
        answer = client.get(path, follow=True)
        assert answer.status_code == 404
        assert f'value="{words}"' in answer.content.decode()

    def test_address_is_shown_as_words_and_never_as_html(self, client, library):
        page = client.get("/practices/%22%3E%3Cscript%3Ealert(1)%3C/script%3E/").content.decode()
        assert not inline_scripts(page)
        assert "alert 1" in page

    def test_page_says_that_it_is_not_there_and_is_not_kept_by_search_engines(self, client, library):
        page = client.get("/practices/nothing/").content.decode()
        assert "There is no page at this address" in page
        assert '<meta name="robots" content="noindex">' in page
        assert "canonical" not in page

    @pytest.mark.parametrize(
        "path", ["/" + "x" * 3000 + "/", "/%00/", "/%F0%9F%98%80/", "/..%2f..%2fetc/passwd", "/%ff/"]
    )
    def test_odd_addresses_are_not_found_either(self, client, library, path):
        assert client.get(path, follow=True).status_code == 404

    def test_bare_root_without_words_has_an_empty_box(self, client, library):
        assert 'value=""' in client.get("/practices/---/").content.decode()


class TestStaffPages:
    @pytest.fixture(autouse=True)
    def pages(self, library):
        load_staff_pages(library)

    @pytest.mark.parametrize("slug", ["about", "help", "accessibility", "privacy", "cookies"])
    def test_page_can_be_read_and_sets_no_cookie(self, client, slug):
        answer = client.get(f"/{slug}/")
        assert answer.status_code == 200
        assert not answer.cookies
        assert not inline_scripts(answer.content.decode())

    def test_address_of_those_who_run_the_site_is_shown(self, client, settings):
        settings.CONTACT_EMAIL = "hello@wiki.example"
        assert 'href="mailto:hello@wiki.example"' in client.get("/help/").content.decode()

    def test_missing_address_is_said_plainly(self, client, settings):
        settings.CONTACT_EMAIL = ""
        page = client.get("/help/").content.decode()
        assert "mailto:" not in page
        assert "have not given an address" in page

    def test_help_names_every_level_of_sureness_at_an_address_of_its_own(self, client):
        shown = client.get("/help/").content.decode()
        section = shown[shown.index('<h2 id="how-sure-can-we-be">') :].split("</section>")[0]
        for level in Sure:
            assert f"“{level.label}”" in section, level

    def test_every_link_of_the_pages_leads_somewhere(self, client):
        for page in HomePage.objects.get().get_children().live().specific():
            for block in getattr(page, "body", []):
                for link in block.value.get("links", []) if block.block_type == "section" else []:
                    if link["address"].startswith("/"):
                        assert client.get(link["address"]).status_code == 200, link["address"]


class TestErrors:
    def test_server_error_needs_no_database_and_no_context(self, client, monkeypatch, django_assert_num_queries):
        def broken(request):
            raise RuntimeError("broken")

        monkeypatch.setattr("django.core.handlers.base.BaseHandler.check_response", broken)
        client.raise_request_exception = False
        with django_assert_num_queries(0):
            answer = client.get("/healthz")
        assert answer.status_code == 500
        assert "Something broke on our side" in answer.content.decode()

    def test_server_error_is_told_even_when_its_template_is_broken(self, monkeypatch):
        from django.template import TemplateDoesNotExist

        from home import views

        def missing(name):
            raise TemplateDoesNotExist(name)

        monkeypatch.setattr(views.loader, "get_template", missing)
        assert views.server_error(None).status_code == 500

    def test_host_that_is_not_ours_gets_a_plain_page(self, client):
        answer = client.get("/", headers={"host": "elsewhere.example"})
        assert answer.status_code == 400
        assert "We could not read that" in answer.content.decode()
