"""Where a practice comes from, and what others made of it: a family as nested lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from practices.cards import TermLink, term_link
from practices.models import PracticePage, Taken
from practices.reading import ANCESTORS, MOST_LOCAL_VERSIONS


@dataclass(frozen=True)
class TakenEssentials:
    """What a local version kept, changed or left out of what its original says must be kept."""

    label: str
    essentials: list[str]


@dataclass(frozen=True)
class FamilyMember:
    title: str
    url: str
    meta: list[str]
    is_here: bool = False
    is_local_version: bool = False
    taken: list[TakenEssentials] = field(default_factory=list)
    added: str = ""
    reported: list[TermLink] = field(default_factory=list)
    below: list[FamilyMember] = field(default_factory=list)
    has_more_below: bool = False


def family_tree(practice: PracticePage, members: Sequence[PracticePage]) -> FamilyMember | None:
    """The family as a tree with this page in it; None when the practice stands alone.

    Each member is drawn once, so a ring of practices that name each other ends where it began.
    """
    by_id = {member.pk: member for member in members if member.pk != practice.pk}
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
    below = [_member(version, practice) for version in local]
    level = [
        _member(practice, parent, is_here=True, below=below, has_more_below=has_more_local),
        *(_member(sibling, parent) for sibling in siblings),
    ]
    for ancestor in ancestors:
        original = by_id.get(ancestor.adapted_from_id or 0)
        has_more = has_more_siblings and ancestor is parent
        level = [_member(ancestor, original, below=level, has_more_below=has_more)]
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
    *,
    is_here: bool = False,
    below: Iterable[FamilyMember] = (),
    has_more_below: bool = False,
) -> FamilyMember:
    kept = {essential.key: essential.text for essential in original.essentials.all()} if original else {}
    return FamilyMember(
        title=practice.title,
        url=practice.get_absolute_url(),
        meta=[str(part) for part in (practice.place, practice.since) if part],
        is_here=is_here,
        is_local_version=original is not None,
        taken=_taken(practice, kept),
        added=practice.adaptation_added if original else "",
        reported=[] if is_here else _reported(practice),
        below=list(below),
        has_more_below=has_more_below,
    )


def _taken(practice: PracticePage, kept: dict[UUID, str]) -> list[TakenEssentials]:
    groups: dict[str, list[str]] = {taken: [] for taken in Taken}
    for row in practice.adaptation.all():
        if row.essential in kept:
            text = kept[row.essential]
            groups[row.taken].append(f"{text} ({row.how})" if row.how else text)
    return [TakenEssentials(str(Taken(taken).label), texts) for taken, texts in groups.items() if texts]


def _reported(practice: PracticePage) -> list[TermLink]:
    """The outcomes that changes on a member's own page name, each once."""
    outcomes = {change.outcome_id: change.outcome for change in practice.changes.all() if change.outcome_id}
    return [term_link(outcome, reported=True) for outcome in outcomes.values()]
