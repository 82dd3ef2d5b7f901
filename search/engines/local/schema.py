"""What the local index keeps of a practice, and how a document is written into it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Any

import tantivy

from search.documents import Document
from search.engines.base import Found
from search.query import FACETS, TERM_FACETS
from search.text import MAX_WORD_LENGTH, is_small, stems_in, stems_of, words_of

from .phrases import NO_PHRASES, Phrases

# Part of the folder's name: an index of another version is not read, but built anew.
SCHEMA_VERSION = 7
TEXT_FIELDS = ("title", "summary", "labels", "asked", "text")
FACET_FIELDS = (*FACETS, "reported")
# What a sort title is made of, in its order; a shorter title comes first.
TITLE_LETTERS = {letter: number for number, letter in enumerate(" 0123456789abcdefghijklmnopqrstuvwxyz", 1)}
TITLE_RANK_LENGTH = 12
# A day, counted from the first of the first year, fits into so many bits.
BITS_OF_A_DAY = 22
# Bounds of ratings are kept as whole numbers, which sort and are found again exactly.
PARTS_OF_A_STAR = 10**12
LONGEST_BEGINNING = 10
MOST_TOLD_IN_A_WAY = 12


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """The id is signed: deleting by an unsigned field deletes nothing, without a word (tantivy 0.27)."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    for name in TEXT_FIELDS:
        # Written as stems with spaces between: half of the time of a rebuild went into finding words once more.
        builder.add_text_field(name, tokenizer_name="whitespace")
    # The terms as words of a text: a practice that names few is more about each than one that names many.
    builder.add_text_field("named", tokenizer_name="whitespace", index_option="freq")
    # The beginnings of the words of titles: a suggestion looks one up, where it would have to try every word.
    builder.add_text_field("begins", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("words", tokenizer_name="plain_words", index_option="basic")
    for name in FACET_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    # All ten facets in one column: counting one costs less than counting ten.
    builder.add_text_field("facets", tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_text_field("said", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("together", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("changed", indexed=True, fast=True)
    builder.add_integer_field("told", indexed=True, fast=True)
    builder.add_integer_field("rated", indexed=True, fast=True)
    builder.add_float_field("lift", fast=True)
    builder.add_integer_field("title_rank", indexed=True, fast=True)
    builder.add_text_field("sort_title", tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_bytes_field("about", stored=True)
    builder.add_bytes_field("parts", stored=True)
    return builder.build()


@lru_cache(maxsize=1)
def plain_words() -> tantivy.TextAnalyzer:
    """Words as they are written, for suggestions and spelling."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (tantivy.Filter.remove_long(MAX_WORD_LENGTH), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(step)
    return builder.build()


def open_index(path: str) -> tantivy.Index:
    """Open or make the index in a folder. Tokenizers are not kept on disk: without them, writing raises."""
    index = tantivy.Index(schema(), path)
    index.register_tokenizer("plain_words", plain_words())
    return index


def to_index(document: Document, phrases: Phrases = NO_PHRASES) -> tantivy.Document:
    """A practice as the index holds it, with those of the phrases that it says."""
    made = tantivy.Document()
    made.add_integer("id", document.id)
    made.add_text("title", " ".join(stems_in(document.title)))
    made.add_text("summary", " ".join(stems_in(document.summary)))
    for label in document.labels:
        made.add_text("labels", " ".join(stems_of(label)))
    made.add_text("asked", " ".join(stem for way in document.asked_for for stem in stems_in(way)))
    for both in asked_together(document.asked_for):
        made.add_text("together", both)
    text = document.text
    stems = stems_in(text)
    made.add_text("text", " ".join(stems))
    made.add_text("words", text)
    for name in FACET_FIELDS:
        for value in document.facets[name]:
            made.add_text(name, value)
            if name in FACETS:
                made.add_text("facets", f"{name} {value}")
    made.add_text("begins", " ".join(beginnings(plain_words().analyze(document.title))))
    made.add_text("named", " ".join(f"{facet}{value}" for facet in TERM_FACETS for value in document.facets[facet]))
    for phrase in phrases.said_in(stems):
        made.add_text("said", phrase)
    made.add_integer("changed", document.changed)
    made.add_integer("told", told_rank(document.places, document.last_told))
    made.add_integer("rated", round(document.rating_bound * PARTS_OF_A_STAR))
    made.add_float("lift", as_weight(document.lift))
    made.add_integer("title_rank", title_rank(document.sort_title))
    made.add_text("sort_title", document.sort_title)
    made.add_bytes("about", _packed(_about(document)))
    made.add_bytes("parts", _packed(document.parts))
    return made


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


def as_weight(share: float) -> float:
    """What the engine has to hold so that it multiplies a score by one and a share: it takes log2(2 + value)."""
    return 2 ** (1 + share) - 2


def _about(document: Document) -> dict[str, Any]:
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


def from_index(document: tantivy.Document) -> Found:
    """A hit with its texts."""
    parts = tuple((part, text) for part, text in _unpacked(document, "parts"))
    return replace(about_from_index(document), parts=parts)


def about_from_index(document: tantivy.Document) -> Found:
    """A practice without its texts."""
    about = _unpacked(document, "about")
    return Found(
        id=about["id"],
        changed=about["changed"],
        places=about["places"],
        kind=about["kind"],
        outcomes=_named(about["outcomes"]),
        reported=tuple(about["reported"]),
        groups=_named(about["groups"]),
        principles=_named(about["principles"]),
    )


def title_from_index(document: tantivy.Document) -> str:
    return str(_unpacked(document, "about")["title"])


def _packed(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _unpacked(document: tantivy.Document, name: str) -> Any:
    return json.loads(bytes(document.get_first(name) or b"{}"))


def _named(rows: list) -> tuple[tuple[int, str, str], ...]:
    return tuple((row[0], row[1], row[2]) for row in rows)
