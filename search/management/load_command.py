"""What the commands that load a starter list share."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.starter_lists import StarterList, StarterListError, load_list


class LoadListCommand(BaseCommand):
    """Loads one list, the supplied one or another, and tells how many rows came of it."""

    starter: StarterList
    told: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="another list than the one supplied")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            added, renewed = load_list(self.starter, options["file"])
        except StarterListError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.told.format(added=added, renewed=renewed))
