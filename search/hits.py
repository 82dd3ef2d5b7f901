"""Hits as a page shows them: live rows, with what the index keeps of each where it is still so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from practices.cards import (
    Card,
    CardRow,
    CardTerms,
    SlugAndLabel,
    card_terms,
    in_order,
    make_cards,
    read_card_rows,
    read_card_terms,
)
from practices.models import PracticePage

from .documents import moment_of_change
from .engines.base import Found, SearchResults
from .highlight import Marker
from .plan import WordPlan
from .reasons import left_out, why_close, why_found
from .vocabularies import Vocabularies


@dataclass(frozen=True, slots=True)
class HitCard:
    card: Card
    title_html: SafeString
    summary_html: SafeString
    why: SafeString | str
    missing: tuple[str, ...] = ()


def hits_of(results: SearchResults, terms: Vocabularies) -> tuple[list[HitCard], list[HitCard]]:
    """The hits and the near hits, in their order; what is no longer there for all to read is left out.

    One statement reads the rows. What a practice names is taken from the index, which has it at hand,
    by the labels of today; a practice that the index does not know as it is now is read whole.
    """
    found = {each.id: each for each in (*results.hits, *results.near)}
    rows = read_card_rows(PracticePage.objects.visible().filter(pk__in=list(found))) if found else []
    as_indexed = {row.id for row in rows if _is_as_indexed(row, found[row.id])}
    named = {key: _terms_named(found[key], terms) for key in as_indexed}
    named |= read_card_terms([row.id for row in rows if row.id not in as_indexed])
    cards = {card.id: card for card in make_cards(rows, named)}
    nearby = replace(results.plan, takes_near=True)
    marker, near_marker = Marker(results.plan), Marker(nearby)
    hits = [_hit(cards[each.id], each, results.plan, marker) for each in results.hits if each.id in cards]
    near = [_near_hit(cards[each.id], each, nearby, near_marker) for each in results.near if each.id in cards]
    return hits, near


def _is_as_indexed(row: CardRow, found: Found) -> bool:
    """Whether the index knows the practice as it is now, and all that was told of it.

    An engine that does not tell when it changed does not.
    """
    is_told = found.places == (row.places or 0)
    return bool(found.changed) and is_told and found.changed == moment_of_change(row.last_published_at)


def _terms_named(found: Found, terms: Vocabularies) -> CardTerms:
    """What the index says it names, as the terms are today: two that were merged since are one."""

    def today(facet: str, keys: Iterable[int]) -> list[SlugAndLabel]:
        return in_order({terms.by_id[facet, key] for key in keys if (facet, key) in terms.by_id})

    return card_terms(
        listed=today("outcome", (key for key, *_ in found.outcomes)),
        reported=today("outcome", found.reported),
        groups=today("group", (key for key, *_ in found.groups)),
    )


def _near_hit(card: Card, found: Found, plan: WordPlan, marker: Marker) -> HitCard:
    """A hit that says what it leaves out of what was asked, or that it is close in meaning alone."""
    if found.close is not None:
        return replace(_hit(card, found, plan, marker), why=why_close(found.close))
    out = left_out(card, found, plan, marker)
    missing = dict.fromkeys(plan.telling[number].typed for number in sorted(out))
    return replace(_hit(card, found, plan, marker, out), missing=tuple(missing))


def _hit(card: Card, found: Found, plan: WordPlan, marker: Marker, out: Collection[int] = ()) -> HitCard:
    return HitCard(
        card=card,
        title_html=marker.html(card.title),
        summary_html=marker.html(card.summary),
        why=why_found(card, found, plan, marker, out),
    )
