"""What tests ask of the HTML of a page."""

from bs4 import BeautifulSoup


def inline_scripts(html: str) -> list[str]:
    """Scripts that are not files of the site: there must be none."""
    scripts = BeautifulSoup(html, "html.parser").find_all("script")
    return [str(each) for each in scripts if not each.get("src", "").startswith("/static/") or each.string]
