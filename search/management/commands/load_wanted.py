"""Load the first wanted list."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.wanted import FILE, WantedFileError, load_wanted


class Command(BaseCommand):
    help = "Loads the first wanted list. What somebody has edited stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=FILE, help="another list than the one supplied")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added, renewed = load_wanted(options["file"])
        except WantedFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{added} added to the wanted list, {renewed} renewed.")
