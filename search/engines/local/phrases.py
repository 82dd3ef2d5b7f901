"""The vocabularies' phrases that an index knows, so that finding one is looking up a word.

"Older people" as two common words side by side takes an engine milliseconds in a large library, and a
search for "pensioners" asks for it and its likes in every count. So a generation of the index takes down,
when it begins, the phrases that the vocabularies have, and for each practice which of them it says. A
phrase that came later is found by its words, as ever, until the index is built anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from search.thesaurus import Stems

FILE = "phrases.json"


class Phrases:
    """Some phrases, each two or more stems that stand side by side."""

    def __init__(self, phrases: Iterable[Stems] = ()) -> None:
        self.known = frozenset(phrase for phrase in map(tuple, phrases) if len(phrase) > 1)
        self._by_beginning: dict[tuple[str, str], list[Stems]] = {}
        for phrase in sorted(self.known):
            self._by_beginning.setdefault((phrase[0], phrase[1]), []).append(phrase)

    def __contains__(self, stems: Stems) -> bool:
        return stems in self.known

    def said_in(self, stems: Sequence[str]) -> list[str]:
        """The phrases that a text says, given by the stems of its words; each once, as `key` writes them."""
        begun = self._by_beginning.keys() & set(pairwise(stems))
        if not begun:
            return []
        text = f" {key(stems)} "
        maybe = (key(phrase) for beginning in begun for phrase in self._by_beginning[beginning])
        return sorted(phrase for phrase in maybe if f" {phrase} " in text)

    def write(self, generation: Path) -> None:
        (generation / FILE).write_text(json.dumps(sorted(self.known)), encoding="utf-8")


NO_PHRASES = Phrases()


def key(phrase: Sequence[str]) -> str:
    """A phrase as one word of the index."""
    return " ".join(phrase)


def read_phrases(generation: Path) -> Phrases:
    """The phrases that a generation knows; none when it took none down or the file is damaged.

    Without them every phrase is found by its words: slower, and just as true.
    """
    try:
        rows = json.loads((generation / FILE).read_text(encoding="utf-8"))
        return Phrases(tuple(map(str, row)) for row in rows)
    except (OSError, ValueError, TypeError):
        return NO_PHRASES
