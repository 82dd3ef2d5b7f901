"""What the local index keeps of a practice, and how a document is written into it."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

import tantivy

from search.documents import Document
from search.engines.base import Found
from search.engines.indexed import (
    FACET_FIELDS,
    PARTS_OF_A_STAR,
    about,
    asked_together,
    beginnings,
    found_of,
    plain_words,
    title_rank,
    told_rank,
)
from search.query import FACETS, TERM_FACETS
from search.text import stems_in, stems_of

from .phrases import NO_PHRASES, Phrases

# Part of the folder's name: an index of another version is not read, but built anew.
SCHEMA_VERSION = 7
TEXT_FIELDS = ("title", "summary", "labels", "asked", "text")


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
    made.add_bytes("about", _packed(about(document)))
    made.add_bytes("parts", _packed(document.parts))
    return made


def as_weight(share: float) -> float:
    """What the engine has to hold so that it multiplies a score by one and a share: it takes log2(2 + value)."""
    return 2 ** (1 + share) - 2


def from_index(document: tantivy.Document) -> Found:
    """A hit with its texts."""
    parts = tuple((part, text) for part, text in _unpacked(document, "parts"))
    return replace(about_from_index(document), parts=parts)


def about_from_index(document: tantivy.Document) -> Found:
    """A practice without its texts."""
    return found_of(_unpacked(document, "about"))


def title_from_index(document: tantivy.Document) -> str:
    return str(_unpacked(document, "about")["title"])


def _packed(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _unpacked(document: tantivy.Document, name: str) -> Any:
    return json.loads(bytes(document.get_first(name) or b"{}"))
