"""Marking found words in text that people wrote. Everything else in it is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .synonyms import Stems, WordPlan
from .text import COMPOUND, WORD, stem

FRAGMENT = 160
LONGEST_READ = 20_000
ELLIPSIS = "…"
SENTENCE_ENDS = {"", ".", "?", "!", "\n"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text that answers one of the things that were typed."""

    start: int
    end: int
    slot: int


class Marker:
    """Finds what was typed in a text, by the same words and stems as the engine does."""

    def __init__(self, plan: WordPlan) -> None:
        self.ways: dict[str, list[tuple[Stems, int]]] = {}
        for number, slot in enumerate(plan.telling):
            for says in slot.says:
                self.ways.setdefault(says[0], []).append((says, number))

    def marks(self, text: str) -> list[Mark]:
        if not self.ways:
            return []
        words = list(self._words(text[:LONGEST_READ]))
        found: list[Mark] = []
        for position, (start, end, known) in enumerate(words):
            for says, slot in self.ways.get(known, ()):
                after = words[position : position + len(says)]
                if tuple(each[2] for each in after) == says and not (found and start < found[-1].end):
                    found.append(Mark(start, after[-1][1] if len(says) > 1 else end, slot))
        return found

    def _words(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Words with their stems; a hyphenated word that was typed as one counts as one."""
        for compound in COMPOUND.finditer(text):
            inside = list(WORD.finditer(compound.group()))
            if len(inside) > 1 and (joined := stem("".join(word.group() for word in inside))) in self.ways:
                yield compound.start(), compound.end(), joined
                continue
            for word in inside:
                yield compound.start() + word.start(), compound.start() + word.end(), stem(word.group())

    def html(self, text: str) -> SafeString:
        return marked(text, self.marks(text))

    def fragment(self, text: str, wanted: set[int]) -> tuple[SafeString, set[int]] | None:
        """The stretch of a text that answers most of what is wanted, and what it answers."""
        marks = [mark for mark in self.marks(text) if mark.slot in wanted]
        if not marks:
            return None
        best = max(marks, key=lambda mark: (len(_within(marks, mark.start)), -mark.start))
        held = _within(marks, best.start)
        start, end = _cut(text, best.start)
        inside = [mark for mark in self.marks(text) if mark.start >= start and mark.end <= end]
        moved = [Mark(mark.start - start, mark.end - start, mark.slot) for mark in inside]
        html = marked(text[start:end], moved)
        before = "" if not start or text[:start].rstrip(" -")[-1:] in SENTENCE_ENDS else ELLIPSIS
        after = "" if text[:end].rstrip()[-1:] in SENTENCE_ENDS or text[end : end + 1] == "\n" else ELLIPSIS
        return format_html("{}{}{}", before, html, after), held


def marked(text: str, marks: list[Mark]) -> SafeString:
    """The text, escaped, with the marks in it."""
    pieces: list[str] = []
    position = 0
    for mark in marks:
        pieces += [text[position : mark.start], format_html("<mark>{}</mark>", text[mark.start : mark.end])]
        position = mark.end
    pieces.append(text[position:])
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _within(marks: list[Mark], start: int) -> set[int]:
    return {mark.slot for mark in marks if start <= mark.start <= start + FRAGMENT * 2 // 3}


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
