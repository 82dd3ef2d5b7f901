"""Whole practices by ready-made statements: who may see them is told as `visible()` tells it."""

from itertools import product

import pytest
from wagtail.models import PageViewRestriction

from practices.models import AdaptedEssential, PracticeIndexPage, PracticePage, PracticeTotals, Taken
from practices.reading import load_family, practice_at, taken_by_versions, titles_and_slugs
from practices.wording import verdict_of
from tests.factories.practices import PracticeFactory, SelfReliantGroupFactory, tried_in

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.usefixtures("library")]


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


def test_how_it_went_with_a_version_is_the_same_in_words_and_in_sql():
    original = PracticeFactory(essentials=["Take time."])
    version = PracticeFactory(adapted_from=original)
    essential = original.essentials.get().key
    version.adaptation = [AdaptedEssential(essential=essential, taken=Taken.CHANGED)]
    version.save_revision().publish()
    said = set()
    for helped, in_part, did_not_help, too_early in product(range(3), range(3), range(3), range(2)):
        tried_in(version, helped=helped, in_part=in_part, did_not_help=did_not_help, too_early=too_early)
        verdict = verdict_of(PracticeTotals.objects.get(page=version))
        assert set(taken_by_versions(original.pk)) == {
            (essential, Taken.CHANGED, verdict, 1, int(helped > 0)),
            (None, "", verdict, 1, int(helped > 0)),
        }
        said.add(verdict)
    assert said == {"", "helped", "in-part", "did-not-help", "too-early"}


def test_hidden_versions_are_counted_by_none():
    original = PracticeFactory(essentials=["Take time."])
    for unpublished in (False, True):
        version = PracticeFactory(adapted_from=original)
        version.adaptation = [AdaptedEssential(essential=original.essentials.get().key, taken=Taken.KEPT)]
        version.save_revision().publish()
        if unpublished:
            version.unpublish()
    assert [row.versions for row in taken_by_versions(original.pk)] == [1, 1]
