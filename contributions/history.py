"""What became of a page: every version, who made it and why, and how much changed in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Revision

from practices import wording
from practices.models import PracticePage, StarterEntry

from .content import Change, Content, changes_between, content_at, content_of_revision, merge_changes
from .differences import Comparison, Names, size_sentence
from .models import ProposedEdit
from .wordwise import Deadline

# So long, and no longer, the sizes of all changes of a page of history may take to count; then parts are told alone.
SECONDS_FOR_SIZES = 0.4


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a page, as a line of its history."""

    number: int
    made_at: datetime
    who: str
    note: str
    size: str
    checked_by: str
    is_taken_out: bool
    is_now: bool
    before: int | None

    @property
    def day(self) -> str:
        return wording.day(self.made_at)


def versions_of(page: PracticePage) -> QuerySet[Revision]:
    """All versions, the newest first: a practice has no drafts, so each was published."""
    people = ("user", "proposed_edit", "proposed_edit__reviewer")
    return page.revisions.select_related(*people).order_by("-created_at", "-pk")


def present_versions(page: PracticePage, revisions: Sequence[Revision], before: Revision | None) -> list[Version]:
    """Lines of the history.

    Args:
        page: the page.
        revisions: one after another, the newest first.
        before: the one before the oldest of them, if there is one.
    """
    comparison = Comparison(page.specific_class, Names(page.adapted_from_id))
    starter = has_starter(page)
    deadline = Deadline(SECONDS_FOR_SIZES)
    contents = {each.pk: content_of_revision(each, page.specific_class) for each in (*revisions, before) if each}
    older = [*revisions[1:], before]
    return [
        Version(
            number=each.pk,
            made_at=each.created_at,
            who=who_made(each, starter=starter),
            note=edit.note if (edit := _edit_of(each)) else "",
            size=_size(comparison, contents.get(one.pk) if one else None, contents[each.pk], deadline),
            checked_by=edit.reviewer.public_name if edit and edit.reviewer else "",
            is_taken_out=bool(edit and edit.taken_out_at),
            is_now=each.pk == page.latest_revision_id,
            before=one.pk if one else None,
        )
        for each, one in zip(revisions, older, strict=True)
    ]


def who_made(revision: Revision, *, starter: bool) -> str:
    """Whose work a version is."""
    if revision.user is not None:
        return str(revision.user.public_name)
    return _("The starter library") if starter else _("Somebody who is not named")


def count_sentence(page: PracticePage) -> str:
    """How many versions there are, by how many people."""
    counts = page.revisions.aggregate(versions=Count("pk"), people=Count("user", distinct=True))
    told = ngettext("%(count)d version", "%(count)d versions", counts["versions"]) % {"count": counts["versions"]}
    if not counts["people"]:
        return told
    people = ngettext("by %(count)d person", "by %(count)d people", counts["people"]) % {"count": counts["people"]}
    return f"{told}, {people}"


def neighbours(page: PracticePage, revision: Revision) -> tuple[Revision | None, Revision | None]:
    """The version before one, and the one after it."""
    older = page.revisions.filter(pk__lt=revision.pk).order_by("-pk").first()
    newer = page.revisions.filter(pk__gt=revision.pk).order_by("pk").first()
    return older, newer


def changes_to_restore(page: PracticePage, revision: Revision) -> dict[str, Change]:
    """What has to change for a page to say again what it said in a version."""
    model = page.specific_class
    return changes_between(content_at(page, page.latest_revision, model), content_of_revision(revision, model))


def changes_to_undo(
    page: PracticePage, revision: Revision, before: Revision, at: Revision | None = None
) -> tuple[dict[str, Change], bool]:
    """What has to change to take one version's change out again and keep what came later.

    Args:
        page: the page.
        revision: whose change is taken out.
        before: the version before that.
        at: out of which version; the newest if none is given.

    Returns:
        The changes; and whether they are of the page as it is now. If not, something of it was changed again since,
        and they are of the page as it was in that version: putting them together asks which words to keep.
    """
    model = page.specific_class
    was, became = content_of_revision(before, model), content_of_revision(revision, model)
    undoing = changes_between(became, was)
    now = content_at(page, at or page.latest_revision, model)
    merged = merge_changes(model, undoing, now)
    if merged.conflicts:
        return undoing, False
    return changes_between(now, merged.content), True


def _edit_of(revision: Revision) -> ProposedEdit | None:
    return getattr(revision, "proposed_edit", None)


def _size(comparison: Comparison, before: Content | None, after: Content, deadline: Deadline) -> str:
    if before is None:
        return _("The first version.")
    if deadline.left <= 0:
        changed = sum(before[name] != after[name] for name in after)
        return ngettext("%(count)d part.", "%(count)d parts.", changed) % {"count": changed}
    return size_sentence(comparison.differences(before, after, deadline))


def has_starter(page: PracticePage) -> bool:
    """Whether versions without a person are the starter library's."""
    return StarterEntry.objects.filter(page=page.pk).exists()


def parts_of(comparison: Comparison, older: Content, newer: Content) -> dict[str, Any]:
    """What a page that compares two versions shows."""
    differences = comparison.differences(older, newer)
    return {
        "differences": differences,
        "size": size_sentence(differences),
        "unchanged": comparison.unchanged(differences),
    }
