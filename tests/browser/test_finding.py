"""Suggestions, results that change in their place, and who to ring: in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import NARROW, PHONE, WIDE, Reader


def answered_in_place(page: Page) -> None:
    """Mark the document, so that a test can tell a page that was loaded from one that changed."""
    page.evaluate("document.documentElement.dataset.same = 'yes'")


def is_the_same_document(page: Page) -> bool:
    return page.evaluate("document.documentElement.dataset.same === 'yes'")


class TestSuggestions:
    @pytest.mark.parametrize("width", [NARROW, WIDE])
    def test_they_are_chosen_by_keyboard_alone_and_told_to_the_ear(self, reader: Callable[..., Reader], width: int):
        one = reader(width)
        page = one.page
        one.open("/")
        box = page.get_by_role("combobox")
        box.press_sequentially("poverty tr")
        options = page.get_by_role("option")
        expect(options.first).to_be_visible()
        expect(box).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_role("status").first).to_contain_text("suggestions. Use the down arrow")
        box.press("ArrowDown")
        expect(options.first).to_have_attribute("aria-selected", "true")
        assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        box.press("ArrowUp")
        assert box.get_attribute("aria-activedescendant") is None
        box.press("Escape")
        expect(options.first).to_be_hidden()
        expect(box).to_have_value("poverty tr")
        box.press("ArrowDown")
        with page.expect_navigation():
            box.press("Enter")
        expect(page).to_have_url(re.compile("/search/.kind=poverty-truth-commission"))

    def test_enter_without_a_choice_searches_for_what_was_typed(self, reader: Callable[..., Reader]):
        one = reader()
        one.open("/")
        box = one.page.get_by_role("combobox")
        box.press_sequentially("poverty")
        expect(one.page.get_by_role("option").first).to_be_visible()
        with one.page.expect_navigation():
            box.press("Enter")
        assert one.page.url.endswith("/search/?q=poverty")

    def test_a_practice_is_opened_by_a_tap(self, reader: Callable[..., Reader]):
        one = reader(PHONE)
        one.open("/")
        one.page.get_by_role("combobox").press_sequentially("navigat")
        with one.page.expect_navigation():
            one.page.get_by_role("option", name="Community Navigators").click()
        expect(one.page.locator("h1")).to_have_text("Community Navigators")

    def test_one_request_is_under_way_and_typing_on_ends_it(self, reader: Callable[..., Reader]):
        one = reader()
        one.open("/")
        held = []

        def hold(route):
            held.append(route)

        one.page.route("**/search/suggest/*", hold)
        box = one.page.get_by_role("combobox")
        ended = []
        one.page.on("requestfailed", lambda request: ended.append(request.url))
        box.press_sequentially("pov")
        one.page.wait_for_timeout(400)
        # At once, or a slow machine takes the pause between two keys for the end of the word.
        box.fill("poverty")
        one.page.wait_for_timeout(400)
        assert [route.request.url.partition("?")[2] for route in held] == ["q=pov", "q=poverty"]
        assert [address.partition("?")[2] for address in ended] == ["q=pov"]
        held[1].continue_()
        expect(one.page.get_by_role("option").first).to_be_visible()

    def test_typing_on_gives_a_choice_up(self, reader: Callable[..., Reader]):
        one = reader()
        one.open("/")
        box = one.page.get_by_role("combobox")
        box.press_sequentially("poverty")
        expect(one.page.get_by_role("option").first).to_be_visible()
        box.press("ArrowDown")
        one.page.route("**/search/suggest/*", lambda route: None)
        box.press_sequentially(" xy")
        with one.page.expect_navigation():
            box.press("Enter")
        assert one.page.url.endswith("/search/?q=poverty+xy")
        one.complaints.clear()

    def test_a_lost_connection_leaves_a_plain_box(self, reader: Callable[..., Reader]):
        one = reader()
        one.open("/")
        one.page.route("**/search/suggest/*", lambda route: route.abort())
        box = one.page.get_by_role("combobox")
        box.press_sequentially("poverty")
        one.page.wait_for_timeout(400)
        expect(one.page.get_by_role("option")).to_have_count(0)
        one.complaints.clear()
        with one.page.expect_navigation():
            box.press("Enter")
        expect(one.page.locator("main")).to_have_attribute("data-answer", "exact")


class TestResultsInPlace:
    def test_a_tick_changes_the_results_keeps_the_focus_and_tells_the_count(self, reader: Callable[..., Reader]):
        one = reader()
        page = one.page
        one.open("/search/?q=lonely")
        answered_in_place(page)
        tick = page.locator("input[name=group][value=older-people]")
        tick.focus()
        page.keyboard.press("Space")
        expect(page).to_have_url(re.compile("group=older-people"))
        expect(page.locator("input[name=group][value=older-people]")).to_be_focused()
        count = page.locator("#count").inner_text()
        expect(page.locator("body > [role=status]")).to_have_text(count)
        assert is_the_same_document(page)
        assert "narrowed down" in page.locator("h1").inner_text() or page.title()
        page.go_back()
        expect(page).to_have_url(re.compile(r"q=lonely$"))
        expect(page.locator("input[name=group][value=older-people]")).not_to_be_checked()

    def test_two_quick_ticks_both_count_and_opened_lists_stay_open(self, reader: Callable[..., Reader]):
        one = reader()
        page = one.page
        one.open("/search/?q=people")
        page.locator("#facet-principle summary").first.click()
        principle = page.locator("#facet-principle input").first
        group = page.locator("#facet-group input").first
        name, other = principle.get_attribute("value"), group.get_attribute("value")
        principle.check()
        group.check()
        expect(page).to_have_url(re.compile(f"group={other}.*principle={name}"))
        expect(page.locator(f"#principle-{name}")).to_be_checked()
        expect(page.locator("#facet-principle")).to_have_attribute("open", "")

    def test_a_search_in_place_that_tells_of_danger_leads_to_who_to_ring(self, reader: Callable[..., Reader]):
        one = reader(PHONE)
        page = one.page
        one.open("/search/?q=lonely")
        page.locator("#q").fill("a young dad who cannot go on and lives for his team")
        page.locator("#q").press("Enter")
        expect(page.locator("#now")).to_be_focused()
        expect(page.locator("body > [role=status]")).to_contain_text("ring first")

    def test_a_chip_and_the_next_page_move_the_focus_to_the_results(self, reader: Callable[..., Reader]):
        one = reader()
        page = one.page
        one.open("/search/?kind=other&sort=title")
        answered_in_place(page)
        page.get_by_role("link", name=re.compile("^Next")).click()
        expect(page).to_have_url(re.compile("sort=title&page=2"))
        expect(page.locator("#count")).to_be_focused()
        page.get_by_role("link", name="Take away the filter").click()
        expect(page.locator("#count")).to_be_focused()
        assert "kind=" not in page.url and "sort=title" in page.url
        assert is_the_same_document(page)

    def test_from_results_to_nothing_and_back_the_page_says_which(self, reader: Callable[..., Reader]):
        one = reader()
        page = one.page
        one.open("/search/?q=lonely")
        answered_in_place(page)
        page.locator("#q").fill("xyzzyq")
        page.locator("#q").press("Enter")
        expect(page.locator("main")).to_have_attribute("data-answer", "none")
        expect(page.get_by_role("heading", name="Nothing here answers this yet")).to_be_focused()
        assert is_the_same_document(page)
        box = page.get_by_role("combobox")
        box.fill("")
        box.press_sequentially("navigat")
        expect(page.get_by_role("option").first).to_be_visible()

    def test_a_server_that_is_gone_is_told_by_the_browser(self, reader: Callable[..., Reader]):
        one = reader()
        page = one.page
        one.open("/search/?q=lonely")
        page.route(
            "**/search/?*",
            lambda route: route.abort() if route.request.headers.get("hx-request") else route.continue_(),
        )
        page.locator("#q").fill("older people")
        with page.expect_navigation():
            page.locator("#q").press("Enter")
        expect(page).to_have_url(re.compile("q=older"))
        expect(page.locator("main")).to_have_attribute("data-answer", "exact")
        one.complaints.clear()

    @pytest.mark.parametrize("javascript", [True, False])
    def test_on_a_phone_the_filters_have_their_own_screen_and_button(
        self, reader: Callable[..., Reader], javascript: bool
    ):
        one = reader(PHONE, java_script_enabled=javascript)
        page = one.page
        one.open("/search/?q=lonely")
        page.get_by_role("link", name="Filters").click()
        page.locator("input[name=group][value=older-people]").check()
        assert "group=" not in page.url
        with page.expect_navigation():
            page.get_by_role("button", name="Show practices").click()
        expect(page.locator("#results")).to_be_visible()
        expect(page.locator("#count")).to_be_visible()
        assert "group=older-people" in page.url


class TestNeedToday:
    @pytest.mark.parametrize("javascript", [True, False])
    def test_who_to_ring_comes_first(self, reader: Callable[..., Reader], javascript: bool):
        one = reader(PHONE, java_script_enabled=javascript)
        page = one.page
        one.open("/search/?q=he+says+he+cannot+go+on+any+more")
        panel = page.get_by_role("region", name="If someone may be in danger today, ring first")
        expect(panel.get_by_role("link", name="Samaritans")).to_have_attribute("href", "tel:116123")
        expect(panel).to_contain_text("not yet confirmed by this site")
        assert panel.bounding_box()["y"] < page.locator("#count").bounding_box()["y"]
        expect(panel.get_by_role("heading")).to_be_in_viewport()


class TestDescribing:
    def test_terms_are_offered_and_their_address_holds_nothing_that_was_typed(self, reader: Callable[..., Reader]):
        one = reader(PHONE)
        page = one.page
        one.open("/")
        page.get_by_role("link", name="Describe the person").click()
        page.get_by_label("The person and what is going on").fill(
            "An old man whose wife died in spring. He is stuck indoors, sees no one and rings 999 at night."
        )
        page.get_by_role("button", name="Find what may help").click()
        assert page.url == f"{one.site}/search/describe/"
        expect(page.get_by_role("heading", name="We think this is about")).to_be_visible()
        expect(page.get_by_role("checkbox", name="Less loneliness")).to_be_checked()
        assert page.locator("#results [data-practice]").count() > 1
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.get_by_role("button", name="Show practices with these").click()
        expect(page.locator("main")).to_have_attribute("data-answer", "exact")
        assert "q=" not in page.url


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_asking_for_what_nothing_answers(reader: Callable[..., Reader], scripts: bool):
    """From a search that found nothing to the list, on a phone, past a mistake and something much the same."""
    one = reader(PHONE, java_script_enabled=scripts)
    one.open("/search/?q=xyzzyq")
    one.page.get_by_role("link", name="Ask for it").click()
    one.opened_a_form = True
    one.page.get_by_role("button", name="Add to the wanted list").click()
    expect(one.page.get_by_role("heading", name="Please look at this again")).to_be_visible()
    one.page.get_by_label("What were you hoping to find?").fill("Housing allocations made by compassion")
    one.page.wait_for_timeout(2_000)
    one.page.get_by_role("button", name="Add to the wanted list").click()
    one.page.get_by_label("Housing allocations made with compassion").check()
    one.page.get_by_role("button", name="Add to the wanted list").click()
    expect(one.page.locator("h1")).to_have_text("You are counted in")
    one.open("/wanted/")
    first = one.page.locator(".wanted li").first
    expect(first).to_contain_text("Housing allocations made with compassion")
    expect(first).to_contain_text(re.compile(r"\d (person|people) asked for it"))
