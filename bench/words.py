"""The words of the made-up library, as `words.toml` holds them."""

from __future__ import annotations

import tomllib
from itertools import product
from pathlib import Path
from typing import Any

WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
GENERAL: dict[str, list[str]] = WORDS["general"]
NAMES: dict[str, list[str]] = WORDS["names"]
TOPICS: list[dict[str, Any]] = WORDS["topics"]


def rare_words() -> list[str]:
    """Every front before every root before every end, mixed: the long tail that any library has."""
    made = ["".join(pieces) for pieces in product(*(WORDS["rare"][name] for name in ("fronts", "roots", "ends")))]
    # A prime that does not divide their number leads through all of them.
    return [made[number * 7919 % len(made)] for number in range(len(made))]
