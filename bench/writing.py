"""How long it takes to change a page over HTTP until it is found: the form, looking it over, sending, searching."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from .editors import EditError, Editor, session_of
from .figures import Row, milliseconds, percentile, split_line
from .libraries import ROOT, copy_of, environment
from .publishing import LETTERS
from .servers import OURS, serving
from .workers import workers

PARTS = ("the form", "check", "send and publish", "search")
EDITORS, EDITS = 8, 20
REVISIONS = 1_000
OPENED = 20
FOUND_WITHIN = 60.0


def made_word(number: int) -> str:
    """A word that no other page has."""
    return "zw" + "".join(LETTERS[int(digit)] for digit in f"{number:09d}")


def change_pages(site: str, session: str, slugs: list[str], first: int, edits: int) -> dict[str, Any]:
    """Change pages in turns, as somebody would in a browser; how long each step took, and what was not found."""
    editor, taken, missing, late = Editor(site, session), [], [], 0
    for number in range(edits):
        word, slug = made_word(first + number), slugs[number % len(slugs)]
        moments = [time.perf_counter()]
        try:
            form = editor.open_form(slug)
            moments.append(time.perf_counter())
            looked_at = editor.check(slug, form, word)
            moments.append(time.perf_counter())
            editor.send(looked_at, f"a step: {word}")
            moments.append(time.perf_counter())
            waited = wait_until_found(editor, slug, word)
        except EditError as error:
            missing.append(str(error))
            continue
        moments.append(time.perf_counter())
        taken.append([(later - earlier) * 1000 for earlier, later in pairwise(moments)])
        late += bool(waited)
    return {"taken": taken, "missing": missing, "late": late}


def wait_until_found(editor: Editor, slug: str, word: str) -> int:
    """Search until a change is found; returns how many searches found nothing before.

    Another process may be indexing just then: it takes what it found waiting, and the next one takes the rest.

    Raises:
        EditError: it was not found for seconds.
    """
    until = time.perf_counter() + FOUND_WITHIN
    waited = 0
    while f'data-practice="{slug}"' not in editor.get(f"{editor.site}/search/?q={word}"):
        if time.perf_counter() > until:
            raise EditError(f"{slug} was changed and not found")
        waited += 1
        time.sleep(0.02)
    return waited


def measure_writing(*, folder: str, size: int, edits: int = EDITS) -> list[Row]:
    """One editor, then eight, on a copy of a library; then pages that are long to draw."""
    with copy_of(Path(folder)) as copy, workers("bench.writing", [copy]) as (worker,):
        ready = worker.ask(act="prepare", people=EDITORS)
        with serving(OURS, copy, "/healthz") as server, due_work(copy):
            site, sessions, slugs = server.address, ready["sessions"], ready["slugs"]
            rows = []
            for many in (1, EDITORS):
                with ThreadPoolExecutor(many) as pool:
                    tasks = [
                        pool.submit(
                            change_pages, site, sessions[who], slugs[who::many], (many * 100 + who) * 1_000, edits
                        )
                        for who in range(many)
                    ]
                rows += writing_rows([task.result() for task in tasks], many, size)
            opened = {name: opening(Editor(site, sessions[0]), path) for name, path in addresses(ready).items()}
    return [*rows, *opening_rows(opened, size)]


@contextmanager
def due_work(folder: Path) -> Iterator[None]:
    """The loop that stands beside a web server: it indexes what was left while another process held the index."""
    command = [sys.executable, "manage.py", "due_work", "--loop"]
    loop = subprocess.Popen(command, cwd=ROOT, env=environment(folder), stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        loop.terminate()
        loop.wait()


def addresses(ready: dict[str, Any]) -> dict[str, str]:
    slug = ready["slugs"][0]
    return {
        "a practice, signed in": f"/practices/{slug}/",
        "the edit form": f"/practices/{slug}/edit/",
        f"a history of {REVISIONS:,} versions": f"/practices/{ready['long']}/history/",
        f"its page {REVISIONS // 40}": f"/practices/{ready['long']}/history/?page={REVISIONS // 40}",
    }


def opening(editor: Editor, path: str) -> list[float]:
    taken = []
    editor.get(editor.site + path)
    for _ in range(OPENED):
        begun = time.perf_counter()
        editor.get(editor.site + path)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def writing_rows(told: list[dict[str, Any]], editors: int, size: int) -> list[Row]:
    parts = [each for one in told for each in one["taken"]]
    missing = [why for one in told for why in one["missing"]]
    whole = [sum(each) for each in parts]
    what = f"edit over HTTP, searchable, {editors} at once, {size:,}"
    figure = f"p50 {milliseconds(percentile(whole, 0.5))}, p95 {milliseconds(percentile(whole, 0.95))}"
    row = Row(what, figure, "all found", not missing, number=percentile(whole, 0.5), notes=missing[:3])
    columns = zip(*parts, strict=True)
    row.notes.append(f"{what}: {sum(one['late'] for one in told)} of {len(parts)} were found a moment later")
    row.notes.append(split_line(what, {name: median(column) for name, column in zip(PARTS, columns, strict=True)}))
    return [row]


def opening_rows(opened: dict[str, list[float]], size: int) -> list[Row]:
    rows, first = [], 0.0
    for name, taken in opened.items():
        half = percentile(taken, 0.5)
        first = first or half
        figure = f"p50 {milliseconds(half)}, {half / first:.2f} × a practice"
        rows.append(Row(f"open {name}, {size:,}", figure, number=half))
    return rows


def work(task: dict[str, Any]) -> dict[str, Any]:
    """Make trusted people, and a page with many versions; say who and which."""
    from django.utils import timezone
    from wagtail.models import Revision

    from people.models import Standing, User
    from practices.models import PracticePage

    sessions = []
    for number in range(task["people"]):
        person = User.objects.create_proven(f"editor{number}@example.org", f"editor-{number}", None)
        today = timezone.localdate()
        Standing.objects.create(person=person, accepted_edits=3, accepted_on=today, trusted_since=today)
        sessions.append(session_of(person))
    slugs = list(PracticePage.objects.visible().order_by("pk").values_list("slug", flat=True)[: 8 * EDITORS + 1])
    page = PracticePage.objects.get(slug=slugs[-1]).specific
    latest = page.latest_revision or page.save_revision()
    Revision.objects.bulk_create(
        Revision(
            content_type=latest.content_type, base_content_type=latest.base_content_type, object_id=latest.object_id,
            created_at=latest.created_at, content={**latest.content, "cost": f"{number} pounds"}, object_str="made",
        )
        for number in range(REVISIONS)
    )  # fmt: skip
    return {"sessions": sessions, "slugs": slugs[:-1], "long": slugs[-1]}
