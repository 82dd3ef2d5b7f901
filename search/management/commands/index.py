"""Build the search index anew, or take in what waits."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines.base import EngineUnavailableError
from search.services import drain_queue, index_is_true, rebuild_index

WIDTH = 30


class Command(BaseCommand):
    help = "Builds the search index anew, beside the live one, and puts it in its place."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="only when the index is missing, damaged, of another version or does not hold what it should",
        )
        parser.add_argument("--waiting", action="store_true", help="only take in the changes that wait")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["waiting"]:
                self.stdout.write(f"{drain_queue(wait=True)} changes taken into the search index.")
            elif options["if_needed"] and index_is_true():
                drain_queue(wait=True)
                self.stdout.write("The search index is as it should be.")
            else:
                number = rebuild_index(self._show)
                self.stdout.write(f"The search index holds {number:,} practices.")
        except EngineUnavailableError as error:
            raise CommandError(f"The search index cannot be written: {error.__cause__ or error}") from error

    def _show(self, done: int, total: int) -> None:
        """A bar where somebody is watching; a line for every tenth in a log."""
        if sys.stdout.isatty():
            filled = WIDTH * done // max(total, 1)
            self.stdout.write(
                f"\rIndexing [{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {total:,}",
                ending="\n" if done == total else "",
            )
            self.stdout.flush()
        elif done == total or (done * 10 // total) != ((done - 250) * 10 // total):
            self.stdout.write(f"Indexed {done:,} of {total:,}")
