"""What somebody has before them who writes: the page as it was, and what they made of it so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import QueryDict
from wagtail.models import Revision

from people.writers import Writer, number_of
from practices.models import Kind, PracticePage, kind_model

from .content import Change, Content, changes_between, content_at
from .edit_form import EditForm, essentials_of
from .models import ProposedEdit
from .questions import names_asked
from .services import begin_draft, save_draft, set_kind

MOST_DRAFTS_SHOWN = 5


@dataclass
class Editing:
    """A page, or one that is not there yet, under somebody's hands.

    Args:
        writer: who.
        page: which page; None for a new one.
        kind: of a new page, its kind.
        adapted_from: the practice that it is a local version of.
        draft: what they kept of it already.
        base: what the page was when they began.
        others: other drafts of theirs of the same page.
        is_older: whether the form that they sent was opened on another state of the page than the draft began from.
    """

    writer: Writer
    page: PracticePage | None
    kind: str
    adapted_from: PracticePage | None
    draft: ProposedEdit | None
    base: Revision | None
    others: list[ProposedEdit]
    is_older: bool = False

    @property
    def model(self) -> type[PracticePage]:
        return self.page.specific_class if self.page else kind_model(self.kind)

    @property
    def has_moved_on(self) -> bool:
        """Whether somebody else changed the page since they began."""
        return bool(self.page and self.draft and self.base and self.base.pk != self.page.latest_revision_id)

    def base_content(self) -> Content:
        said = content_at(self.page, self.base, self.model)
        if self.draft is None or self.is_older:
            return said
        return said | {name: change.base for name, change in self.draft.changed.items()}

    def kept(self) -> Content:
        """What they made of the fields that they changed."""
        if self.draft is None or self.is_older:
            return {}
        return {name: change.mine for name, change in self.draft.changed.items()}

    def form(self, field: str) -> EditForm:
        """The form, for one field or all of it, with what they kept in it."""
        base = self.base_content()
        names = self.names(field)
        return EditForm(self.model, base, base | self.kept(), names, essentials_of(self.adapted_from, names))

    def names(self, field: str) -> frozenset[str]:
        """The fields that a form for one question asks for; for none, all of them."""
        return names_asked(self.model, field, adapted=self.adapted_from is not None)

    @transaction.atomic
    def keep(self, content: Content, base: Content, seen: int) -> ProposedEdit | None:
        """Save what was typed; None if there is nothing to keep.

        Args:
            content: what they made of the page.
            base: what it said when they began.
            seen: the version of the draft that they had before them.
        """
        changes: dict[str, Change] = changes_between(base, content)
        if self.draft is not None:
            if self.draft.page is None and self.draft.kind != self.kind:
                set_kind(proposal=self.draft, kind=self.kind, by=self.writer)
            older = self.base if self.is_older else None
            return save_draft(proposal=self.draft, changes=changes, by=self.writer, seen=seen, base=older)
        if not changes:
            return None
        return begin_draft(
            by=self.writer, changes=changes, page=self.page, base=self.base, kind=self.kind,
            adapted_from=self.adapted_from if self.page is None else None,
        )  # fmt: skip


def editing_of_page(writer: Writer, page: PracticePage, asked: QueryDict) -> Editing:
    """Take up what somebody kept of a page, or begin.

    Args:
        writer: who.
        page: which page.
        asked: `draft`, one of theirs, and `base`, the revision that was before them; both may be of nothing.
    """
    proposals = ProposedEdit.objects.filter(page=page)
    mine = _drafts_of(writer, proposals)
    draft = _chosen(mine, proposals, asked, writer)
    opened_on = _revision_of(page, asked.get("base", ""))
    is_older = bool(draft and opened_on and draft.base_id and opened_on.pk != draft.base_id)
    base = draft.base if draft and not is_older else opened_on or page.latest_revision
    others = [each for each in mine if each != draft]
    return Editing(writer, page, "", page.adapted_from, draft, base, others, is_older)


def editing_of_new_page(writer: Writer, asked: QueryDict, adapted_from: PracticePage | None = None) -> Editing:
    """Take up a page that somebody began to write, or begin another.

    Args:
        writer: who.
        asked: `draft`, one of theirs, and `kind`; both may be of nothing.
        adapted_from: the practice that it is a local version of.
    """
    proposals = ProposedEdit.objects.filter(page=None, adapted_from=adapted_from)
    mine = _drafts_of(writer, proposals)
    draft = _chosen(mine, proposals, asked, writer)
    kind = asked.get("kind", "")
    if kind not in Kind.values:
        kind = str(draft.kind if draft else adapted_from.specific_class.kind if adapted_from else Kind.OTHER)
    return Editing(writer, None, kind, adapted_from, draft, None, [each for each in mine if each != draft])


def _drafts_of(writer: Writer, proposals: Any) -> list[ProposedEdit]:
    """The last ones that somebody kept."""
    return list(_theirs(writer, proposals).order_by("-saved_at")[:MOST_DRAFTS_SHOWN])


def _theirs(writer: Writer, proposals: Any) -> Any:
    mine = proposals.of(person=writer.person, visitor=writer.visitor).writable()
    return mine.select_related("page", "base")


def _chosen(mine: list[ProposedEdit], proposals: Any, asked: QueryDict, writer: Writer) -> ProposedEdit | None:
    """The draft that is named; else the last one, unless a form is sent that knew of none.

    Whoever goes back a page sends the same form again, which knew of no draft yet.
    """
    if asked.get("draft") == "new":
        return None
    if (number := number_of(asked.get("draft", ""), 18)) and (
        named := next((each for each in mine if each.pk == number), None)
        or _theirs(writer, proposals).filter(pk=number).first()
    ):
        return named
    if not mine:
        return None
    if "asked" in asked:
        return next((each for each in mine if writer.form and each.saved_in == writer.form), None)
    return mine[0]


def _revision_of(page: PracticePage, number: str) -> Revision | None:
    asked = number_of(number, 18)
    return page.revisions.filter(pk=asked).first() if asked else None
