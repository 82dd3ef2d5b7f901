"""Putting two people's changes of one page together: field by field, so that no word that either typed is lost.

Nothing here knows of pages or of the database. A value is merged three ways: as it was (`base`), as one person
left it (`mine`) and as it is by now (`theirs`). What cannot be put together is a conflict, which names both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .paragraphs import Paragraphs, joined, paragraphs_of

# One row of a list: its `key`, and what it says.
Row = dict[str, Any]
KEY = "key"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that both changed, each in another way.

    Args:
        base, mine, theirs: as it was, as the one who proposes has it, and as it is now; None for what was removed.
        key: of the row, where it is one of a list.
        column: what of the row.
        paragraph: which of the text as it was, from nought on, where it is one of a long text.
    """

    base: Any
    mine: Any
    theirs: Any
    key: str = ""
    column: str = ""
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """A value put together. Where there are conflicts it holds what the one who proposes typed."""

    value: Any
    conflicts: tuple[Conflict, ...] = ()


Merge = Callable[[Any, Any, Any], Merged]


def merge_value(base: Any, mine: Any, theirs: Any) -> Merged:
    """A value that is one thing: a short text, a choice, a number."""
    if mine in (base, theirs):
        return Merged(theirs)
    if theirs == base:
        return Merged(mine)
    return Merged(mine, (Conflict(base, mine, theirs),))


def merge_set(base: Iterable[Any], mine: Iterable[Any], theirs: Iterable[Any]) -> Merged:
    """A set: what either added is in it, what either took out is not. Returns a sorted list; there is no conflict."""
    was, one, other = set(base), set(mine), set(theirs)
    return Merged(sorted((other | (one - was)) - (was - one), key=lambda each: (isinstance(each, str), each)))


def merge_text(base: str, mine: str, theirs: str) -> Merged:
    """A long text, paragraph by paragraph. Two who write different paragraphs, or add some, are no conflict."""
    whole = merge_value(base, mine, theirs)
    if not whole.conflicts:
        return whole
    was = paragraphs_of(base)
    one, other = Paragraphs.changed(was, paragraphs_of(mine)), Paragraphs.changed(was, paragraphs_of(theirs))
    words: list[str | None] = []
    conflicts: list[Conflict] = []
    for place, before in enumerate(was):
        kept = merge_value(before, one.kept[place], other.kept[place])
        conflicts += [Conflict(each.base, each.mine, each.theirs, paragraph=place) for each in kept.conflicts]
        # Of a conflict with a removal the words are kept, whoever typed them.
        words.append(kept.value if kept.value is not None or not kept.conflicts else other.kept[place])
    merged: list[str | None] = []
    moved = one.moved | other.moved
    for place in range(len(was) + 1):
        merged += _added(one, other, place, words)
        if place < len(was) and place not in moved:
            merged.append(words[place])
    return Merged(joined([text for text in merged if text is not None]), tuple(conflicts))


def _added(one: Paragraphs, other: Paragraphs, place: int, words: Sequence[str | None]) -> Iterator[str | None]:
    """What both put at one place: theirs, then mine, and what is the same once. What both moved stands as they did."""
    new = {each.text for each in other.added[place] if each.origin is None}
    for each in other.added[place]:
        yield each.text if each.origin is None else words[each.origin]
    for each in one.added[place]:
        if each.origin is None and each.text not in new:
            yield each.text
        elif each.origin is not None and each.origin not in other.moved:
            yield words[each.origin]


def merge_rows(base: Sequence[Row], mine: Sequence[Row], theirs: Sequence[Row]) -> Merged:
    """A list of rows, by their keys: their words and their order apart. A change against a removal is a conflict."""
    was, one, other = ({row[KEY]: row for row in rows} for rows in (base, mine, theirs))
    merged: dict[str, Row] = {}
    conflicts: list[Conflict] = []
    for key in dict.fromkeys([*other, *one]):
        row, found = _merge_row(key, was.get(key), one.get(key), other.get(key))
        conflicts += found
        if row is not None:
            merged[key] = row
    order = _merge_order(list(was), list(one), list(other))
    return Merged([merged[key] for key in order if key in merged], tuple(conflicts))


def _merge_row(key: str, was: Row | None, mine: Row | None, theirs: Row | None) -> tuple[Row | None, list[Conflict]]:
    if mine is None or theirs is None:
        there = mine or theirs
        if was is None:
            return there, []
        if there is None or there == was:
            return None, []
        return there, [Conflict(was, mine, theirs, key=key)]
    before = was or {}
    row, conflicts = {KEY: key}, []
    for column in dict.fromkeys([*theirs, *mine]):
        if column == KEY:
            continue
        merged = merge_value(before.get(column), mine.get(column), theirs.get(column))
        row[column] = merged.value
        conflicts += [Conflict(each.base, each.mine, each.theirs, key, column) for each in merged.conflicts]
    return row, conflicts


def _merge_order(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """All keys in one order. Whoever moved rows is followed; if both did, the one who was first, whose order stands.

    What the other has besides goes behind what it stood behind there.
    """
    moved = [key for key in mine if key in base] != [key for key in base if key in mine]
    they_moved = [key for key in theirs if key in base] != [key for key in base if key in theirs]
    first, second = (mine, theirs) if moved and not they_moved else (theirs, mine)
    order = list(first)
    there = set(order)
    for place, key in enumerate(second):
        if key in there:
            continue
        before = next((each for each in reversed(second[:place]) if each in there), None)
        at = order.index(before) + 1 if before is not None else 0
        # What the first put in at the same place stands before it.
        while at < len(order) and order[at] not in base and order[at] not in second:
            at += 1
        order.insert(at, key)
        there.add(key)
    return order
