"""Covers are drawn by rule: the same practice always has the same one."""

import re
from pathlib import Path

import pytest
from django.core.cache import cache

from practices.covers import FAMILY_OF_OUTCOME, cover_of, draw_cover
from practices.models import Kind
from tests.factories.practices import OutcomeFactory, PhotoFactory, PracticeFactory, SelfReliantGroupFactory

EXPECTED = Path(__file__).parent / "covers"
DRAWN = [
    (
        Kind.POVERTY_TRUTH_COMMISSION,
        "poverty-truth-commissions",
        ["voice-and-confidence", "power-shared", "trust-in-institutions", "services-changed"],
    ),
    (
        Kind.SELF_RELIANT_GROUP,
        "self-reliant-groups",
        [
            "work-and-enterprise",
            "money-and-security",
            "stronger-relationships",
            "skills-and-learning",
            "voice-and-confidence",
        ],
    ),
    (
        Kind.COMMUNITY_CONNECTOR,
        "red-cross-community-connectors",
        ["less-loneliness", "stronger-relationships", "health-and-wellbeing"],
    ),
]


def paths(svg: str) -> list[str]:
    return re.findall(r"<path[^>]*/>", svg)


@pytest.mark.parametrize(("kind", "slug", "outcomes"), DRAWN)
def test_each_kind_has_the_figure_of_the_look(kind: str, slug: str, outcomes: list[str]) -> None:
    expected = (EXPECTED / f"{slug}.svg").read_text(encoding="utf-8")
    assert paths(draw_cover(kind, outcomes, slug)) == paths(expected)


@pytest.mark.parametrize(
    ("slug", "outcomes"),
    [("circle", ["stronger-relationships", "independence-and-care", "less-loneliness"]), ("big-society", [])],
)
def test_any_other_practice_has_a_quilt(slug: str, outcomes: list[str]) -> None:
    expected = (EXPECTED / f"{slug}.svg").read_text(encoding="utf-8")
    assert paths(draw_cover("other", outcomes, slug)) == paths(expected)


def test_the_order_of_outcomes_changes_nothing() -> None:
    given = ["less-loneliness", "mental-health", "power-shared"]
    assert draw_cover("other", given, "circle") == draw_cover("other", reversed(given), "circle")


def test_a_cover_names_nothing_that_a_page_could_hold_twice() -> None:
    for number in range(60):
        svg = draw_cover(Kind.values[number % 4], list(FAMILY_OF_OUTCOME)[: number % 10], f"practice-{number}")
        assert not re.search(r"\b(id|style|href|class)=(?!\"cover\")", svg)
        assert len(svg.encode()) < 1400
        assert 'aria-hidden="true"' in svg
        assert 'width="120" height="160"' in svg


def test_unknown_kinds_and_outcomes_are_drawn_as_well() -> None:
    assert draw_cover("no-such-kind", ["no-such-outcome"], "x") == draw_cover("other", ["no-such-outcome"], "x")
    assert draw_cover("other", [], "x")


@pytest.mark.django_db
def test_a_practice_wears_the_cover_of_its_kind_and_outcomes(library: object) -> None:
    practice = SelfReliantGroupFactory(slug="savers", outcomes=[OutcomeFactory(slug="less-loneliness")])
    assert cover_of(practice) == draw_cover(Kind.SELF_RELIANT_GROUP, ["less-loneliness"], "savers")


@pytest.mark.django_db
def test_a_photo_is_shown_only_when_those_in_it_have_said_yes(library: object) -> None:
    asked = PracticeFactory(photo=PhotoFactory(consent=True))
    not_asked = PracticeFactory(photo=PhotoFactory(consent=False))
    assert re.fullmatch(
        r'<img class="cover" src="[^"]+" alt="" width="120" height="160" loading="lazy">', cover_of(asked)
    )
    assert cover_of(not_asked).startswith("<svg")


@pytest.mark.django_db
def test_a_photo_whose_file_is_gone_gives_way_to_the_drawn_cover(library: object) -> None:
    photo = PhotoFactory()
    practice = PracticeFactory(photo=photo)
    photo.file.storage.delete(photo.file.name)
    photo.renditions.all().delete()
    cache.clear()
    assert cover_of(practice).startswith("<svg")
