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
from .text import clean, is_chatter, is_small, unaccented, words_of
from .vocabularies import TermInfo, Vocabularies, vocabularies

LONGEST = 100
MOST_TITLES = 5
MOST_TERMS = 3
MOST_SEARCHES = 3
MOST_SEARCHES_READ = 12
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
    words = [f" {word}" for word in words_of(unaccented(beginning))]
    if not words:
        return []
    return [*_searches(beginning), *_offered(vocabularies()).beginning_with(words), *_titles(beginning)]


def how_many(found: list[Suggestion]) -> str:
    """What somebody hears who does not see the list."""
    if not found:
        return _("No suggestions")
    told = ngettext("%(number)s suggestion", "%(number)s suggestions", len(found)) % {"number": len(found)}
    return _("%(told)s. Use the down arrow to choose one.") % {"told": told}


def _searches(beginning: str) -> Iterator[Suggestion]:
    """What three visitors typed at least and what found something, if the library itself has all its words.

    Strangers wrote it, and three of them may agree to write something about somebody: names and slurs are no
    words of the library.
    """
    typed = TypedSearch.objects.beginning_with(beginning.lower()).values_list("words", flat=True)
    read = list(typed[:MOST_SEARCHES_READ])
    telling = {words: _telling_words(words) for words in read}
    known = _known_of({word for each in telling.values() for word in each})
    for words in [words for words in read if known.issuperset(telling[words])][:MOST_SEARCHES]:
        yield Suggestion(words, _("Others searched for this"), SearchQuery(words=words).url())


def _telling_words(words: str) -> list[str]:
    return [word for word in words_of(unaccented(words)) if not (is_small(word) or is_chatter(word))]


def _known_of(words: set[str]) -> set[str]:
    try:
        return get_engine().known_of(words) if words else set()
    except EngineUnavailableError:
        return set()


class _Offered:
    """Terms and kinds with the words of each way to say them, so that a key press reads them once for all."""

    def __init__(self, terms: Vocabularies) -> None:
        self.key = terms.key
        self.kinds = [
            (
                Suggestion(str(kind.label), _("Kind of practice"), SearchQuery(kind=(kind,)).url()),
                _plain(str(kind.label)),
            )
            for kind in Kind
            if kind != Kind.OTHER
        ]
        self.terms = [(_term(term), _plain(term.label), [_plain(way) for way in term.also]) for term in terms.terms]

    def beginning_with(self, typed: list[str]) -> list[Suggestion]:
        """What has, in its label or a synonym of it, a word for each that was typed; labels come first."""
        found = [kind for kind, label in self.kinds if _begins(typed, label)]
        also = []
        for term, label, ways in self.terms:
            if _begins(typed, label):
                found.append(term)
            elif any(_begins(typed, way) for way in ways):
                also.append(term)
        return [*found, *also][:MOST_TERMS]


_kept: _Offered | None = None


def _offered(terms: Vocabularies) -> _Offered:
    """Kept in the process for as long as the vocabularies are the same."""
    global _kept  # noqa: PLW0603 (one for the process, swapped whole)
    kept = _kept
    if kept is None or kept.key != terms.key:
        kept = _kept = _Offered(terms)
    return kept


def _term(term: TermInfo) -> Suggestion:
    """A term by its own label, never by the synonym that led to it."""
    return Suggestion(term.label, str(NOTES[term.facet]), SearchQuery().with_value(term.facet, term.slug).url())


def _plain(text: str) -> str:
    """The words of a text in small letters, without accents, a space before each."""
    return "".join(f" {word}" for word in words_of(unaccented(text)))


def _begins(typed: list[str], there: str) -> bool:
    """Whether each typed word, with the space before it, is a word of the text or its beginning."""
    # The first alone rules nearly all out, and costs no generator.
    return typed[0] in there and all(each in there for each in typed)


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
