"""Erasure of a passage at the machine itself."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.erasure import Passage, erase_passage, find_passage, finish_erasures
from people.models import User


class Command(BaseCommand):
    help = "Says where a passage stands; with --erase and the address of an administrator it erases it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("passage", help="The words, in quotes.")
        parser.add_argument("--erase", action="store_true", help="Erase it. Nothing brings it back.")
        parser.add_argument("--by", default="", help="The e-mail address of the administrator whose name the log has.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            passage = Passage(options["passage"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        found = find_passage(passage)
        if options["erase"]:
            by = User.objects.filter(email__iexact=options["by"], is_superuser=True, is_active=True).first()
            if by is None:
                raise CommandError("--by needs the e-mail address of an administrator.")
            found = erase_passage(passage=passage, by=by)
            finish_erasures()
        for name, count in sorted(found.rows.items()):
            self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"{'Erased' if options['erase'] else 'Found'} in {found.count} places.")
