"""Moving up from SQLite to PostgreSQL."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.moving import Moved, MovingError, move_library

SCHEME = "sqlite:///"


class Command(BaseCommand):
    help = (
        "Copies the library from an SQLite database into the empty PostgreSQL database that DATABASE_URL names, "
        "and proves that both hold the same. The old one is only read."
    )
    # The tables of the target are still to be made.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from",
            dest="source",
            default=str(settings.DATA_DIR / "db.sqlite3"),
            help="The SQLite database, as a path or a URL; without it, db.sqlite3 in the data folder.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            moved = move_library(source=Path(options["source"].removeprefix(SCHEME)), told=self.tell)
        except MovingError as error:
            raise CommandError(f"{error}\nNothing was moved.") from error
        self.show(moved)
        rows = sum(each.before.rows for each in moved)
        self.stdout.write(
            f"Moved {rows:,} rows of {len(moved)} tables in {time.monotonic() - begun:.0f} s, and read them again: "
            "all is the same.\nStart the site with this DATABASE_URL: it makes its search index anew. Photos stay."
        )

    def tell(self, line: str) -> None:
        if self.stdout.isatty():
            self.stdout.write(line)

    def show(self, moved: list[Moved]) -> None:
        widest = max(len(each.table) for each in moved)
        self.stdout.write(f"{'table':<{widest}}  {'before':>9}  {'after':>9}  hash before   hash after")
        for each in moved:
            rows = f"{each.before.rows:>9,}  {each.after.rows:>9,}"
            self.stdout.write(f"{each.table:<{widest}}  {rows}  {each.before.digest[:12]}  {each.after.digest[:12]}")
