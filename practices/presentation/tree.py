"""A family drawn as a tree: from where it comes on the left to its local versions on the right.

It repeats what the nested list says, for those who see it at a glance. The same family is always drawn alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# Titles run as far as the next column; those at the ends of the tree as far as the picture does.
COLUMN, ROW, WIDEST = 200, 30, 800
LEFT = 12
# A letter takes so much at most; so much in the bold type of the page's own title.
LETTER, BOLD = 8, 9
# A pair is clear from the list alone, and a crowd is not clear from a picture.
FEWEST, MOST = 3, 26
# How far from a dot its words begin, and the line to the next column turns.
WORDS, TURN = 14, 16
RADIUS = 6


class Member(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def is_here(self) -> bool: ...
    @property
    def verdict(self) -> str: ...
    @property
    def below(self) -> Sequence[Member]: ...


@dataclass(frozen=True)
class Node:
    """A member in the picture: where its dot stands, and its words beside that.

    Args:
        verdict: how it went there; empty if nobody told.
    """

    x: int
    y: int
    title: str
    is_here: bool
    verdict: str

    @property
    def words_x(self) -> int:
        return self.x + WORDS

    @property
    def words_y(self) -> int:
        return self.y + 5

    @property
    def top(self) -> int:
        return self.y - RADIUS

    @property
    def left(self) -> int:
        """Where the stroke through the dot of what did not help begins."""
        return self.x - 4

    @property
    def bottom(self) -> int:
        return self.y + 4


@dataclass(frozen=True)
class Drawing:
    """A family as a picture.

    Args:
        lines: from each member to those below it, as the path of an SVG.
    """

    width: int
    height: int
    nodes: list[Node]
    lines: str


def drawing_of(root: Member) -> Drawing | None:
    """Draw a family, unless it is so small or so large that the list says it better."""
    nodes: list[Node] = []
    lines: list[str] = []
    rows, _y = _draw(root, 0, 0, nodes, lines)
    if not FEWEST <= len(nodes) <= MOST:
        return None
    width = max(node.words_x + len(node.title) * BOLD for node in nodes)
    return Drawing(width, rows * ROW, nodes, "".join(lines))


def _draw(member: Member, column: int, row: int, nodes: list[Node], lines: list[str]) -> tuple[int, int]:
    """Draw a member in the middle of those below it, from a row on.

    Returns:
        The first row that is free after them, and how far down the member stands.
    """
    ends, after = [], row
    for below in member.below:
        after, y = _draw(below, column + 1, after, nodes, lines)
        ends.append(y)
    after = max(after, row + 1)
    x, y = LEFT + column * COLUMN, (ends[0] + ends[-1]) // 2 if ends else row * ROW + ROW // 2
    letter = BOLD if member.is_here else LETTER
    end_of_words = x + COLUMN - TURN if ends else max(WIDEST, x + COLUMN)
    title = _short(member.title, (end_of_words - x - WORDS) // letter)
    nodes.append(Node(x, y, title, member.is_here, member.verdict))
    turn = x + COLUMN - TURN
    begin = min(turn, x + WORDS + len(title) * letter)
    lines += [f"M{begin} {y}H{turn}V{end}H{x + COLUMN}" for end in ends]
    return after, y


def _short(title: str, longest: int) -> str:
    return title if len(title) <= longest else f"{title[: longest - 1].rstrip()}…"
