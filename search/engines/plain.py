"""No index at all: words in title and summary, by the database. What the site answers from when its engine cannot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from practices.models import (
    Basis,
    Change,
    Evidence,
    Library,
    PracticePage,
    PracticeTotals,
    ReportedOutcome,
    Sure,
    kind_model,
)
from practices.querysets import PracticeQuerySet
from practices.sureness import SEVERAL_PLACES, old_before
from search.plan import Slot, WordPlan, plan_words
from search.query import NEWEST, RATED, RELEVANCE, TERM_FACETS, TITLE, TOLD, SearchQuery
from search.text import is_small, words_of
from search.thesaurus import thesaurus
from search.vocabularies import Vocabularies

from .base import PAGE_SIZE, Facets, Found, Health, Progress, Reader, SearchEngine, Similar

COLUMNS = {"aim": "aim", "status": "status", "cost": "cost_band"}
# A practice that has no totals is one that nobody told of.
PLACES, BOUND = Coalesce("totals__places", 0), Coalesce("totals__rating_bound", 0.0)
ORDERS = {
    RELEVANCE: ("_rank", "sort_title"),
    NEWEST: (F("last_published_at").desc(nulls_last=True),),
    TITLE: ("sort_title",),
    TOLD: (PLACES.desc(), F("totals__last_told").desc(nulls_last=True), "sort_title"),
    RATED: (BOUND.desc(), "sort_title"),
}


class PlainReader(Reader):
    def __init__(self, terms: Vocabularies) -> None:
        self.terms = terms

    def find(self, query: SearchQuery, plan: WordPlan) -> tuple[tuple[Found, ...], int]:
        pages = self._matching(query, plan)
        total = pages.count()
        order = NEWEST if query.sort == RELEVANCE and not plan.slots else query.sort
        if order == RELEVANCE:
            pages = pages.annotate(_rank=_words_in_title_first(plan))
        pages = pages.order_by(*ORDERS[order], "pk")
        start = (query.page - 1) * PAGE_SIZE
        ids = pages.values_list("pk", flat=True)[start : start + PAGE_SIZE] if total else ()
        return tuple(Found(pk) for pk in ids), total

    def among(self, ids: list[int], query: SearchQuery) -> list[Found]:
        return [Found(pk) for pk in self._matching(query, WordPlan()).filter(pk__in=ids).values_list("pk", flat=True)]

    def count(self, query: SearchQuery, plan: WordPlan) -> int:
        return self._matching(query, plan).count()

    def plan(self, words: str) -> WordPlan:
        return plan_words(words, thesaurus(self.terms))

    def count_facets(self, query: SearchQuery, plan: WordPlan) -> Facets | None:
        return None

    def suggest(self, prefix: str, limit: int) -> list[int]:
        pages = PracticePage.objects.visible()
        for word in words_of(prefix)[:8]:
            pages = pages.filter(title__icontains=word)
        return list(pages.by_title().values_list("pk", flat=True)[:limit]) if prefix.strip() else []

    def similar(self, practice_id: int, limit: int) -> list[Similar]:
        return []

    def known_of(self, words: Iterable[str]) -> set[str]:
        return set()

    def holding(self, words: Iterable[str]) -> dict[str, int]:
        return {}

    def words_near(self, word: str) -> dict[str, int]:
        return {}

    def _matching(self, query: SearchQuery, plan: WordPlan) -> PracticeQuerySet:
        pages = PracticePage.objects.visible()
        for slot in plan.telling:
            pages = pages.filter(_holds(slot))
        for facet, values in query.filters.items():
            pages = pages.filter(self._chosen(facet, values, reported=query.reported))
        return pages

    def _chosen(self, facet: str, values: tuple[str, ...], *, reported: bool) -> Q:
        if facet in TERM_FACETS:
            return self._named(facet, values, reported=reported)
        if facet == "kind":
            return Q(content_type__in=[_content_type(value) for value in values])
        if facet == "nation":
            return _any(Q(nations__icontains=f'"{value}"') for value in values)
        if facet == "evidence":
            resting = _of(Change.objects.filter(basis__in=values))
            told = _of(PracticeTotals.objects.filter(places__gt=0))
            return resting | told if Evidence.REPORTS in values else resting
        if facet == "sure":
            levels = sure_conditions(timezone.localdate())
            return _any(levels[Sure(value)] for value in values)
        return Q(**{f"{COLUMNS[facet]}__in": values})

    def _named(self, facet: str, values: tuple[str, ...], *, reported: bool) -> Q:
        """What names one of some terms. An outcome is reported where a change or a report speaks of it."""
        found = [self.terms.by_slug[facet, slug] for slug in values if (facet, slug) in self.terms.by_slug]
        ids = [each for term in found for each in term.ids]
        named = Q(pk__in=PracticePage.objects.all().with_term(facet, ids).values("pk"))
        if facet != "outcome":
            return named
        seen = _of(Change.objects.filter(outcome__in=ids)) | _of(ReportedOutcome.objects.filter(outcome__in=ids))
        return seen if reported else named | seen


class PlainEngine(SearchEngine):
    """Keeps nothing, so there is nothing to keep true."""

    name = "plain"
    relaxes = False

    def reader(self, library: Library, terms: Vocabularies) -> PlainReader:
        return PlainReader(terms)

    def index(self, ids: Iterable[int]) -> None:
        """Nothing to do: answers come from the rows themselves."""

    def remove(self, ids: Iterable[int]) -> None:
        """Nothing to do: answers come from the rows themselves."""

    def rebuild(self, progress: Progress | None = None, *, unless_usable: bool = False) -> int:
        return self.health().documents

    def health(self) -> Health:
        return Health(True, PracticePage.objects.visible().count(), Library.objects.current().version)


def sure_conditions(today: date) -> dict[Sure, Q]:
    """For each level of `practices.sureness.level_of` the condition that says the same to a database.

    Each is made of sets of ids, and no practice is lost for having no totals.
    """
    lately = Q(last_told=None) | Q(last_told__gte=old_before(today))
    know = F("places") - F("too_early")
    totals = PracticeTotals.objects.alias(know=know)
    is_several = _of(totals.filter(lately, know__gte=SEVERAL_PLACES, places_took_part__gt=0))
    is_studied = _of(Change.objects.filter(basis=Basis.STUDIED))
    is_checked = _of(Change.objects.filter(basis=Basis.COUNTED)) | is_studied
    is_told = _of(totals.filter(know__gt=0)) | _of(Change.objects.all())
    return {
        Sure.CHECKED: is_several & is_checked,
        Sure.SEVERAL: (is_several & ~is_checked) | (is_studied & ~is_several),
        Sure.FIRST: is_told & ~is_several & ~is_studied,
        Sure.HOPES: ~is_told & ~is_several & ~is_studied,
    }


def _of(rows: QuerySet) -> Q:
    """The practices of some rows."""
    return Q(pk__in=rows.values("page"))


def _content_type(kind: str) -> int:
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(kind_model(kind)).pk


def _holds(slot: Slot) -> Q:
    """A slot as it was typed, or all its words somewhere: without an index nobody knows what they mean."""
    texts = dict.fromkeys((slot.typed, *(" ".join(stems) for stems in slot.says)))
    apart = Q()
    for word in () if slot.quoted else words_of(slot.typed):
        if not is_small(word):
            apart &= _in_title_or_summary(word)
    held = _any(_in_title_or_summary(text) for text in texts if text)
    return held | apart if apart else held


def _in_title_or_summary(text: str) -> Q:
    return Q(title__icontains=text) | Q(summary__icontains=text)


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found


def _words_in_title_first(plan: WordPlan) -> Case:
    in_title = Q()
    for slot in plan.telling:
        in_title &= Q(title__icontains=slot.typed)
    return Case(When(in_title, then=Value(0)), default=Value(1), output_field=IntegerField())
