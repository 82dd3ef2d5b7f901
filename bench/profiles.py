"""What Python does in the two slowest things: the twenty-five functions that take most, with all they call."""

from __future__ import annotations

import cProfile
import io
import pstats
from collections.abc import Callable
from pathlib import Path

from django.test import Client

from .figures import Row
from .pages import NOBODY, drawn_slugs
from .questions import made_questions
from .searching import answer

MOST = 25


def write_profiles(*, name: str, number: int, target: str) -> list[Row]:
    """Profile the slowest class of searches, and the practice page."""
    folder = Path(target)
    queries = made_questions()[name, number]
    client = Client(HTTP_HOST="127.0.0.1", HTTP_COOKIE=NOBODY)
    paths = [f"/practices/{slug}/" for slug in drawn_slugs(100)]
    search = folder / "profile-search.txt"
    page = folder / "profile-page.txt"
    search.write_text(profile_of(lambda: [answer(query) for query in queries]))
    page.write_text(profile_of(lambda: [client.get(path) for path in paths]))
    return [Row(f"profiles of {name} searches and of the practice page", f"{search.name}, {page.name}")]


def profile_of(work: Callable[[], object]) -> str:
    """After one turn to warm up."""
    work()
    profile = cProfile.Profile()
    profile.runcall(work)
    told = io.StringIO()
    pstats.Stats(profile, stream=told).strip_dirs().sort_stats("cumulative").print_stats(MOST)
    return told.getvalue()
