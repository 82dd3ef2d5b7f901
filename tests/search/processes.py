"""Run by tests as a process of its own: changes practices, or searches, on the tests' own database."""

import sys
from pathlib import Path

import django


def change(first: int, step: int, rounds: int) -> None:
    """Give every so-many-th practice a new title, round after round, and let each change be indexed."""
    from django.db import transaction

    from practices.models import PracticePage
    from practices.signals import send_practice_changed

    ids = list(PracticePage.objects.order_by("pk").values_list("pk", flat=True))[first::step]
    for number in range(rounds):
        for pk in ids:
            with transaction.atomic():
                PracticePage.objects.filter(pk=pk).update(title=f"Round {number} of {pk}")
                send_practice_changed([pk])
            print(pk, number, flush=True)


def rebuild(times: int) -> None:
    from search.services import rebuild_index

    for _ in range(times):
        print(rebuild_index(), flush=True)


def search(times: int) -> None:
    """Print each answer that is not what it has to be."""
    from search.query import SearchQuery
    from search.services import search_library

    for _ in range(times):
        results = search_library(SearchQuery(words="round"))
        ids = [hit.id for hit in results.hits]
        if results.degraded or len(ids) != len(set(ids)) or not ids:
            print("wrong", results.answer, results.total, ids, flush=True)


if __name__ == "__main__":
    here = Path.cwd()
    sys.path[:0] = [str(here), str(here / "site")]
    django.setup()
    {"change": change, "rebuild": rebuild, "search": search}[sys.argv[1]](*map(int, sys.argv[2:]))
