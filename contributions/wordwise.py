"""What changed between two texts, word by word, in bounded time whatever the texts are."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from diff_match_patch import diff_match_patch

# Beyond so many letters a text is shown as taken out and put in whole.
LONGEST = 400_000
# A word, a stretch of blanks, or one sign. A blank line is one token, so that paragraphs stand apart.
TOKEN = re.compile(r"\n\s*\n|\w+|\s+|[^\w\s]")
WORD = re.compile(r"\w+")
FIRST_SURROGATE, SURROGATES = 0xD800, 0x800
# Between two changes, so few letters that stayed are read as changed with them.
ISLAND = 2


class Fate(Enum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, came or went."""

    fate: Fate
    text: str

    @property
    def is_added(self) -> bool:
        return self.fate is Fate.ADDED

    @property
    def is_removed(self) -> bool:
        return self.fate is Fate.REMOVED


class Deadline:
    """Until when comparing may take; several texts share one.

    Args:
        seconds: from now on. What is not compared by then is told as taken out and put in whole.
    """

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self.at - time.monotonic()


def compare_texts(before: str, after: str, deadline: Deadline) -> list[Piece]:
    """The pieces of both texts in order: put together without what was added they are the first, without what was
    taken out the second.
    """
    if before == after:
        return [Piece(Fate.SAME, after)] if after else []
    if deadline.left <= 0 or max(len(before), len(after)) > LONGEST:
        return _whole(before, after)
    tokens: list[str] = []
    numbers: dict[str, int] = {}
    one, other = (_encoded(TOKEN.findall(text), tokens, numbers) for text in (before, after))
    comparing = diff_match_patch()
    comparing.Diff_Timeout = deadline.left
    found = comparing.diff_main(one, other, False)
    fates = {0: Fate.SAME, 1: Fate.ADDED, -1: Fate.REMOVED}
    pieces = [(fates[what], "".join(tokens[_number(sign)] for sign in signs)) for what, signs in found]
    return list(_readable(pieces))


def words_of(pieces: Sequence[Piece], fate: Fate) -> int:
    """How many words came or went."""
    return sum(len(WORD.findall(piece.text)) for piece in pieces if piece.fate is fate)


def _whole(before: str, after: str) -> list[Piece]:
    return [Piece(fate, text) for fate, text in ((Fate.REMOVED, before), (Fate.ADDED, after)) if text]


def _encoded(found: list[str], tokens: list[str], numbers: dict[str, int]) -> str:
    """One sign for each token, since diff-match-patch compares signs."""
    for token in found:
        if token not in numbers:
            numbers[token] = len(tokens)
            tokens.append(token)
    return "".join(_sign(numbers[token]) for token in found)


def _sign(number: int) -> str:
    return chr(number + 1 if number + 1 < FIRST_SURROGATE else number + 1 + SURROGATES)


def _number(sign: str) -> int:
    place = ord(sign)
    return place - 1 if place < FIRST_SURROGATE else place - 1 - SURROGATES


def _readable(pieces: list[tuple[Fate, str]]) -> Iterator[Piece]:
    """What was taken out before what was put in, and no blank or comma alone between two changes."""
    removed, added = "", ""
    for place, (fate, text) in enumerate(pieces):
        if fate is Fate.REMOVED:
            removed += text
        elif fate is Fate.ADDED:
            added += text
        elif (removed or added) and place + 1 < len(pieces) and len(text) <= ISLAND and "\n" not in text:
            removed, added = removed + text, added + text
        else:
            yield from _whole(removed, added)
            removed, added = "", ""
            yield Piece(Fate.SAME, text)
    yield from _whole(removed, added)
