"""Every change of a page goes through here, whoever made it and whoever let it pass."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.actions import EditPageAction
from wagtail.models import Page, Revision

from practices.models import PracticePage

from .content import Change, MergedContent, content_of, merge_changes, put_content


class PageIsLockedError(Exception):
    """A moderator locked the page: nobody else changes it for now."""


class ConflictError(Exception):
    """Something could not be put together with what the page says by now. Nothing was written."""

    def __init__(self, merged: MergedContent) -> None:
        super().__init__(", ".join(merged.conflicts))
        self.merged = merged


@transaction.atomic
def apply_changes(*, page: PracticePage, changes: dict[str, Change], by: Any) -> Revision | None:
    """Put changes into a page as it is by now, as one published revision in the author's name.

    Whoever calls has asked whether they may: contributors have no rights in Wagtail, and need none.

    Args:
        page: which page; what it says is read anew under a lock.
        changes: by field, as it was when the author began and as they left it.
        by: the author, whoever let it pass.

    Returns:
        The revision; None when the page says all of it already.

    Raises:
        ConflictError: somebody changed the same in the meantime.
        PageIsLockedError: a moderator locked the page.
        django.core.exceptions.ValidationError: put together, the page would not be valid.
    """
    latest = Page.objects.select_for_update().get(pk=page.pk).specific
    if latest.get_lock() is not None:
        raise PageIsLockedError
    theirs = content_of(latest)
    merged = merge_changes(type(latest), changes, theirs)
    if merged.conflicts:
        raise ConflictError(merged)
    if merged.content == theirs:
        return None
    put_content(latest, merged.content)
    action = EditPageAction(latest, user=by, publish=True)
    action.execute(skip_permission_checks=True)
    return action.revision
