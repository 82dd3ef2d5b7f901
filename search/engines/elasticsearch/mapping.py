"""What the index in Elasticsearch keeps of a practice, and how a document is written into it.

Words come as stems with spaces between, made by the one tokeniser: every engine finds the same forms of a word, and
an editor's new synonym works at once, since synonyms stand in the question.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from elasticsearch.dsl import Document as IndexDocument
from elasticsearch.dsl import Float, Keyword, Long, MetaField, Object, Text

from search.documents import Document
from search.engines.indexed import (
    FACET_FIELDS,
    PARTS_OF_A_STAR,
    about,
    asked_together,
    beginnings,
    plain_words,
    title_rank,
    told_rank,
)
from search.query import TERM_FACETS
from search.text import stems_in, stems_of

# Part of the index's name: one of another version is not read, but built anew beside it.
SCHEMA_VERSION = 1


def stems(**options: Any) -> Text:
    return Text(analyzer="whitespace", **options)


class PracticeDocument(IndexDocument):
    """The mapping. What is not in it is refused, so that nothing is indexed by a guess."""

    id = Long()
    title = stems()
    summary = stems()
    labels = stems(position_increment_gap=1)
    asked = stems()
    text = stems()
    named = stems(index_options="freqs")
    begins = stems(index_options="freqs")
    words = stems(index_options="docs", norms=False)
    together = stems(index_options="docs")
    outcome = Keyword()
    reported = Keyword()
    group = Keyword()
    principle = Keyword()
    kind = Keyword()
    aim = Keyword()
    nation = Keyword()
    status = Keyword()
    cost = Keyword()
    evidence = Keyword()
    sure = Keyword()
    changed = Long()
    told = Long()
    rated = Long()
    title_rank = Long()
    sort_title = Keyword()
    lift = Float(index=False)
    about = Object(enabled=False)
    parts = Object(enabled=False)

    class Meta:
        dynamic = MetaField("strict")
        # What is shown of a hit. The stems can be made again, and would double what is stored.
        source = MetaField({"includes": ["about", "parts"]})


@lru_cache(maxsize=1)
def mapping() -> dict[str, Any]:
    """The mapping as Elasticsearch takes it, with a digest of it by which a drifted one is known."""
    told = PracticeDocument._doc_type.mapping.to_dict()
    told["_source"] = told.pop("source", None) or told.get("_source")
    return {**told, "_meta": {"digest": digest_of(told)}}


def digest_of(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def to_source(document: Document) -> dict[str, Any]:
    """A practice as the index holds it."""
    text = document.text
    facets = {name: list(document.facets[name]) for name in FACET_FIELDS}
    return {
        "id": document.id,
        "title": " ".join(stems_in(document.title)),
        "summary": " ".join(stems_in(document.summary)),
        "labels": [" ".join(stems_of(label)) for label in document.labels],
        "asked": " ".join(stem for way in document.asked_for for stem in stems_in(way)),
        "text": " ".join(stems_in(text)),
        "named": " ".join(f"{facet}{value}" for facet in TERM_FACETS for value in document.facets[facet]),
        "begins": " ".join(beginnings(plain_words().analyze(document.title))),
        "words": " ".join(dict.fromkeys(plain_words().analyze(text))),
        "together": " ".join(as_one_word(both) for both in asked_together(document.asked_for)),
        **facets,
        "changed": document.changed,
        "told": told_rank(document.places, document.last_told),
        "rated": round(document.rating_bound * PARTS_OF_A_STAR),
        "title_rank": title_rank(document.sort_title),
        "sort_title": document.sort_title,
        "lift": 1 + document.lift,
        "about": about(document),
        "parts": {"all": [list(part) for part in document.parts]},
    }


def as_one_word(key: str) -> str:
    """A key of several stems where words are told apart by spaces. No stem has this sign."""
    return key.replace(" ", "_")
