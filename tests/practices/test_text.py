"""The one gate for HTML that people caused."""

import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from practices.covers import draw_cover
from practices.text import (
    LINK_REL,
    MAX_CHARACTERS,
    list_points,
    plain_excerpt,
    render_cover,
    render_text,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--><script>alert(1)</script-->",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "javascript:alert(1)",
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/'><script>alert(1)</script>",
    "https://example.org/<script>alert(1)</script>",
    "<<script>script>alert(1)<</script>/script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "- <li onclick=alert(1)>x\n- </ul><script>alert(1)</script>",
    "data:text/html,<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<mark onclick=alert(1)>x</mark>",
    "</p></ul></li></a>",
]
ALLOWED = {"p": set(), "ul": set(), "li": set(), "br": set(), "a": {"href", "rel"}}


class Tags(HTMLParser):
    """Every tag of a piece of HTML with its attributes, as a parser that was not asked before sees it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.other.append(data)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)


def assert_holds_only(html: str, allowed: dict[str, set[str]]) -> None:
    parsed = Tags(html)
    assert not parsed.other
    for tag, attributes in parsed.found:
        assert tag in allowed
        assert set(attributes) <= allowed[tag]
        if tag == "a":
            assert urlsplit(attributes["href"] or "").scheme in {"http", "https"}
            assert attributes["rel"] == LINK_REL


def by_the_oracle(html: str, allowed: dict[str, set[str]]) -> str:
    """What nh3, another sanitizer with the same rule, makes of it."""
    return nh3.clean(
        html, tags=set(allowed), attributes=allowed, url_schemes={"http", "https"}, link_rel=None, strip_comments=True
    )


def canonical(html: str) -> list[object]:
    """Tags, attributes and text, without the ways in which two serialisers may write the same."""
    parser = HTMLParser(convert_charrefs=True)
    events: list[object] = []
    parser.handle_starttag = lambda tag, attrs: events.append(("<", tag, tuple(sorted(attrs))))  # type: ignore
    parser.handle_endtag = lambda tag: events.append((">", tag))  # type: ignore
    parser.handle_data = events.append  # type: ignore
    parser.feed(html)
    parser.close()
    joined: list[object] = []
    for event in events:
        if isinstance(event, str) and joined and isinstance(joined[-1], str):
            joined[-1] += event
        else:
            joined.append(event)
    return joined


TYPED = st.text(max_size=400) | st.lists(
    st.sampled_from([*HOSTILE, "\n", "\n\n", "- ", "• ", " ", "&", "<", ">", '"', "https://example.org/", "word"]),
    max_size=12,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(TYPED)
def test_what_is_drawn_holds_nothing_unsafe_and_the_oracle_would_change_nothing(typed: str) -> None:
    drawn = render_text(typed)
    assert_holds_only(drawn, ALLOWED)
    assert canonical(drawn) == canonical(by_the_oracle(drawn, ALLOWED))


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_text_is_shown_as_typed(typed: str) -> None:
    drawn = render_text(typed)
    assert_holds_only(drawn, ALLOWED)
    for tag in ("<script", "<img", "<svg", "<iframe", "<style", "<mark"):
        assert tag not in drawn.lower()


@pytest.mark.parametrize(
    "typed",
    [
        "<b>" * 20_000,
        "<mark>" * 20_000,
        "<a href=x>" * 20_000,
        "https://" + "a." * 20_000,
        "&" * 20_000,
        "-\n" * 20_000,
    ],
    ids=lambda typed: typed[:8],
)
def test_twenty_thousand_of_anything_are_drawn_fast(typed: str) -> None:
    began = time.perf_counter()
    render_text(typed)
    assert time.perf_counter() - began < 5


def test_length_is_capped_before_anything_else() -> None:
    assert len(render_text("x" * (MAX_CHARACTERS * 3))) <= MAX_CHARACTERS + len("<p></p>")


def test_blank_lines_make_paragraphs_and_single_breaks_stay_breaks() -> None:
    assert render_text("One\ntwo\r\n\r\n \nThree") == "<p>One<br>two</p><p>Three</p>"


def test_lines_with_a_dash_or_a_dot_make_one_list() -> None:
    assert render_text("We had:\n- tea\n•  cake\n\n-scones\n\nThen home.") == (
        "<p>We had:</p><ul><li>tea</li><li>cake</li><li>scones</li></ul><p>Then home.</p>"
    )


@pytest.mark.parametrize(("typed", "drawn"), [("-5 degrees", "<p>-5 degrees</p>"), ("---", ""), ("", ""), (" \n ", "")])
def test_what_only_looks_like_a_list_is_none(typed: str, drawn: str) -> None:
    assert render_text(typed) == drawn


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("see https://example.org/a_(b)?x=1&y=2.", "https://example.org/a_(b)?x=1&y=2"),
        ("(www.example.org)", "http://www.example.org"),
        ("https://example.org!", "https://example.org"),
        ("Read https://example.org/why?", "https://example.org/why"),
    ],
)
def test_a_bare_web_address_becomes_a_link_without_its_punctuation(typed: str, address: str) -> None:
    [link] = [attributes for tag, attributes in Tags(render_text(typed)).found if tag == "a"]
    assert link == {"href": address, "rel": LINK_REL}


@pytest.mark.parametrize("typed", ["ask@example.org", "That is the end.So we left.", "ftp://example.org", "a.b"])
def test_other_things_do_not_become_links(typed: str) -> None:
    assert "<a" not in render_text(typed)


def test_a_cover_drawn_by_rule_passes() -> None:
    svg = draw_cover("other", ["less-loneliness"], "circle")
    assert render_cover(svg) == svg


@pytest.mark.parametrize(
    "svg",
    [
        "<svg><script>alert(1)</script></svg>",
        '<svg onload="alert(1)"></svg>',
        '<svg viewBox="0 0 1 1"><path fill="url(javascript:x)" d="M0 0"/></svg>',
        '<svg><path fill="red" d="M0 0" onclick="x"/></svg>',
        '<svg><path fill="red" d="M0 0"/></svg><script></script>',
        '<svg id="x"></svg>',
        '<svg style="x"></svg>',
        "",
    ],
)
def test_what_no_cover_holds_does_not_pass_as_one(svg: str) -> None:
    with pytest.raises(ValueError, match="no cover"):
        render_cover(svg)


def test_an_excerpt_is_one_line_cut_between_words() -> None:
    assert plain_excerpt("- tea and\n- cake\n\nThen home", 100) == "tea and cake Then home"
    assert plain_excerpt("tea and cake, then home", 12) == "tea and…"
    assert plain_excerpt("a full-time post - or three", 100) == "a full-time post - or three"
    assert plain_excerpt("anything", 0) == ""


def test_points_of_a_list_stand_alone() -> None:
    assert list_points("We had\n\n- high-tea\n- cake\n") == ["We had", "high-tea", "cake"]
