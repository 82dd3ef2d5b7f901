"""Our pages over HTTP, side by side with plain ones: the same server, the same machine, in turns."""

from __future__ import annotations

from pathlib import Path
from random import Random
from statistics import median

from django.db.models import Count
from django.test import Client

from practices import views
from practices.models import Outcome, PracticePage

from .figures import Row, milliseconds, percentile, split_line
from .load import Load, has_wrk, load
from .quiet import Watch
from .servers import OURS, PLAIN, Server, serving
from .spans import Spans, timed

NOBODY = "sessionid=nobody"
SLUGS, CACHED_SLUGS = 200, 50
GOAL, CACHED_GOAL = 0.4, 0.6
NEAR = 0.02
Pair = list[tuple[Load, Load]]


def drawn_slugs(number: int, *, seed: int = 1) -> list[str]:
    slugs = list(PracticePage.objects.visible().order_by("pk").values_list("slug", flat=True))
    return Random(seed).sample(slugs, min(number, len(slugs)))


def not_measured(*what: str) -> list[Row]:
    return [Row(each, "not measured: wrk is missing") for each in what]


def measure_pages(*, folder: str, size: int, rounds: int, seconds: float = 4, wait: float = 20.0) -> list[Row]:
    """A full practice page, out of no cache, against a plain page of the same length."""
    what = f"practice page, {size:,}, against a plain page as long"
    in_process = [split_of_page(drawn_slugs(SLUGS)), longest_shelf(size)]
    if not has_wrk():
        return [*not_measured(what), *in_process]
    slugs = drawn_slugs(SLUGS)
    place, first = Path(folder), f"/practices/{slugs[0]}/"
    with serving(OURS, place, first) as ours, serving(PLAIN, place, f"{first}0/") as plain:
        lines, note = as_long(ours, plain, slugs)
        pairs, others = in_turns(
            lambda: load(ours.address, [f"/practices/{slug}/" for slug in slugs], cookie=NOBODY, seconds=seconds),
            lambda: load(plain.address, lines, seconds=seconds),
            rounds,
            wait,
        )
    return [*rows_of(pairs, what, ("practice page", "plain page"), GOAL, others, note), *in_process]


def measure_cached_pages(*, folder: str, size: int, rounds: int, seconds: float = 4, wait: float = 20.0) -> list[Row]:
    """The same pages for a reader without a cookie, against "hello" without middleware."""
    what = f"practice page again, {size:,}, no cookie, against “hello”"
    if not has_wrk():
        return not_measured(what)
    paths = [f"/practices/{slug}/" for slug in drawn_slugs(CACHED_SLUGS, seed=2)]
    place = Path(folder)
    with serving(OURS, place, paths[0]) as ours, serving(PLAIN, place, "/hello/", PLAIN_BARE="yes") as plain:
        warm(ours, paths)
        pairs, others = in_turns(
            lambda: load(ours.address, paths, seconds=seconds),
            lambda: load(plain.address, ["/hello/"], seconds=seconds),
            rounds,
            wait,
        )
        again = revalidation(ours, paths, seconds, rounds)
    return [*rows_of(pairs, what, ("page again", "hello"), CACHED_GOAL, others, ""), again]


def warm(server: Server, paths: list[str], turns: int = 8) -> None:
    """Ask for each page so often that every worker has most likely had to make it."""
    for path in paths * turns:
        server.fetch(path)


def in_turns(ours, plain, rounds: int, wait: float) -> tuple[Pair, float]:
    """A B A B, after each was warmed up in every worker."""
    watch, pairs = Watch(longest=wait), []
    ours()
    plain()
    for _ in range(rounds):
        with watch.round():
            pairs.append((ours(), plain()))
    return pairs, watch.largest


def rows_of(pairs: Pair, what: str, names: tuple[str, str], goal: float, others: float, note: str) -> list[Row]:
    ratios = [ours.rate / plain.rate for ours, plain in pairs]
    ratio = median(ratios)
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    rows = [Row(what, f"{ratio:.2f} ({spread})", f"at least {goal}", ratio >= goal, is_ratio=True)]
    rows[0].notes += [note] if note else []
    for name, loads in zip(names, zip(*pairs, strict=True), strict=True):
        rate, p50, p99 = (median(getattr(each, figure) for each in loads) for figure in Load._fields)
        figure = f"{rate:,.0f} a second, p50 {milliseconds(p50)}, p99 {milliseconds(p99)}"
        rows.append(Row(f"{name}, 16 at once", figure))
    for row in rows:
        row.others = others
    return rows


def as_long(ours: Server, plain: Server, slugs: list[str]) -> tuple[list[str], str]:
    """The plain addresses that give pages as long as ours.

    Raises:
        AssertionError: they are not within a fiftieth on average.
    """
    lines, differences, lengths = [], [], []
    for slug in slugs:
        wanted = len(ours.fetch(f"/practices/{slug}/", Cookie=NOBODY)[0])
        bare = len(plain.fetch(f"/practices/{slug}/0/")[0])
        padding = max(0, wanted - bare)
        for _ in range(3):
            length = len(plain.fetch(f"/practices/{slug}/{padding}/")[0])
            padding = max(0, round(padding * (wanted - bare) / max(1, length - bare)))
        length = len(plain.fetch(f"/practices/{slug}/{padding}/")[0])
        lines.append(f"/practices/{slug}/{padding}/")
        lengths.append(wanted)
        differences.append(abs(length - wanted) / wanted)
    off = sum(differences) / len(differences)
    if off > NEAR:
        raise AssertionError(f"the plain pages differ in length by {off:.1%}")
    return lines, f"both pages hold {sum(lengths) / len(lengths):,.0f} bytes on average, {off:.1%} apart"


def revalidation(ours: Server, paths: list[str], seconds: float, rounds: int) -> Row:
    """A reader who has the page already, and asks whether it changed."""
    what = "practice page, asked whether it changed (304)"
    etags = {path: ours.fetch(path)[1] for path in paths}
    if not all(etags.values()):
        return Row(what, "not measured: the answers bear no ETag")
    lines = [f"{path} {etag}" for path, etag in etags.items()]
    rates = [load(ours.address, lines, seconds=seconds).rate for _ in range(min(rounds, 3))]
    return Row(what, f"{median(rates):,.0f} a second")


def longest_shelf(size: int) -> Row:
    """The page of the term that most practices name: what grows with the library is seen here first."""
    outcome = Outcome.objects.annotate(number=Count("practices")).order_by("-number").first()
    client = Client(HTTP_HOST="127.0.0.1", HTTP_COOKIE=NOBODY)
    once = timed(lambda: client.get(f"/outcomes/{outcome.slug}/"))
    return Row(f"page of the outcome that most practices name, {size:,}, once", milliseconds(once))


def split_of_page(slugs: list[str]) -> Row:
    """Where the time of a practice page goes, in process and for one reader."""
    client, spans = Client(HTTP_HOST="127.0.0.1", HTTP_COOKIE=NOBODY), Spans()
    paths = [f"/practices/{slug}/" for slug in slugs]
    for path in paths[:20]:
        client.get(path)
    taken = [timed(lambda path=path: client.get(path)) for path in paths]
    pieces = {
        "page": (views, "practice_at"),
        "family": (views, "load_family"),
        "values": (views, "present_practice"),
        "drawing": (views, "render"),
    }
    with spans.watching(**pieces):
        whole = sum(timed(lambda path=path: client.get(path)) for path in paths) / len(paths)
    parts = {
        "reading the page": spans.each("page", len(paths)),
        "reading its family": spans.each("family", len(paths)),
        "values": spans.each("values", len(paths)),
        "drawing, with related practices": spans.each("drawing", len(paths)),
    }
    parts["middleware, rest"] = max(0.0, whole - sum(parts.values()))
    row = Row(
        "practice page in process, one reader",
        f"p50 {milliseconds(percentile(taken, 0.5))}, p95 {milliseconds(percentile(taken, 0.95))}",
    )
    row.notes.append(split_line(row.what, parts))
    row.notes.append(f"{row.what}: of all that, {spans.each('database', len(paths)):.2f} ms in the database")
    return row
