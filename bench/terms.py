"""The terms of the made-up library: those of the starter vocabulary that are used much, and enough others."""

from __future__ import annotations

from typing import NamedTuple

from .words import WORDS

# On nearly a third of the pages each; the topics' own terms come more seldom, and all the others seldom.
COMMON = {
    "outcomes": ("stronger-relationships", "health-and-wellbeing", "voice-and-confidence"),
    "beneficiary_groups": ("older-people", "people-in-poverty"),
    "principles": ("relationships-first", "listening"),
}
STARTER_PRINCIPLES = (
    "sharing-power",
    "joining-forces",
    "building-on-strengths",
    "prevention",
    "local-over-national",
    "mass-participation",
    "principles-over-targets",
    "changing-ourselves",
    "lived-experience",
    "whole-person",
    "time-and-patience",
)


class MadeTerm(NamedTuple):
    slug: str
    label: str
    also: list[str]


def made_terms() -> dict[str, list[MadeTerm]]:
    """The terms that the starter vocabulary lacks, for 60 outcomes, 40 groups and 30 principles in all."""
    words = WORDS["terms"]
    outcomes = [_term(f"More {each}", each, f"lack of {each}", f"{each} for everybody") for each in words["more_of"]]
    outcomes += [_term(f"Fewer {each}", each, f"too many {each}", f"an end to {each}") for each in words["less_of"]]
    groups = [_term(each.capitalize(), f"help for {each}", f"{each} and families") for each in words["groups"]]
    principles = [_term(each.capitalize(), f"why {each}", f"the rule of {each}") for each in words["principles"]]
    return {"outcomes": outcomes, "beneficiary_groups": groups, "principles": principles}


def _term(label: str, *also: str) -> MadeTerm:
    return MadeTerm(label.lower().replace(" ", "-"), label, list(also))
