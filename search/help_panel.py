"""The short panel above the results with who to ring now. It reads what was typed and keeps nothing of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .danger import Danger, dangers_in
from .models import HelpLine

NEEDS = frozenset({Danger.FOOD, Danger.BED})


@dataclass(frozen=True, slots=True)
class ShownLine:
    shown: str
    dialled: str
    what_for: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class HelpPanel:
    """Who to ring, what else to do today, and how far the numbers can be relied on."""

    heading: str
    lines: tuple[ShownLine, ...]
    advice: str
    confirmed: str


def help_panel(text: str) -> HelpPanel | None:
    """The panel for what was typed; None where nothing tells of danger or of need today, as a rule."""
    dangers = dangers_in(text)
    lines = [line for line in HelpLine.objects.shown() if dangers.intersection(line.dangers)] if dangers else []
    if not lines:
        return None
    if dangers <= NEEDS:
        heading = _("If it is needed today, ring first")
    else:
        heading = _("If someone may be in danger today, ring first")
    shown = tuple(ShownLine(_together(line), line.dialled, line.what_for, line.is_confirmed()) for line in lines)
    return HelpPanel(heading, shown, _advice(dangers), _confirmed(lines))


def _together(line: HelpLine) -> str:
    """Name and number; a number is not broken at its spaces."""
    number = line.number.replace(" ", "\u00a0")
    return f"{line.name} {number}" if line.name else number


def _advice(dangers: frozenset[Danger]) -> str:
    """What a number does not solve."""
    if Danger.FOOD in dangers:
        return _("For food today, ask the council of the place where the person is, or the nearest food bank.")
    if Danger.BED in dangers:
        return _("For a bed tonight, ask the council of the place where the person is. It has somebody for this.")
    return ""


def _confirmed(lines: list[HelpLine]) -> str:
    """When the numbers were last checked, where all were: the day that is longest ago."""
    days = [line.confirmed_on for line in lines if line.confirmed_on]
    if len(days) < len(lines):
        return ""
    told = _("Last checked on %(day)s.") % {"day": date_format(min(days), "j F Y")}
    if all(line.is_confirmed() for line in lines):
        return told
    return _("%(told)s That is more than three months ago.") % {"told": told}
