"""The one seam between the library and whatever finds things in it.

An engine finds and counts. How words are read, what they mean, what is let go of when nothing
matches and how a hit explains itself is the same for all, and stands elsewhere.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from practices.models import Library
from search.documents import Named
from search.plan import WordPlan, plan_words
from search.query import SearchQuery
from search.thesaurus import thesaurus
from search.vocabularies import Vocabularies, vocabularies

PAGE_SIZE = 20
EXACT, CORRECTED, RELAXED, NONE = "exact", "corrected", "relaxed", "none"
Facets = dict[str, dict[str, int]]
Progress = Callable[[int, int], None]
NO_TERMS = Vocabularies(("", 0))


class EngineUnavailableError(Exception):
    """The engine cannot answer. `heals` says whether building its index anew would help."""

    def __init__(self, message: str, *, heals: bool = False) -> None:
        super().__init__(message)
        self.heals = heals


@dataclass(frozen=True, slots=True)
class Found:
    """What is kept in the index of one hit: enough to say why it was found, and what it names.

    `changed` is the `moment_of_change` that this was true at; 0 where an engine does not tell. `places` had told by
    then how it went; what they saw is among the outcomes that are `reported`.
    """

    id: int
    changed: int = 0
    kind: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    outcomes: tuple[Named, ...] = ()
    reported: tuple[int, ...] = ()
    groups: tuple[Named, ...] = ()
    principles: tuple[Named, ...] = ()
    places: int = 0
    # Where it was found by meaning alone: the part of the page that is closest, and what it says.
    close: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """Something to let go of, and how many practices would be found then."""

    query: SearchQuery
    total: int
    facet: str = ""
    values: tuple[str, ...] = ()
    word: str = ""


@dataclass(frozen=True)
class SearchResults:
    """An answer. `hits` answer what was asked, as far as that was needed; `near` do not, and must be set apart."""

    query: SearchQuery
    plan: WordPlan
    hits: tuple[Found, ...] = ()
    total: int = 0
    facets: Facets | None = None
    answer: str = EXACT
    suggestion: str = ""
    near: tuple[Found, ...] = ()
    looked_for: SearchQuery | None = None
    dropped_facets: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """How an index stands: what it holds and which version of the library it has taken in."""

    usable: bool
    documents: int = 0
    version: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """When an index was last compared with the database, and what came of it."""

    at: datetime
    result: str


@dataclass(frozen=True, slots=True)
class Similar:
    """A practice near to another: the principles both name, and whether they share a group."""

    found: Found
    principles: tuple[Named, ...] = field(default=())
    same_groups: bool = False


class Reader(ABC):
    """One state of an index, held for one answer, so that its hits and all its counts agree."""

    @abstractmethod
    def find(self, query: SearchQuery, plan: WordPlan) -> tuple[tuple[Found, ...], int]:
        """A page of hits for words and filters, and how many there are in all."""

    @abstractmethod
    def among(self, ids: list[int], query: SearchQuery) -> list[Found]:
        """Those of some practices that pass the filters, whatever their words; in no order."""

    @abstractmethod
    def count(self, query: SearchQuery, plan: WordPlan) -> int: ...

    @abstractmethod
    def count_facets(self, query: SearchQuery, plan: WordPlan) -> Facets | None:
        """For each facet its values and counts, under all choices but its own. None: cannot be told."""

    @abstractmethod
    def suggest(self, prefix: str, limit: int) -> list[int]:
        """The ids of practices whose title has a word for each that was typed, which it begins with or is."""

    @abstractmethod
    def similar(self, practice_id: int, limit: int) -> list[Similar]: ...

    @abstractmethod
    def plan(self, words: str) -> WordPlan:
        """What to look for if these words had been typed."""

    @abstractmethod
    def known_of(self, words: Iterable[str]) -> set[str]:
        """Those of some words, in small letters without accents, that the library or its vocabularies have."""

    @abstractmethod
    def holding(self, words: Iterable[str]) -> dict[str, int]:
        """Those of some words to spell by that are known, with the number of practices or labels that hold each."""

    @abstractmethod
    def words_near(self, word: str) -> dict[str, int]:
        """The words to spell one by, with the number of practices that hold each: all that are near to it, at least."""


class SearchEngine(ABC):
    """What every engine does. `index`, `remove` and `rebuild` may be repeated at will."""

    name: str
    relaxes = True
    # Whether an index that is missing may be built, for a small library, while a reader waits for it.
    builds_while_somebody_waits = True

    @abstractmethod
    def reader(self, library: Library, terms: Vocabularies) -> Reader:
        """The index as it is now.

        Raises:
            EngineUnavailableError: it cannot be read.
        """

    def search(self, query: SearchQuery, plan: WordPlan | None = None, said: str = "") -> SearchResults:
        """Answer a question, or say honestly that nothing does.

        Args:
            query: what is asked.
            plan: what to look for, where that is not to be read from the words of the question.
            said: what somebody wrote, where that is not the words of the question.
        """
        from search.answers import answer
        from search.close import with_what_is_close

        library = Library.objects.current()
        terms = vocabularies(library)
        if plan is None:
            plan = plan_words(query.words, thesaurus(terms))
        with self.answering():
            reader = self.reader(library, terms)
            results = answer(reader, query, plan, relaxes=self.relaxes)
            return with_what_is_close(reader, results, said or query.words) if self.relaxes else results

    def suggest(self, prefix: str, limit: int = 8) -> list[int]:
        """The ids of practices whose title holds what was typed, each word perhaps not typed to the end."""
        library = Library.objects.current()
        with self.answering():
            return self.reader(library, vocabularies(library)).suggest(prefix, limit)

    def known_of(self, words: Iterable[str]) -> set[str]:
        """Those of some words, in small letters without accents, that the library or its vocabularies have."""
        library = Library.objects.current()
        with self.answering():
            return self.reader(library, vocabularies(library)).known_of(words)

    def similar(self, practice_id: int, limit: int = 3) -> list[Similar]:
        """Practices near to one, by shared principles and words; one of them where nobody would look."""
        library = Library.objects.current()
        with self.answering():
            return self.reader(library, NO_TERMS).similar(practice_id, limit)

    @abstractmethod
    def index(self, ids: Iterable[int]) -> None:
        """Make the index say of these practices what the database says now, be it that they are gone."""

    @abstractmethod
    def remove(self, ids: Iterable[int]) -> None: ...

    @abstractmethod
    def rebuild(self, progress: Progress | None = None, *, unless_usable: bool = False) -> int:
        """Build the whole index anew beside the live one and put it in its place. Returns its size."""

    @abstractmethod
    def health(self) -> Health: ...

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Around all that is read for one answer: what goes wrong there is told as EngineUnavailableError."""
        yield

    @contextmanager
    def writing(self, *, wait: bool = False, background: bool = False) -> Iterator[bool]:
        """Hold the right to write to the index; yields whether it was to be had.

        With `background`, tidying up that may take long goes on after the block, and the right is
        given back when it is done.
        """
        yield True

    def distrust(self) -> None:  # noqa: B027 (an engine that keeps nothing cannot be damaged)
        """What was just read proved damaged, though it could be opened: call it usable no more."""

    def rebuilding(self) -> bool:
        """Whether a rebuild stands beside the live index at this moment."""
        return False

    def note_version(self, version: int) -> None:  # noqa: B027 (an engine that keeps nothing has nothing to note)
        """Remember that the index holds all changes up to this version of the library."""

    def entries(self) -> list[tuple[int, int]] | None:
        """Id and `changed` of every document, to be compared with the database. None: the engine keeps none.

        Raises:
            EngineUnavailableError: the index is damaged or cannot be read.
        """
        return None

    def note_check(self, result: str) -> None:  # noqa: B027 (an engine that keeps nothing is not checked)
        """Remember, over restarts, that the index was compared now, and what came of it in one word."""

    def last_check(self) -> Check | None:
        """When the index was last compared, or built; None when that is not known."""
        return None
