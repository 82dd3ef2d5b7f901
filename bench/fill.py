"""Fill a data folder with a made-up library: `python -m bench.fill --practices 10000 --data-dir DIR`."""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 30
# As many as there is memory for. Of more, making the texts counts as loading.
MADE_BEFOREHAND = 10_000


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
    from django.db import connection

    print(f"Filling {options.data_dir}", flush=True)
    prepare()
    fill(options.practices, seed=options.seed, batch=options.batch, indexed=not options.no_index)
    # The last one to leave brings the journal, which may be as large as the library by now, into the database.
    connection.close()


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


def fill(count: int, *, seed: int, batch: int, indexed: bool) -> None:
    """Make and load the practices, while the loop of due work indexes what it hears, and say how fast it went."""
    from bench.library import made_practices
    from practices.bulk import load_practices

    practices: Iterable[Any] = made_practices(count, seed=seed)
    if count <= MADE_BEFOREHAND:
        begun = time.perf_counter()
        practices = list(practices)
        tell("Made", count, time.perf_counter() - begun)
    # What is there by now stays: the collector need not look at it again and again.
    gc.freeze()
    with indexing() if indexed else nullcontext() as loop:
        begun = time.perf_counter()
        load_practices(practices=practices, batch_size=batch, progress=progress_of("Loading", count))
        tell("Loaded", count, time.perf_counter() - begun)
        if indexed:
            begun = time.perf_counter()
            wait_for_index(progress_of("Indexing", count), count, loop)
            tell("Indexed", count, time.perf_counter() - begun)


@contextmanager
def indexing() -> Iterator[subprocess.Popen]:
    """The loop of due work beside us, as every site has it."""
    from search.services import rebuild_index

    rebuild_index()
    loop = subprocess.Popen([sys.executable, "manage.py", "due_work", "--loop", "--seconds", "0.1"], cwd=ROOT)
    try:
        yield loop
    finally:
        loop.terminate()
        loop.wait()


def wait_for_index(show: Callable[[int], Any], count: int, loop: subprocess.Popen) -> None:
    """Return once nothing waits any more; end the program where nobody works any more."""
    from search.models import IndexQueue

    while left := IndexQueue.objects.count():
        if loop.poll() is not None:
            sys.exit("The loop of due work has died.")
        show(count - left)
        time.sleep(0.05)
    show(count)


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
