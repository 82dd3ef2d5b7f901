"""What a moderator sees of a change: what it does to the page, what is around it, who wrote it, what to mind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Revision

from people.models import Standing, User
from people.standing import is_trusted

from .applying import PageIsLockedError
from .content import ROWS, Content, content_at, empty_content, merge_changes
from .differences import Comparison, Difference, Names, size_sentence
from .harm import links_added
from .merging import KEY
from .models import ProposedEdit, State
from .questions import label_of, sections_of
from .recognisable import Recognisable, recognisable_words


@dataclass(frozen=True, slots=True)
class Record:
    """What became of an author's changes so far."""

    accepted: int
    rejected: int
    taken_out: int
    first_accepted_on: date | None
    is_trusted: bool

    @property
    def sentence(self) -> str:
        if not (self.accepted or self.rejected or self.taken_out):
            return _("First change here")
        parts = [ngettext("%(count)d accepted", "%(count)d accepted", self.accepted) % {"count": self.accepted}]
        if self.rejected:
            parts.append(_("%(count)d not taken") % {"count": self.rejected})
        if self.taken_out:
            parts.append(_("%(count)d taken out again") % {"count": self.taken_out})
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One change as a moderator sees it.

    Args:
        differences: what it does to the page as it is now, or did.
        size: how much that is, in a line.
        around: the rest of the page: of each other part that says something, its name and its paragraphs.
        fits: why it cannot go onto the page as it is; empty if it can.
        newer: how many versions there are since its author began.
        recognisable: the passages in which somebody could be known.
        links: the web addresses that it adds.
        record: what became of its author's changes before; None for a former member.
        now: what the page says now.
        then: what it would say.
    """

    differences: list[Difference]
    size: str
    around: list[tuple[str, list[str]]]
    fits: str
    newer: int
    recognisable: list[Recognisable]
    links: list[str]
    record: Record | None
    now: Content
    then: Content


def review_page(proposal: ProposedEdit, at: Revision | None = None) -> ReviewPage:
    """All that there is to see of a change before it is answered, or when it was.

    Args:
        proposal: the change.
        at: the version of the page that it is put into; the newest if none is given.
    """
    before, after, fits = states_of(proposal, at)
    comparison = Comparison(proposal.model, Names(proposal.original_id))
    differences = comparison.differences(before, after)
    return ReviewPage(
        differences=differences,
        size=size_sentence(differences),
        around=_around(comparison, after, {difference.name for difference in differences}),
        fits=fits,
        newer=_newer_versions(proposal),
        recognisable=recognisable_words(proposal.changed),
        links=links_added(proposal.changed),
        record=record_of(proposal.author) if proposal.author else None,
        now=before,
        then=after,
    )


def states_of(proposal: ProposedEdit, at: Revision | None = None) -> tuple[Content, Content, str]:
    """What the page says now and would say then, if it fits; else as it was and as its author left it; and why not.

    Whether every value still holds is asked when it is accepted: to ask for it here takes thirty queries.
    """
    if proposal.page is None or proposal.state != State.WAITING:
        corrected = {name: became for name, (_wrote, became) in proposal.corrections.items()}
        return proposal.base_content(), proposal.content() | corrected, ""
    now = content_at(proposal.page, at or proposal.page.latest_revision, proposal.model)
    merged = merge_changes(proposal.model, proposal.changed, now)
    if merged.conflicts:
        why = _("Somebody changed the same since. The author has to choose the words.")
        return proposal.base_content(), proposal.content(), why
    is_closed = proposal.page.locked or not proposal.page.live
    return now, merged.content, why_it_does_not_fit(PageIsLockedError()) if is_closed else ""


def why_it_does_not_fit(error: Exception) -> str:
    """In words for a moderator."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, PageIsLockedError):
        return str(_("The page is locked, or taken down. Open it first."))
    return str(_("The page was changed in the same place. Ask the author to choose the words."))


def record_of(author: User) -> Record:
    """What became of somebody's changes so far."""
    counts = ProposedEdit.objects.filter(author=author).aggregate(
        accepted=Count("pk", filter=Q(state=State.ACCEPTED, taken_out_at=None)),
        rejected=Count("pk", filter=Q(state=State.REJECTED)),
        taken_out=Count("pk", filter=Q(taken_out_at__isnull=False)),
    )
    standing = getattr(author, "standing", None) or Standing(person=author)
    return Record(**counts, first_accepted_on=standing.first_accepted_on, is_trusted=is_trusted(standing))


def _newer_versions(proposal: ProposedEdit) -> int:
    if proposal.page is None or proposal.base_id is None or proposal.base_id == proposal.page.latest_revision_id:
        return 0
    newer = proposal.page.revisions.filter(pk__gt=proposal.base_id)
    return newer.exclude(pk=proposal.revision_id or 0).count()


def _around(comparison: Comparison, content: Content, changed: set[str]) -> list[tuple[str, list[str]]]:
    model: Any = comparison.model
    empty = empty_content(model)
    found = []
    for name in (name for _section, names in sections_of(model, frozenset(content)) for name in names):
        value = content[name]
        if name in changed or value in (None, "", []) or value == empty[name]:
            continue
        told = [_told(comparison, name, each, content) for each in value] if isinstance(value, list) else [
            part for part in comparison.told(name, "", value, content).split("\n") if part.strip()
        ]  # fmt: skip
        if any(told):
            found.append((label_of(model, name), told))
    return found


def _told(comparison: Comparison, name: str, value: Any, content: Content) -> str:
    """One row, or one value of several."""
    if name in ROWS:
        return comparison.told(name, "", {key: each for key, each in value.items() if key != KEY}, content)
    return comparison.told(name, "", value, content)
