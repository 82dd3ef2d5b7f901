"""Hits as a page shows them: live rows, with what the index keeps of each where it is still so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from practices.cards import Card, CardTerms, card_terms, make_cards, read_card_rows, read_card_terms
from practices.models import PracticePage

from .documents import moment_of_change
from .engines.base import Found, SearchResults
from .highlight import Marker
from .reasons import why_found
from .vocabularies import Vocabularies


@dataclass(frozen=True, slots=True)
class HitCard:
    card: Card
    title_html: SafeString
    summary_html: SafeString
    why: SafeString | str


def hits_of(results: SearchResults, terms: Vocabularies) -> list[HitCard]:
    """The hits, in their order; what is no longer there for all to read is left out.

    One statement reads the rows. What a practice names is taken from the index, which has it at hand,
    by the labels of today; a practice that the index does not know as it is now is read whole.
    """
    found = {each.id: each for each in results.hits}
    rows = read_card_rows(PracticePage.objects.visible().filter(pk__in=list(found))) if found else []
    as_indexed = {row.id for row in rows if 0 != found[row.id].changed == moment_of_change(row.last_published_at)}
    named = {key: _terms_named(found[key], terms) for key in as_indexed}
    named |= read_card_terms([row.id for row in rows if row.id not in as_indexed])
    cards = {card.id: card for card in make_cards(rows, named)}
    marker = Marker(results.plan)
    return [_hit(cards[key], each, results, marker) for key, each in found.items() if key in cards]


def _terms_named(found: Found, terms: Vocabularies) -> CardTerms:
    return card_terms(
        listed=_in_order("outcome", (key for key, *_ in found.outcomes), terms),
        reported=_in_order("outcome", found.reported, terms),
        groups=_in_order("group", (key for key, *_ in found.groups), terms),
    )


def _in_order(facet: str, keys: Iterable[int], terms: Vocabularies) -> list[tuple[str, str]]:
    """Slug and label of each term as they are today, in the order of the vocabulary."""
    known = {terms.by_id[facet, key] for key in keys if (facet, key) in terms.by_id}
    return [(term.slug, term.label) for term in sorted(known, key=lambda term: (term.order, term.label, term.id))]


def _hit(card: Card, found: Found, results: SearchResults, marker: Marker) -> HitCard:
    return HitCard(
        card=card,
        title_html=marker.html(card.title),
        summary_html=marker.html(card.summary),
        why=why_found(card, found, results.plan, marker),
    )
