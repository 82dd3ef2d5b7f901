"""Telling how it went over HTTP: a rating, a report, a page with ten reports and with a thousand, all totals anew."""

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

SENT = 30
FEW, MANY = 10, 1_000
REPORTS_OF_EACH = 2
HIDDEN = ("csrfmiddlewaretoken", "opened", "homepage", "sent_key", "version")
# How much longer the page with many reports may take than that with few.
MOST_OF_FEW = 1.2


def measure_telling(*, folder: str, size: int, sent: int = SENT) -> list[Row]:
    """Open one page with few reports and with many, rate and report again and again, count the whole library anew."""
    with copy_of(Path(folder)) as copy, workers("bench.telling", [copy]) as (worker,):
        ready = worker.ask(act="prepare", sent=sent)
        page = f"/practices/{ready['slug']}/"
        with serving(OURS, copy, "/healthz") as server:
            editor = Editor(server.address, ready["session"])
            # The first pages that a new server draws take longer, whatever they show.
            opening(editor, page)
            opened = {f"a practice with {FEW} reports": opening(editor, page)}
            worker.ask(act="more", slug=ready["slug"])
            opened[f"the same with {MANY:,} reports"] = opening(editor, page)
            opened[f"all of {MANY:,} reports"] = opening(editor, f"{page}told/?page=50")
            rated = send_all(editor, ready["slugs"], "rate", {"stars": "4"})
            told = send_all(editor, ready["slugs"], "tried", report_of())
        counted = worker.ask(act="recount")
    return [
        *opening_rows(opened, size),
        page_row(opened, size),
        sent_row("a rating over HTTP", rated, size),
        sent_row("a report over HTTP", told, size),
        recount_row(counted, size),
    ]


def report_of() -> dict[str, str]:
    return {
        "teller": "ran-it", "place": "A market town", "verdict": "in-part",
        "sentence": "People came, and some of them came again.", "do": "send",
    }  # fmt: skip


def send_all(editor: Editor, slugs: list[str], what: str, said: dict[str, str]) -> dict[str, Any]:
    """Send a form of many practices, one after the other; how long the sending took, and what was not taken.

    All are opened first, as a form that is sent within two seconds is taken for a robot's.
    """
    taken: list[float] = []
    missing: list[str] = []
    paths = [f"{editor.site}/practices/{slug}/{what}/" for slug in slugs]
    forms = [editor.boxes(editor.get(path)) for path in paths]
    time.sleep(2.1)
    for path, form in zip(paths, forms, strict=True):
        hidden = {name: form[name] for name in HIDDEN if name in form}
        begun = time.perf_counter()
        try:
            answer = editor.post(path, {**hidden, **said})
        except EditError as error:
            missing.append(str(error))
            continue
        taken.append((time.perf_counter() - begun) * 1000)
        if not answer.history:
            missing.append(f"{path} was not taken")
    return {"taken": taken, "missing": missing}


def page_row(opened: dict[str, list[float]], size: int) -> Row:
    few, many = (percentile(opened[name], 0.5) for name in list(opened)[:2])
    return Row(
        f"a practice with {MANY:,} reports, of one with {FEW}, {size:,}",
        f"{many / few:.2f} times",
        f"{MOST_OF_FEW} times",
        many <= few * MOST_OF_FEW,
        number=many / few,
    )


def sent_row(what: str, told: dict[str, Any], size: int) -> Row:
    taken, missing = told["taken"], told["missing"]
    if not taken:
        return Row(f"{what}, {size:,}", "none was taken", "all taken", False, notes=missing[:3])
    figure = f"p50 {milliseconds(percentile(taken, 0.5))}, p95 {milliseconds(percentile(taken, 0.95))}"
    return Row(f"{what}, {size:,}", figure, "all taken", not missing, number=percentile(taken, 0.5), notes=missing[:3])


def recount_row(counted: dict[str, Any], size: int) -> Row:
    seconds, wrong = counted["seconds"], counted["wrong"]
    each = seconds * 1000 / max(1, counted["pages"])
    return Row(
        f"recount {counted['pages']:,} pages with {counted['reports']:,} reports, {size:,}",
        f"{seconds:.1f} s, {each:.2f} ms a page",
        "nothing wrong afterwards",
        not wrong,
        number=seconds,
    )


def work(task: dict[str, Any]) -> dict[str, Any]:
    return {"prepare": prepare, "more": tell_more, "recount": recount_all}[task["act"]](task)


def prepare(task: dict[str, Any]) -> dict[str, Any]:
    """Reports on every page, ten on one, and somebody who is trusted."""
    from django.conf import settings
    from django.utils import timezone

    from feedback.totals import recount
    from people.models import Standing, User
    from practices.models import PracticePage

    today = timezone.localdate()
    person = User.objects.create_proven("trusted@example.org", "bench-trusted", None)
    counted = {"accepted_edits": settings.TRUST["accepted_edits"], "accepted_on": today}
    Standing.objects.create(person=person, first_accepted_on=today, trusted_since=today, **counted)
    ids = list(PracticePage.objects.visible().order_by("pk").values_list("pk", flat=True))
    make_reports(dict.fromkeys(ids, REPORTS_OF_EACH) | {ids[0]: FEW})
    recount(ids[:1])
    chosen = PracticePage.objects.filter(pk__in=ids[: task["sent"] + 1]).order_by("pk")
    slugs = list(chosen.values_list("slug", flat=True))
    return {"session": session_of(person), "slug": slugs[0], "slugs": slugs[1:]}


def tell_more(task: dict[str, Any]) -> dict[str, Any]:
    """Let one page be told of by as many as many are."""
    from feedback.totals import recount
    from practices.models import PracticePage

    page = PracticePage.objects.get(slug=task["slug"])
    make_reports({page.pk: MANY}, first=FEW)
    recount([page.pk])
    return {}


def make_reports(wanted: dict[int, int], first: int = 0) -> None:
    """So many reports of each page, of places of their own, with what was done with its first essentials.

    Args:
        wanted: how many, by page.
        first: so many of them are there already.
    """
    from collections import defaultdict
    from datetime import timedelta

    from django.utils import timezone

    from feedback.models import HEARD, ReportState, Teller, TriedEssential, TriedReport, Verdict, place_key
    from practices.models import Essential, Taken

    now, today = timezone.now(), timezone.localdate()
    tellers, verdicts, taken = list(Teller), list(Verdict), list(Taken)
    reports = []
    for page, number in wanted.items():
        for each in range(first, number):
            place, teller = f"Place {each} of {page}", tellers[(page + each) % len(tellers)]
            reports.append(
                TriedReport(
                    page_id=page, state=ReportState.SHOWN, sent_key=f"bench-{page}-{each}", teller=teller, place=place,
                    place_key=place_key(place), verdict=verdicts[(page * 3 + each) % len(verdicts)],
                    sentence="We met each week, and those who came said what they wanted to do next.",
                    sent_at=now, told_on=today - timedelta(days=each % 700), heard=HEARD[teller],
                )
            )  # fmt: skip
    TriedReport.objects.bulk_create(reports, batch_size=2_000)
    essentials: dict[int, list[Any]] = defaultdict(list)
    for page, key in Essential.objects.order_by("sort_order").values_list("page_id", "key"):
        essentials[page].append(key)
    TriedEssential.objects.bulk_create(
        (
            TriedEssential(report_id=pk, essential=key, taken=taken[(pk + place) % len(taken)])
            for pk, page in TriedReport.objects.filter(essentials=None).order_by("pk").values_list("pk", "page_id")
            for place, key in enumerate(essentials[page][:3])
        ),
        batch_size=5_000,
    )


def recount_all(task: dict[str, Any]) -> dict[str, Any]:
    """Count every page anew, as the command does, and look whether anything is wrong afterwards."""
    from feedback.models import TriedReport
    from feedback.totals import BATCH, check_totals, recount
    from practices.models import PracticePage

    ids = list(PracticePage.objects.order_by("pk").values_list("pk", flat=True))
    begun = time.perf_counter()
    for start in range(0, len(ids), BATCH):
        recount(ids[start : start + BATCH])
    seconds = time.perf_counter() - begun
    wrong = len(list(check_totals(ids)))
    return {"seconds": seconds, "pages": len(ids), "reports": TriedReport.objects.count(), "wrong": wrong}
