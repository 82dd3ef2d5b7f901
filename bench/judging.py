"""How good the answers are: judged queries over the starter library, put to the search as a reader would.

`make judge` prints one line a query and the figures at the end; `make judge ARGS=--brief` the figures alone.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path(__file__).parent / "judged"
BEST = 3
LONGEST = 46


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody types, and how well each practice answers: 3 just that, 2 helps, 1 touches it, else 0."""

    words: str
    why: str
    grades: dict[str, int]
    file: str = ""

    @property
    def has_answer(self) -> bool:
        return bool(self.grades)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the search gave to a judged query: `slugs` in the order of the page, near hits among them."""

    judged: Judged
    answer: str
    slugs: tuple[str, ...]

    @property
    def answers(self) -> bool:
        """Whether the page says that this answers; near hits are set apart and do not."""
        return self.answer in ("exact", "corrected")

    @property
    def ndcg(self) -> float:
        return ndcg([self.judged.grades.get(slug, 0) for slug in self.slugs], self.judged.grades.values())

    @property
    def recall(self) -> float:
        """The share of the practices that answer at all which stand among the first twenty."""
        return sum(slug in self.judged.grades for slug in self.slugs[:20]) / len(self.judged.grades)


def ndcg(found: Sequence[int], grades: Iterable[int], *, depth: int = 10) -> float:
    """Normalised discounted cumulative gain, by the gain 2^grade - 1 and the discount log2(place + 1).

    Source: Burges et al., Learning to Rank using Gradient Descent, 2005; the measure itself is of Järvelin and
    Kekäläinen, 2002.

    Args:
        found: the grade of each hit, the first hit first.
        grades: all grades there are for this query.
        depth: how many hits count.
    """
    ideal = _gain(sorted(grades, reverse=True)[:depth])
    return _gain(found[:depth]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1))


def read_judged(folder: Path = FOLDER) -> list[Judged]:
    """All judged queries, file after file."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["query"]:
            found.append(Judged(row["words"], row["why"], row["grades"], path.stem))
    return found


def figures_of(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The four figures, each a share of one."""
    answerable = [each for each in outcomes if each.judged.has_answer]
    others = [each for each in outcomes if not each.judged.has_answer]
    return {
        "nDCG@10": fmean(each.ndcg for each in answerable),
        "recall@20": fmean(each.recall for each in answerable),
        "empty answers": fmean(not each.answers for each in answerable),
        "false answers": fmean(each.answers for each in others) if others else 0.0,
    }


def judge(queries: Iterable[Judged]) -> list[Outcome]:
    """Put the queries to the search of this process."""
    from practices.models import PracticePage
    from search.query import SearchQuery
    from search.services import search_library

    slugs: dict[int, str] = dict(PracticePage.objects.visible().values_list("pk", "slug"))
    outcomes = []
    for judged in queries:
        results = search_library(SearchQuery(words=judged.words))
        outcomes.append(Outcome(judged, results.answer, tuple(slugs[hit.id] for hit in (*results.hits, *results.near))))
    return outcomes


def report(outcomes: Sequence[Outcome], *, brief: bool = False) -> str:
    """One line a query, the worst last, and the figures of each file and of all."""
    lines = []
    if not brief:
        lines += [_line(each) for each in sorted(outcomes, key=_worst_last)]
    files = sorted({each.judged.file for each in outcomes})
    for file in [*files, ""] if len(files) > 1 else [""]:
        chosen = [each for each in outcomes if file in ("", each.judged.file)]
        figures = "  ".join(f"{name} {value:.3f}" for name, value in figures_of(chosen).items())
        lines.append(f"{file or 'all':<12} {len(chosen):>4} queries  {figures}")
    return "\n".join(lines)


def _worst_last(each: Outcome) -> tuple[bool, float]:
    return each.judged.has_answer, -each.ndcg if each.judged.has_answer else each.answers


def _line(each: Outcome) -> str:
    shown = "  ".join(f"{slug}={each.judged.grades.get(slug, 0)}" for slug in each.slugs[:4])
    figure = f"{each.ndcg:.2f}" if each.judged.has_answer else ("false" if each.answers else "ok")
    return f"{figure:>5} {each.answer:<9} {each.judged.words[:LONGEST]:<{LONGEST}}  {shown}"


def main() -> int:
    options = read_options()
    with tempfile.TemporaryDirectory(prefix="judge-") as folder:
        set_up(options.data_dir or Path(folder))
        queries = read_judged(options.judged)
        with by_meaning(False):
            print(report(judge(queries), brief=options.brief))
        with by_meaning(True) as installed:
            print(
                f"\nAnd by meaning:\n{report(judge(queries), brief=True)}"
                if installed
                else "\nBy meaning: not installed."
            )
    return 0


@contextmanager
def by_meaning(wanted: bool) -> Iterator[bool]:
    """Search with or without the optional extra; yields whether it is used."""
    from django.test import override_settings

    from search.meaning import read_changed_pages
    from search.meaning.encoder import encoder

    with override_settings(SEARCH_BY_MEANING=wanted):
        read_changed_pages(seconds=None)
        yield encoder() is not None


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.judging", description="Judges the answers of the search.")
    parser.add_argument("--brief", action="store_true", help="the figures alone")
    parser.add_argument("--judged", type=Path, default=FOLDER, help="the folder of judged queries (bench/judged)")
    parser.add_argument("--data-dir", type=Path, help="a data folder that holds the starter library already")
    return parser.parse_args(arguments)


def set_up(folder: Path) -> None:
    """Start Django on a data folder, and load the starter library into it if it is empty."""
    os.environ["DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import django

    django.setup()
    from django.core.management import call_command

    from practices.models import PracticePage

    if (folder / "db.sqlite3").exists() and PracticePage.objects.exists():
        return
    call_command("migrate", verbosity=0)
    for step in load_steps():
        step()


def load_steps() -> list[Any]:
    from home.services import make_site_tree
    from practices.starter import load_library, load_vocabularies
    from search.services import rebuild_index
    from search.starter_lists import EVERYDAY_WORDS, SYNONYMS, load_list

    lists = [partial(load_list, each) for each in (SYNONYMS, EVERYDAY_WORDS)]
    return [make_site_tree, load_vocabularies, load_library, *lists, rebuild_index]


if __name__ == "__main__":
    sys.exit(main())
