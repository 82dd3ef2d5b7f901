"""Lists of practices: pages of a list, the letters and kinds of the whole library, a term's practices."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _

from practices.cards import Card
from practices.models import Kind, PracticePrinciple, Term, Vocabulary

NOT_A_LETTER = "0"
LETTERS = (*ascii_lowercase, NOT_A_LETTER)


@dataclass(frozen=True)
class Pages:
    """Where a page of a list stands among the others."""

    sentence: str
    previous_url: str
    next_url: str
    canonical_url: str


@dataclass(frozen=True)
class Choice:
    """A letter or a kind to choose. Without an address there is nothing under it."""

    label: str
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Entry:
    card: Card
    why: str = ""


@dataclass(frozen=True)
class Shelf:
    """Some entries of a list under a heading of their own; the heading may be empty."""

    heading: str
    note: str
    entries: list[Entry]


def address(path: str, **choices: Any) -> str:
    """An address with those of the choices that say something. Page one is the address without a page."""
    said = {name: value for name, value in choices.items() if value and not (name == "page" and value == 1)}
    return f"{path}?{urlencode(said)}" if said else path


def pages_of(page: Page, path: str, **choices: str) -> Pages:
    pages = page.paginator.num_pages
    sentence = _("%(first)d to %(last)d of %(all)d.") % {
        "first": page.start_index(),
        "last": page.end_index(),
        "all": page.paginator.count,
    }
    if pages > 1:
        sentence += " " + _("Page %(page)d of %(pages)d.") % {"page": page.number, "pages": pages}
    return Pages(
        sentence=sentence,
        previous_url=address(path, **choices, page=page.number - 1) if page.has_previous() else "",
        next_url=address(path, **choices, page=page.number + 1) if page.has_next() else "",
        canonical_url=address(path, **choices, page=page.number),
    )


def letter_choices(used: set[str], chosen: str, kind: str) -> list[Choice]:
    """A to Z, and what begins with none of them if there is any."""
    path = reverse("practices:library")
    return [
        Choice(
            label=_("0 to 9") if letter == NOT_A_LETTER else letter.upper(),
            url=address(path, letter=letter, kind=kind) if letter in used else "",
            is_chosen=letter == chosen,
        )
        for letter in LETTERS
        if letter != NOT_A_LETTER or letter in used
    ]


def kind_choices(chosen: str, letter: str) -> list[Choice]:
    path = reverse("practices:library")
    every = Choice(_("Every kind"), address(path, letter=letter), is_chosen=not chosen)
    return [
        every,
        *(
            Choice(str(Kind(kind).label), address(path, letter=letter, kind=kind), is_chosen=kind == chosen)
            for kind in Kind
        ),
    ]


def library_shelf(cards: list[Card]) -> list[Shelf]:
    return [Shelf("", "", [Entry(card) for card in cards])] if cards else []


def term_shelves(term: Term, cards: list[Card]) -> list[Shelf]:
    """A term's practices on one page of its list: for an outcome what was reported apart from what is hoped for."""
    if term.vocabulary == Vocabulary.OUTCOME:
        return _outcome_shelves(term, cards)
    if term.vocabulary == Vocabulary.PRINCIPLE:
        rows = PracticePrinciple.objects.filter(principle=term.pk, page__in=[card.id for card in cards])
        shows = dict(rows.exclude(how="").values_list("page_id", "how"))
        return [Shelf("", "", [Entry(card, shows.get(card.id, "")) for card in cards])]
    return [Shelf("", "", [Entry(card) for card in cards])]


def _outcome_shelves(term: Term, cards: list[Card]) -> list[Shelf]:
    is_reported = {card.id: any(link.reported and link.slug == term.slug for link in card.outcomes) for card in cards}
    reported = [Entry(card) for card in cards if is_reported[card.id]]
    hoped = [Entry(card) for card in cards if not is_reported[card.id]]
    shelves = [
        Shelf(
            _("Reported"), _("A change on the practice’s own page speaks of it, or somebody who was there."), reported
        ),
        Shelf(_("Hoped for"), _("People work towards it. Nobody has told us yet that it happened."), hoped),
    ]
    return [shelf for shelf in shelves if shelf.entries]
