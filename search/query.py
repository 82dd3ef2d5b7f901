"""What is asked for, read once from the address. A bad address gives a plainer question, never an error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from practices.models import Aim, CostBand, Evidence, Kind, Nation, Status, Sure

from .text import clean
from .vocabularies import Vocabularies, vocabularies

MAX_LENGTH = 300
MAX_VALUES = 40
MAX_PAGE = 50
TERM_FACETS = ("outcome", "group", "principle")
VALUE_FACETS = {
    "kind": Kind, "aim": Aim, "nation": Nation, "status": Status, "cost": CostBand, "evidence": Evidence, "sure": Sure,
}  # fmt: skip
FACETS = (*TERM_FACETS, *VALUE_FACETS)
RELEVANCE, NEWEST, TITLE, TOLD, RATED = SORTS = ("relevance", "newest", "title", "told", "rated")


@dataclass(frozen=True)
class SearchQuery:
    """A question to the library: words, choices in ten facets, an order and a page.

    Choices within a facet widen, choices in two facets narrow. The values are checked: whoever
    holds a query made by `parse` need not check again.
    """

    words: str = ""
    outcome: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    principle: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    aim: tuple[str, ...] = ()
    nation: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    sure: tuple[str, ...] = ()
    reported: bool = False
    as_typed: bool = False
    sort: str = RELEVANCE
    page: int = 1

    @classmethod
    def parse(cls, params: QueryDict, terms: Vocabularies | None = None) -> SearchQuery:
        """Read an address. What is unknown is left out, what is too much is cut."""
        chosen = {facet: _values(params.getlist(facet)) for facet in FACETS}
        if any(chosen[facet] for facet in TERM_FACETS):
            terms = terms or vocabularies()
            for facet in TERM_FACETS:
                found = (terms.resolve(facet, slug) for slug in chosen[facet])
                chosen[facet] = _once(slug for slug in found if slug)
        for facet, choices in VALUE_FACETS.items():
            chosen[facet] = _once(value for value in chosen[facet] if value in choices.values)
        sort = params.get("sort", "")
        return cls(
            words=clean(params.get("q", ""), MAX_LENGTH),
            reported=params.get("reported", "") == "yes" and bool(chosen["outcome"]),
            as_typed=params.get("spelling", "") == "typed",
            sort=sort if sort in SORTS else RELEVANCE,
            page=_page(params.get("page", "")),
            **chosen,
        )

    def chosen(self, facet: str) -> tuple[str, ...]:
        return getattr(self, facet)

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The facets in which something is chosen."""
        return {facet: self.chosen(facet) for facet in FACETS if self.chosen(facet)}

    def without_value(self, facet: str, value: str) -> SearchQuery:
        return self._with(facet, tuple(each for each in self.chosen(facet) if each != value))

    def with_value(self, facet: str, value: str) -> SearchQuery:
        return self._with(facet, (*self.chosen(facet), value))

    def without_facet(self, facet: str) -> SearchQuery:
        return self._with(facet, ())

    def without_filters(self) -> SearchQuery:
        return SearchQuery(words=self.words, as_typed=self.as_typed, sort=self.sort)

    def spelled(self, words: str) -> SearchQuery:
        """The same with its words spelled otherwise, on the same page."""
        return replace(self, words=clean(words, MAX_LENGTH), as_typed=True)

    def with_words(self, words: str) -> SearchQuery:
        return replace(self, words=clean(words, MAX_LENGTH), as_typed=False, page=1)

    def with_spelling_kept(self) -> SearchQuery:
        return replace(self, as_typed=True, page=1)

    def with_reported(self, reported: bool) -> SearchQuery:
        return replace(self, reported=reported, page=1)

    def on_page(self, page: int) -> SearchQuery:
        return replace(self, page=max(1, min(page, MAX_PAGE)))

    def url(self) -> str:
        """The one address of this question, without anything that goes without saying."""
        pairs = [("q", self.words)] if self.words else []
        pairs += [(facet, value) for facet in FACETS for value in self.chosen(facet)]
        if self.reported:
            pairs.append(("reported", "yes"))
        if self.as_typed and self.words:
            pairs.append(("spelling", "typed"))
        if self.sort != RELEVANCE:
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        address = reverse("search:results")
        return f"{address}?{urlencode(pairs)}" if pairs else address

    def _with(self, facet: str, values: tuple[str, ...]) -> SearchQuery:
        if facet not in FACETS:
            raise KeyError(facet)
        changes: dict[str, Any] = {facet: values, "page": 1}
        if facet == "outcome" and not values:
            changes["reported"] = False
        return replace(self, **changes)


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _values(raw: list[str]) -> tuple[str, ...]:
    return _once(clean(value, 80).lower() for value in raw[:MAX_VALUES])


def _page(raw: str) -> int:
    if not (raw.isascii() and raw.isdecimal()):
        return 1
    return max(1, min(int(raw[:6]), MAX_PAGE))
