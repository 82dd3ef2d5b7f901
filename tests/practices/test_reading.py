"""Whole practices by ready-made statements: who may see them is told as `visible()` tells it."""

import pytest
from wagtail.models import PageViewRestriction

from practices.models import PracticeIndexPage, PracticePage
from practices.reading import load_family, practice_at, titles_and_slugs
from tests.factories.practices import PracticeFactory, SelfReliantGroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def seen() -> dict[str, set[int]]:
    """The ids of the practices that each way of reading shows."""
    everything = list(PracticePage.objects.order_by("pk"))
    original = everything[0]
    at = {practice.pk for practice in everything if practice_at(practice.slug)}
    shown = practice_at(original.slug)
    family = {member.pk for member in load_family(shown).members} | {original.pk} if shown else set()
    return {"alone": at, "titles": set(titles_and_slugs([each.pk for each in everything])), "family": family}


def test_every_way_of_reading_shows_what_anybody_may_see():
    original = PracticeFactory()
    there = SelfReliantGroupFactory(adapted_from=original)
    PracticeFactory(adapted_from=original, unpublished=True)
    closed = PracticeFactory(adapted_from=original)
    PageViewRestriction.objects.create(page=closed, restriction_type="login")
    visible = set(PracticePage.objects.visible().values_list("pk", flat=True))
    assert visible == {original.pk, there.pk}
    assert seen() == {"alone": visible, "titles": visible, "family": visible}


def test_what_stands_below_a_closed_page_is_shown_by_none():
    PracticeFactory(adapted_from=PracticeFactory())
    PageViewRestriction.objects.create(page=PracticeIndexPage.objects.get(), restriction_type="login")
    assert not PracticePage.objects.visible().exists()
    assert seen() == {"alone": set(), "titles": set(), "family": set()}


def test_a_practice_comes_as_the_page_of_its_kind_with_what_stands_beside_it():
    SelfReliantGroupFactory(slug="savers", size="Six")
    page = practice_at("savers")
    assert (page.size, page.kind, page.totals.places) == ("Six", "self-reliant-group", 0)
    assert not hasattr(page, "care")
    assert page.nations == [] and page.last_published_at.tzinfo is not None
