from typing import Any

from django.core.management.base import BaseCommand, CommandError

from practices.starter import StarterFileError, load_library, load_vocabularies


class Command(BaseCommand):
    help = "Loads the vocabularies and the starter library. Pages that somebody has edited stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            terms = load_vocabularies()
            pages = load_library(progress=self.report)
        except StarterFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{terms} terms added, {pages} pages made or updated.")

    def report(self, done: int, total: int) -> None:
        if self.stdout.isatty() or done == total:
            self.stdout.write(f"\r  {done} of {total} pages", ending="" if done < total else "\n")
            self.stdout.flush()
