"""What somebody may have meant to type, from the words that the library holds and the words that mean its terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from .text import WORD, stem

# A shorter word is too near to too many others.
SHORTEST = 4
# So many letters may have one slip; longer words may have two.
ONE_SLIP = 8
# A word that stands on so many times more pages than the next is surely the one that was meant.
MUCH_MORE = 4


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word that the library knows, near to one that it does not. `sure` says whether no other is as near."""

    word: str
    sure: bool


def respell(typed: str, known: Mapping[str, int]) -> Spelling | None:
    """The nearest known word, or None when none is near.

    Few slips touch the first letter; another one is more often another word. Distance is optimal string
    alignment, in which two letters that changed places are one slip.

    Args:
        typed: one word in small letters, without accents.
        known: every word there is, with the number of practices that hold it.
    """
    if len(typed) < SHORTEST or not typed.isalpha():
        return None
    slips = 1 if len(typed) < ONE_SLIP else 2
    near = process.extract(typed, known.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None)
    letters = sorted(typed)
    # Letters that changed places are the likeliest slip, however seldom the word is.
    rows = sorted(
        ((distance, sorted(word) != letters), -known[word], word) for word, distance, _ in near if word[0] == typed[0]
    )
    if not rows:
        return None
    slip, holding, word = rows[0]
    others = [row for row in rows[1:] if row[0] == slip and not _alike(row[2], word)]
    return Spelling(word, sure=not others or -holding >= MUCH_MORE * max(1, -others[0][1]))


def _alike(one: str, other: str) -> bool:
    """Two forms of a word: whichever is taken, the same is found."""
    return stem(one) == stem(other)


def with_spellings(text: str, spelled: Mapping[str, str]) -> str:
    """The text with some of its words spelled otherwise, and all between them as it was."""
    return WORD.sub(lambda word: spelled.get(word.group(), word.group()), text)
