"""Count the totals of all practices anew from the rows, or say which of them are wrong."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.totals import BATCH, check_totals, recount
from practices.models import PracticePage

MOST_NAMED = 10


class Command(BaseCommand):
    help = "Counts ratings and reports of all practices anew, and puts right what was wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; say how many totals are wrong, and 1 if any is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_check = options["check"]
        total, done, wrong = PracticePage.objects.count(), 0, 0
        named: list[int] = []
        for ids in batches():
            # Each batch is a transaction of its own: whoever rates a page meanwhile waits for one of them at most.
            found = list(check_totals(ids)) if is_check else recount(ids)
            wrong += len(found)
            named += found[: MOST_NAMED - len(named)]
            done += len(ids)
            if options["verbosity"] > 1:
                self.stdout.write(f"{done:,} of {total:,} practices")
        if not wrong:
            self.stdout.write(f"The totals of {done:,} practices are what their reports and ratings come to.")
            return
        told = f"{wrong:,} of {done:,} practices had wrong totals: {_names(named, wrong)}"
        if is_check:
            raise CommandError(told, returncode=1)
        self.stdout.write(f"{told}. They are right now.")


def batches() -> Iterator[list[int]]:
    """The numbers of all practices, some at a time."""
    last = 0
    while ids := list(PracticePage.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield ids
        last = ids[-1]


def _names(ids: list[int], wrong: int) -> str:
    slugs = dict(PracticePage.objects.filter(pk__in=ids).values_list("pk", "slug"))
    more = f" and {wrong - len(ids):,} more" if wrong > len(ids) else ""
    return ", ".join(slugs[pk] for pk in ids if pk in slugs) + more
