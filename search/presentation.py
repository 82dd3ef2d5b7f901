"""Search results as a page shows them: every sentence, link and tick prepared, so that templates only draw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .description import LONGEST, describe
from .engines.base import CORRECTED, PAGE_SIZE, SearchResults, Way
from .help_panel import help_panel
from .hits import hits_of
from .promoted import promoted_answers
from .query import FACETS, MAX_PAGE, NEWEST, RATED, RELEVANCE, TERM_FACETS, TITLE, TOLD, VALUE_FACETS, SearchQuery
from .text import clean_lines
from .vocabularies import Vocabularies

SHOWN_AT_FIRST = 8
MOST_OFFERS = 4
# Of the terms that a description tells of, the most fitting are ticked already.
TICKED = 3
OPEN_AT_FIRST = ("outcome", "group")
HEADINGS: dict[str, Promise] = {
    "outcome": gettext_lazy("What could change?"),
    "group": gettext_lazy("Who is it with?"),
    "principle": gettext_lazy("Why does it work?"),
    "kind": gettext_lazy("What kind of thing?"),
    "aim": gettext_lazy("What does it open up?"),
    "nation": gettext_lazy("Where?"),
    "status": gettext_lazy("Still going?"),
    "cost": gettext_lazy("What does it cost?"),
    "evidence": gettext_lazy("How do we know?"),
    "sure": gettext_lazy("How sure can we be?"),
}
SORT_LABELS: dict[str, Promise] = {
    RELEVANCE: gettext_lazy("Best match"),
    TOLD: gettext_lazy("Told by most places"),
    RATED: gettext_lazy("Found most useful"),
    NEWEST: gettext_lazy("Newest change"),
    TITLE: gettext_lazy("Title, A to Z"),
}


@dataclass(frozen=True, slots=True)
class Tick:
    value: str
    label: str
    count: int | None
    checked: bool


@dataclass(frozen=True, slots=True)
class FacetBox:
    name: str
    heading: str
    tone: str
    ticks: tuple[Tick, ...]
    more: tuple[Tick, ...]
    chosen: int
    is_open: bool
    reported: bool | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    url: str
    tone: str


@dataclass(frozen=True, slots=True)
class Offer:
    label: str
    count: int
    url: str
    tone: str


@dataclass(frozen=True, slots=True)
class WayOn:
    sentence: str
    what: str
    url: str
    count: str


@dataclass(frozen=True, slots=True)
class Pages:
    sentence: str
    previous_url: str = ""
    next_url: str = ""
    next_label: str = ""
    is_capped: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    selected: bool


class ResultsPage:
    """One page of results, ready to be drawn."""

    def __init__(self, results: SearchResults, terms: Vocabularies) -> None:
        self.results = results
        self.query = results.query
        self.terms = terms
        self.answer = results.answer
        self.degraded = results.degraded
        self.facets_known = results.facets is not None
        self.hits, self.near = hits_of(results, terms)
        self.help = help_panel(self.query.words)
        self.promoted = promoted_answers(self.query.words, terms.key) if self.query.page == 1 else ()
        self.count = practices_counted(results.total)
        self.chips = self._chips(self.query)
        self.clear_url = self.query.without_filters().url() if len(self.chips) > 1 else ""
        self.boxes = [box for facet in FACETS if (box := self._box(facet)) is not None]
        self.sorts = [
            Option(sort, str(label), sort == self._sort()) for sort, label in SORT_LABELS.items() if self._offers(sort)
        ]

    @property
    def heading(self) -> str:
        """What the page is, for the title and for those who hear it."""
        return heading_of(self.query)

    @property
    def nothing_heading(self) -> str:
        """What is said when nothing answers; an empty library answers nothing to anybody."""
        if self.query.words or self.chips:
            return _("Nothing here answers this yet")
        return _("There is nothing in the library yet")

    @property
    def title(self) -> str:
        name = self.query.words or (_("The library, narrowed down") if self.chips else _("Everything in the library"))
        if self.pages.previous_url:
            return _("%(name)s: %(count)s, page %(page)s") % {
                "name": name,
                "count": self.count,
                "page": self.query.page,
            }
        return f"{name}: {self.count}"

    @property
    def pages(self) -> Pages:
        query, total = self.query, self.results.total
        first = (query.page - 1) * PAGE_SIZE + 1
        last = min(query.page * PAGE_SIZE, total)
        number = max(1, -(-total // PAGE_SIZE))
        left = min(PAGE_SIZE, total - last)
        more = left > 0 and query.page < MAX_PAGE
        return Pages(
            sentence=_("%(first)s to %(last)s of %(total)s. Page %(page)s of %(pages)s")
            % {"first": first, "last": last, "total": total, "page": query.page, "pages": number},
            previous_url=query.on_page(query.page - 1).url() if query.page > 1 else "",
            next_url=query.on_page(query.page + 1).url() if more else "",
            next_label=_("Next %(number)s") % {"number": left},
            is_capped=left > 0 and not more,
        )

    @property
    def ways(self) -> list[WayOn]:
        return [self._way(way) for way in self.results.ways]

    @property
    def suggestion_url(self) -> str:
        return self.query.with_words(self.results.suggestion).url() if self.results.suggestion else ""

    @property
    def keep_url(self) -> str:
        return self.query.url()

    @property
    def feed_url(self) -> str:
        return feed_address(self.query)

    @property
    def is_corrected(self) -> bool:
        return self.answer == CORRECTED

    @property
    def as_typed_url(self) -> str:
        """The way back from results for words that were spelled otherwise."""
        return self.query.with_spelling_kept().url()

    @property
    def offers(self) -> list[Offer]:
        """Terms that the words mean, each as a filter that one tap adds; none that would find nothing or all."""
        meant = dict.fromkeys(
            (meaning.facet, meaning.slug, meaning.label)
            for slot in self.results.plan.telling
            for meaning in slot.meant(takes_near=False)
        )
        counts = self.results.facets or {}
        offers = [
            Offer(label, counts.get(facet, {}).get(slug, 0), self.query.with_value(facet, slug).url(), _tone(facet))
            for facet, slug, label in meant
            if not self.query.chosen(facet)
        ]
        return [offer for offer in offers if 0 < offer.count < self.results.total][:MOST_OFFERS]

    @property
    def near_note(self) -> str:
        """Which filters the near hits leave out, so that nobody takes them for an answer."""
        dropped = [value for facet in self.results.dropped_facets for value in self.query.chosen(facet)]
        looked_for = self.results.looked_for or self.query
        if self.results.dropped_facets and not looked_for.filters:
            return _("the filter") if len(dropped) == 1 else _("all filters")
        labels = (
            f"“{self._label(facet, value)}”"
            for facet in self.results.dropped_facets
            for value in self.query.chosen(facet)
        )
        return _list(list(labels))

    def _chips(self, query: SearchQuery) -> list[Chip]:
        """Each choice, with the address of the same question without it."""
        chips = [
            Chip(self._label(facet, value), query.without_value(facet, value).url(), _tone(facet))
            for facet, values in query.filters.items()
            for value in values
        ]
        if query.reported:
            chips.append(Chip(_("Only where it was reported"), query.with_reported(False).url(), "outcome"))
        return chips

    def _box(self, facet: str) -> FacetBox | None:
        """One facet: what is chosen first, then what finds most.

        A term that would find nothing is not offered, since there may be hundreds. A short list of
        values is shown whole, so that every facet is always there and a nought is told.
        """
        counts = (self.results.facets or {}).get(facet, {})
        chosen = self.query.chosen(facet)
        ticks = [
            Tick(value, self._label(facet, value), counts.get(value, 0) if self.facets_known else None, value in chosen)
            for value in self._values(facet)
            if facet in VALUE_FACETS or counts.get(value) or value in chosen or not self.facets_known
        ]
        if not ticks:
            return None
        if facet in TERM_FACETS and self.facets_known:
            ticks.sort(key=lambda tick: (not tick.checked, -(tick.count or 0)))
        first = max(SHOWN_AT_FIRST, len(chosen))
        if len(ticks) - first < 3:
            first = len(ticks)
        return FacetBox(
            name=facet,
            heading=str(HEADINGS[facet]),
            tone=_tone(facet),
            ticks=tuple(ticks[:first]),
            more=tuple(ticks[first:]),
            chosen=len(chosen),
            is_open=bool(chosen) or facet in OPEN_AT_FIRST,
            reported=self.query.reported if facet == "outcome" else None,
        )

    def _values(self, facet: str) -> Iterable[str]:
        if facet in VALUE_FACETS:
            return VALUE_FACETS[facet].values
        own = sorted((term for term in self.terms.terms if term.facet == facet), key=lambda term: term.sort_order)
        return [term.slug for term in own]

    def _label(self, facet: str, value: str) -> str:
        if facet in VALUE_FACETS:
            return str(VALUE_FACETS[facet](value).label)
        term = self.terms.by_slug.get((facet, value))
        return term.label if term else value

    def _way(self, way: Way) -> WayOn:
        count = practices_counted(way.total)
        if way.word:
            return WayOn(_("Without the word"), way.word, way.query.url(), count)
        if way.facet:
            return WayOn(
                _("Without"), _list([self._label(way.facet, value) for value in way.values]), way.query.url(), count
            )
        kept = [chip.label for chip in self._chips(way.query)]
        typed = way.query.words
        if kept:
            words = [f"“{typed}”"] if typed else []
            return WayOn(_("Only"), _list([*words, *kept]), way.query.url(), count)
        if " " in typed:
            sentence = _("Without filters, only the words") if self.query.filters else _("Only the words")
        else:
            sentence = _("Without filters, only the word") if self.query.filters else _("Only the word")
        return WayOn(sentence, typed, way.query.url(), count)

    def _sort(self) -> str:
        return NEWEST if self.query.sort == RELEVANCE and not self._offers(RELEVANCE) else self.query.sort

    def _offers(self, sort: str) -> bool:
        """Without words there is nothing to match best."""
        return sort != RELEVANCE or bool(self.results.plan.slots)


@dataclass(frozen=True, slots=True)
class TermsTold:
    """Terms of one facet that a description tells of, ticked, to be confirmed."""

    name: str
    heading: str
    tone: str
    ticks: tuple[Tick, ...]


class DescribedPage:
    """What came of the description of a person, ready to be drawn. Its text is shown once more, and kept nowhere."""

    def __init__(self, text: str, terms: Vocabularies) -> None:
        self.text = clean_lines(text, LONGEST)
        described = describe(text, terms)
        self.hits, self.near = hits_of(described.results, terms)
        self.help = help_panel(text)
        self.is_empty = not self.text
        self.is_cut = len(text.strip()) > LONGEST
        self.count = practices_counted(described.results.total)
        self.near_note = ""
        counts = described.results.facets or {}
        self.told = [
            TermsTold(facet, str(HEADINGS[facet]), _tone(facet), ticks)
            for facet in TERM_FACETS
            if (
                ticks := tuple(
                    Tick(each.slug, each.label, counts.get(facet, {}).get(each.slug), place < TICKED)
                    for place, each in enumerate(described.terms)
                    if each.facet == facet
                )
            )
        ]


def heading_of(query: SearchQuery) -> str:
    """What a search is, in words."""
    is_narrowed = bool(query.filters or query.reported)
    if query.words and is_narrowed:
        return _("Results for %(words)s, narrowed down") % {"words": query.words}
    if query.words:
        return _("Results for %(words)s") % {"words": query.words}
    return _("The library, narrowed down") if is_narrowed else _("Everything in the library")


def feed_address(query: SearchQuery) -> str:
    """Where the feed of a search is."""
    _path, _mark, parameters = replace(query, sort=RELEVANCE, page=1).url().partition("?")
    return reverse("search:feed") + (f"?{parameters}" if parameters else "")


def practices_counted(total: int) -> str:
    return ngettext("%(total)s practice", "%(total)s practices", total) % {"total": f"{total:,}"}


def _list(parts: list[Any]) -> str:
    """Parts as a sentence has them: a, b and c."""
    if len(parts) < 2:
        return "".join(map(str, parts))
    return str(format_lazy(_("{first} and {last}"), first=", ".join(map(str, parts[:-1])), last=parts[-1]))


def _tone(facet: str) -> str:
    """The three vocabularies have a colour and a shape of their own."""
    return facet if facet in TERM_FACETS else ""
