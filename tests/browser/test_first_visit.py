"""What a first visit costs somebody who pays for every megabyte."""

import urllib.request

import pytest

from tests.browser.conftest import PHONE

MOST_BYTES = 60_000
MOST_REQUESTS = 8
YEAR = 365 * 24 * 60 * 60


@pytest.mark.parametrize(
    "path",
    ["/", "/search/?q=lonely+older+people", "/practices/red-cross-community-connectors/", "/practices/", "/search/"],
)
def test_a_page_costs_little_to_somebody_who_never_was_here(reader, path):
    one = reader(PHONE)
    requests = {}
    one.page.on("requestfinished", lambda request: requests.update({request.url: request}))
    assert one.open(path) == 200
    one.page.wait_for_load_state("networkidle")
    sizes = {address: request.sizes() for address, request in list(requests.items()) if not address.startswith("data:")}
    heads = sum(size["responseHeadersSize"] for size in sizes.values())
    bodies = {address: size["responseBodySize"] for address, size in sizes.items()}
    assert heads + sum(bodies.values()) <= MOST_BYTES, bodies
    assert 2 <= len(sizes) <= MOST_REQUESTS, bodies
    assert not [address for address in sizes if address.endswith((".woff", ".woff2", ".ttf"))]


def test_the_second_time_only_a_page_that_changed_is_sent(reader):
    one = reader(PHONE)
    one.open("/practices/")
    first = one.page.request.get(f"{one.site}/practices/")
    again = one.page.request.get(f"{one.site}/practices/", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body()) == (304, b"")


def test_files_are_named_by_what_they_hold_packed_small_and_kept_for_a_year(site, reader):
    one = reader(PHONE)
    one.open("/")
    sheets = one.page.eval_on_selector_all("link[rel=stylesheet]", "links => links.map(link => link.href)")
    assert sheets
    for address in sheets:
        request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip, br"})
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "br"
            kept = dict(part.strip().partition("=")[::2] for part in answer.headers["Cache-Control"].split(","))
            assert int(kept["max-age"]) >= YEAR and "immutable" in kept
