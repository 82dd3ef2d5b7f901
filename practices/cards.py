"""A practice as one entry of a list: what a tired worker needs to know whether to open it.

Cards are made from values. A page of twenty as objects, with the objects of their terms, took longer to read
than the search that found them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, IntegerField, Max, OuterRef, QuerySet, Subquery, When
from django.utils import timezone
from django.utils.safestring import SafeString

from practices import wording
from practices.covers import cover_for
from practices.models import (
    Basis,
    Change,
    Kind,
    Photo,
    PracticePage,
    ReportedOutcome,
    Term,
    ToldBy,
    practice_address,
    term_address,
)
from practices.models.values import Vocabulary
from practices.querysets import PracticeQuerySet
from practices.sureness import BasisAndTeller, level_of

# A term as an index or a statement has it.
SlugAndLabel = tuple[str, str]


@dataclass(frozen=True, slots=True)
class TermLink:
    """A term as a page shows it. `reported` tells an outcome that was seen from one that is hoped for."""

    label: str
    slug: str
    url: str
    reported: bool = False


@dataclass(frozen=True, slots=True)
class CardTerms:
    """What a card names: outcomes with those reported first, and groups, each in the order of its vocabulary.

    A cover is drawn from the slugs of the outcomes that the practice lists itself.
    """

    outcomes: list[TermLink]
    groups: list[TermLink]
    drawn: list[str]


class Orderly(Protocol):
    """A term, be it a row or what search keeps of one."""

    @property
    def sort_order(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def label(self) -> str: ...


class CardRow(NamedTuple):
    """What a card says that stands in the rows of the practice and of its totals; the names are those of columns."""

    id: int
    content_type_id: int
    slug: str
    title: str
    summary: str
    organisation: str
    place: str
    status: str
    status_reported: str
    photo_id: int | None
    last_published_at: datetime | None
    places: int | None
    places_took_part: int | None
    helped: int | None
    in_part: int | None
    did_not_help: int | None
    too_early: int | None
    last_told: date | None
    ratings: int | None
    rating_sum: int | None
    # On what the changes of the page rest: the strongest of their bases, as `BASES` counts them.
    strongest: int | None

    @property
    def bases(self) -> list[BasisAndTeller]:
        """What says how sure we can be: weaker bases change nothing beside a stronger one."""
        return [] if self.strongest is None else [(BASES[self.strongest], ToldBy.UNKNOWN)]


TOTALS = (
    "places", "places_took_part", "helped", "in_part", "did_not_help", "too_early", "last_told", "ratings",
    "rating_sum",
)  # fmt: skip
COLUMNS = tuple(f"totals__{name}" if name in TOTALS else name for name in CardRow._fields if name != "strongest")
# From the weakest to the strongest.
BASES = (Basis.TOLD, Basis.COUNTED, Basis.STUDIED)


@dataclass(frozen=True, slots=True)
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
    tally: wording.Tally
    sure: str


def read_cards(practices: PracticeQuerySet) -> list[Card]:
    """The cards of some practices, in their order, by a number of queries that does not grow with them."""
    rows = read_card_rows(practices)
    return make_cards(rows, read_card_terms([row.id for row in rows]))


def read_card_rows(practices: PracticeQuerySet) -> list[CardRow]:
    return [CardRow._make(values) for values in practices.values_list(*COLUMNS, _strongest_basis())]


def _strongest_basis() -> Subquery:
    """A page lists many changes, and a card only says on what they rest at best."""
    ranks = [When(basis=basis, then=number) for number, basis in enumerate(BASES)]
    changes = Change.objects.filter(page=OuterRef("pk")).order_by().values("page")
    return Subquery(changes.annotate(strongest=Max(Case(*ranks, output_field=IntegerField()))).values("strongest"))


def read_card_terms(ids: list[int]) -> dict[int, CardTerms]:
    """What the practices of these ids name. An outcome that a change or a report names counts, listed or not."""
    if not ids:
        return {}
    outcomes, groups = PracticePage.outcomes.through.objects, PracticePage.beneficiary_groups.through.objects
    reported = _read_reported(ids)
    listed = _read_named(outcomes.filter(practicepage__in=ids), "practicepage_id", "outcome")
    grouped = _read_named(groups.filter(practicepage__in=ids), "practicepage_id", "beneficiarygroup")
    return {pk: card_terms(listed.get(pk, []), reported.get(pk, []), grouped.get(pk, [])) for pk in ids}


def _read_reported(ids: list[int]) -> dict[int, list[SlugAndLabel]]:
    """The outcomes that changes or reports name, by page, in the order of their vocabulary, each once."""
    order = ("outcome__sort_order", "outcome__label", "outcome_id")
    columns = ("page_id", "outcome__slug", "outcome__label", *order)
    changes = Change.objects.filter(page__in=ids, outcome__isnull=False).order_by().values_list(*columns)
    reports = ReportedOutcome.objects.filter(page__in=ids).order_by().values_list(*columns)
    return _by_page(row[:3] for row in sorted(changes.union(reports), key=lambda row: row[3:]))


def _read_named(rows: QuerySet, page_column: str, term: str) -> dict[int, list[SlugAndLabel]]:
    """The terms that rows name, by page, in the order of their vocabulary, each once."""
    order = (f"{term}__sort_order", f"{term}__label", f"{term}_id")
    columns = (page_column, f"{term}__slug", f"{term}__label")
    return _by_page(rows.exclude(**{term: None}).order_by(*order).values_list(*columns))


def _by_page(rows: Iterable[tuple[int, str, str]]) -> dict[int, list[SlugAndLabel]]:
    """Page, slug and label of each as the terms of each page, in their order, each once."""
    named: dict[int, dict[SlugAndLabel, None]] = {}
    for page_id, slug, label in rows:
        named.setdefault(page_id, {})[slug, label] = None
    return {page_id: list(terms) for page_id, terms in named.items()}


def card_terms(
    listed: Sequence[SlugAndLabel], reported: Sequence[SlugAndLabel], groups: Sequence[SlugAndLabel]
) -> CardTerms:
    """Links to what a practice names: the outcomes it lists, the outcomes its changes name, its groups."""
    hoped = [named for named in listed if named not in reported]
    return CardTerms(
        outcomes=[
            *(link_to_term(Vocabulary.OUTCOME, *named, reported=True) for named in reported),
            *(link_to_term(Vocabulary.OUTCOME, *named) for named in hoped),
        ],
        groups=[link_to_term(Vocabulary.GROUP, *named) for named in groups],
        drawn=[slug for slug, _label in listed],
    )


def in_order(terms: Iterable[Orderly]) -> list[SlugAndLabel]:
    """Terms in the order of their vocabulary, in which no two have the same label."""
    return [(term.slug, term.label) for term in sorted(terms, key=lambda term: (term.sort_order, term.label))]


def make_cards(rows: list[CardRow], terms: Mapping[int, CardTerms]) -> list[Card]:
    """The cards of some rows, with the terms of each by id."""
    photos = _read_photos({row.photo_id for row in rows if row.photo_id})
    return [_make_card(row, terms[row.id], photos.get(row.photo_id or 0)) for row in rows]


def _read_photos(ids: set[int]) -> dict[int, Photo]:
    return Photo.objects.prefetch_related("renditions").in_bulk(ids) if ids else {}


def _make_card(row: CardRow, terms: CardTerms, photo: Photo | None) -> Card:
    kind = _kind_of_type(row.content_type_id)
    kind_label = label_of_kind(kind)
    status = wording.status_phrase(row.status, row.status_reported)
    return Card(
        id=row.id,
        slug=row.slug,
        url=practice_address(row.slug),
        title=row.title,
        summary=row.summary,
        kind=kind,
        kind_label=kind_label,
        organisation=row.organisation,
        place=row.place,
        status_sentence=status,
        meta=[part for part in (kind_label, row.organisation, row.place, status) if part],
        outcomes=terms.outcomes,
        groups=terms.groups,
        cover=cover_for(kind, terms.drawn, row.slug, photo),
        tally=wording.tally(row),
        sure=str(level_of(row, row.bases, timezone.localdate()).label),
    )


def _kind_of_type(content_type_id: int) -> str:
    """The kind of a practice by its content type, which Django keeps in the process."""
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    return str(model.kind) if model and issubclass(model, PracticePage) else str(Kind.OTHER)


def kind_of(practice: PracticePage) -> str:
    """The kind of a practice, also when it was read as a plain `PracticePage`."""
    return _kind_of_type(practice.content_type_id)


def label_of_kind(kind: str) -> str:
    """The kind in words; empty for practices of no kind of their own, of which nothing can be said."""
    return "" if kind == Kind.OTHER else str(Kind(kind).label)


def link_to_term(vocabulary: str, slug: str, label: str, *, reported: bool = False) -> TermLink:
    return TermLink(label=label, slug=slug, url=term_address(str(vocabulary), slug), reported=reported)


def term_link(term: Term, *, reported: bool = False) -> TermLink:
    return link_to_term(term.vocabulary, term.slug, term.label, reported=reported)


def outcome_links(practice: PracticePage, told: Iterable[ReportedOutcome] = ()) -> list[TermLink]:
    """The outcomes of a practice that was read whole, as its card has them.

    Args:
        practice: as `practice_at` and `load_family` read it.
        told: the outcomes that reports of it say they saw.
    """
    reported = {change.outcome for change in practice.changes.all() if change.outcome_id}
    reported |= {row.outcome for row in told}
    return card_terms(in_order(practice.outcomes.all()), in_order(reported), []).outcomes
