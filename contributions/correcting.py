"""Small corrections on the way to the page: the parts that an author changed, in boxes, as they would stand there."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from . import reviewing
from .content import changes_between
from .edit_form import EditForm, essentials_of
from .models import ProposedEdit
from .review_page import ReviewPage


def correction_form(proposal: ProposedEdit, review: ReviewPage) -> EditForm:
    """The parts that a change is about, as they would stand on the page; no others are asked for."""
    names = frozenset(proposal.changes)
    source = proposal.page.adapted_from if proposal.page else proposal.adapted_from
    return EditForm(proposal.model, review.now, review.then, names, essentials_of(source, names))


def corrected(proposal: ProposedEdit, form: EditForm, review: ReviewPage, by: Any, seen: int, words: str) -> str:
    """Accept a change with what stands in the boxes; returns what came of it, in words."""
    correction = reviewing.Correction(
        instead=changes_between(review.now, form.content), right=changes_between(review.then, form.content)
    )
    accepted = reviewing.accept_proposal(proposal=proposal, by=by, seen=seen, correction=correction, words=words)
    if accepted.corrections:
        return _("It is on the page, in its author’s name. They are told what you put right.")
    return _("It is on the page, in its author’s name, as they wrote it.")
