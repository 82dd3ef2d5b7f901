"""The walk that everything is for: somebody searches in their own words, filters twice, and reads a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import NARROW, PHONE, WIDE, Reader

WORDS = "lonely older people"


def hits(page: Page) -> list[str]:
    return page.locator("article.hit").evaluate_all("all => all.map(hit => hit.dataset.practice)")


def tick(page: Page, name: str, value: str, width: int) -> None:
    """Tick one filter and send the form, as on a phone (a screen of its own) or at a desk (beside the results).

    Returns once the new page is loaded: a click alone returns while it is still on its way, and `hits` would
    count what has arrived so far.
    """
    if width < 960:
        page.get_by_role("link", name="Filter").first.click()
    box = page.locator(f"input[name='{name}'][value='{value}']")
    if not box.is_visible():
        page.locator("details.facet", has=box).locator("summary").click()
    box.check()
    with page.expect_navigation():
        page.locator("#filters button:visible").first.click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("width", [NARROW, PHONE, WIDE])
def test_search_filter_twice_and_read(reader: Callable[..., Reader], width: int, javascript: bool) -> None:
    one = reader(width, java_script_enabled=javascript)
    page = one.page
    one.open("/")
    page.get_by_label("Who are you alongside").fill(WORDS)
    with page.expect_navigation():
        page.get_by_role("button", name="Find").click()

    expect(page.locator("main")).to_have_attribute("data-answer", "exact")
    all_hits = hits(page)
    assert len(all_hits) > 1

    tick(page, "group", "older-people", width)
    older = hits(page)
    assert older
    assert set(older) <= set(all_hits)

    tick(page, "outcome", "less-loneliness", width)
    both = hits(page)
    assert both
    assert set(both) <= set(older)
    assert "group=older-people" in page.url
    assert "outcome=less-loneliness" in page.url
    assert page.locator("input[name='q']").first.input_value() == WORDS

    title = page.locator("article.hit h3").first.inner_text()
    page.locator("article.hit h3 a").first.click()
    expect(page.locator("h1")).to_have_text(title)
    expect(page).to_have_url(f"{one.site}/practices/{both[0]}/")


def test_results_can_be_kept_and_shared_by_their_address(reader: Callable[..., Reader]) -> None:
    one, other = reader(WIDE), reader(PHONE)
    one.open("/search/?q=lonely&group=older-people")
    other.open(one.page.url.removeprefix(one.site))
    assert hits(one.page) == hits(other.page) != []


def test_examples_on_the_front_door_really_find_something(reader: Callable[..., Reader]) -> None:
    one = reader()
    one.open("/")
    examples = one.page.locator(".ask q a").evaluate_all("all => all.map(link => link.getAttribute('href'))")
    assert len(examples) == 3
    for example in examples:
        one.open(example)
        assert hits(one.page), example
        assert one.page.locator("main").get_attribute("data-answer") == "exact", example


def test_first_tab_offers_to_skip_to_the_main_part(reader: Callable[..., Reader]) -> None:
    one = reader()
    for path in ("/", "/practices/poverty-truth-commissions/", "/help/"):
        one.open(path)
        one.page.keyboard.press("Tab")
        skip = one.page.locator(".skip")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport(ratio=1)
        one.page.keyboard.press("Enter")
        assert one.page.evaluate("document.activeElement.id") == "main"


FOCUS = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 10), 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    name: one.tagName + ' ' + (one.textContent || one.name || '').trim().slice(0, 40),
    isPage: one === document.body,
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    uncovered: one.contains(top) || (top && top.contains(one)) || one.getClientRects().length > 1,
  };
}"""


@pytest.mark.parametrize(
    ("path", "width"),
    [
        ("/", WIDE),
        ("/", NARROW),
        ("/search/?q=lonely", WIDE),
        ("/search/?q=lonely", NARROW),
        ("/practices/poverty-truth-commissions/", WIDE),
        ("/practices/poverty-truth-commissions/", NARROW),
        ("/nothing-here/", WIDE),
    ],
)
def test_by_keyboard_the_place_you_are_at_is_in_clear_view(
    reader: Callable[..., Reader], path: str, width: int
) -> None:
    one = reader(width)
    one.open(path)
    stops = 0
    for _ in range(150):
        one.page.keyboard.press("Tab")
        focus = one.page.evaluate(FOCUS)
        if focus["isPage"]:
            break
        stops += 1
        assert focus["ring"], focus
        assert focus["inView"], focus
        assert focus["uncovered"], focus
    assert stops > 8


def test_whole_walk_by_keyboard_alone(reader: Callable[..., Reader]) -> None:
    one = reader()
    page = one.page
    one.open("/")
    page.get_by_label("Who are you alongside").focus()
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_have_attribute("data-answer", "exact")
    box = page.locator("input[name='group'][value='older-people']")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**group=older-people**")
    page.locator("article.hit h3 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/practices/**")
    assert page.locator("h1").is_visible()
