"""Fill a data folder with a made-up library: `python -m bench.fill --practices 10000 --data-dir DIR`."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 30
Item = TypeVar("Item")


def main() -> None:
    options = read_options()
    os.environ["DATA_DIR"] = str(options.data_dir)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    if options.no_index:
        # An engine without an index takes in nothing after each batch, and leaves nothing waiting.
        os.environ["SEARCH_ENGINE"] = "plain"
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    import django

    django.setup()
    print(f"Filling {options.data_dir}", flush=True)
    prepare()
    # What is there by now stays: the collector need not look at it again and again.
    gc.freeze()
    fill(options.practices, seed=options.seed, batch=options.batch)
    if not options.no_index:
        index()


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description="Fills a data folder with practices.")
    parser.add_argument("--practices", type=int, required=True, help="how many to make")
    parser.add_argument("--data-dir", type=Path, required=True, help="the folder; without a library so far")
    parser.add_argument("--seed", type=int, default=1, help="another number gives another library (1)")
    parser.add_argument("--batch", type=int, default=500, help="practices in one transaction (500)")
    parser.add_argument("--no-index", action="store_true", help="leave the search index to `manage.py index`")
    return parser.parse_args()


def prepare() -> None:
    """Make all that a site has but its practices; refuse a library that holds some already."""
    from django.core.management import call_command

    from home.roles import make_moderators
    from home.services import load_staff_pages, make_site_tree
    from practices.models import PracticePage
    from practices.starter import load_vocabularies

    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    if PracticePage.objects.exists():
        sys.exit("This library holds practices already. Name an empty folder.")
    front = make_site_tree()
    make_moderators(front)
    load_vocabularies()
    add_terms()
    load_staff_pages(front)
    call_command("collectstatic", interactive=False, verbosity=0)


def add_terms() -> None:
    """Add the made-up terms behind those of the starter vocabulary."""
    from bench.terms import made_terms
    from practices.services import save_term
    from practices.starter import VOCABULARIES

    for name, terms in made_terms().items():
        for number, term in enumerate(terms, 100):
            made = VOCABULARIES[name](slug=term.slug, label=term.label, also=term.also, sort_order=number)
            save_term(term=made)


class Timed:
    """Passes things on, and adds up how long it took to make them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def each(self, source: Iterable[Item]) -> Iterator[Item]:
        source = iter(source)
        while True:
            begun = time.perf_counter()
            item = next(source, None)
            self.seconds += time.perf_counter() - begun
            if item is None:
                return
            yield item


def fill(count: int, *, seed: int, batch: int) -> None:
    """Make and load the practices, and say how fast it went."""
    from bench.library import made_practices
    from practices.bulk import load_practices

    making, begun = Timed(), time.perf_counter()
    show = progress_of("Loading", count)
    load_practices(practices=making.each(made_practices(count, seed=seed)), batch_size=batch, progress=show)
    seconds = time.perf_counter() - begun
    tell("Made", count, making.seconds)
    tell("Loaded", count, seconds - making.seconds)


def index() -> None:
    """Take the practices into the search index, and say how fast it went."""
    from search.services import rebuild_index

    begun = time.perf_counter()
    bars: dict[int, Callable[[int], None]] = {}

    def show(done: int, total: int) -> None:
        if total not in bars:
            bars[total] = progress_of("Indexing", total)
        bars[total](done)

    tell("Indexed", rebuild_index(show), time.perf_counter() - begun)


def tell(done: str, count: int, seconds: float) -> None:
    rate, each = count / max(seconds, 1e-9), seconds / max(count, 1) * 1000
    print(f"{done} {count:,} practices in {seconds:.1f} s: {rate:,.0f} a second, {each:.2f} ms each", flush=True)


def progress_of(what: str, total: int) -> Callable[[int], Any]:
    """A function that shows how far it is: one line drawn anew where somebody watches, a line each tenth in a log."""
    begun, told = time.perf_counter(), 0

    def show(done: int) -> None:
        nonlocal told
        rate = done / max(time.perf_counter() - begun, 1e-9)
        left = (total - done) / max(rate, 1e-9)
        if sys.stdout.isatty():
            filled = WIDTH * done // max(total, 1)
            bar = "#" * filled + "." * (WIDTH - filled)
            line = f"{what} [{bar}] {done:,} of {total:,}, {rate:,.0f} a second, {left:.0f} s left"
            print(f"\r{line:<100}", end="\n" if done == total else "", flush=True)
        elif done * 10 // max(total, 1) > told:
            told = done * 10 // total
            print(f"{what}: {done:,} of {total:,}, {rate:,.0f} a second, {left:.0f} s left", flush=True)

    return show


if __name__ == "__main__":
    main()
