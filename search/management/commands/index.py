"""Build the search index anew, or take in what waits."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines.base import EngineUnavailableError
from search.meaning import read_changed_pages
from search.services import check_index, drain_queue, index_is_usable, rebuild_index

WIDTH = 30


class Command(BaseCommand):
    help = "Builds the search index anew, beside the live one, and puts it in its place."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="only when the index is missing, damaged, of another version or does not hold what it should",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="compare it with the database practice by practice, say what differs, and put that right; 1 if it did",
        )
        parser.add_argument("--waiting", action="store_true", help="only take in the changes that wait")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["waiting"]:
                self.stdout.write(f"{drain_queue(wait=True)} changes taken into the search index.")
            elif options["check"]:
                self._check()
            elif options["if_needed"] and index_is_usable():
                drain_queue(wait=True)
                check_index()
                self.stdout.write("The search index is as it should be.")
            else:
                number = rebuild_index(self._show)
                self.stdout.write(f"The search index holds {number:,} practices.")
                if read := read_changed_pages(seconds=None):
                    self.stdout.write(f"{read:,} practices read for their meaning.")
        except EngineUnavailableError as error:
            raise CommandError(f"The search index cannot be written: {error.__cause__ or error}") from error

    def _check(self) -> None:
        differences = check_index()
        if not differences:
            self.stdout.write("The search index is as it should be.")
            return
        for line in differences.lines():
            self.stdout.write(line)
        raise CommandError("The search index differed from the library, and has been put right.", returncode=1)

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
