"""Where a practice comes from, and what others made of it: a family as nested lists, and as a drawn tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices import wording
from practices.cards import TermLink, in_order, link_to_term
from practices.models import PracticePage, ReportedOutcome, Taken, Vocabulary
from practices.reading import ANCESTORS, MOST_LOCAL_VERSIONS, Family, TakenByVersions
from practices.sureness import in_words

from .tree import Drawing, drawing_of


class TakenRow(Protocol):
    """What a local version or a report did with one essential."""

    @property
    def essential(self) -> UUID: ...
    @property
    def taken(self) -> str: ...
    @property
    def how(self) -> str: ...


@dataclass(frozen=True)
class TakenEssentials:
    """What was kept, changed or left out of what must be kept."""

    label: str
    essentials: list[str]


@dataclass(frozen=True)
class FamilyMember:
    title: str
    url: str
    meta: list[str]
    tally: wording.Tally
    # How it went there, as `wording.verdict_of` has it.
    verdict: str = ""
    is_here: bool = False
    is_local_version: bool = False
    taken: list[TakenEssentials] = field(default_factory=list)
    added: str = ""
    reported: list[TermLink] = field(default_factory=list)
    below: list[FamilyMember] = field(default_factory=list)
    has_more_below: bool = False


@dataclass(frozen=True)
class KeptByAll:
    """The essentials that every local version that helped kept, and how many these are."""

    sentence: str
    essentials: list[str]


@dataclass(frozen=True)
class FamilyView:
    """A family as the page shows it.

    Args:
        root: the oldest ancestor, with the others below it; None when the practice stands alone.
        drawing: the same as a picture; None when there is too little to draw.
        kept_by_all: None when no local version helped, or nothing was kept by all of them.
    """

    root: FamilyMember | None
    drawing: Drawing | None
    kept_by_all: KeptByAll | None


def present_family(practice: PracticePage, family: Family) -> FamilyView:
    root = family_tree(practice, family)
    essentials = {row.key: row.text for row in practice.essentials.all()}
    return FamilyView(root, drawing_of(root) if root else None, kept_by_all(essentials, family.taken))


def kept_by_all(essentials: Mapping[UUID, str], taken: Iterable[TakenByVersions]) -> KeptByAll | None:
    """What every local version that helped in some place kept.

    Args:
        essentials: of the original, by their keys, in its order.
        taken: what all its local versions did with them.
    """
    kept: dict[UUID | None, int] = {}
    helped = 0
    for row in taken:
        if row.essential is None:
            helped += row.helped
        elif row.taken == Taken.KEPT:
            kept[row.essential] = kept.get(row.essential, 0) + row.helped
    by_all = [text for key, text in essentials.items() if helped and kept.get(key) == helped]
    if not by_all:
        return None
    sentence = ngettext(
        "The one local version that helped kept:", "All of the %(number)s local versions that helped kept:", helped
    ) % {"number": in_words(helped)}
    return KeptByAll(sentence, by_all)


def family_tree(practice: PracticePage, family: Family) -> FamilyMember | None:
    """The family as a tree with this page in it; None when the practice stands alone.

    Each member is drawn once, so a ring of practices that name each other ends where it began.
    """
    by_id = {member.pk: member for member in family.members if member.pk != practice.pk}
    ancestors = _ancestors(practice, by_id)
    parent = ancestors[0] if ancestors and ancestors[0].pk == practice.adapted_from_id else None
    used = {practice.pk, *(ancestor.pk for ancestor in ancestors)}
    local = [member for pk, member in by_id.items() if member.adapted_from_id == practice.pk and pk not in used]
    used.update(member.pk for member in local)
    has_more_local = len(local) > MOST_LOCAL_VERSIONS
    local = local[:MOST_LOCAL_VERSIONS]
    siblings = [
        member for pk, member in by_id.items() if parent and member.adapted_from_id == parent.pk and pk not in used
    ]
    has_more_siblings = len(siblings) > MOST_LOCAL_VERSIONS - 1
    siblings = siblings[: MOST_LOCAL_VERSIONS - 1]
    told = family.told_outcomes
    below = [_member(version, practice, told) for version in local]
    level = [
        _member(practice, parent, told, is_here=True, below=below, has_more_below=has_more_local),
        *(_member(sibling, parent, told) for sibling in siblings),
    ]
    for ancestor in ancestors:
        original = by_id.get(ancestor.adapted_from_id or 0)
        has_more = has_more_siblings and ancestor is parent
        level = [_member(ancestor, original, told, below=level, has_more_below=has_more)]
    is_alone = level[0].is_here and not level[0].below
    return None if is_alone else level[0]


def _ancestors(practice: PracticePage, by_id: dict[int, PracticePage]) -> list[PracticePage]:
    """The nearest first. One that the reader may not see is passed over."""
    found: list[PracticePage] = []
    for name in ANCESTORS:
        ancestor = by_id.get(getattr(practice, name, None) or 0)
        if ancestor and ancestor not in found:
            found.append(ancestor)
    return found


def _member(
    practice: PracticePage,
    original: PracticePage | None,
    told: Mapping[int, Sequence[ReportedOutcome]],
    *,
    is_here: bool = False,
    below: Iterable[FamilyMember] = (),
    has_more_below: bool = False,
) -> FamilyMember:
    kept = {essential.key: essential.text for essential in original.essentials.all()} if original else {}
    totals = getattr(practice, "totals", None)
    return FamilyMember(
        title=practice.title,
        url=practice.get_absolute_url(),
        meta=[str(part) for part in (practice.place, practice.since) if part],
        tally=wording.tally(totals),
        verdict=wording.verdict_of(totals),
        is_here=is_here,
        is_local_version=original is not None,
        taken=taken_essentials(practice.adaptation.all(), kept) if original else [],
        added=practice.adaptation_added if original else "",
        reported=[] if is_here else _reported(practice, told.get(practice.pk, ())),
        below=list(below),
        has_more_below=has_more_below,
    )


def taken_essentials(rows: Iterable[TakenRow], texts: Mapping[UUID, str]) -> list[TakenEssentials]:
    """What was done with essentials, in the order of their page. Where several were just kept, it is said in a word.

    Args:
        rows: what was done with each.
        texts: of the essentials, by their keys; those that the page does not have any more are passed over.
    """
    by_key = {row.essential: row for row in rows if row.essential in texts}
    groups: dict[str, list[str]] = {taken: [] for taken in Taken}
    for key, text in texts.items():
        if row := by_key.get(key):
            groups[row.taken].append(f"{text} ({row.how})" if row.how else text)
    kept = [row for row in by_key.values() if row.taken == Taken.KEPT]
    if len(kept) > 1 and len(by_key) == len(texts) and not any(row.how for row in kept):
        groups.pop(Taken.KEPT)
        groups[Taken.KEPT] = [_("all of them.") if len(kept) == len(texts) else _("all the others.")]
    return [TakenEssentials(str(Taken(taken).label), found) for taken, found in groups.items() if found]


def _reported(practice: PracticePage, told: Iterable[ReportedOutcome]) -> list[TermLink]:
    """The outcomes that changes on a member's own page name, or reports of it, each once."""
    outcomes = {change.outcome for change in practice.changes.all() if change.outcome_id}
    outcomes |= {row.outcome for row in told}
    return [link_to_term(Vocabulary.OUTCOME, slug, label, reported=True) for slug, label in in_order(outcomes)]
