"""What the local index keeps of a practice, and how a document is written into it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import tantivy

from search.documents import Document
from search.engines.base import Found
from search.text import MAX_WORD_LENGTH, analyzer

# Part of the folder's name: an index of another version is not read, but built anew.
SCHEMA_VERSION = 1
TEXT_FIELDS = ("title", "summary", "labels", "text")
FACET_FIELDS = ("outcome", "reported", "group", "principle", "kind", "aim", "nation", "status", "cost", "evidence")


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """The id is signed: deleting by an unsigned field deletes nothing, without a word (tantivy 0.27)."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="english")
    builder.add_text_field("words", tokenizer_name="plain_words", index_option="basic")
    for name in FACET_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_integer_field("changed", fast=True)
    builder.add_text_field("sort_title", tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_bytes_field("kept", stored=True)
    return builder.build()


@lru_cache(maxsize=1)
def plain_words() -> tantivy.TextAnalyzer:
    """Words as they are written, for suggestions and spelling."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(r"[\p{L}\p{N}]+"))
    for step in (tantivy.Filter.remove_long(MAX_WORD_LENGTH), tantivy.Filter.lowercase(), tantivy.Filter.ascii_fold()):
        builder = builder.filter(step)
    return builder.build()


def open_index(path: str) -> tantivy.Index:
    """Open or make the index in a folder. Tokenizers are not kept on disk: without them, writing raises."""
    index = tantivy.Index(schema(), path)
    index.register_tokenizer("english", analyzer())
    index.register_tokenizer("plain_words", plain_words())
    return index


def to_index(document: Document) -> tantivy.Document:
    made = tantivy.Document()
    made.add_integer("id", document.id)
    made.add_text("title", document.title)
    made.add_text("summary", document.summary)
    for label in document.labels:
        made.add_text("labels", label)
    text = document.text
    made.add_text("text", text)
    made.add_text("words", text)
    for name in FACET_FIELDS:
        for value in document.facets[name]:
            made.add_text(name, value)
    made.add_integer("changed", document.changed)
    made.add_text("sort_title", document.sort_title)
    made.add_bytes("kept", _kept(document))
    return made


def _kept(document: Document) -> bytes:
    return json.dumps(
        {
            "id": document.id,
            "kind": document.facets["kind"][0],
            "title": document.title,
            "parts": document.parts,
            "outcomes": document.outcomes,
            "groups": document.groups,
            "principles": document.principles,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def from_index(document: tantivy.Document) -> Found:
    kept = _read_kept(document)
    return Found(
        id=kept["id"],
        kind=kept["kind"],
        parts=tuple((part, text) for part, text in kept["parts"]),
        outcomes=_named(kept["outcomes"]),
        groups=_named(kept["groups"]),
        principles=_named(kept["principles"]),
    )


def title_from_index(document: tantivy.Document) -> str:
    return str(_read_kept(document)["title"])


def _read_kept(document: tantivy.Document) -> dict[str, Any]:
    return json.loads(bytes(document.get_first("kept") or b"{}"))


def _named(rows: list) -> tuple[tuple[int, str, str], ...]:
    return tuple((row[0], row[1], row[2]) for row in rows)
