"""One side of A4. What does not fit is left out by rule, and the sheet says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

from practices.models import PracticePage
from practices.text import list_points
from practices.wording import tally

# Measured in Chromium with a wide typeface, in lines of running text: what one side holds, what a line
# holds at full and at half width, and what stands around the lines of each part.
LINES_OF_ONE_SIDE = 61
WIDE, NARROW, TITLE_WIDTH = 96, 44, 46
TITLE_LINE = 1.8
HEADING = 2.6
GAP = 0.25
QUESTION = 2.7
STANDING_QUESTION = 3.7
ADDRESS_BOX = 6.0
UNEVEN = 1.5
MARGINS = 3.6


@dataclass(frozen=True)
class Sheet:
    """The parts of the printed page, in its order."""

    title: str
    summary: str
    questions: tuple[str, ...] = ()
    essentials: tuple[str, ...] = ()
    principles: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    watch_for: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    # How it went elsewhere, in a line.
    told: str = ""
    is_cut: bool = False


# What goes first when there is no room: the last line of the first part here that has more than its share.
# Questions and essentials go last, since they are what somebody takes along.
CUT_ORDER = (
    ("steps", 3),
    ("watch_for", 3),
    ("steps", 0),
    ("watch_for", 0),
    ("takes", 0),
    ("principles", 2),
    ("sources", 2),
    ("questions", 3),
    ("essentials", 3),
    ("questions", 1),
)


def sheet_of(practice: PracticePage, takes: tuple[str, ...]) -> Sheet:
    """Everything that the sheet would like to hold. Without essentials, the principles say what to carry along."""
    essentials = tuple(row.text for row in practice.essentials.all())
    principles = (f"{row.principle.label}. {row.how}".strip() for row in practice.principles.all())
    told = tally(getattr(practice, "totals", None))
    sources = (", ".join(filter(None, (row.title, row.publisher, row.date))) for row in practice.sources.all())
    return Sheet(
        title=practice.title,
        summary=practice.summary,
        questions=tuple(row.text for row in practice.questions.all()),
        essentials=essentials,
        principles=() if essentials else tuple(principles),
        steps=tuple(row.text for row in practice.steps.all()),
        watch_for=tuple(list_points(practice.did_not_work)),
        takes=takes,
        sources=tuple(sources),
        told=str(told) if told.places else "",
    )


def fit_one_side(sheet: Sheet, lines: float = LINES_OF_ONE_SIDE) -> Sheet:
    """Cut the sheet until it fits: steps first, then what to watch for, then the rest by CUT_ORDER."""
    for name, share in CUT_ORDER:
        while lines_of(sheet) > lines and len(getattr(sheet, name)) > share:
            sheet = replace(sheet, **{name: getattr(sheet, name)[:-1]}, is_cut=True)
    return sheet


def lines_of(sheet: Sheet) -> float:
    """How many lines of the page a sheet takes."""
    return (
        MARGINS
        + _lines(sheet.title, TITLE_WIDTH) * TITLE_LINE
        + _lines(sheet.summary, WIDE)
        + _lines(sheet.told, WIDE)
        + HEADING
        + STANDING_QUESTION
        + sum(_lines(question, WIDE - 20) + QUESTION for question in sheet.questions)
        + _part(sheet.essentials, WIDE)
        + _part(sheet.principles, WIDE)
        + _columns(sheet)
        + _lines("; ".join(sheet.sources), WIDE)
        + 1
    )


def _columns(sheet: Sheet) -> float:
    """What stands at the foot runs on in two columns, which are never quite even."""
    parts = (sheet.steps, sheet.watch_for, sheet.takes)
    return (sum(_part(part, NARROW) for part in parts) + ADDRESS_BOX) / 2 + UNEVEN


def _part(rows: tuple[str, ...], width: int) -> float:
    return HEADING + sum(_lines(text, width) + GAP for text in rows) if rows else 0


def _lines(text: str, width: int) -> int:
    return ceil(len(text) / width)
