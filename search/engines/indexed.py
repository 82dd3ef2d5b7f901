"""What every index keeps of a practice: numbers to sort by, words to find by, texts to show.

Engines differ in how they write it down and ask for it, never in what it says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Any

import tantivy

from search.documents import Document
from search.query import FACETS, TERM_FACETS
from search.text import MAX_WORD_LENGTH, is_small, stems_of, words_of
from search.vocabularies import Vocabularies

from .base import Facets, Found, Similar

FACET_FIELDS = (*FACETS, "reported")
# So many values of a facet are counted: more than any vocabulary has terms.
MOST_VALUES = 2_000
# What a sort title is made of, in its order; a shorter title comes first.
TITLE_LETTERS = {letter: number for number, letter in enumerate(" 0123456789abcdefghijklmnopqrstuvwxyz", 1)}
TITLE_RANK_LENGTH = 12
# A day, counted from the first of the first year, fits into so many bits.
BITS_OF_A_DAY = 22
# Bounds of ratings are kept as whole numbers, which sort and are found again exactly.
PARTS_OF_A_STAR = 10**12
LONGEST_BEGINNING = 10
MOST_TOLD_IN_A_WAY = 12
# For each facet, what the index calls a value and how many practices have it.
Counted = dict[str, list[tuple[str, int]]]


@lru_cache(maxsize=1)
def plain_words() -> tantivy.TextAnalyzer:
    """Words as they are written, for suggestions and spelling."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.remove_long(MAX_WORD_LENGTH), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(step)
    return builder.build()


def beginnings(words: list[str]) -> list[str]:
    """Each beginning of each word of a title, once, up to a length by which titles are told apart."""
    return list(dict.fromkeys(word[:length] for word in words for length in range(1, LONGEST_BEGINNING + 1)))


def asked_together(ways: Iterable[str]) -> list[str]:
    """Each two telling words that stand in one way to ask, once: so words of different ways rank lower."""
    together: dict[str, None] = {}
    for way in ways:
        told = sorted({stem for word in words_of(way) if not is_small(word) for stem in stems_of(word)})
        together |= dict.fromkeys(pair_key(*pair) for pair in combinations(told[:MOST_TOLD_IN_A_WAY], 2))
    return list(together)


def pair_key(one: str, other: str) -> str:
    """Two stems, in whatever order, as one word of the index."""
    return " ".join(sorted((one, other)))


def title_rank(sort_title: str) -> int:
    """A number that orders titles by their first twelve letters: a column of numbers sorts, at any depth, in one pass.

    38 to the power of twelve just fits a signed number of 64 bits.
    """
    rank = 0
    for place in range(TITLE_RANK_LENGTH):
        rank = rank * 38 + (TITLE_LETTERS.get(sort_title[place], 0) if place < len(sort_title) else 0)
    return rank


def told_rank(places: int, last_told: date | None) -> int:
    """A number that orders practices by how many places told of them, and of as many by who told last."""
    return (places << BITS_OF_A_DAY) + (last_told.toordinal() if last_told else 0)


def about(document: Document) -> dict[str, Any]:
    """What a list says of a practice. Its texts are kept apart, since they are read for hits alone."""
    return {
        "id": document.id,
        "changed": document.changed,
        "places": document.places,
        "kind": document.facets["kind"][0],
        "title": document.title,
        "outcomes": document.outcomes,
        "reported": [int(key) for key in document.facets["reported"]],
        "groups": document.groups,
        "principles": document.principles,
    }


def found_of(about: dict[str, Any], parts: Iterable[Iterable[str]] = ()) -> Found:
    """A practice as an index tells of it, with its texts where they are given."""
    return Found(
        id=about["id"],
        changed=about["changed"],
        places=about["places"],
        kind=about["kind"],
        outcomes=_named(about["outcomes"]),
        reported=tuple(about["reported"]),
        groups=_named(about["groups"]),
        principles=_named(about["principles"]),
        parts=tuple((part, text) for part, text in parts),
    )


def _named(rows: list) -> tuple[tuple[int, str, str], ...]:
    return tuple((row[0], row[1], row[2]) for row in rows)


def name_values(counted: Counted, terms: Vocabularies) -> Facets:
    """Counts by the values of addresses."""
    return {facet: _values(facet, rows, terms) for facet, rows in counted.items()}


def _values(facet: str, counted: list[tuple[str, int]], terms: Vocabularies) -> dict[str, int]:
    """A merged term that is still on pages counts for its target."""
    counts: dict[str, int] = {}
    for key, number in counted:
        if facet in TERM_FACETS:
            term = terms.by_id.get((facet, int(key)))
            if term is None:
                continue
            key = term.slug
        counts[key] = counts.get(key, 0) + number
    return counts


def similar_to(mine: Found, found: Found) -> Similar:
    """A practice as one that is near to another."""
    own_principles = {key for key, *_ in mine.principles}
    own_groups = {key for key, *_ in mine.groups}
    shared = tuple(row for row in found.principles if row[0] in own_principles)
    return Similar(found, shared, bool(own_groups & {key for key, *_ in found.groups}))


def is_elsewhere(each: Similar) -> bool:
    """Same idea, somewhere one might not look."""
    return bool(each.principles) and not each.same_groups
