"""How much of a practice has been told. Computed from its fields, never set by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from practices.models import CostBand, Part, PracticePage, Status


@dataclass(frozen=True)
class Completeness:
    """The parts that are answered and those still open, each in the order of the page."""

    answered: tuple[Part, ...]
    open: tuple[Part, ...]

    @property
    def sentence(self) -> str:
        return _("%(answered)d of %(all)d questions answered.") % {"answered": len(self.answered), "all": len(Part)}


def completeness_of(practice: PracticePage) -> Completeness:
    """Say which questions a practice answers. Give the page of its own kind: its own box counts as well."""
    answered = tuple(part for part in Part if IS_ANSWERED[part](practice))
    return Completeness(answered, tuple(part for part in Part if part not in answered))


def _has_text(name: str) -> Callable[[PracticePage], bool]:
    return lambda practice: bool(getattr(practice, name).strip())


def _has_rows(name: str) -> Callable[[PracticePage], bool]:
    return lambda practice: bool(getattr(practice, name).all())


def _says_what_it_takes(practice: PracticePage) -> bool:
    texts = (practice.people_needed, practice.time_needed, practice.cost)
    of_its_kind = (getattr(practice, name) for name in practice.kind_fields)
    return (
        any(text.strip() for text in texts)
        or practice.cost_band != CostBand.UNKNOWN
        or any(value not in {None, ""} for value in of_its_kind)
    )


def _says_where_and_when(practice: PracticePage) -> bool:
    told = (practice.place, practice.nations, practice.organisation, practice.since)
    return any(told) or practice.status != Status.UNKNOWN


def _says_for_what_and_with_whom(practice: PracticePage) -> bool:
    return bool(practice.outcomes.all()) and bool(practice.beneficiary_groups.all())


IS_ANSWERED: dict[Part, Callable[[PracticePage], bool]] = {
    Part.QUESTIONS: _has_rows("questions"),
    Part.WHAT_IT_IS: _has_text("what_it_is"),
    Part.WHY_IT_WORKS: _has_text("why_it_works"),
    Part.PRINCIPLES: _has_rows("principles"),
    Part.ESSENTIALS: _has_rows("essentials"),
    Part.LOCAL_FORM: _has_text("local_form"),
    Part.STEPS: _has_rows("steps"),
    Part.TAKES: _says_what_it_takes,
    Part.CHANGES: _has_rows("changes"),
    Part.DID_NOT_WORK: _has_text("did_not_work"),
    Part.VOICES: _has_rows("voices"),
    Part.WHERE: _says_where_and_when,
    Part.TERMS: _says_for_what_and_with_whom,
}
