"""Hostile text in every field, term and address never runs, and is shown as the text it is."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest

from .conftest import Reader
from .hostile import BREAK_OUT, RUN

PATHS = [
    "/practices/hostile/",
    "/practices/hostile/print/",
    "/practices/hostile/told/",
    "/practices/hostile/tried/",
    "/practices/hostile/tried/slip/",
    "/practices/hostile/try/",
    "/outcomes/hostile/",
    "/groups/hostile/",
    "/principles/hostile/",
    "/practices/?letter=h",
    "/search/?q=hostile",
    "/search/?q=found+hostile&outcome=hostile&group=hostile&principle=hostile",
    f"/search/?q={quote(RUN)}",
    f"/search/?q={quote(BREAK_OUT)}&outcome={quote(BREAK_OUT)}&sort={quote(RUN)}&page={quote(RUN)}",
    f"/practices/?letter={quote(RUN)}&kind={quote(BREAK_OUT)}",
    f"/practices/{quote(RUN)}/",
    "/wanted/",
    "/hostile-staff/",
    "/",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_hostile_text_is_only_text(reader: Callable[..., Reader], path: str) -> None:
    one = reader(site="hostile_site")
    one.open(path)
    page = one.page
    assert page.evaluate("window.ran") is None
    assert (
        page.locator(
            "script:not([src^='/static/']), iframe, object, [onerror], [onload], [onfocus], [onmouseover]"
        ).count()
        == 0
    )
    assert page.locator("img[src='x'], a[href^='javascript']").count() == 0


def test_photo_is_shown_whatever_its_file_was_called(reader: Callable[..., Reader]) -> None:
    one = reader(site="hostile_site")
    one.open("/practices/hostile/")
    photo = one.page.locator("img.cover").first
    photo.scroll_into_view_if_needed()
    one.page.wait_for_function("document.querySelector('img.cover').naturalWidth > 0")
    assert "/media/images/" in (photo.get_attribute("src") or "")


def test_hostile_practice_still_says_what_it_says(reader: Callable[..., Reader]) -> None:
    one = reader(site="hostile_site")
    one.open("/practices/hostile/")
    assert "<script>window.ran=1</script>" in one.page.locator("h1").inner_text()
    assert one.page.locator("main").inner_text().count("window.ran=1") > 10
