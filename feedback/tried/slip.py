"""The paper slip: one side of A4 with four questions, and as many essentials as find room."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from feedback.models import Setting, Teller, Verdict
from practices.models import Nation

from .asked import Asked

# Measured in Chromium with a wide typeface, in lines: what is left of one side for essentials, how many letters a
# line of one holds, and what stands between two. A long title takes lines of its own.
LINES_LEFT, WIDTH, GAP, TITLE_WIDTH = 13.5, 60, 0.5, 90


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on the paper.

    Args:
        tellers: boxes to tick for who tells.
        nations: for where.
        settings: for what kind of place.
        verdicts: for how it went.
        essentials: those that find room.
        left_out: how many do not.
    """

    tellers: list[str]
    nations: list[str]
    settings: list[str]
    verdicts: list[str]
    essentials: list[str]
    left_out: int


def slip_of(asked: Asked) -> Slip:
    """The slip of a page. Essentials keep their order; the first that finds no room ends the list."""
    texts = list(asked.essentials.values())
    fitting = essentials_that_fit(texts, LINES_LEFT - len(asked.page.title) // TITLE_WIDTH)
    return Slip(
        tellers=[str(each.label) for each in Teller if each != Teller.NOT_SAID],
        nations=[str(each.label) for each in Nation],
        settings=[str(each.label) for each in Setting],
        verdicts=[str(each.label) for each in Verdict],
        essentials=fitting,
        left_out=len(texts) - len(fitting),
    )


def essentials_that_fit(texts: list[str], lines: float) -> list[str]:
    """The first so many of some essentials that fit on so many lines."""
    fitting: list[str] = []
    for text in texts:
        lines -= ceil(len(text) / WIDTH) + GAP
        if lines < 0:
            break
        fitting.append(text)
    return fitting
