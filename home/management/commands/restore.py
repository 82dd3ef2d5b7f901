"""Put a backup in the place of what is here, or only try whether it could be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.backups.archive import Manifest
from home.backups.errors import BackupError
from home.backups.restoring import check_backup, restore_backup


class Command(BaseCommand):
    help = "Puts a backup back. Stop the site first. It is refused where there is something, but for --replace."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="Write over the library that is here.")
        parser.add_argument("--check", action="store_true", help="Only read the backup and try it; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                self._describe(check_backup(options["file"]))
                return
            manifest = restore_backup(file=options["file"], replace=options["replace"], tell=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self._describe(manifest)
        self._build_index()

    def _describe(self, manifest: Manifest) -> None:
        counts = manifest.counts
        self.stdout.write(
            f"A whole backup of {manifest.made_at}, by version {manifest.version}, of {manifest.database}: "
            f"{counts.get('practices_practicepage', 0):,} practices, {counts.get('people_user', 0):,} people, "
            f"{len(manifest.media):,} photos and other files."
        )
        if manifest.missing:
            self.stdout.write(f"{len(manifest.missing)} files that it names are not in it.")

    def _build_index(self) -> None:
        """The site would do it by itself at the first search; so nothing is lost when it cannot be done now."""
        try:
            call_command("index", stdout=self.stdout)
        except CommandError as error:
            self.stderr.write(f"{error} The library is restored all the same; searching builds the index later.")
        self.stdout.write("Start the site again.")
