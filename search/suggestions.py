"""What the box offers while somebody types: practices, terms, kinds, and searches that several people made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.models import Kind, practice_address
from practices.reading import titles_and_slugs

from .engines import get_engine
from .engines.base import EngineUnavailableError
from .models import TypedSearch
from .query import SearchQuery
from .text import clean, unaccented, words_of
from .vocabularies import TermInfo, Vocabularies, vocabularies

LONGEST = 100
MOST_TITLES = 5
MOST_TERMS = 3
MOST_SEARCHES = 3
NOTES: dict[str, Promise] = {
    "outcome": gettext_lazy("What could change"),
    "group": gettext_lazy("Who it is with"),
    "principle": gettext_lazy("Why it works"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line of the list: what it says, what kind of thing it is, and where it leads."""

    label: str
    note: str
    url: str


def suggestions(typed: str) -> list[Suggestion]:
    """At most eleven suggestions for the beginning of a search, the likeliest first; none for nothing.

    Never fails: without an engine the titles are left out.
    """
    beginning = clean(typed, LONGEST)
    words = [unaccented(word) for word in words_of(beginning)]
    if not words:
        return []
    return [*_searches(beginning), *_terms_and_kinds(words, vocabularies()), *_titles(beginning)]


def how_many(found: list[Suggestion]) -> str:
    """What somebody hears who does not see the list."""
    if not found:
        return _("No suggestions")
    told = ngettext("%(number)s suggestion", "%(number)s suggestions", len(found)) % {"number": len(found)}
    return _("%(told)s. Use the down arrow to choose one.") % {"told": told}


def _searches(beginning: str) -> Iterator[Suggestion]:
    """What three visitors typed at least, and what found something."""
    for words in TypedSearch.objects.beginning_with(beginning.lower()).values_list("words", flat=True)[:MOST_SEARCHES]:
        yield Suggestion(words, _("Others searched for this"), SearchQuery(words=words).url())


def _terms_and_kinds(words: list[str], terms: Vocabularies) -> list[Suggestion]:
    """Terms and kinds whose label, or a synonym of it, has a word for each that was typed."""
    by_label = [term for term in terms.terms if _begins(words, term.label)]
    by_other = [term for term in terms.terms if term not in by_label and any(_begins(words, way) for way in term.also)]
    kinds = [kind for kind in Kind if kind != Kind.OTHER and _begins(words, str(kind.label))]
    found = [Suggestion(str(kind.label), _("Kind of practice"), SearchQuery(kind=(kind,)).url()) for kind in kinds]
    return [*found, *map(_term, by_label), *map(_term, by_other)][:MOST_TERMS]


def _term(term: TermInfo) -> Suggestion:
    """A term by its own label, never by the synonym that led to it."""
    return Suggestion(term.label, str(NOTES[term.facet]), SearchQuery().with_value(term.facet, term.slug).url())


def _begins(typed: list[str], label: str) -> bool:
    """Whether each typed word is a word of the label, or its beginning."""
    there = [unaccented(word) for word in words_of(label)]
    return all(any(word.startswith(each) for word in there) for each in typed)


def _titles(beginning: str) -> Iterable[Suggestion]:
    try:
        ids = get_engine().suggest(beginning, MOST_TITLES)
    except EngineUnavailableError:
        return
    live = titles_and_slugs(ids) if ids else {}
    for each in ids:
        if each in live:
            title, slug = live[each]
            yield Suggestion(title, _("Practice"), practice_address(slug))
