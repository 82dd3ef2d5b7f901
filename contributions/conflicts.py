"""The screen of what two people changed, each in another way: both texts, and the typed one to go on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from .content import ROWS, Change, Content, changes_between, content_at, lost_with_its_kind, merge_changes, merges_of
from .differences import SECONDS, Comparison, Names
from .merging import KEY, Conflict
from .models import ProposedEdit
from .paragraphs import joined, paragraphs_of
from .questions import ROW_LABELS, label_of, row_label
from .wordwise import Deadline, Piece, compare_texts

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class ConflictPart:
    """One thing that both changed.

    Args:
        name: of the field of the screen's form.
        label: what it is.
        mine, theirs: both against what it was.
        base: what it was.
        keep: the words to keep, for a box; None where one or the other is chosen.
        choice: which of both; "mine" of a text is what stands in its box.
        told: what became of it where it was taken out.
    """

    name: str
    label: str
    mine: list[Piece]
    theirs: list[Piece]
    base: str
    keep: str | None
    choice: str
    told_mine: str
    told_theirs: str

    @property
    def is_text(self) -> bool:
        return self.keep is not None


@dataclass(frozen=True, slots=True)
class ConflictView:
    """All that both changed, what fitted together, and which revision was seen."""

    parts: list[ConflictPart]
    fitted: list[str]
    seen: str
    merged: Content
    theirs: Content
    latest: Any
    conflicts: list[tuple[str, Conflict]]

    @property
    def who(self) -> str:
        """Who changed the page last, where that is known."""
        return str(self.latest.user.public_name) if self.latest and self.latest.user else ""

    @property
    def when(self) -> Any:
        return self.latest.created_at if self.latest else None

    @property
    def note(self) -> str:
        return str(self.latest.proposed_edit.note) if hasattr(self.latest, "proposed_edit") else ""


def present_conflict(proposal: ProposedEdit, data: QueryDict | None) -> ConflictView:
    """What somebody typed beside what the page says by now.

    Args:
        proposal: of a page that is there.
        data: what they chose so far on this screen.
    """
    page = proposal.page
    if page is None:
        raise ValueError("A page that is not there yet says nothing else.")
    theirs = content_at(page, page.latest_revision, proposal.model)
    merged = merge_changes(proposal.model, proposal.changed, theirs)
    conflicts = [(name, conflict) for name, found in merged.conflicts.items() for conflict in found]
    deadline = Deadline(SECONDS)
    comparison = Comparison(proposal.model, Names(proposal.original_id))
    parts = [_part(name, conflict, comparison, proposal, data, deadline) for name, conflict in conflicts]
    latest = page.revisions.select_related("user", "proposed_edit").filter(pk=page.latest_revision_id).first()
    asked = merges_of(proposal.model)
    fitted = [
        label_of(proposal.model, name) for name in proposal.changes if name in asked and name not in merged.conflicts
    ]
    return ConflictView(parts, fitted, str(page.latest_revision_id), merged.content, theirs, latest, conflicts)


def conflict_changes(proposal: ProposedEdit, view: ConflictView) -> dict[str, Change]:
    """What somebody changes of the page as it is by now, with the words that they chose."""
    content = dict(view.merged)
    for part, (name, conflict) in zip(view.parts, view.conflicts, strict=True):
        chosen = _chosen(part, conflict)
        if name in ROWS:
            content[name] = _rows_with(content[name], conflict, chosen)
        elif conflict.paragraph is not None:
            content[name] = _text_with(content[name], conflict, chosen)
        else:
            content[name] = chosen
    return changes_between(view.theirs, content) | lost_with_its_kind(proposal.model, proposal.changed)


def _chosen(part: ConflictPart, conflict: Conflict) -> Any:
    if part.choice == THEIRS:
        return conflict.theirs
    return part.keep if part.keep is not None else conflict.mine


def _rows_with(rows: list[Any], conflict: Conflict, chosen: Any) -> list[Any]:
    if conflict.column:
        return [{**row, conflict.column: chosen} if row[KEY] == conflict.key else row for row in rows]
    # One changed the row that the other took out.
    others = [row for row in rows if row[KEY] != conflict.key]
    if chosen is None:
        return others
    place = next((number for number, row in enumerate(rows) if row[KEY] == conflict.key), len(others))
    return [*others[:place], chosen, *others[place:]]


def _text_with(text: str, conflict: Conflict, chosen: str) -> str:
    """The text with one paragraph as it was chosen: it stands in it as it was typed, or as they have it."""
    paragraphs = paragraphs_of(text)
    there = conflict.mine if conflict.mine is not None else conflict.theirs
    # Of several that are alike, the one that stands where it stood.
    alike = [number for number, text in enumerate(paragraphs) if text == there]
    place = min(alike, key=lambda number: abs(number - (conflict.paragraph or 0)), default=len(paragraphs))
    return joined([*paragraphs[:place], *paragraphs_of(chosen or ""), *paragraphs[place + 1 :]])


def _part(
    name: str, conflict: Conflict, comparison: Comparison, proposal: ProposedEdit,
    data: QueryDict | None, deadline: Deadline,
) -> ConflictPart:  # fmt: skip
    content = proposal.content()
    base, mine, theirs = (
        comparison.told(name, conflict.column, each, content)
        for each in (conflict.base, conflict.mine, conflict.theirs)
    )
    # The same for the same thing, however the page changes meanwhile.
    field = "-".join(["keep", name, conflict.key or conflict.column, conflict.column, str(conflict.paragraph or 0)])
    is_text = _is_text(proposal, name, conflict)
    typed = conflict.mine if conflict.mine is not None else ""
    keep = (str(data.get(field, typed)).replace("\x00", "") if data else typed) if is_text else None
    return ConflictPart(
        name=field,
        label=_label(proposal, name, conflict),
        mine=compare_texts(base, mine, deadline),
        theirs=compare_texts(base, theirs, deadline),
        base=base,
        keep=keep,
        choice=str(data.get(f"{field}-{THEIRS}" if is_text else field, MINE)) if data else MINE,
        told_mine=_("You took it out.") if conflict.mine is None else "",
        told_theirs=_("It was taken out.") if conflict.theirs is None else "",
    )


def _is_text(proposal: ProposedEdit, name: str, conflict: Conflict) -> bool:
    """Whether the words to keep can be typed: of what is chosen from a list, and of whole rows, one is chosen."""
    if name in ROWS and not conflict.column:
        return False
    field = proposal.model._meta.get_field(name)
    if conflict.column:
        field = field.related_model._meta.get_field(conflict.column)
    return field.get_internal_type() in ("CharField", "TextField", "URLField") and not field.choices


def _label(proposal: ProposedEdit, name: str, conflict: Conflict) -> str:
    label = label_of(proposal.model, name)
    if name not in ROWS:
        return label
    keys = [row[KEY] for row in proposal.base_content()[name]]
    place = keys.index(conflict.key) + 1 if conflict.key in keys else len(keys) + 1
    told = f"{label} {row_label(name, place)}"
    column = ROW_LABELS.get((name, conflict.column), "")
    return f"{told}: {column}" if column else told
