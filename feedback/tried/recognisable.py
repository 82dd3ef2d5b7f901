"""Words in a report by which somebody could be recognised: marked, with the question whether they said yes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.http import QueryDict

from feedback.models import TriedReport
from practices.recognisable import telling_parts

# What tells of people. Places and organisations are as rough as whoever tells wants them.
TELLING = ("sentence", "with_whom", "added", "advice", "who_decided", "people_say")


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that could tell who somebody is.

    Args:
        parts: the passage in stretches; of each, whether it is one of those words.
    """

    parts: list[tuple[str, bool]]


def telling_passages(texts: Iterable[str]) -> list[Passage]:
    """Those among some texts in which words stand that could tell who a person is."""
    return [Passage(parts) for text in texts if (parts := telling_parts(text))]


def passages_of(report: TriedReport) -> list[Passage]:
    """The same of a report that was sent, with what it says of the essentials."""
    texts = [getattr(report, name) for name in TELLING]
    return telling_passages([*texts, *(each.how for each in report.essentials.all())])


def has_to_ask(posted: QueryDict, passages: list[Passage]) -> bool:
    """Whether somebody could be known by what is sent, and nobody has said yet that they said yes to these words."""
    return bool(passages) and not said_yes(posted, passages)


def said_yes(posted: QueryDict, passages: list[Passage]) -> bool:
    """Whether exactly these words were said yes to."""
    return posted.get("said_yes") == "on" and posted.get("asked_of") == mark_of(passages)


def mark_of(passages: list[Passage]) -> str:
    """A short name for exactly these words: who says yes to them has said yes to no others."""
    return sha256(repr([passage.parts for passage in passages]).encode()).hexdigest()[:16] if passages else ""
