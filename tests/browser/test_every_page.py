"""What holds for every kind of page, at the narrowest and at a wide screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .axe import RULES_OF_COLOUR, assert_nothing_found, hand_axe_over
from .conftest import HEIGHT, NARROW, WIDE, Reader, assert_sound

PAGES = {
    "front door": "/",
    "results": "/search/?q=lonely+older+people",
    "results with filters": "/search/?q=people&outcome=less-loneliness&outcome=power-shared&group=older-people",
    "all results": "/search/",
    "second page of results": "/search/?page=2",
    "described in a sentence": "/search/?q=a+mum+behind+with+the+rent%2C+whom+her+neighbours+turn+to",
    "nothing found": "/search/?q=xyzzyq",
    "misspelt": "/search/?q=povrty+truht",
    "relaxed": "/search/?q=driving+lessons+for+refugees",
    "need today": "/search/?q=no+food+and+nowhere+to+sleep",
    "describe": "/search/describe/",
    "a commission": "/practices/poverty-truth-commissions/",
    "a self-reliant group": "/practices/self-reliant-groups/",
    "a connector": "/practices/red-cross-community-connectors/",
    "another practice": "/practices/leeds-neighbourhood-networks/",
    "a practice with little to say": "/practices/operation-wifi/",
    "a local version": "/practices/bcp-poverty-truth-commission/",
    "recent changes": "/changes/?starter=yes",
    "report a page": "/practices/operation-wifi/flag/",
    "reported": "/reports/sent/",
    "print": "/practices/poverty-truth-commissions/print/",
    "outcome": "/outcomes/less-loneliness/",
    "group": "/groups/older-people/",
    "principle": "/principles/relationships-first/",
    "library": "/practices/",
    "library by letter and kind": "/practices/?letter=c&kind=community-connector",
    "wanted": "/wanted/",
    "ask for something": "/wanted/ask/",
    "ask for the same": "/wanted/1/",
    "asked": "/wanted/asked/",
    "sign in": "/account/login/",
    "sign up": "/account/signup/",
    "forgotten password": "/account/password/reset/",
    "left": "/account/left/",
    "about": "/about/",
    "help": "/help/",
    "accessibility": "/accessibility/",
    "privacy": "/privacy/",
    "cookies": "/cookies/",
    "not found": "/practices/povrty-truth/",
}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_page(reader: Callable[..., Reader], path: str) -> None:
    """It can be read and used narrow and wide, in light and in dark, by eye and by ear."""
    one = reader(NARROW)
    page = one.page
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme="light")
        assert one.open(path) == (404 if "povrty-truth" in path else 200)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways"
        assert page.locator("main#main").count() == 1
        assert_sound(page)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways when opened"
        hand_axe_over(page)
        assert_nothing_found(page)
        page.emulate_media(color_scheme="dark")
        assert_nothing_found(page, RULES_OF_COLOUR)


def test_page_that_needs_nothing_of_the_site(reader: Callable[..., Reader]) -> None:
    """What stands when all else breaks. The browser cannot be made to send a wrong host, so it is handed the answer."""
    one = reader(NARROW)
    answer = one.context.request.get(one.site, headers={"Host": "elsewhere.example"})
    assert answer.status == 400
    html = answer.text()
    one.page.route("**/broken", lambda route: route.fulfill(body=html, content_type="text/html"))
    one.open("/broken")
    assert one.page.evaluate("getComputedStyle(document.querySelector('.btn')).fontWeight") == "700", "has no style"
    assert one.page.evaluate("document.documentElement.scrollWidth") <= NARROW
    hand_axe_over(one.page)
    assert_nothing_found(one.page)


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES.keys())
def test_page_is_whole_without_javascript(reader: Callable[..., Reader], path: str) -> None:
    one = reader(java_script_enabled=False)
    one.open(path)
    assert one.page.locator("h1").is_visible()
    assert one.page.locator("a:visible").count() > 3


def test_the_watch_sees_what_breaks_the_rules(reader: Callable[..., Reader]) -> None:
    """Or all these tests would pass on a page that breaks every one of them."""
    one = reader()
    one.open("/help/")
    one.page.evaluate("document.head.appendChild(document.createElement('script')).textContent = 'window.ran = 1'")
    one.page.evaluate("document.body.appendChild(new Image()).src = 'https://elsewhere.example/x.png'")
    one.page.wait_for_timeout(300)
    assert one.page.evaluate("window.ran") is None
    assert any("Content Security Policy" in complaint and "script" in complaint for complaint in one.complaints)
    assert any("elsewhere.example" in complaint for complaint in one.complaints)
    one.complaints.clear()


def test_every_link_of_the_site_leads_somewhere(reader: Callable[..., Reader]) -> None:
    """Nothing is shown before what it leads to works."""
    one = reader()
    seen: set[str] = set()
    broken: list[str] = []
    for path in [path for name, path in PAGES.items() if name != "not found"]:
        one.open(path)
        for link in one.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            address = link.split("#")[0]
            if address in seen or not address.startswith(one.site):
                continue
            seen.add(address)
            if one.context.request.head(address).status != 200:
                broken.append(f"{path} -> {address}")
    assert len(seen) > 100
    assert not broken
