"""What became of an essential elsewhere, in a sentence: a table of cases."""

from __future__ import annotations

import pytest

from feedback.models import Verdict
from feedback.tried.evidence import evidence_of
from practices.models import Taken

K, C, L = Taken.KEPT, Taken.CHANGED, Taken.LEFT_OUT
YES, PART, NO, EARLY, UNTOLD = Verdict.HELPED, Verdict.IN_PART, Verdict.DID_NOT_HELP, Verdict.TOO_EARLY, ""

# Places by reports, local versions, and what is said.
CASES = [
    ({}, {}, "Nobody has told us yet."),
    ({(K, YES): 1}, {}, "Kept in the one place where it helped."),
    ({(K, YES): 3}, {}, "Kept in 3 of the 3 places where it helped."),
    (
        {(K, YES): 9, (C, YES): 1},
        {},
        "Kept in 9 of the 10 places where it helped. Changed in one place where it helped.",
    ),
    (
        {(K, YES): 3, (L, NO): 1},
        {},
        "Kept in 3 of the 3 places where it helped. Left out in one place where it did not help.",
    ),
    (
        {(K, YES): 2, (K, NO): 5},
        {},
        "Kept in 2 of the 2 places where it helped and in five places where it did not help.",
    ),
    ({(K, NO): 1}, {}, "Kept in one place where it did not help."),
    ({(K, EARLY): 2}, {}, "Kept in two places where it is too early to say."),
    (
        {(K, PART): 1, (K, EARLY): 12},
        {},
        "Kept in one place where it helped in part and in 12 places where it is too early to say.",
    ),
    (
        {(K, YES): 1, (K, PART): 1, (K, NO): 1, (K, EARLY): 1},
        {},
        "Kept in the one place where it helped, in one place where it helped in part, in one place where it did not "
        "help and in one place where it is too early to say.",
    ),
    ({(C, YES): 2}, {}, "Changed in two places where it helped."),
    (
        {(K, NO): 2, (L, YES): 1},
        {},
        "Kept in two places where it did not help. Left out in one place where it helped.",
    ),
    (
        {(C, PART): 1, (C, NO): 1, (L, NO): 2},
        {},
        "Changed in one place where it helped in part and in one place where it did not help. "
        "Left out in two places where it did not help.",
    ),
    ({}, {(K, YES): 2}, "Kept in 2 of the 2 places where it helped."),
    (
        {(K, YES): 1},
        {(K, YES): 2, (C, NO): 1},
        "Kept in 3 of the 3 places where it helped. Changed in one place where it did not help.",
    ),
    ({}, {(K, UNTOLD): 1}, "Kept in one local version that has not yet told us how it went."),
    (
        {(K, YES): 1},
        {(K, UNTOLD): 2, (L, UNTOLD): 1},
        "Kept in the one place where it helped and in two local versions that have not yet told us how it went. "
        "Left out in one local version that has not yet told us how it went.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("places", "versions", "sentence"), CASES)
def test_it_says_in_how_many_places_and_how_it_went_there(places, versions, sentence):
    assert evidence_of(places, versions) == sentence


@pytest.mark.parametrize(("places", "versions", "sentence"), CASES)
def test_no_place_is_left_out_of_it(places, versions, sentence):
    """What did not help is told as what helped is: with the same words, swapped."""
    other = {YES: NO, NO: YES}
    swapped = [{(taken, other.get(each, each)): number for (taken, each), number in counts.items()}
               for counts in (places, versions)]  # fmt: skip
    told = evidence_of(*swapped)
    assert ("did not help" in told) == any(verdict == YES for _taken, verdict in (*places, *versions))
    assert ("where it helped" in told.replace("helped in part", "")) == any(
        verdict == NO for _taken, verdict in (*places, *versions)
    )
