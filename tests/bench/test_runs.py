"""The timed runs: their figures, their table, and that each of them runs. No time is asserted here."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import (
    editing,
    finding_while_edited,
    libraries,
    memory,
    publishing,
    reviewing,
    runs,
    searching,
    telling,
    writing,
)
from bench.figures import Row, failed, median_of, percentile, row_below, split_line
from bench.fill import add_terms, fill
from bench.libraries import bulk_row, library_of, read_stamp, seconds_told
from bench.plain_site import MIDDLEWARE, TEMPLATE
from bench.quiet import Ticks, Watch, own_ticks, read_ticks, share_of_others
from bench.table import table_of, whole_text
from contributions.models import ProposedEdit
from practices.models import PracticePage, PracticeTotals
from practices.starter import load_vocabularies
from search.services import rebuild_index

SAID = """Filling somewhere
Made 1,000 practices in 0.4 s: 2,249 a second, 0.44 ms each
Loaded 1,000 practices in 2.0 s: 503 a second, 1.99 ms each
Indexed 1,000 practices in 0.5 s: 2,000 a second, 0.50 ms each
"""


@pytest.fixture
def small_library(library):
    load_vocabularies()
    add_terms()
    fill(40, seed=1, batch=20, indexed=False)
    rebuild_index()
    return library


# Figures.


def test_percentiles_of_known_lists():
    hundred = list(range(1, 101))
    assert [percentile(hundred, share) for share in (0.5, 0.95, 1.0)] == [50, 95, 100]
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([7], 0.95) == percentile([7], 0.5) == 7
    assert percentile([1, 2, 3, 4], 0.95) == 4


def test_the_middle_round_is_told_and_not_the_one_that_was_disturbed():
    assert median_of([[1, 2], [90, 99], [2, 3]], max) == 3


def test_a_row_of_times_meets_its_goal_by_its_slow_ones():
    fast, slow = [[1.0] * 94 + [7.0] * 6], [[1.0] * 94 + [9.0] * 6]
    assert (row_below("search", fast, 8).met, row_below("search", slow, 8).met) == (True, False)
    assert row_below("search", slow, 8).figure == "p50 1.00 ms, p95 9.00 ms"
    assert row_below("search", slow).met is None


def test_a_split_tells_each_part_with_its_share():
    assert split_line("search", {"find": 3.0, "rest": 1.0}) == (
        "search: find 3.00 (75%), rest 1.00 (25%); together 4.00 ms"
    )


# The table.


def test_ratios_come_first_and_each_goal_is_said_to_be_met_or_not():
    rows = [
        Row("search", "7 ms", "p95 < 8 ms", True),
        Row("memory", "90 MB"),
        Row("page against plain", "0.31", "at least 0.4", False, is_ratio=True),
        failed("publish", "the change of page 3 is not found"),
    ]
    lines = table_of(rows).splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "what",
        "-" * len("page against plain"),
        "page against plain",
        "search",
        "memory",
        "publish",
    ]
    assert [line.split()[-1] for line in lines[2:]] == ["no", "yes", "–", "–"]
    assert "failed: the change of page 3 is not found" in lines[-1]


def test_what_others_took_of_the_machine_stands_beside_the_figure_if_it_was_much():
    quiet, loud = Row("a", "1 ms", others=0.01), Row("b", "1 ms", others=0.4)
    assert "others" not in table_of([quiet])
    assert "1 ms [others 40%]" in table_of([loud])


def test_the_splits_and_the_machine_follow_the_table():
    text = whole_text([Row("search", "7 ms", notes=["search: find 3.00"])], [1_000, 10_000], 5)
    assert text.index("what") < text.index("Where the time goes") < text.index("search: find") < text.index("Python ")
    assert "1,000, 10,000" in text
    assert "Where the time goes" not in whole_text([Row("search", "7 ms")], [], 1)


# Quiet moments.


def test_a_round_begins_when_others_have_become_quiet():
    # Two looks at a time: others take all, then half, then nothing of what passes.
    busy = (0, 100, 100, 150, 150, 155)
    passed = (0, 100, 100, 200, 200, 300)
    looks = [Ticks(all, so_far, 0) for all, so_far in zip(passed, busy, strict=True)]
    looks = iter([*looks, Ticks(300, 155, 0), Ticks(400, 235, 50)])
    slept = []
    watch = Watch(read=lambda: next(looks), sleep=slept.append)
    with watch.round():
        pass
    assert len(slept) == 3
    assert watch.largest == pytest.approx(0.3)


def test_a_round_does_not_wait_for_ever():
    ticks = iter(range(0, 100_000, 100))
    slept = []
    watch = Watch(read=lambda: Ticks(at := next(ticks), at, 0), sleep=slept.append, longest=3)
    assert watch.wait() == sum(slept) == 3


def test_what_we_and_our_children_use_is_not_counted_as_others(tmp_path):
    (tmp_path / "stat").write_text("cpu 10 0 10 70 5 0 0 5 0 0\ncpu0 1 2 3\n")
    for pid, parent, name, used in (
        (7, 1, "us", "1 2 3 4"),
        (8, 7, "a) child", "10 0 0 0"),
        (9, 1, "other", "99 0 0 0"),
    ):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "stat").write_text(f"{pid} ({name}) S {parent} " + "0 " * 9 + used + " 0 0")
    assert own_ticks(tmp_path, 7) == 20
    assert read_ticks(tmp_path, 7) == Ticks(100, 25, 20)
    assert share_of_others(Ticks(0, 0, 0), Ticks(100, 60, 20)) == pytest.approx(0.4)
    assert share_of_others(Ticks(5, 5, 5), Ticks(5, 5, 5)) == 0


# Libraries.


@pytest.fixture
def makers(tmp_path, monkeypatch):
    root = tmp_path / "root"
    (root / "bench").mkdir(parents=True)
    (root / "bench" / "library.py").write_text("first")
    made = []
    monkeypatch.setattr(libraries, "run_fill", lambda size, folder: made.append(size) or SAID)
    return root, made


def test_a_library_is_reused_until_what_makes_it_changes(makers, tmp_path):
    root, made = makers
    folder = library_of(1_000, tmp_path / "data", root)
    library_of(1_000, tmp_path / "data", root)
    assert made == [1_000]
    (root / "bench" / "table.py").write_text("nothing to do with it")
    library_of(1_000, tmp_path / "data", root)
    assert made == [1_000]
    (root / "bench" / "library.py").write_text("second")
    (folder / "left over").touch()
    library_of(1_000, tmp_path / "data", root)
    assert made == [1_000, 1_000]
    assert not (folder / "left over").exists()


def test_a_library_whose_making_broke_off_is_made_again(makers, tmp_path):
    root, made = makers
    folder = library_of(1_000, tmp_path / "data", root)
    (folder / libraries.STAMP).write_text("{half")
    library_of(1_000, tmp_path / "data", root)
    assert made == [1_000, 1_000]


def test_loading_and_indexing_count_as_the_bulk_load_and_making_does_not(makers, tmp_path):
    root, _ = makers
    assert seconds_told(SAID) == {"made": 0.4, "loaded": 2.0, "indexed": 0.5}
    stamp = read_stamp(library_of(1_000, tmp_path / "data", root))
    row = bulk_row(stamp, was_reused=True)
    assert (row.what, row.figure, row.met) == ("bulk load, 1,000 (when it was made)", "400 pages a second", False)


# The runs.


def test_all_parts_are_measured_on_the_sizes_that_there_are():
    folders = {size: Path(str(size)) for size in (1_000, 10_000, 100_000)}
    steps = [(step.name, step.size) for step in runs.steps_of(list(runs.PARTS), folders, 5, 20)]
    assert steps == [
        ("search", 1_000), ("search", 10_000), ("search", 100_000), ("facets", 100_000), ("finding", 100_000),
        ("finding while edited", 100_000), ("pages", 10_000),
        ("cached", 10_000), ("publish", 100_000), ("editors", 10_000), ("writing", 1_000), ("writing", 10_000),
        ("writing", 100_000), ("reviewing", 1_000), ("reviewing", 10_000), ("reviewing", 100_000),
        ("telling", 1_000), ("telling", 10_000), ("telling", 100_000),
        ("memory", 100_000), ("check", 100_000),
    ]  # fmt: skip
    assert [step.name for step in runs.steps_of(["pages"], folders, 5, 20)] == ["pages", "cached"]


def test_a_part_that_fails_is_told_and_the_others_still_run(monkeypatch, tmp_path):
    def run_step(step, folder):
        if step.name == "facets":
            raise runs.RunError("no index")
        return [Row(step.name, "1 ms")]

    monkeypatch.setattr(runs, "library_of", lambda size, data: data / str(size))
    monkeypatch.setattr(runs, "run_step", run_step)
    rows, folders = runs.run_all(["search"], [30], tmp_path, lambda text: None, rounds=1, wait=0)
    assert [(row.what, row.figure) for row in rows] == [
        ("search", "1 ms"),
        ("facets, 30", "failed: no index"),
        ("finding", "1 ms"),
        ("finding while edited", "1 ms"),
        ("check", "1 ms"),
    ]
    assert [row.is_failed for row in rows] == [False, True, False, False, False]
    assert list(folders) == [30]


def test_a_measurement_that_breaks_off_says_why(tmp_path):
    with pytest.raises(runs.RunError, match="nothing-of-this-name"):
        runs.run_step(runs.Step("nothing-of-this-name", 30, {}), tmp_path)


def test_the_slowest_search_is_profiled(monkeypatch, tmp_path):
    monkeypatch.setattr(runs, "run_step", lambda step, folder: [Row(folder.name, json.dumps(step.task))])
    fast = Row("a", "", number=3.0, searched=(40, "common", 0))
    slow = Row("b", "", number=7.0, searched=(80, "broad", 3))
    whole = Row("all classes", "", number=90.0)
    (row,) = runs.run_profiles([fast, slow, whole], {40: Path("40"), 80: Path("80")}, tmp_path)
    assert row.what == "80"
    assert json.loads(row.figure) == {"name": "broad", "number": 3, "target": str(tmp_path)}
    (row,) = runs.run_profiles([whole], {40: Path("40"), 80: Path("80")}, tmp_path)
    assert (row.what, json.loads(row.figure)["name"]) == ("80", "common")


def test_what_a_measurement_started_ends_with_it(tmp_path):
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    )
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {stubborn!r}])"
    process = subprocess.Popen(
        [sys.executable, "-c", starts], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    process.stdout.readline()
    runs.end_with_all(process)
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            os.killpg(process.pid, 0)
            time.sleep(0.1)


def test_rows_survive_the_way_from_one_process_to_another():
    row = row_below("search", [[1.0, 2.0]], 8)
    row.searched = (40, "common", 1)
    assert Row.of(json.loads(json.dumps(row.told()))) == row


# What is measured, on a library of forty.


@pytest.mark.django_db
def test_searching_is_measured_for_each_class_and_number_of_facets(small_library):
    rows = searching.measure_search(size=40, rounds=1, each=2, repeats=1, wait=0)
    assert [row.what for row in rows[:3]] == [
        "search, 40, common, no facet",
        "search, 40, common, one facet",
        "search, 40, common, three facets",
    ]
    assert len(rows) == 5 * 3 + 1
    measured = [row for row in rows[:-1] if not row.figure.startswith("not measured")]
    assert len(measured) > 10
    assert all("ranked query" in row.notes[0] and "live rows" in row.notes[0] for row in measured)
    assert all(row.met is None for row in rows)


@pytest.mark.django_db
def test_counting_facets_is_measured_warm_and_after_a_change(small_library):
    rows = searching.measure_facets(size=40, rounds=1, wait=0)
    assert [row.what for row in rows] == [
        "facet counts while browsing, 40",
        "facet counts, 40, the first after a change",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_published_change_is_found_and_its_parts_are_told(small_library):
    ids = list(PracticePage.objects.values_list("pk", flat=True))[:2]
    told = publishing.change_pages(ids, 1_000)
    assert [len(parts) for parts in told["parts"]] == [len(publishing.PARTS)] * 2
    assert len(told["searches"]) == 2
    assert publishing.is_found(ids[1], publishing.made_title(1_001))
    assert editing.all_there({ids[0]: publishing.made_title(1_000)}) == []
    assert editing.all_there({ids[0]: publishing.made_title(5)}) == [
        f"page {ids[0]} is not in the database as it was saved"
    ]
    rows = publishing.publish_rows({40: [told], 80: [told]}, 0.0)
    assert [row.what for row in rows] == [
        "publish a change, searchable, 40",
        "publish a change, searchable, 80",
        "publish a change, p50, 80 against 40",
    ]
    assert rows[-1].is_ratio and rows[-1].met


@pytest.mark.django_db(transaction=True)
def test_editors_and_readers_tell_what_was_refused(small_library, tmp_path, monkeypatch):
    monkeypatch.setattr(editing, "BETWEEN_SAVES", 0)
    pages = list(PracticePage.objects.values_list("pk", flat=True))[:1]
    edited = editing.edit([*pages, 999_999], 0, 2)
    assert len(edited["taken"]) == 2
    assert len(edited["lost"]) == 1 and "DoesNotExist" in edited["lost"][0]
    rows = editing.editor_rows([edited], [{"taken": [1.0], "failures": []}], [], "one editor")
    assert [row.what for row in rows] == [
        "one editor: saves lost",
        "one editor: a save",
        "one editor: a reading",
    ]
    assert rows[0].figure == "1 of 2 refused, 0 not there at the end"
    assert rows[0].met is False


def test_edits_over_http_tell_what_was_not_found():
    told = {"taken": [[1.0, 2.0, 3.0, 4.0]], "missing": ["tea was changed and not found"], "late": 1}
    (row,) = writing.writing_rows([told, told], 2, 40)
    assert (row.met, row.number) == (False, 10.0)
    assert "2 of 2 were found a moment later" in " ".join(row.notes)
    first, second = writing.opening_rows({"a practice": [2.0], "a form": [5.0]}, 40)
    assert (first.number, second.figure) == (2.0, "p50 5.00 ms, 2.50 × a practice")


@pytest.mark.django_db(transaction=True)
def test_people_and_a_long_history_are_made_to_be_measured(small_library):
    ready = writing.work({"act": "prepare", "people": 1})
    page = PracticePage.objects.get(slug=ready["long"])
    assert page.revisions.count() >= writing.REVISIONS and ready["long"] not in ready["slugs"]
    assert writing.addresses(ready)["the edit form"].endswith("/edit/")


@pytest.mark.django_db(transaction=True)
def test_changes_that_wait_are_made_to_be_reviewed(small_library):
    ready = reviewing.work({"act": "prepare", "waiting": 7})
    assert ProposedEdit.objects.waiting().count() == 7
    assert f"/review/{ready['proposal']}/" in reviewing.addresses(ready, 7).values()


def test_answers_over_http_tell_what_was_not_accepted():
    (row,) = reviewing.answer_rows({"taken": [3.0, 5.0], "missing": ["/review/1/ was not accepted"]}, 500, 40)
    assert (row.met, row.number) == (False, 3.0)
    (none,) = reviewing.answer_rows({"taken": [], "missing": ["500 /review/1/"]}, 500, 40)
    assert none.met is False


@pytest.mark.django_db(transaction=True)
def test_reports_are_made_and_counted_without_a_mistake(small_library, monkeypatch):
    monkeypatch.setattr(telling, "MANY", 30)
    ready = telling.work({"act": "prepare", "sent": 3})
    assert len(ready["slugs"]) == 3
    totals = PracticeTotals.objects.filter(page__slug=ready["slug"])
    assert totals.get().places == telling.FEW
    telling.work({"act": "more", "slug": ready["slug"]})
    assert totals.get().places == 30
    assert telling.work({"act": "recount"})["wrong"] == 0
    assert not PracticeTotals.objects.filter(places=0).exists()


def test_a_page_with_many_reports_is_compared_with_one_with_few():
    opened = {"few": [10.0, 10.0], "many": [13.0, 13.0], "all": [1.0]}
    row = telling.page_row(opened, 40)
    assert (row.met, round(row.number, 2)) == (False, 1.3)


@pytest.mark.django_db(transaction=True)
def test_finding_while_pages_are_saved_tells_both_and_their_ratio(small_library, tmp_path, monkeypatch):
    monkeypatch.setattr(finding_while_edited, "BETWEEN_SAVES", 0)
    told = finding_while_edited.work({"act": "find"})
    assert "a search" in told and "suggestions" in told
    (tmp_path / "stop").touch()
    assert finding_while_edited.work({"act": "edit", "stop": str(tmp_path / "stop"), "first": 0}) == 0
    rows = finding_while_edited.edited_rows({False: {"a search": [[2.0]]}, True: {"a search": [[3.0]]}}, 40, 7)
    assert [row.what for row in rows] == [
        "a search, 40, while two edits a second arrive",
        "a search, 40, while two edits a second arrive, p95 against quiet",
    ]
    assert rows[1].figure == "1.50 ×"
    assert "7 pages were saved meanwhile" in rows[0].notes[0]


def test_memory_is_told_by_what_it_consists_of(tmp_path):
    (tmp_path / "5").mkdir()
    (tmp_path / "5" / "smaps_rollup").write_text(
        "55e-7ff ---p 0 00:00 0 [rollup]\nRss: 9 kB\nPss:  4096 kB\nPss_Dirty: 1 kB\nPss_Anon:  3072 kB\n"
        "Pss_File: 1024 kB\n"
    )
    assert memory.held_by(5, tmp_path).told() == "4 MB: 3 anonymous, 1 of files"


def test_the_plain_page_escapes_and_has_the_middleware_that_it_says():
    assert "|safe" not in TEMPLATE
    assert [name.rpartition(".")[2] for name in MIDDLEWARE] == [
        "SecurityMiddleware",
        "CommonMiddleware",
        "CsrfViewMiddleware",
        "XFrameOptionsMiddleware",
    ]
