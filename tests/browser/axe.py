"""What axe finds in a page: rules of use by ear and eye that a program can check."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

VIOLATIONS = {"resultTypes": ["violations"]}
RULES_OF_COLOUR = VIOLATIONS | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def hand_axe_over(page: Page) -> None:
    """Once for each page that is opened, however often it is looked at: to hand it over takes as long as to look."""
    page.evaluate(AXE_SCRIPT)


def assert_nothing_found(page: Page, options: dict[str, Any] = VIOLATIONS) -> None:
    found = AxeResults(page.evaluate("options => axe.run(document, options)", options))
    assert found.violations_count == 0, found.generate_report()
