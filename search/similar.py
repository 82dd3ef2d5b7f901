"""Related practices: on the same shelf, and where one might not look, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from practices.cards import Card, read_cards
from practices.covers import cover_for
from practices.models import PracticePage, practice_address
from practices.reading import titles_and_slugs

from .engines.base import Similar
from .query import SearchQuery
from .services import search_library, similar_practices

NEAR = 3


@dataclass(frozen=True, slots=True)
class Near:
    title: str
    url: str
    cover: SafeString
    reason: str


def near_practices(practice: PracticePage) -> list[Near]:
    """Three practices near to this one, checked against live rows."""
    found = similar_practices(practice.pk, NEAR)
    if not found:
        return []
    live = titles_and_slugs([each.found.id for each in found])
    there = [each for each in found if each.found.id in live]
    elsewhere = [each for each in there if each.principles and not each.same_groups]
    # Said of one only: three times in a row it would mean nothing.
    surprise = elsewhere[-1] if elsewhere else None
    return [_near(*live[each.found.id], each, surprises=each is surprise) for each in there]


def practices_about(words: str, besides: int | None = None) -> list[Card]:
    """Up to three practices that answer to words, or nearly. Nothing of the words is kept.

    Args:
        words: what is looked for.
        besides: the number of a practice that is known already, and left out.
    """
    results = search_library(SearchQuery().with_words(words), said=words)
    ids = list(dict.fromkeys(each.id for each in (*results.hits, *results.near) if each.id != besides))[:NEAR]
    return read_cards(PracticePage.objects.visible().filter(pk__in=ids)) if ids else []


def _near(title: str, slug: str, each: Similar, *, surprises: bool) -> Near:
    slugs = [outcome for _key, outcome, _label in each.found.outcomes]
    cover = cover_for(each.found.kind, slugs, slug)
    return Near(title, practice_address(slug), cover, _reason(each, surprises))


def _reason(each: Similar, surprises: bool) -> str:
    labels = [label for _key, _slug, label in each.principles]
    if not labels:
        return _("Uses some of the same words")
    named = labels[0] if len(labels) == 1 else _("%(one)s and %(other)s") % {"one": labels[0], "other": labels[1]}
    if surprises:
        return _("Same idea, somewhere you might not look: %(principles)s") % {"principles": named}
    return (
        _("Shares the principle: %(principles)s") % {"principles": named}
        if len(labels) == 1
        else _("Shares the principles: %(principles)s") % {"principles": named}
    )
