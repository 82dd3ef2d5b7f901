"""Answers that editors put above all others."""

import pytest
from django.urls import reverse
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import PageViewRestriction

from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def promote(library):
    def promote(words: str, **fields) -> SearchPromotion:
        return SearchPromotion.objects.create(query=Query.objects.get_or_create(query_string=words)[0], **fields)

    return promote


def test_they_stand_above_the_results_and_on_a_page_that_found_nothing(client, promote):
    page = PracticeFactory(title="Tea for all")
    promote("xyzzyq tea", page=page, description="Start here.")
    for typed in ("xyzzyq+tea", "Xyzzyq++TEA"):
        html = client.get(f"/search/?q={typed}").content.decode()
        assert "Chosen by the editors" in html and "Start here." in html and page.get_absolute_url() in html
    assert "Chosen by the editors" not in client.get("/search/?q=xyzzyq").content.decode()
    assert "Chosen by the editors" not in client.get("/search/").content.decode()


def test_another_website_is_named_as_one(client, promote):
    promote(
        "benefits", external_link_url="https://www.gov.uk/browse/benefits", external_link_text="Benefits, step by step"
    )
    html = client.get("/search/?q=benefits").content.decode()
    assert 'href="https://www.gov.uk/browse/benefits" rel="noopener"' in html
    assert "(another website)" in html


def test_a_page_that_not_everybody_may_read_is_not_promoted(client, promote):
    hidden, closed = PracticeFactory(title="Hidden away"), PracticeFactory(title="Closed away")
    promote("tea", page=hidden)
    promote("tea", page=closed)
    hidden.unpublish()
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    assert "Chosen by the editors" not in client.get("/search/?q=tea").content.decode()


def test_searching_writes_no_query_down(client, library):
    client.get("/search/?q=a+mum+of+three")
    assert not Query.objects.exists()


def test_moderators_promote(desk, library):
    page = PracticeFactory(title="Tea for all")
    form = {
        "query_string": "tea",
        "editors_picks-TOTAL_FORMS": "1",
        "editors_picks-INITIAL_FORMS": "0",
        "editors_picks-0-page": str(page.pk),
        "editors_picks-0-ORDER": "1",
        "editors_picks-0-description": "",
        "editors_picks-0-external_link_url": "",
        "editors_picks-0-external_link_text": "",
    }
    assert desk.post(reverse("wagtailsearchpromotions:add"), form).status_code == 302
    assert "Chosen by the editors" in desk.get("/search/?q=tea").content.decode()
