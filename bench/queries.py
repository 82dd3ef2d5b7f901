"""What is searched for when the made-up library is measured: words of its own, sorted by how many pages hold them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from practices.bulk import NewPractice
from search.text import is_small, stem

from .library import made_practices

SAMPLE = 2_000
# The share of pages that hold all words of a query.
SHARES = {"common": (0.36, 0.46), "broad": (0.06, 0.18), "medium": (0.003, 0.009)}
OF_EACH = {1: 8, 2: 8, 3: 6}
WORD = re.compile(r"[a-z]{4,}")
NOT_INDEXED = {"website", "status", "status_reported", "cost_band", "aim", "nations", "latitude", "longitude", "since"}
INDEXED_OF_ROWS = {"text", "how", "claim", "figure", "quote", "said_by"}


def words_in(practice: NewPractice) -> set[str]:
    """The longer words that the index takes in of a practice, but for the labels of its terms; no small words."""
    texts = [str(text) for name, text in practice.fields.items() if name not in NOT_INDEXED]
    rows = (row for name, rows in practice.rows.items() if name not in ("sources", "adaptation") for row in rows)
    texts += [text for row in rows for name, text in row.items() if name in INDEXED_OF_ROWS]
    return {word for word in WORD.findall(" ".join(texts).lower()) if not is_small(word)}


def made_queries(*, seed: int = 1) -> dict[str, tuple[str, ...]]:
    """Queries of one to three words for the library of a seed, whatever its size from 1,000 on.

    Returns:
        By class, at least 20 each: `common` (about two fifths of the pages hold the words), `broad` (a
        twentieth to a fifth), `medium` (two to ten in a thousand) and `narrow` (a few pages).
    """
    practices = list(made_practices(SAMPLE, seed=seed))
    by_stem: dict[str, set[int]] = {}
    shown: dict[str, str] = {}
    for number, practice in enumerate(practices):
        for word in sorted(words_in(practice)):
            found_by = stem(word)
            by_stem.setdefault(found_by, set()).add(number)
            shown.setdefault(found_by, word)
    holding = {shown[found_by]: pages for found_by, pages in by_stem.items()}
    random = Random(seed)
    found = {}
    for name, (least, most) in SHARES.items():
        first = ["community"] if name == "common" else []
        found[name] = tuple(first + [query for size in OF_EACH for query in _drawn(holding, size, least, most, random)])
    found["narrow"] = tuple(_narrow(practices[: SAMPLE // 2]))
    return found


def _drawn(holding: dict[str, set[int]], size: int, least: float, most: float, random: Random) -> list[str]:
    """Different queries of a size whose words stand together on a share of the pages."""
    longest = min(1.0, 2 * most ** (1 / size))
    words = sorted(word for word, pages in holding.items() if least <= len(pages) / SAMPLE <= longest)
    queries: dict[str, None] = {}
    while len(queries) < OF_EACH[size]:
        chosen = sorted({words[int(len(words) * random.random())] for _ in range(size)})
        if len(chosen) == size:
            together = len(set.intersection(*(holding[word] for word in chosen))) / SAMPLE
            if least <= together <= most:
                queries[" ".join(chosen)] = None
    return list(queries)


def _narrow(practices: list[NewPractice]) -> Iterator[str]:
    """Names that few pages share: a place, a place with what is done there, an organisation."""
    step = len(practices) // sum(OF_EACH.values())
    sizes = [size for size, number in OF_EACH.items() for _ in range(number)]
    for size, practice in zip(sizes, practices[::step], strict=False):
        place, organisation = practice.fields["place"].lower(), practice.fields["organisation"].lower()
        if size == 1:
            yield place
        elif size == 2:
            yield f"{place} {max(WORD.findall(practice.fields['summary'].lower()), key=len)}"
        else:
            yield organisation
