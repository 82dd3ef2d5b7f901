"""The box of its own that each kind has under "What does it take?"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.models import CommunityConnectorPage, PovertyTruthCommissionPage, PracticePage, SelfReliantGroupPage

SHORT = 60


@dataclass(frozen=True)
class Fact:
    label: str
    value: str

    @property
    def is_long(self) -> bool:
        """Too long for a column of its own."""
        return len(self.value) > SHORT


@dataclass(frozen=True)
class Stretch:
    """A length of time, and what it is for. The last has no length: the rest of the way."""

    length: str
    purpose: str


@dataclass(frozen=True)
class KindBox:
    heading: str
    facts: list[Fact]
    time: list[Stretch]

    def __bool__(self) -> bool:
        return bool(self.facts or self.time)


NO_BOX = KindBox(heading="", facts=[], time=[])


def kind_box(practice: PracticePage) -> KindBox:
    """The box of a practice, given as the page of its own kind; empty when nothing of it is told."""
    make = BOXES.get(type(practice))
    return make(practice) if make else NO_BOX


def months(number: int) -> str:
    return ngettext("%(count)d month", "%(count)d months", number) % {"count": number}


def _facts(practice: Any, *names: str) -> list[Fact]:
    """Those of the fields that hold something, under their own names; choices in words."""
    facts = []
    for name in names:
        field = practice._meta.get_field(name)
        value = getattr(practice, f"get_{name}_display")() if field.choices else getattr(practice, name)
        if value not in {None, ""}:
            facts.append(Fact(str(field.verbose_name), str(value)))
    return facts


def _commission(practice: PovertyTruthCommissionPage) -> KindBox:
    stretches = [
        (practice.months_to_decide, _("to decide to go ahead")),
        (practice.months_to_gather, _("to bring the first group together")),
        (practice.months_alone, _("with the community commissioners alone")),
    ]
    time = [Stretch(months(number), purpose) for number, purpose in stretches if number]
    if time:
        time.append(Stretch(_("Then"), _("together with the civic and business commissioners")))
    facts = _facts(practice, "community_commissioners", "civic_commissioners", "facilitation")
    if practice.months_before_joint_talk:
        label = _("Before they talked of what to do together")
        facts.append(Fact(label, months(practice.months_before_joint_talk)))
    return KindBox(_("A commission, in time and people"), facts, time)


def _group(practice: SelfReliantGroupPage) -> KindBox:
    return KindBox(_("The group"), _facts(practice, *practice.kind_fields), [])


def _connector(practice: CommunityConnectorPage) -> KindBox:
    return KindBox(_("Connector and person"), _facts(practice, *practice.kind_fields), [])


BOXES: dict[type[PracticePage], Callable[[Any], KindBox]] = {
    PovertyTruthCommissionPage: _commission,
    SelfReliantGroupPage: _group,
    CommunityConnectorPage: _connector,
}
