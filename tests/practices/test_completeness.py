"""How much of a practice is told follows from its fields alone."""

from typing import Any

import pytest

from practices.completeness import completeness_of
from practices.models import Part
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    OutcomeFactory,
    PovertyTruthCommissionFactory,
    PracticeFactory,
    PrincipleFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

CASES: list[tuple[dict[str, Any], set[Part]]] = [
    ({}, set()),
    ({"what_it_is": "People meet."}, {Part.WHAT_IT_IS}),
    ({"what_it_is": " \n "}, set()),
    ({"why_it_works": "Trust."}, {Part.WHY_IT_WORKS}),
    ({"local_form": "In a barn."}, {Part.LOCAL_FORM}),
    ({"did_not_work": "- Haste"}, {Part.DID_NOT_WORK}),
    ({"questions": ["Who?"]}, {Part.QUESTIONS}),
    ({"essentials": ["Time."]}, {Part.ESSENTIALS}),
    ({"steps": ["Ask."]}, {Part.STEPS}),
    ({"changes": [{"claim": "People stayed."}]}, {Part.CHANGES}),
    ({"voices": [{"quote": "we were heard"}]}, {Part.VOICES}),
    ({"people_needed": "Two"}, {Part.TAKES}),
    ({"time_needed": "A year"}, {Part.TAKES}),
    ({"cost": "£40"}, {Part.TAKES}),
    ({"cost_band": "low"}, {Part.TAKES}),
    ({"place": "Leeds"}, {Part.WHERE}),
    ({"nations": ["wales"]}, {Part.WHERE}),
    ({"since": 2009}, {Part.WHERE}),
    ({"organisation": "Mencap"}, {Part.WHERE}),
    ({"status": "paused"}, {Part.WHERE}),
    ({"aim": "thriving"}, set()),
]


@pytest.mark.parametrize(("fields", "expected"), CASES, ids=lambda case: str(case)[:50])
def test_a_part_is_answered_by_its_own_fields(fields: dict[str, Any], expected: set[Part]) -> None:
    completeness = completeness_of(PracticeFactory(**fields))
    assert set(completeness.answered) == expected
    assert set(completeness.answered) | set(completeness.open) == set(Part)
    assert not set(completeness.answered) & set(completeness.open)


def test_terms_are_told_once_outcome_and_group_are() -> None:
    outcome, group = OutcomeFactory(), BeneficiaryGroupFactory()
    assert Part.TERMS not in completeness_of(PracticeFactory(outcomes=[outcome])).answered
    assert Part.TERMS in completeness_of(PracticeFactory(outcomes=[outcome], beneficiary_groups=[group])).answered


def test_a_principle_answers_without_a_sentence() -> None:
    assert completeness_of(PracticeFactory(principles=[PrincipleFactory()])).answered == (Part.PRINCIPLES,)


@pytest.mark.parametrize(
    ("fields", "answered"), [({}, False), ({"months_alone": 6}, True), ({"facilitation": "One"}, True)]
)
def test_what_a_kind_alone_asks_counts_as_what_it_takes(fields: dict[str, Any], answered: bool) -> None:
    completeness = completeness_of(PovertyTruthCommissionFactory(**fields))
    assert (Part.TAKES in completeness.answered) is answered


def test_the_sentence_counts_both() -> None:
    assert completeness_of(PracticeFactory(what_it_is="x", place="y")).sentence == "2 of 13 questions answered."
