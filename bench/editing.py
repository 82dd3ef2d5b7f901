"""Eight people who save at the same time while two read: is anything lost, and how long does one wait?"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.test import Client

from practices.models import PracticePage
from search.services import drain_queue

from .figures import Row, milliseconds, percentile
from .libraries import copy_of
from .publishing import is_found, made_title, publish_title
from .workers import workers

EDITORS, READERS, SAVES = 8, 2, 20
BETWEEN_SAVES, BETWEEN_READINGS = 0.5, 0.1
PAGES_EACH = 4
GOAL = 1_000.0
A_READER = {"HTTP_HOST": "127.0.0.1", "HTTP_COOKIE": "sessionid=nobody"}
WORDS = ("community", "people together", "listening", "older people", "garden", "")


def edit(ids: list[int], editor: int, saves: int) -> dict[str, Any]:
    """Save so many times, with half a second between; a page's last title is what must be there at the end."""
    taken, lost, last = [], [], {}
    for number in range(saves):
        page_id = ids[number % len(ids)]
        title = made_title((editor + 1) * 100_000 + number)
        begun = time.perf_counter()
        try:
            publish_title(page_id, title)
            last[page_id] = title
        except Exception as error:
            lost.append(f"{type(error).__name__}: {error}")
        taken.append((time.perf_counter() - begun) * 1000)
        time.sleep(BETWEEN_SAVES)
    return {"taken": taken, "lost": lost, "last": last}


def read_on(slugs: list[str], stop: str) -> dict[str, Any]:
    """Search and open pages in turns until a file is there."""
    client, taken, failures, number = Client(**A_READER), [], [], 0
    while not Path(stop).exists():
        slug, word = slugs[number % len(slugs)], WORDS[number // 2 % len(WORDS)]
        begun = time.perf_counter()
        try:
            answer = client.get(f"/practices/{slug}/") if number % 2 else client.get("/search/", {"q": word})
            if answer.status_code != 200:
                failures.append(str(answer.status_code))
        except Exception as error:
            failures.append(f"{type(error).__name__}: {error}")
        taken.append((time.perf_counter() - begun) * 1000)
        number += 1
        time.sleep(BETWEEN_READINGS)
    return {"taken": taken, "failures": failures}


def all_there(last: dict[str, str]) -> list[str]:
    """What is not live in the database, or not found, though it was saved last."""
    drain_queue(wait=True)
    missing = []
    for page_id, title in last.items():
        page = PracticePage.objects.get(pk=page_id)
        if page.title != title or not page.live:
            missing.append(f"page {page_id} is not in the database as it was saved")
        elif not is_found(int(page_id), title):
            missing.append(f"page {page_id} is not found")
    return missing


def measure_editors(*, folder: str, size: int, saves: int = SAVES) -> list[Row]:
    """All at once, on a copy of the library. It takes as long as it takes, and is run once."""
    with copy_of(Path(folder)) as copy:
        edited, read, missing = edited_together(copy, saves=saves)
    return editor_rows(edited, read, missing, f"{EDITORS} editors and {READERS} readers, {size:,}")


def edited_together(folder: Path, saves: int = SAVES, **more: str) -> tuple[list[dict], list[dict], list[str]]:
    """Let all of them work on a library; returns what each editor and reader told, and what is missing at the end."""
    people = EDITORS + READERS
    with workers("bench.editing", [folder] * people, [more] * people) as ready:
        stop = folder / "stop"
        stop.unlink(missing_ok=True)
        editors, readers = ready[:EDITORS], ready[EDITORS:]
        for number, reader in enumerate(readers):
            reader.tell(act="read", reader=number, stop=str(stop))
        for number, editor in enumerate(editors):
            editor.tell(act="edit", editor=number, saves=saves)
        edited = [editor.told() for editor in editors]
        stop.touch()
        read = [reader.told() for reader in readers]
        last = {page: title for each in edited for page, title in each["last"].items()}
        return edited, read, readers[0].ask(act="check", last=last)


def editor_rows(edited: list[dict], read: list[dict], missing: list[str], who: str) -> list[Row]:
    lost = [why for each in edited for why in each["lost"]]
    taken = [each for person in edited for each in person["taken"]]
    readings = [each for person in read for each in person["taken"]]
    failures = [why for each in read for why in each["failures"]]
    slow = percentile(taken, 0.95)
    saves = f"p50 {milliseconds(percentile(taken, 0.5))}, p95 {milliseconds(slow)}, max {milliseconds(max(taken))}"
    gone = f"{len(lost)} of {len(taken)} refused, {len(missing)} not there at the end"
    reading = f"p95 {milliseconds(percentile(readings, 0.95))} of {len(readings)}, {len(failures)} failed"
    return [
        Row(f"{who}: saves lost", gone, "none", not lost and not missing, notes=[*lost[:3], *missing[:3]]),
        Row(f"{who}: a save", saves, f"p95 < {GOAL:,.0f} ms", slow < GOAL, number=slow),
        Row(f"{who}: a reading", reading, notes=failures[:3]),
    ]


def work(task: dict[str, Any]) -> Any:
    visible = PracticePage.objects.visible().order_by("pk")
    if task["act"] == "edit":
        first = task["editor"] * PAGES_EACH
        ids = list(visible.values_list("pk", flat=True)[first : first + PAGES_EACH])
        return edit(ids, task["editor"], task["saves"])
    if task["act"] == "read":
        return read_on(list(visible.values_list("slug", flat=True)[task["reader"] * 100 : 400]), task["stop"])
    return all_there(task["last"])
