"""What a synonym would change, before it is saved: which practices it brings to a search and which it takes away."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings

from practices.reading import titles_and_slugs

from .models import TypedSearch
from .plan import plan_words
from .query import SearchQuery
from .services import search_library
from .text import words_of
from .thesaurus import Thesaurus, expression
from .vocabularies import Rule, Vocabularies, vocabularies

OFTEN_MADE = 200
MOST_EFFECTS = 20


@dataclass(frozen=True, slots=True)
class Effect:
    """A search that a rule changes: the titles that it brings to its first page, and those that it removes."""

    words: str
    brought: tuple[str, ...]
    removed: tuple[str, ...]
    answered_before: bool
    answered_after: bool


def effects_of(rule: Rule) -> list[Effect]:
    """What a rule would change in the judged searches, in those made often, and in its own expressions.

    Args:
        rule: as it would be; a rule of the same id is left out of what is there.
    """
    terms = vocabularies()
    others = tuple(each for each in terms.rules if each.id != rule.id)
    before, after = Thesaurus(terms), Thesaurus(replace(terms, rules=(*others, rule)))
    effects = []
    for words in _searches(rule, terms):
        old, new = plan_words(words, before), plan_words(words, after)
        if old != new and (effect := _effect(words, SearchQuery(words=words), (old, new))):
            effects.append(effect)
            if len(effects) == MOST_EFFECTS:
                break
    return effects


def _effect(words: str, query: SearchQuery, plans: tuple) -> Effect | None:
    old, new = (search_library(query, plan) for plan in plans)
    had, has = [hit.id for hit in old.hits], [hit.id for hit in new.hits]
    titles = titles_and_slugs([*had, *has]) if had or has else {}
    brought = tuple(titles[each][0] for each in has if each not in had and each in titles)
    removed = tuple(titles[each][0] for each in had if each not in has and each in titles)
    if not (brought or removed):
        return None
    return Effect(words, brought, removed, bool(had), bool(has))


def _searches(rule: Rule, terms: Vocabularies) -> Iterator[str]:
    """Each search once that could be touched: those that hold a word of the rule, as it is or as it was."""
    was = next((each for each in terms.rules if each.id == rule.id), rule)
    ways = [*rule.says, *rule.words, *was.says, *was.words]
    touched = {stem for way in ways for stem in expression(words_of(way))}
    often = TypedSearch.objects.most_made().values_list("words", flat=True)[:OFTEN_MADE]
    for words in dict.fromkeys([*rule.says, *often, *_judged()]):
        if touched & set(expression(words_of(words))):
            yield words


def _judged() -> list[str]:
    """The judged searches that come with the product, where they do."""
    files = sorted(Path(settings.JUDGED_SEARCHES).glob("*.toml"))
    return [row["words"] for file in files for row in tomllib.loads(file.read_text(encoding="utf-8"))["query"]]
