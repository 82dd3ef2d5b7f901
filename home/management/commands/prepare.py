"""Make a site out of nothing, or bring one up to date; safe to repeat."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.commands.migrate import Command as MigrateCommand

from home.page_files import PageFileError
from home.roles import make_moderators
from home.services import load_staff_pages, make_site_tree
from practices.starter import StarterFileError, load_library, load_vocabularies


class Command(BaseCommand):
    help = "Makes the database, the library, the pages by staff and the search index, as far as they are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-static", action="store_true", help="Where the files for browsers were collected before."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.step("Database", self.migrate)
            index = self.step("Pages that the site stands on", make_site_tree)
            self.step("Roles", lambda: make_moderators(index))
            self.step("Vocabularies", load_vocabularies)
            self.step("Starter library", lambda: load_library(progress=self.count))
            self.step("Pages by staff", lambda: load_staff_pages(index))
            self.step("Wanted list", lambda: call_command("load_wanted", stdout=io.StringIO()))
            self.step("Synonyms", lambda: call_command("load_synonyms", stdout=io.StringIO()))
            self.step("Everyday words", lambda: call_command("load_everyday_words", stdout=io.StringIO()))
            self.step("Help lines", lambda: call_command("load_help_lines", stdout=io.StringIO()))
            self.step("Search index", lambda: call_command("index", "--if-needed", stdout=io.StringIO()))
            if not options["without_static"]:
                self.step("Files for browsers", self.collect_static)
        except (StarterFileError, PageFileError) as error:
            raise CommandError(str(error)) from error

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        """Say what is being done, do it, and say how long it took."""
        self.name = name
        self.stdout.write(f"  {name} ... ", ending="")
        self.stdout.flush()
        begun = time.monotonic()
        result = work()
        seconds = f"{time.monotonic() - begun:.1f} s"
        self.stdout.write(f"\r  {name} ... {seconds:<30}" if self.stdout.isatty() else seconds)
        return result

    def count(self, done: int, total: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r  {self.name}: {done} of {total}", ending="")
            self.stdout.flush()

    def migrate(self) -> None:
        done = 0

        def report(action: str, migration: Any = None, fake: bool = False) -> None:
            nonlocal done
            if action == "apply_success":
                done += 1
                if self.stdout.isatty():
                    self.stdout.write(f"\r  Database: {done} steps", ending="")
                    self.stdout.flush()

        command = MigrateCommand(stdout=io.StringIO())
        setattr(command, "migration_progress_callback", report)  # noqa: B010
        call_command(command, interactive=False, verbosity=1, skip_checks=True, stdout=io.StringIO())

    def collect_static(self) -> None:
        call_command("collectstatic", interactive=False, verbosity=0, stdout=io.StringIO())
