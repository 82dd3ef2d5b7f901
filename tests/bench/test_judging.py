"""The judged queries are sound, and the figures drawn from them are those of the field."""

import pytest

from bench.judging import Judged, Outcome, figures_of, ndcg, read_judged, report
from practices.starter import FOLDER

JUDGED = read_judged()
SLUGS = {path.stem for path in (FOLDER / "practices").glob("*.toml")}


def test_there_are_enough_queries_with_and_without_an_answer():
    assert sum(each.has_answer for each in JUDGED) >= 80
    assert sum(not each.has_answer for each in JUDGED) >= 15
    assert len({each.words.lower() for each in JUDGED if each.file != "first"}) >= 100


@pytest.mark.parametrize("judged", JUDGED, ids=lambda each: each.words)
def test_each_says_why_and_grades_practices_that_are_there(judged):
    assert judged.why
    assert set(judged.grades) <= SLUGS
    assert set(judged.grades.values()) <= {1, 2, 3}


@pytest.mark.parametrize(
    ("found", "grades", "figure"),
    [
        ([3, 2, 1], [1, 2, 3], 1.0),
        ([], [3], 0.0),
        ([0, 3], [3], 0.631),
        ([2, 3], [3, 2], 0.834),
        ([0] * 10 + [3], [3], 0.0),
        ([1] * 10, [1] * 30, 1.0),
    ],
)
def test_ndcg(found, grades, figure):
    assert ndcg(found, grades) == pytest.approx(figure, abs=0.001)


def test_near_hits_count_for_the_order_and_not_as_an_answer():
    asked = Judged("tea", "tea", {"a": 3, "b": 1})
    nothing = Judged("xylophone", "none", {})
    outcomes = [
        Outcome(asked, "exact", ("a", "b")),
        Outcome(asked, "relaxed", ("a",)),
        Outcome(nothing, "none", ()),
        Outcome(nothing, "corrected", ("a",)),
    ]
    figures = figures_of(outcomes)
    assert figures["nDCG@10"] == pytest.approx((1 + 7 / (7 + 1 / 1.585)) / 2, abs=0.001)
    assert (figures["recall@20"], figures["empty answers"], figures["false answers"]) == (0.75, 0.5, 0.5)
    assert report(outcomes).splitlines()[-1].startswith("all             4 queries")
