"""A practice as one entry of a list: what a tired worker needs to know whether to open it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from practices import wording
from practices.covers import cover_of
from practices.models import Kind, PracticePage, Term


@dataclass(frozen=True)
class TermLink:
    """A term as a page shows it. `reported` tells an outcome that was seen from one that is hoped for."""

    label: str
    slug: str
    url: str
    reported: bool = False


@dataclass(frozen=True)
class Card:
    id: int
    slug: str
    url: str
    title: str
    summary: str
    kind: str
    kind_label: str
    organisation: str
    place: str
    status_sentence: str
    meta: list[str]
    outcomes: list[TermLink]
    groups: list[TermLink]
    cover: SafeString
    tally: str


def card_for(practice: PracticePage) -> Card:
    """Make the card of a practice that was loaded by `PracticePage.objects.for_cards()`."""
    kind = kind_of(practice)
    kind_label = label_of_kind(kind)
    status = wording.status_phrase(practice)
    meta = [kind_label, practice.organisation, practice.place, status]
    return Card(
        id=practice.pk,
        slug=practice.slug,
        url=practice.get_absolute_url(),
        title=practice.title,
        summary=practice.summary,
        kind=kind,
        kind_label=kind_label,
        organisation=practice.organisation,
        place=practice.place,
        status_sentence=status,
        meta=[part for part in meta if part],
        outcomes=outcome_links(practice),
        groups=[term_link(group) for group in practice.beneficiary_groups.all()],
        cover=cover_of(practice),
        tally=wording.tally(getattr(practice, "totals", None)),
    )


def kind_of(practice: PracticePage) -> str:
    """The kind of a practice, also when it was read as a plain `PracticePage`."""
    model = practice.specific_class
    return str(model.kind) if model else str(Kind.OTHER)


def label_of_kind(kind: str) -> str:
    """The kind in words; empty for practices of no kind of their own, of which nothing can be said."""
    return "" if kind == Kind.OTHER else str(Kind(kind).label)


def term_link(term: Term, *, reported: bool = False) -> TermLink:
    url = term.get_absolute_url()
    return TermLink(label=term.label, slug=term.slug, url=url, reported=reported)


def outcome_links(practice: PracticePage) -> list[TermLink]:
    """The outcomes of a practice, those reported first. What a change names counts, listed or not."""
    reported_ids = practice.reported_outcome_ids
    terms = {outcome.pk: outcome for outcome in practice.outcomes.all()}
    for change in practice.changes.all():
        if change.outcome_id and change.outcome_id not in terms:
            terms[change.outcome_id] = change.outcome
    links = [term_link(term, reported=pk in reported_ids) for pk, term in terms.items()]
    return sorted(links, key=lambda link: not link.reported)
