"""A page in passages short enough for one thought, as they are turned into vectors and quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from search.documents import ASKED_FOR

# In letters. One thought: a longer stretch speaks of several things, and is near to none of them.
LONGEST = 320
MOST = 40
# The model and the way of cutting: pages are read anew when either changes.
MADE_BY = "all-MiniLM-L6-v2, 1"
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"‘(])")


def passages_of(title: str, summary: str, parts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The passages of a page in its order, each with the part it stands in; the first is what the page is.

    Args:
        title: of the page.
        summary: of the page; may be empty.
        parts: as an index keeps them: the name of each part and its text.
    """
    found = [("summary", f"{title}. {summary}".strip())]
    for part, text in (each for each in parts if each[0] != ASKED_FOR):
        found += [(part, passage) for passage in _packed(_sentences(text))]
    return found[:MOST]


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from filter(None, (each.strip() for each in SENTENCE_ENDS.split(line)))


def _packed(sentences: Iterable[str]) -> Iterator[str]:
    """Sentences put together for as long as they fit; one that is too long by itself is cut at a space."""
    packed = ""
    for sentence in sentences:
        for piece in _pieces(sentence):
            if packed and len(packed) + len(piece) >= LONGEST:
                yield packed
                packed = ""
            packed = f"{packed} {piece}" if packed else piece
    if packed:
        yield packed


def _pieces(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST:
        cut = sentence.rfind(" ", 1, LONGEST)
        cut = cut if cut > 0 else LONGEST
        yield sentence[:cut]
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence
