"""Describe the person: what a longer text tells of, as terms to confirm. The text is read and let go of."""

from __future__ import annotations

from dataclasses import dataclass

from .engines.base import SearchResults
from .plan import WordPlan, plan_description
from .query import SearchQuery
from .services import search_library
from .text import QUOTES, clean
from .thesaurus import Meaning, thesaurus
from .vocabularies import Vocabularies, vocabularies

LONGEST = 2_000
MOST_TERMS = 8
# What a term counts that an expression is only near to.
NEAR = 0.4


@dataclass(frozen=True, slots=True)
class Described:
    """What a description tells of: terms, the most fitting first, and practices."""

    terms: tuple[Meaning, ...]
    results: SearchResults


def describe(text: str, terms: Vocabularies | None = None) -> Described:
    """Read the description of a person. Nothing of it is stored or logged, and no address holds it."""
    terms = terms or vocabularies()
    # What somebody said stands in quotes; it is read like all else.
    unquoted = QUOTES.sub(" ", clean(text, LONGEST))
    plan = plan_description(unquoted, thesaurus(terms))
    return Described(terms_told(plan)[:MOST_TERMS], search_library(SearchQuery(), plan, unquoted))


def terms_told(plan: WordPlan) -> tuple[Meaning, ...]:
    """The terms that a plan speaks of: those that many expressions mean before those that one is near to."""
    worth: dict[tuple[str, int], float] = {}
    meant: dict[tuple[str, int], Meaning] = {}
    for slot in plan.slots:
        for place, meaning in enumerate(slot.meanings):
            key = (meaning.facet, meaning.term_id)
            meant.setdefault(key, meaning)
            worth[key] = worth.get(key, 0) + (NEAR if meaning.is_near else 1.0) / (1 + place / 4)
    return tuple(meant[key] for key in sorted(meant, key=lambda key: -worth[key]))
