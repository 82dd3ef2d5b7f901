"""What an engine takes in of a practice: the same for every engine, read in batches.

A batch costs the same number of queries whatever its size, so that a rebuild of a large library
and the update of one page run the same code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace as Namespace
from typing import Any

from django.db.models import Model
from django.utils import timezone

from practices.models import (
    BeneficiaryGroup,
    Evidence,
    Kind,
    Nation,
    Outcome,
    Part,
    PracticePage,
    Principle,
    ReportedOutcome,
    Term,
    practice_models,
)
from practices.sureness import level_of

from .models import EverydayWords
from .text import joined_compounds
from .told import NOTHING_TOLD, lift, read_told

BATCH = 250
ABOUT_THE_KIND = "kind"
ASKED_FOR = "asked"
Named = tuple[int, str, str]
PAGE_COLUMNS = (
    "slug", "title", "summary", "what_it_is", "why_it_works", "local_form", "people_needed", "time_needed", "cost",
    "did_not_work", "adaptation_added", "place", "organisation", "nations", "aim", "status", "cost_band",
    "last_published_at", "sort_title",
)  # fmt: skip
ROW_COLUMNS: dict[str, tuple[str, ...]] = {
    "principles": ("principle_id", "how"),
    "essentials": ("text",),
    "steps": ("text",),
    "changes": ("claim", "figure", "outcome_id", "basis", "told_by"),
    "voices": ("quote", "said_by"),
    "questions": ("text",),
}


@dataclass(frozen=True, slots=True)
class Document:
    """One practice as an index keeps it.

    Args:
        parts: (part of the page, text), in the page's order.
        places: how many places told how it went, be it well or not.
        lift: the share of its score by which these lift it.
    """

    id: int
    slug: str
    title: str
    summary: str
    labels: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    facets: dict[str, tuple[str, ...]]
    outcomes: tuple[Named, ...]
    groups: tuple[Named, ...]
    principles: tuple[Named, ...]
    changed: int
    sort_title: str
    places: int
    last_told: date | None
    rating_bound: float
    lift: float

    @property
    def asked_for(self) -> tuple[str, ...]:
        """The ways in which people ask for it."""
        return tuple(way for part, text in self.parts if part == ASKED_FOR for way in text.splitlines())

    @property
    def text(self) -> str:
        """Everything there is to find, with hyphenated words written as one at the end."""
        everything = "\n".join((self.title, self.summary, *self.labels, *(text for _, text in self.parts)))
        return "\n".join((everything, " ".join(dict.fromkeys(joined_compounds(everything)))))


def visible_ids() -> list[int]:
    """The ids of all that anybody may read, in order."""
    return list(PracticePage.objects.visible().order_by("pk").values_list("pk", flat=True))


def moment_of_change(published: datetime | None) -> int:
    """When a practice was last published, in microseconds: the same number in the index as in its row."""
    return int(published.timestamp() * 1_000_000) if published else 0


def documents_for(ids: Iterable[int]) -> Iterator[Document]:
    """The documents of those among the ids that anybody may read, in order of id."""
    wanted = sorted(set(ids))
    if not wanted:
        return
    terms = _Terms()
    for start in range(0, len(wanted), BATCH):
        yield from _batch(wanted[start : start + BATCH], terms)


class _Terms:
    """All terms of the three vocabularies, in their order: there are hundreds, and pages name them by the thousand."""

    def __init__(self) -> None:
        self.outcomes = self._of(Outcome)
        self.groups = self._of(BeneficiaryGroup)
        self.principles = self._of(Principle)

    @staticmethod
    def _of(model: type[Term]) -> dict[int, Named]:
        return {pk: (pk, slug, label) for pk, slug, label in model.objects.values_list("pk", "slug", "label")}


def _batch(ids: list[int], terms: _Terms) -> Iterator[Document]:
    """Values, not objects: making objects of a page's thirty rows takes longer than the engine takes to index it.

    The page is read before its rows: where somebody publishes in between, the document says that it is of before.
    """
    pages = list(PracticePage.objects.visible().filter(pk__in=ids).order_by("pk").values_list("pk", *PAGE_COLUMNS))
    rows = {
        name: _rows(PracticePage._meta.get_field(name).related_model, "page_id", ids, columns)
        for name, columns in ROW_COLUMNS.items()
    }
    outcomes = _rows(PracticePage.outcomes.through, "practicepage_id", ids, ("outcome_id",))
    groups = _rows(PracticePage.beneficiary_groups.through, "practicepage_id", ids, ("beneficiarygroup_id",))
    kinds, extras = _kinds(ids)
    told = read_told(ids)
    seen = _rows(ReportedOutcome, "page_id", ids, ("outcome_id",))
    today = timezone.localdate()
    asked = dict(EverydayWords.objects.filter(page__in=ids).values_list("page_id", "says"))
    for values in pages:
        pk = values[0]
        yield _document(
            Namespace(
                pk=pk,
                kind=kinds.get(pk, str(Kind.OTHER)),
                extra=extras.get(pk, ""),
                asked_for=asked.get(pk, ()),
                told=told.get(pk, NOTHING_TOLD),
                seen={key for (key,) in seen.get(pk, ())},
                outcomes=_in_order(terms.outcomes, {key for (key,) in outcomes.get(pk, ())}),
                groups=_in_order(terms.groups, {key for (key,) in groups.get(pk, ())}),
                uses=[(terms.principles[key], how) for key, how in rows["principles"].get(pk, ())],
                **dict(zip(PAGE_COLUMNS, values[1:], strict=True)),
                **{name: found.get(pk, ()) for name, found in rows.items() if name != "principles"},
            ),
            today,
        )


def _rows(model: type[Model], page_column: str, ids: list[int], columns: tuple[str, ...]) -> dict[int, list[tuple]]:
    """The values of the rows of some pages, by page, in their order."""
    order = ("sort_order", "pk") if "sort_order" in {field.name for field in model._meta.fields} else ("pk",)
    found: dict[int, list[tuple]] = {}
    listed = model._base_manager.filter(**{f"{page_column}__in": ids}).order_by(*order)
    for page_id, *values in listed.values_list(page_column, *columns):
        found.setdefault(page_id, []).append(tuple(values))
    return found


def _in_order(terms: dict[int, Named], ids: set[int]) -> list[Named]:
    """The named terms in the order of their vocabulary."""
    return [term for pk, term in terms.items() if pk in ids] if ids else []


def _kinds(ids: list[int]) -> tuple[dict[int, str], dict[int, str]]:
    """The kind of each page that has one of its own, and what only pages of this kind say."""
    kinds, extras = {}, {}
    for model in practice_models():
        if model is PracticePage:
            continue
        for row in model._base_manager.filter(pk__in=ids).only("pk", *model.kind_fields) if model.kind_fields else ():
            kinds[row.pk] = str(model.kind)
            extras[row.pk] = _kind_text(row)
    return kinds, extras


def _kind_text(row: PracticePage) -> str:
    """The fields that only this kind has, as they read on the page."""
    lines = []
    for name in row.kind_fields:
        value = getattr(row, f"get_{name}_display")() if hasattr(row, f"get_{name}_display") else getattr(row, name)
        if value not in (None, ""):
            lines.append(f"{row._meta.get_field(name).verbose_name}: {value}")
    return "\n".join(lines)


def _document(page: Namespace, today: date) -> Document:
    principles = [principle for principle, _how in page.uses]
    reported = {outcome for *_texts, outcome, _basis, _teller in page.changes if outcome} | page.seen
    bases = [(basis, teller) for *_texts, basis, teller in page.changes]
    nations = [nation for nation in page.nations if nation in Nation.values] if isinstance(page.nations, list) else []
    labels = [label for _pk, _slug, label in (*page.outcomes, *page.groups, *principles)]
    labels += [str(Kind(page.kind).label)] if page.kind != Kind.OTHER else []
    labels += [page.place, page.organisation, *(str(Nation(nation).label) for nation in nations)]
    return Document(
        id=page.pk,
        slug=page.slug,
        title=_plain(page.title),
        summary=_plain(page.summary),
        labels=tuple(_plain(label) for label in labels if label),
        parts=tuple((str(part), _plain(text)) for part, text in _parts(page) if text),
        facets={
            "outcome": _strings({pk for pk, *_ in page.outcomes} | reported),
            "reported": _strings(reported),
            "group": _strings({pk for pk, *_ in page.groups}),
            "principle": _strings({pk for pk, *_ in principles}),
            "kind": (page.kind,),
            "aim": (page.aim,),
            "nation": tuple(sorted(set(nations))),
            "status": (page.status,),
            "cost": (page.cost_band,),
            "evidence": _evidence(page),
            "sure": (str(level_of(page.told, bases, today)),),
        },
        outcomes=tuple(page.outcomes),
        groups=tuple(page.groups),
        principles=tuple(principles),
        changed=moment_of_change(page.last_published_at),
        sort_title=page.sort_title,
        places=page.told.places,
        last_told=page.told.last_told,
        rating_bound=page.told.rating_bound,
        lift=lift(page.told, today),
    )


def _evidence(page: Namespace) -> tuple[str, ...]:
    """On what its changes rest, and whether anybody told how it went."""
    bases = {basis for *_, basis, _teller in page.changes}
    return tuple(sorted(bases | {str(Evidence.REPORTS)} if page.told.places else bases))


def _parts(page: Namespace) -> list[tuple[str, str]]:
    """The text of each part of the page; rows one to a line."""
    return [
        (Part.WHAT_IT_IS, page.what_it_is),
        (Part.WHY_IT_WORKS, page.why_it_works),
        (Part.PRINCIPLES, _lines(how for _principle, how in page.uses)),
        (Part.ESSENTIALS, _lines(text for (text,) in page.essentials)),
        (Part.LOCAL_FORM, page.local_form),
        (Part.STEPS, _lines(text for (text,) in page.steps)),
        (Part.TAKES, _lines((page.people_needed, page.time_needed, page.cost))),
        (Part.CHANGES, _lines(_lines((claim, figure)) for claim, figure, *_ in page.changes)),
        (Part.DID_NOT_WORK, page.did_not_work),
        (Part.VOICES, _lines(_lines((quote, said_by)) for quote, said_by in page.voices)),
        (Part.QUESTIONS, _lines(text for (text,) in page.questions)),
        (Part.WHERE, page.adaptation_added),
        (ABOUT_THE_KIND, page.extra),
        (ASKED_FOR, _lines(page.asked_for)),
    ]


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text)


def _plain(text: Any) -> str:
    return unicodedata.normalize("NFC", str(text)).replace("\x00", " ").encode("utf-8", "ignore").decode()


def _strings(ids: Iterable[int]) -> tuple[str, ...]:
    return tuple(str(each) for each in sorted(ids))
