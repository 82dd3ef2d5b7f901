"""Marking found words in text that people wrote. Everything else in it is escaped."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from .plan import WordPlan
from .text import HYPHENS, WORD, stem, words_of
from .thesaurus import Stems

FRAGMENT = 160
# A text that is one word over and over would take longer to mark than to read.
MOST_PLACES = 500
LONGEST_READ = 20_000
ELLIPSIS = "…"
SENTENCE_ENDS = {"", ".", "?", "!", "\n"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text that answers one of the things that were typed."""

    start: int
    end: int
    slot: int


class Folding(dict[int, str]):
    """Letters without their accents, one for one, so that places in a text stay what they are."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKD", chr(code))[0] if code > 127 else chr(code)
        self[code] = folded
        return folded


FOLDING = Folding()


HYPHEN = re.compile(f"[{HYPHENS}]")
HYPHENATED = re.compile(rf"[^\W_]+(?:[{HYPHENS}][^\W_]+)+")


class Marker:
    """Finds what was typed in a text, by the same words and stems as the engine does.

    Most words of a text are none of those looked for, and stemming each would take longer than the
    search did: so only words that begin like a stem are looked at.
    """

    def __init__(self, plan: WordPlan) -> None:
        self.ways: dict[str, list[tuple[Stems, int]]] = {}
        for number, slot in enumerate(plan.telling):
            labels = (each.label_stems for each in slot.meant(takes_near=plan.takes_near) if each.label_stems)
            for says in (*slot.says, *slot.others, *labels):
                self.ways.setdefault(says[0], []).append((says, number))
        self.beginnings = sorted({known[: max(2, len(known) - 2)] for known in self.ways})
        self.first_letters = {known[:2] for known in self.ways}
        self.seen: dict[str, list[Mark]] = {}

    def marks(self, text: str) -> list[Mark]:
        """The stretches that answer, in order, none over another. A text is looked through once."""
        if text not in self.seen:
            self.seen[text] = self._marks(text[:LONGEST_READ]) if self.ways else []
        return self.seen[text]

    def _marks(self, text: str) -> list[Mark]:
        places = islice(self._places(text), MOST_PLACES)
        found = [mark for place in places for mark in self._mark(text, *place)]
        kept: list[Mark] = []
        for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
            if not kept or mark.start >= kept[-1].end:
                kept.append(mark)
        return kept

    def _places(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where words stand that may be meant, and their stems: first whole words, then hyphenated ones."""
        folded = (text if text.isascii() else text.translate(FOLDING)).lower()
        said = [beginning for beginning in self.beginnings if beginning in folded]
        for start in sorted({place for beginning in said for place in _finds(folded, beginning)}):
            if (start == 0 or not folded[start - 1].isalnum()) and (word := WORD.match(folded, start)):
                yield start, word.end(), stem(word.group())
        end = 0
        for hyphen in HYPHEN.finditer(folded):
            start = hyphen.start()
            while start > end and folded[start - 1].isalnum():
                start -= 1
            compound = HYPHENATED.match(folded, start) if folded[start : start + 2] in self.first_letters else None
            if compound:
                end = compound.end()
                yield start, end, stem("".join(words_of(compound.group())))

    def _mark(self, text: str, start: int, end: int, known: str) -> Iterator[Mark]:
        """The marks that begin at a word: itself, or the phrase it begins."""
        for says, slot in self.ways.get(known, ()):
            after = list(islice(WORD.finditer(text, end), len(says) - 1))
            if tuple(stem(word.group()) for word in after) == says[1:]:
                yield Mark(start, after[-1].end() if after else end, slot)

    def html(self, text: str) -> SafeString:
        return marked(text, self.marks(text))

    def best_place(self, text: str, wanted: set[int]) -> tuple[int, set[int]] | None:
        """Where the stretch of a text begins that answers most of what is wanted, and what it answers."""
        marks = [mark for mark in self.marks(text) if mark.slot in wanted]
        if not marks:
            return None
        starts = [mark.start for mark in marks]
        held_from = [_slots_within(marks, starts, number) for number in range(len(marks))]
        number = max(range(len(marks)), key=lambda number: (len(held_from[number]), -starts[number]))
        return starts[number], held_from[number]

    def fragment(self, text: str, place: int) -> SafeString:
        """A stretch of a text round a place, with the marks in it."""
        start, end = _cut(text, place)
        inside = [mark for mark in self.marks(text) if mark.start >= start and mark.end <= end]
        moved = [Mark(mark.start - start, mark.end - start, mark.slot) for mark in inside]
        html = marked(text[start:end], moved)
        before = "" if not start or text[:start].rstrip(" -")[-1:] in SENTENCE_ENDS else ELLIPSIS
        after = "" if text[:end].rstrip()[-1:] in SENTENCE_ENDS or text[end : end + 1] == "\n" else ELLIPSIS
        return format_html("{}{}{}", before, html, after)


def _finds(text: str, words: str) -> Iterator[int]:
    place = text.find(words)
    while place >= 0:
        yield place
        place = text.find(words, place + 1)


def marked(text: str, marks: list[Mark]) -> SafeString:
    """The text, escaped, with the marks in it."""
    html = escape("")
    position = 0
    for mark in marks:
        html += escape(text[position : mark.start]) + format_html("<mark>{}</mark>", text[mark.start : mark.end])
        position = mark.end
    return html + escape(text[position:])


def _slots_within(marks: list[Mark], starts: list[int], number: int) -> set[int]:
    """What a fragment that begins at a mark would answer."""
    end = bisect_right(starts, starts[number] + FRAGMENT * 2 // 3)
    return {mark.slot for mark in marks[number:end]}


def _cut(text: str, around: int) -> tuple[int, int]:
    """A stretch of whole words round a place, from the beginning of its sentence if that is near."""
    line = max(text.rfind("\n", 0, around), -1) + 1
    earliest = max(line, around - FRAGMENT // 3)
    sentence = max(text.rfind(end, earliest, around) for end in (". ", "? ", "! "))
    if sentence >= 0:
        start = sentence + 2
    elif earliest == line:
        start = line
    else:
        start = text.find(" ", earliest, around) + 1 or around
    if start == line and text.startswith("- ", start):
        start += 2
    stop = text.find("\n", around)
    stop = len(text) if stop < 0 else stop
    if stop - start > FRAGMENT:
        space = text.rfind(" ", around, start + FRAGMENT)
        word_end = text.find(" ", around, stop)
        stop = space if space > around else (word_end if word_end > 0 else min(stop, start + FRAGMENT))
    return start, stop
