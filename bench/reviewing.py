"""How long a moderator waits over HTTP: the queue with hundreds waiting, one change, an answer, five minutes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from .editors import EditError, Editor, session_of
from .figures import Row, milliseconds, percentile
from .libraries import copy_of
from .servers import OURS, serving
from .workers import workers
from .writing import opening, opening_rows

WAITING = 500
ANSWERED = 30
PEOPLE = 50


def measure_reviewing(*, folder: str, size: int, waiting: int = WAITING, answered: int = ANSWERED) -> list[Row]:
    """The queue and its pages, opened again and again; then change after change accepted, in five minutes."""
    with copy_of(Path(folder)) as copy, workers("bench.reviewing", [copy]) as (worker,):
        ready = worker.ask(act="prepare", waiting=waiting)
        with serving(OURS, copy, "/healthz") as server:
            editor = Editor(server.address, ready["session"])
            opened = {name: opening(editor, path) for name, path in addresses(ready, waiting).items()}
            accepted = accept_one_by_one(editor, answered)
    return [*opening_rows(opened, size), *answer_rows(accepted, waiting, size)]


def addresses(ready: dict[str, Any], waiting: int) -> dict[str, str]:
    return {
        "a practice, as a moderator": f"/practices/{ready['slug']}/",
        f"the queue with {waiting} waiting": "/review/",
        "its last page": f"/review/?page={waiting // 20}",
        "one change": f"/review/{ready['proposal']}/",
        "recent changes": "/changes/?starter=yes",
    }


def accept_one_by_one(editor: Editor, count: int) -> dict[str, Any]:
    """Begin five minutes, accept what is given, and go on to the next; how long it took until the next one shows."""
    taken: list[float] = []
    missing: list[str] = []
    shown = editor.get(f"{editor.site}/review/")
    at = editor.post(f"{editor.site}/review/five/", {"csrfmiddlewaretoken": token_of(editor, shown)})
    for _number in range(count):
        if "/review/five/" in at.url:
            # The five minutes are over: five more.
            at = editor.post(at.url, {"csrfmiddlewaretoken": token_of(editor, at.text)})
        form = editor.boxes(at.text)
        begun = time.perf_counter()
        try:
            answer = editor.post(at.url, {**form, "do": "accept"})
        except EditError as error:
            missing.append(str(error))
            continue
        taken.append((time.perf_counter() - begun) * 1000)
        if answer.url == at.url:
            missing.append(f"{at.url} was not accepted")
        at = answer
    return {"taken": taken, "missing": missing}


def token_of(editor: Editor, page: str) -> str:
    return editor.boxes(page)["csrfmiddlewaretoken"][0]


def answer_rows(told: dict[str, Any], waiting: int, size: int) -> list[Row]:
    taken, missing = told["taken"], told["missing"]
    if not taken:
        return [Row(f"accept, {size:,}", "none was accepted", "all accepted", False, notes=missing[:3])]
    what = f"accept, publish and be given the next, {waiting} waiting, {size:,}"
    figure = f"p50 {milliseconds(percentile(taken, 0.5))}, p95 {milliseconds(percentile(taken, 0.95))}"
    return [Row(what, figure, "all accepted", not missing, number=percentile(taken, 0.5), notes=missing[:3])]


def work(task: dict[str, Any]) -> dict[str, Any]:
    """Make people, a moderator, and changes of theirs that wait; say which."""
    from datetime import timedelta

    from django.utils import timezone

    from contributions.content import Change
    from contributions.models import ProposedEdit, State
    from home.roles import make_moderators
    from people.models import Standing, User
    from practices.models import PracticeIndexPage, PracticePage

    moderator = User.objects.create_proven("moderator@example.org", "bench-moderator", None)
    moderator.groups.add(make_moderators(PracticeIndexPage.objects.get()))
    today, now = timezone.localdate(), timezone.now()
    people = [
        User.objects.create_proven(f"author{number}@example.org", f"author-{number}", None) for number in range(PEOPLE)
    ]
    Standing.objects.bulk_create(Standing(person=person, first_accepted_on=today) for person in people[: PEOPLE // 2])
    pages = list(PracticePage.objects.visible().order_by("pk").select_related("latest_revision")[: task["waiting"]])
    made = []
    for number in range(task["waiting"]):
        page = pages[number % len(pages)]
        proposal = ProposedEdit(
            page=page, base=page.latest_revision, author=people[number % PEOPLE], state=State.WAITING,
            harm=number % 4, sent_at=now - timedelta(minutes=number), note="what we know",
        )  # fmt: skip
        proposal.changed = {"people_needed": Change(page.people_needed, f"Two who listen, and {number} who come.")}
        made.append(proposal)
    ProposedEdit.objects.bulk_create(made)
    last = ProposedEdit.objects.latest("pk")
    return {"session": session_of(moderator), "slug": pages[0].slug, "proposal": last.pk}
