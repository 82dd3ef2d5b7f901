"""Words that tell of danger or need today. Read from what was typed, in memory; nothing of it is kept or logged.

To show a number that was not needed costs a line on a page; to miss one may cost more. Yet a panel that
comes with every mention of a sad subject is one that nobody reads: who looks for training, a policy or a
project is not the one in danger.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from .text import clean

FILE = Path(__file__).parent / "danger.toml"
LONGEST = 4_000


class Danger(StrEnum):
    SELF = "self"
    VIOLENCE = "violence"
    CHILD = "child"
    LIFE = "life"
    FOOD = "food"
    BED = "bed"


class _Words:
    """The expressions of the file, compiled once."""

    def __init__(self, path: Path) -> None:
        told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        self.lists = {f"<{name}>": f"(?:{words})" for name, words in told["lists"].items()}
        self.sure = {Danger(name): self._any(said) for name, said in told["sure"].items()}
        self.subjects = {Danger(name): self._any(said) for name, said in told["subjects"].items()}
        self.plans = self._any(told["plans"]["words"])
        self.one_person = self._any([told["plans"]["one_person"]])

    def _any(self, said: Iterable[str]) -> re.Pattern[str]:
        either = "|".join(said)
        for name, words in self.lists.items():
            either = either.replace(name, words)
        return re.compile(rf"(?<!\S)(?:{either})(?!\S)")


@lru_cache(maxsize=1)
def _words() -> _Words:
    return _Words(FILE)


def dangers_in(text: str) -> frozenset[Danger]:
    """What the words tell of; nothing, as a rule.

    Args:
        text: as it was typed; what stands after some thousand letters is not read.
    """
    said, words = _plain(text), _words()
    plans = bool(words.plans.search(said))
    if not said or (plans and not words.one_person.search(said)):
        return frozenset()
    told = {danger for danger, pattern in words.sure.items() if pattern.search(said)}
    if not plans:
        told |= {danger for danger, pattern in words.subjects.items() if pattern.search(said)}
    return frozenset(told)


def _plain(text: str) -> str:
    """Small letters, no apostrophes, and one space between words."""
    lower = clean(text, LONGEST).lower().replace("'", "").replace("’", "")
    return " ".join(re.sub(r"[^\w]+", " ", lower).split())
