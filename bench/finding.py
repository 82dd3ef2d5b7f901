"""How long the other things of finding take: suggestions, misspelt words, relaxed searches, many synonyms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from typing import NamedTuple

from practices.models import PracticePage
from search.plan import plan_words
from search.query import SearchQuery
from search.services import search_library
from search.suggestions import suggestions
from search.thesaurus import Thesaurus
from search.vocabularies import Rule, Vocabularies, vocabularies

from .figures import Row, row_below
from .queries import made_queries
from .quiet import Watch
from .spans import timed

SUGGESTIONS_GOAL = 5.0
EACH = 60
RULES = 500


class Case(NamedTuple):
    """One way of finding: what is timed, for each of what is typed, and its goal in milliseconds."""

    ask: Callable[[str], object]
    typed: list[str]
    goal: float | None = None


def made_cases() -> dict[str, Case]:
    """What is timed is the answer in the process, without drawing a page."""
    random = Random(1)
    made = made_queries()
    words = [query for query in made["narrow"] + made["medium"] if " " in query]
    misspelt = [typed for query in made["narrow"] if (typed := with_a_slip(query, random))]
    torn = [f"{one.split()[0]} {other.split()[-1]} {third.split()[0]}" for one, other, third in by_three(words)]
    known = thesaurus_of(RULES, vocabularies())
    return {
        "suggestions": Case(suggestions, beginnings(random), SUGGESTIONS_GOAL),
        "a misspelt word": Case(lambda typed: search_library(SearchQuery(words=typed)), misspelt),
        "words that no practice holds together": Case(lambda typed: search_library(SearchQuery(words=typed)), torn),
        f"{RULES} synonyms, expanded": Case(
            lambda typed: search_library(SearchQuery(words=typed), plan_words(typed, known)),
            [f"saying {number} here" for number in range(0, RULES, RULES // EACH)],
        ),
    }


def taken_by(case: Case) -> list[float]:
    """How long each takes, in milliseconds."""
    return [timed(lambda each=each: case.ask(each)) for each in case.typed]


def measure_finding(*, size: int, rounds: int, wait: float = 20.0) -> list[Row]:
    """A row for each."""
    cases = made_cases()
    watch = Watch(longest=wait)
    taken: dict[str, list[list[float]]] = {name: [] for name in cases}
    for case in cases.values():
        taken_by(case)
    for _ in range(rounds):
        with watch.round():
            for name, case in cases.items():
                taken[name].append(taken_by(case))
    rows = [row_below(f"{name}, {size:,}", taken[name], case.goal) for name, case in cases.items()]
    for row in rows:
        row.others = watch.largest
    return rows


def beginnings(random: Random) -> list[str]:
    """What somebody has typed so far of titles that are there, from two letters on."""
    titles = list(PracticePage.objects.visible().order_by("pk").values_list("title", flat=True)[:EACH])
    return [title[: random.randint(2, 14)] for title in titles]


def with_a_slip(query: str, random: Random) -> str:
    """The query with two letters changed about within its longest word."""
    word = max(query.split(), key=len)
    if len(word) < 6:
        return ""
    place = random.randint(1, len(word) - 3)
    slipped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return query.replace(word, slipped) if slipped != word else ""


def by_three(words: list[str]) -> Iterable[tuple[str, str, str]]:
    return zip(words, words[1:] + words[:1], words[2:] + words[:2], strict=True)


def thesaurus_of(number: int, terms: Vocabularies) -> Thesaurus:
    """The vocabularies with so many rules of two words, each for a term and for other words."""
    names = sorted(terms.by_slug)
    rules = tuple(
        Rule(
            id=-each, says=(f"saying {each}",), means=(names[each % len(names)],), words=("neighbours", "kitchen table")
        )
        for each in range(1, number + 1)
    )
    return Thesaurus(replace(terms, key=("bench", number), rules=rules))
