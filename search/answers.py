"""From a question to an answer: what matches, and when nothing does, what to let go of.

An answer that does not match all that was asked is never passed off as one that does.
"""

from __future__ import annotations

from dataclasses import replace

from .engines.base import EXACT, NONE, PAGE_SIZE, RELAXED, Found, Reader, SearchResults, Way
from .query import SearchQuery
from .synonyms import WordPlan

MOST_WAYS = 6
MOST_NEAR = 10
# Each is compared with every word of the library.
MOST_SPELLED = 3


def answer(reader: Reader, query: SearchQuery, plan: WordPlan, *, relaxes: bool = True) -> SearchResults:
    """A page of hits with its counts; without any, near hits set apart and ways on."""
    hits, total = reader.find(query, plan)
    last_page = max(1, -(-total // PAGE_SIZE))
    if total and query.page > last_page:
        query = query.on_page(last_page)
        hits, total = reader.find(query, plan)
    if total or not relaxes:
        return SearchResults(
            query=query,
            plan=plan,
            hits=hits,
            total=total,
            facets=reader.count_facets(query, plan),
            answer=EXACT if total else NONE,
        )
    return _relaxed(reader, query.on_page(1), plan)


def _relaxed(reader: Reader, query: SearchQuery, plan: WordPlan) -> SearchResults:
    """Nothing matches: let go of unknown words, then of filters, then of the words that tell least."""
    bare = query.without_filters()
    holding = {slot.typed: reader.count(bare, WordPlan((slot,))) for slot in plan.telling}
    unknown = {typed for typed, number in holding.items() if not number}
    ways = _ways(reader, query, plan, unknown)
    base = SearchResults(query=query, plan=plan, answer=NONE, ways=ways, suggestion=_suggestion(reader, query, unknown))
    found = _first_that_finds(reader, query, plan, holding, unknown)
    if found is None:
        return base
    looked_for, kept_plan, hits, total = found
    kept = {slot.typed for slot in kept_plan.slots}
    if not any(way.query == looked_for for way in ways):
        ways = (*ways[: MOST_WAYS - 1], Way(looked_for, total))
    return replace(
        base,
        ways=ways,
        plan=kept_plan,
        hits=hits[:MOST_NEAR],
        total=total,
        answer=RELAXED,
        looked_for=looked_for,
        dropped_words=tuple(dict.fromkeys(slot.typed for slot in plan.telling if slot.typed not in kept)),
        dropped_facets=tuple(facet for facet in query.filters if facet not in looked_for.filters),
    )


def _first_that_finds(
    reader: Reader, query: SearchQuery, plan: WordPlan, holding: dict[str, int], unknown: set[str]
) -> tuple[SearchQuery, WordPlan, tuple[Found, ...], int] | None:
    """The question with the least let go of that finds something."""
    known = plan.without(unknown)
    much = {slot.typed: slot.says_much for slot in plan.telling}
    least_first = sorted(holding.keys() - unknown, key=lambda each: (much[each], -holding[each], each))
    tries = [(query, known)]
    if len(query.filters) > 1:
        tries += [(query.without_facet(facet), known) for facet in query.filters]
    if query.filters:
        tries.append((query.without_filters(), known))
        tries += [(query, known.without({typed})) for typed in least_first[:-1]]
    left = known
    for typed in least_first[:-1]:
        left = left.without({typed})
        tries.append((query.without_filters(), left))
    for asked, words in tries:
        if not any(slot.telling for slot in words.slots):
            # Small words alone would find nearly everything, and answer nothing.
            words = WordPlan()
        if not (words.slots or asked.filters):
            continue
        if reader.count(asked, words):
            asked = asked.with_words(" ".join(_as_typed(words)))
            return asked, words, *reader.find(asked, words)
    return None


def _as_typed(plan: WordPlan) -> list[str]:
    return [f'"{slot.typed}"' if slot.quoted else slot.typed for slot in plan.slots]


def _ways(reader: Reader, query: SearchQuery, plan: WordPlan, unknown: set[str]) -> tuple[Way, ...]:
    """Each single thing that can be let go of and then finds something, the one that finds least first."""
    ways = []
    for facet, values in query.filters.items():
        without = query.without_facet(facet)
        if plan.slots or without.filters:
            ways.append(Way(without, reader.count(without, plan), facet=facet, values=values))
    typed_words = list(dict.fromkeys(slot.typed for slot in plan.telling))
    if len(typed_words) > 1 and len(unknown) <= 1:
        for typed in typed_words:
            left = plan.without({typed})
            without = query.with_words(" ".join(_as_typed(left)))
            ways.append(Way(without, reader.count(without, left), word=typed))
    if len(query.filters) > 1 and plan.slots:
        without = query.without_filters()
        ways.append(Way(without, reader.count(without, plan)))
    return tuple(sorted((way for way in ways if way.total), key=lambda way: way.total)[:MOST_WAYS])


def _suggestion(reader: Reader, query: SearchQuery, unknown: set[str]) -> str:
    """The typed words with the unknown ones spelled as the library does; only if that surely finds something."""
    if len(unknown) > MOST_SPELLED:
        return ""
    spelled = {typed: reader.spelled(typed) for typed in unknown}
    if not spelled or not all(spelled.values()):
        return ""
    words = " ".join(spelled.get(word, word) for word in query.words.split())
    return words if words != query.words and reader.count_words(query.with_words(words)) else ""
