"""Write one archive with all that the library holds, while it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.backups.errors import BackupError
from home.backups.making import forget_older, make_backup

SHOWN = 10


class Command(BaseCommand):
    help = "Writes a backup: database, photos and a list of settings in one archive. The site may go on meanwhile."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("where", nargs="?", help="A folder, or the file to write. Else backups/ in DATA_DIR.")
        parser.add_argument("--with-secret-key", action="store_true", help="Put the key of this place in as well.")
        parser.add_argument("--without-media", action="store_true", help="Leave photos out, where they are kept safe.")
        parser.add_argument("--keep", type=int, help="Then remove all but the newest so many in the same folder.")

    def handle(self, *args: Any, **options: Any) -> None:
        where = Path(options["where"] or settings.DATA_DIR / "backups").absolute()
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep needs a number from 1.")
        try:
            made = make_backup(
                where=where, with_secret_key=options["with_secret_key"], with_media=not options["without_media"]
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        manifest = made.manifest
        self.stdout.write(
            f"{made.file}: {made.size:,} bytes, {manifest.counts['practices_practicepage']:,} practices, "
            f"{len(manifest.media):,} photos and other files."
        )
        if manifest.missing and not options["without_media"]:
            self.stderr.write(f"{len(manifest.missing)} files that the library names were not there, such as:")
            for name in manifest.missing[:SHOWN]:
                self.stderr.write(f"  {name}")
        if options["keep"]:
            for file in forget_older(made.file.parent, options["keep"]):
                self.stdout.write(f"Removed {file.name}.")
