"""The one gate for HTML that people caused. Nothing else calls bleach or marks a string as safe.

What people type is plain text with three habits: a blank line makes a paragraph, lines that begin
with "-" or "•" make a list, bare web addresses become links. It is stored as typed; only what is
drawn from it passes here. Behind this module another sanitizer can take over from bleach.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from textwrap import shorten
from typing import Any

from bleach.linkifier import LinkifyFilter
from bleach.sanitizer import Cleaner
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

MAX_CHARACTERS = 20_000
TEXT_TAGS = frozenset({"p", "ul", "li", "br", "a"})
TEXT_ATTRIBUTES = {"a": ["href", "rel"]}
LINK_PROTOCOLS = frozenset({"http", "https"})
LINK_REL = "nofollow ugc noopener"

# Control characters, marks that turn the direction of reading, halves of surrogate pairs, non-characters.
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LINE_BREAK = re.compile(r"\r\n?|\u2028|\u2029")
BLANK_LINE = re.compile(r"\n[ \t]*\n")
# "-5 degrees" is no point in a list, "- 5 people" is.
LIST_MARK = re.compile(r"^\s*(?:-(?!\d)|•)\s*")
# Only what says by itself that it is an address. Words such as "end.So" are none, though ".so" is a country.
WEB_ADDRESS = re.compile(
    r"(?<![\w@/.])(?:https?://|www\.(?=[\w-]+\.))"
    r"(?:[\w-]{1,63}\.){1,10}[a-z][\w-]{1,62}(?::\d{1,5})?"
    r"(?:[/?#](?:[^\s<>\"`{}|\\^]*[^\s<>\"`{}|\\^.,;:!?’”'])?)?",
    re.IGNORECASE,
)
# What practices/covers.py can draw, and nothing more.
COVER_SVG = re.compile(
    r'<svg(?: (?:class|viewBox|width|height|aria-hidden|focusable)="[\w .]*")*>'
    r'(?:<path(?: (?:fill|stroke|stroke-width)="[\w#]*")+ d="[MmVvHhAaZz\d .-]*"/>)*'
    r"</svg>"
)


@lru_cache(maxsize=2_048)
def render_text(text: str) -> SafeString:
    """Draw what somebody typed as paragraphs, lists and links. Any HTML in it is shown as typed.

    Remembered in the process, since any change to the library lets go of every page, and hardly of any text.
    """
    blocks = "".join(_blocks(_tidy(text)))
    return mark_safe(_text_cleaner().clean(blocks))  # noqa: S308 - this is the gate


def render_cover(svg: str) -> SafeString:
    """Let a drawn cover through, if it holds nothing but what our own rule draws.

    Raises:
        ValueError: the drawing has a tag, an attribute or a value that no cover has.
    """
    if not COVER_SVG.fullmatch(svg):
        raise ValueError("This is no cover that our rule could have drawn.")
    return mark_safe(svg)  # noqa: S308 - this is the gate


def plain_excerpt(text: str, length: int) -> str:
    """The beginning of a text as one line without list marks, cut between words, with an ellipsis when cut."""
    return shorten(" ".join(list_points(text)), width=length, placeholder="…") if length > 0 else ""


def list_points(text: str) -> list[str]:
    """Each point of a list or paragraph as a line of its own, for where there is no room for the rest."""
    lines = (LIST_MARK.sub("", line).strip() for line in _tidy(text).split("\n"))
    return [line for line in lines if line]


def _tidy(text: str) -> str:
    """Cap the length before anything else looks at the text, then drop what cannot be seen."""
    return UNSEEN.sub("", LINE_BREAK.sub("\n", text[:MAX_CHARACTERS]))


def _blocks(text: str) -> Iterator[str]:
    """The paragraphs and lists of a text, escaped. Points with a blank line between them are one list."""
    points: list[str] = []
    for paragraph in BLANK_LINE.split(text):
        lines: list[str] = []
        for line in paragraph.split("\n"):
            mark = LIST_MARK.match(line)
            content = line[mark.end() if mark else 0 :].strip()
            if not content.strip("-•"):
                continue
            if mark:
                yield from _paragraph(lines)
                points.append(content)
            else:
                yield from _list(points)
                lines.append(content)
        yield from _paragraph(lines)
    yield from _list(points)


def _paragraph(lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"<p>{'<br>'.join(escape(line) for line in lines)}</p>"
        lines.clear()


def _list(points: list[str]) -> Iterator[str]:
    if points:
        yield f"<ul>{''.join(f'<li>{escape(point)}</li>' for point in points)}</ul>"
        points.clear()


def _text_cleaner() -> Cleaner:
    """A new cleaner for each text: bleach's own are not safe to share between threads."""
    linkify = partial(LinkifyFilter, callbacks=[_mark_as_added_by_people], url_re=WEB_ADDRESS, parse_email=False)
    return Cleaner(tags=TEXT_TAGS, attributes=TEXT_ATTRIBUTES, protocols=LINK_PROTOCOLS, filters=[linkify])


def _mark_as_added_by_people(attributes: dict[Any, str], new: bool = False) -> dict[Any, str]:
    attributes[(None, "rel")] = LINK_REL
    return attributes
