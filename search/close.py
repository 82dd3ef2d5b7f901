"""Where words alone find little, what is close in meaning joins what is near."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import replace

from django.db import DatabaseError

from .answers import FEW, MOST_NEAR
from .engines.base import NONE, RELAXED, Found, Reader, SearchResults
from .meaning import Close, close_in_meaning
from .meaning.passages import passages_of

logger = logging.getLogger(__name__)
# Two orders become one by the sum of 1 / (RANK + place): Cormack, Clarke and Büttcher, Reciprocal Rank Fusion, 2009.
RANK = 20


def with_what_is_close(reader: Reader, results: SearchResults, said: str) -> SearchResults:
    """The results, and after few hits or none what is close in meaning to what was said, set apart.

    Args:
        reader: the state of the index that the results come from.
        results: what words found.
        said: what was typed, by which meaning is looked for.
    """
    room = MOST_NEAR - len(results.hits)
    if results.total >= FEW or results.query.page > 1 or room <= 0:
        return results
    close = {each.page_id: each for each in _close_if_it_can(said, MOST_NEAR + len(results.hits))}
    for hit in results.hits:
        close.pop(hit.id, None)
    if not close:
        return results
    by_words = {each.id: each for each in results.near}
    asked = results.looked_for or results.query
    found = {each.id: each for each in reader.among(list(close.keys() - by_words.keys()), asked)}
    places: dict[int, float] = defaultdict(float)
    for order in (by_words, [each for each in close if each in found or each in by_words]):
        for place, each in enumerate(order):
            places[each] += 1 / (RANK + place)
    near = [
        by_words[each] if each in by_words else replace(found[each], close=_passage(found[each], close[each]))
        for each in sorted(places, key=lambda each: -places[each])
    ]
    answer = RELAXED if results.answer == NONE and near else results.answer
    return replace(results, near=tuple(near[:room]), answer=answer)


def _close_if_it_can(said: str, limit: int) -> list[Close]:
    """What is close in meaning. Whatever goes wrong in an extra, the search goes on without it."""
    try:
        return close_in_meaning(said, limit)
    except DatabaseError:
        raise
    except Exception as error:
        # Never its text, which may hold what was typed.
        logger.error("Finding by meaning failed: %s", type(error).__name__)
        return []


def _passage(found: Found, close: Close) -> tuple[str, str]:
    """The part and the words of the closest passage; no words where the page has changed since, or it is the first."""
    passages = passages_of("", "", found.parts)
    if found.changed != close.changed or not 0 < close.passage < len(passages):
        return "summary", ""
    return passages[close.passage]
