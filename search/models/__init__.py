"""What search keeps of its own."""

from .everyday import EverydayWords
from .help_lines import CONFIRMED_FOR, HelpLine, HelpLineQuerySet
from .passages import PageVectors
from .queue import IndexQueue, IndexQueueQuerySet, new_version
from .starter import StarterRow
from .synonyms import Synonym
from .typed import FORGOTTEN_AFTER, TypedOnce, TypedSearch, TypedSearchQuerySet
from .wanted import WantedAsk, WantedPractice, WantedQuerySet, WantedState

__all__ = [
    "CONFIRMED_FOR",
    "FORGOTTEN_AFTER",
    "EverydayWords",
    "HelpLine",
    "HelpLineQuerySet",
    "IndexQueue",
    "IndexQueueQuerySet",
    "PageVectors",
    "StarterRow",
    "Synonym",
    "TypedOnce",
    "TypedSearch",
    "TypedSearchQuerySet",
    "WantedAsk",
    "WantedPractice",
    "WantedQuerySet",
    "WantedState",
    "new_version",
]
