"""From a question to an answer: what matches, and when little or nothing does, what comes near.

An answer that does not match all that was asked is never passed off as one that does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .engines.base import CORRECTED, EXACT, NONE, PAGE_SIZE, RELAXED, Found, Reader, SearchResults, Way
from .plan import WordPlan
from .query import SearchQuery
from .spelling import Spelling, respell, with_spellings
from .text import is_chatter, unaccented, words_of

MOST_WAYS = 6
MOST_NEAR = 10
# Fewer answers than this leave room for what comes near.
FEW = 6
# Each is compared with every word of the library.
MOST_SPELLED = 3
# By the typed word.
Spellings = dict[str, Spelling]


def answer(reader: Reader, query: SearchQuery, plan: WordPlan, *, relaxes: bool = True) -> SearchResults:
    """A page of hits with its counts; where there are few, near hits set apart; without any, ways on."""
    plan = _as_loose_as_need_be(reader, query, plan) if relaxes else plan
    hits, total = reader.find(query, plan)
    last_page = max(1, -(-total // PAGE_SIZE))
    if total and query.page > last_page:
        query = query.on_page(last_page)
        hits, total = reader.find(query, plan)
    if total or not relaxes:
        found = SearchResults(
            query=query,
            plan=plan,
            hits=hits,
            total=total,
            facets=reader.count_facets(query, plan),
            answer=EXACT if total else NONE,
            near=_near(reader, query, plan, hits) if relaxes and total < FEW and _has_near(plan) else (),
        )
        if plan.needed is None:
            return found
        return replace(found, suggestion=_suggestion(reader, query, _spellings(reader, query, plan)))
    spellings = _spellings(reader, query, plan)
    return _corrected(reader, query, spellings) or _relaxed(reader, query.on_page(1), plan, spellings)


def _as_loose_as_need_be(reader: Reader, query: SearchQuery, plan: WordPlan) -> WordPlan:
    """All that was typed, where a page of practices answers it; else most of it.

    Filters have no say in it: choosing one must not let in what was not there before.
    """
    if plan.needed is not None or len(plan.telling) < 2 or reader.count(query.without_filters(), plan) >= PAGE_SIZE:
        return plan
    return plan.for_most_of_it()


def _corrected(reader: Reader, query: SearchQuery, spellings: Spellings) -> SearchResults | None:
    """What the words find when they are spelled as the library does, if that is sure and answers."""
    words = _surely_meant(query, spellings)
    if not words:
        return None
    found = answer(reader, query.spelled(words), reader.plan(words))
    if found.answer != EXACT:
        return None
    shown = words if _may_be_shown(reader, query.words, words) else ""
    return replace(found, query=query.on_page(found.query.page), answer=CORRECTED, suggestion=shown)


def _may_be_shown(reader: Reader, typed: str, words: str) -> bool:
    """Whether all respelled words stand in the library or in a label: some that only help to find would hurt."""
    new = set(words_of(unaccented(words))) - set(words_of(unaccented(typed)))
    known = reader.holding(new)
    return all(known.get(word) for word in new)


def _suggestion(reader: Reader, query: SearchQuery, spellings: Spellings) -> str:
    """The typed words as the library spells them, if that finds something."""
    words = _respelled(query, {typed: each.word for typed, each in spellings.items()})
    if not words or not _may_be_shown(reader, query.words, words):
        return ""
    asked = query.spelled(words)
    meant = _as_loose_as_need_be(reader, asked, reader.plan(words))
    return words if reader.count(asked, meant) else ""


def _spellings(reader: Reader, query: SearchQuery, plan: WordPlan) -> Spellings:
    """How the library spells each typed word that finds nothing, where it knows one near to it."""
    bare = query.without_filters()
    unknown = [slot.typed for slot in plan.telling if not (slot.says_much or is_chatter(slot.typed))]
    unknown = [typed for typed in dict.fromkeys(unknown) if not reader.count(bare, plan.only(typed))]
    if not unknown or len(unknown) > MOST_SPELLED:
        return {}
    found = {typed: respell(unaccented(typed), reader.words_near(unaccented(typed))) for typed in unknown}
    return {typed: each for typed, each in found.items() if each}


def _surely_meant(query: SearchQuery, spellings: Spellings) -> str:
    """The typed words with what is surely meant in place of what finds nothing; nothing when none is sure."""
    sure = {typed: each.word for typed, each in spellings.items() if each.sure}
    return "" if query.as_typed else _respelled(query, sure)


def _respelled(query: SearchQuery, spelled: dict[str, str]) -> str:
    return with_spellings(query.words, spelled) if spelled else ""


def _has_near(plan: WordPlan) -> bool:
    """Whether a part of it can be answered without the whole."""
    return len(plan.telling) > 1 or any(slot.has_near for slot in plan.telling)


def _near(reader: Reader, query: SearchQuery, plan: WordPlan, hits: tuple[Found, ...] = ()) -> tuple[Found, ...]:
    """What answers a part of the words, best first, without what answers them."""
    there = {hit.id for hit in hits}
    found, _total = reader.find(query.on_page(1), plan.for_some_of_it())
    return tuple(hit for hit in found if hit.id not in there)[: MOST_NEAR - len(hits)]


@dataclass(frozen=True, slots=True)
class Looser:
    """A question with something let go of, and what it finds."""

    query: SearchQuery
    total: int


def _relaxed(reader: Reader, query: SearchQuery, plan: WordPlan, spellings: Spellings) -> SearchResults:
    """Nothing matches: let go of unknown words, then of filters, then of the words that tell least."""
    bare = query.without_filters()
    holding = {slot.typed: reader.count(bare, WordPlan((slot,))) for slot in plan.telling}
    unknown = {typed for typed, number in holding.items() if not number}
    ways = _ways(reader, query, plan, unknown)
    meant = _surely_meant(query, spellings)
    # What comes near is looked for as it was surely meant, though that has no answer either.
    near_plan = reader.plan(meant) if meant else plan
    suggestion = _suggestion(reader, query, spellings)
    base = SearchResults(query=query, plan=near_plan, answer=NONE, ways=ways, suggestion=suggestion)
    looser = _first_that_finds(reader, query, plan, holding, unknown)
    if looser is None:
        near = _near(reader, query, near_plan) if _has_near(near_plan) else ()
        return replace(base, near=near, answer=RELAXED) if near else base
    if not any(way.query == looser.query for way in ways):
        ways = (*ways[: MOST_WAYS - 1], Way(looser.query, looser.total))
    return replace(
        base,
        ways=ways,
        near=_near(reader, looser.query, near_plan),
        answer=RELAXED,
        looked_for=looser.query,
        dropped_facets=tuple(facet for facet in query.filters if facet not in looser.query.filters),
    )


def _first_that_finds(
    reader: Reader, query: SearchQuery, plan: WordPlan, holding: dict[str, int], unknown: set[str]
) -> Looser | None:
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
        words = words.without_ends()
        if not any(slot.telling for slot in words.slots):
            # Small words alone would find nearly everything, and answer nothing.
            words = WordPlan()
        if not (words.slots or asked.filters):
            continue
        asked = asked.with_words(" ".join(_as_typed(words)))
        total = _count_as_asked(reader, asked)
        if total:
            return Looser(asked, total)
    return None


def _count_as_asked(reader: Reader, query: SearchQuery) -> int:
    """How many practices answer a question, its words read as whoever follows its address has them read."""
    return reader.count(query, _as_loose_as_need_be(reader, query, reader.plan(query.words)))


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
            left = plan.without({typed}).without_ends()
            without = query.with_words(" ".join(_as_typed(left)))
            ways.append(Way(without, _count_as_asked(reader, without), word=typed))
    if len(query.filters) > 1 and plan.slots:
        without = query.without_filters()
        ways.append(Way(without, reader.count(without, plan)))
    return tuple(sorted((way for way in ways if way.total), key=lambda way: way.total)[:MOST_WAYS])
