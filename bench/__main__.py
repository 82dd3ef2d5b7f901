"""All timed runs and one table: `python -m bench`, or `make bench`, which sets up what they need."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from .quiet import LONGEST_WAIT
from .runs import PARTS, run_all, run_profiles
from .table import whole_text

ROOT = Path(__file__).resolve().parents[1]
ENGINES = ("local", "elasticsearch")
DATABASES = ("sqlite", "postgres")


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the site on made-up libraries.")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="how many practices the libraries hold"
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="only some of the runs")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, help="only these engines of search, side by side")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, help="only these databases, side by side")
    parser.add_argument("--rounds", type=int, default=5, help="the figure told is the middle one of so many (5)")
    parser.add_argument("--wait", type=float, default=LONGEST_WAIT, help="seconds to wait for a quiet moment (20)")
    parser.add_argument("--data-dir", type=Path, default=ROOT / "bench" / "data", help="where the libraries stand")
    parser.add_argument("--profile", action="store_true", help="also write profiles of the two slowest things")
    return parser.parse_args(arguments)


def end(*_: Any) -> None:
    """Leave through every `finally`, so that no server outlives us."""
    sys.exit(143)


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    options = read_options()
    signal.signal(signal.SIGTERM, end)
    data = options.data_dir.resolve()
    data.mkdir(parents=True, exist_ok=True)
    beside = {"engines": options.engines, "databases": options.databases}
    rows, folders = run_all(
        options.only,
        options.sizes,
        data,
        say,
        rounds=options.rounds,
        wait=options.wait,
        beside={what: names for what, names in beside.items() if names},
    )
    if options.profile and folders:
        rows += run_profiles(rows, folders, data)
    text = whole_text(rows, sorted(folders), options.rounds)
    (data / "last.txt").write_text(text)
    say("\n" + text)
    return int(any(row.is_failed for row in rows))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("\nStopped.")
        sys.exit(130)
