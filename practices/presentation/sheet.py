"""One side of A4. What does not fit is left out by rule, and the sheet says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from practices.models import PracticePage
from practices.text import list_points

# Measured in Chromium: what a line of the sheet holds, and how many of its lines one side has room for.
WIDE, NARROW = 96, 45
LINES_OF_ONE_SIDE = 54
HEADING = 2.2
GAP = 0.25
QUESTION = 3.4
FIXED = 9.0


@dataclass(frozen=True)
class Sheet:
    """The parts of the printed page, in its order."""

    summary: str
    questions: tuple[str, ...] = ()
    essentials: tuple[str, ...] = ()
    principles: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    watch_for: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    is_cut: bool = False


# What goes first when there is no room: always the last line of the first of these that has more than
# its share. Questions and essentials come last, since they are what somebody takes along.
CUT_ORDER = (
    ("steps", 0),
    ("watch_for", 0),
    ("takes", 0),
    ("principles", 2),
    ("questions", 3),
    ("essentials", 3),
    ("questions", 1),
)


def sheet_of(practice: PracticePage, takes: tuple[str, ...]) -> Sheet:
    """Everything that the sheet would like to hold. Without essentials, the principles say what to carry along."""
    essentials = tuple(row.text for row in practice.essentials.all())
    principles = (f"{row.principle.label}. {row.how}".strip() for row in practice.principles.all())
    return Sheet(
        summary=practice.summary,
        questions=tuple(row.text for row in practice.questions.all()),
        essentials=essentials,
        principles=() if essentials else tuple(principles),
        steps=tuple(row.text for row in practice.steps.all()),
        watch_for=tuple(list_points(practice.did_not_work)),
        takes=takes,
    )


def fit_one_side(sheet: Sheet, lines: float = LINES_OF_ONE_SIDE) -> Sheet:
    """Cut the sheet until it fits: steps first, then what to watch for, then the rest by CUT_ORDER."""
    for name, share in CUT_ORDER:
        while lines_of(sheet) > lines and len(getattr(sheet, name)) > share:
            sheet = replace(sheet, **{name: getattr(sheet, name)[:-1]}, is_cut=True)
    return sheet


def lines_of(sheet: Sheet) -> float:
    """How many lines of the page a sheet takes. Four of its parts stand two by two."""
    pairs = ((sheet.steps, sheet.watch_for), (sheet.takes, ()))
    return (
        FIXED
        + _lines(sheet.summary, WIDE)
        + _part(sheet.questions, WIDE, row=QUESTION - 1)
        + _part(sheet.essentials, WIDE)
        + _part(sheet.principles, WIDE)
        + sum(max(_part(left, NARROW), _part(right, NARROW)) for left, right in pairs)
    )


def _part(rows: tuple[str, ...], width: int, row: float = GAP) -> float:
    return HEADING + sum(_lines(text, width) + row for text in rows) if rows else 0


def _lines(text: str, width: int) -> int:
    return ceil(len(text) / width)
