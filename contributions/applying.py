"""Every change of a page goes through here, whoever made it and whoever let it pass."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.actions import EditPageAction
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from practices.models import PracticeIndexPage, PracticePage

from .content import (
    MOST_ROWS,
    ROWS,
    Change,
    Content,
    MergedContent,
    content_of,
    empty_content,
    merge_changes,
    put_content,
    too_many_rows,
)  # fmt: skip

# What Wagtail gives a page when it is put into the tree.
OF_THE_TREE = ("path", "depth", "numchild", "slug", "url_path", "content_type", "locale", "translation_key")


class PageIsLockedError(Exception):
    """A moderator locked the page or took it down: nobody else changes it for now."""


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
        PageIsLockedError: a moderator locked the page, or took it down.
        django.core.exceptions.ValidationError: put together, the page would not be valid.
    """
    latest = Page.objects.select_for_update().get(pk=page.pk).specific
    theirs = content_of(latest)
    merged = merged_with(latest, changes, theirs)
    if merged == theirs:
        return None
    put_content(latest, merged)
    _check_rows(latest)
    action = EditPageAction(latest, user=by, publish=True)
    action.execute(skip_permission_checks=True)
    return action.revision


@transaction.atomic
def create_page(
    *, model: type[PracticePage], changes: dict[str, Change], adapted_from: PracticePage | None, by: Any
) -> Revision:
    """Put a new page on the shelf and publish it, in the author's name.

    Raises:
        django.core.exceptions.ValidationError: what it says is not valid.
    """
    # Locked, so that two that come at once stand beside each other in the tree.
    index = PracticeIndexPage.objects.get(pk=PracticeIndexPage.objects.select_for_update().first().pk)
    page = _new_page(model, changes)
    page.adapted_from = adapted_from
    page.live = False
    index.add_child(instance=page)
    log(instance=page, action="wagtail.create", user=by, content_changed=True)
    revision = page.save_revision(user=by, log_action=False)
    revision.publish(user=by, skip_permission_checks=True)
    return revision


def check_changes(*, page: PracticePage | None, model: type[PracticePage], changes: dict[str, Change]) -> None:
    """Say whether changes could go onto the page now, and write nothing.

    Raises:
        ConflictError, PageIsLockedError, django.core.exceptions.ValidationError: as when they are applied.
    """
    if page is None:
        _new_page(model, changes).full_clean(exclude=OF_THE_TREE)
        return
    latest = PracticePage.objects.get(pk=page.pk).specific
    put_content(latest, merged_with(latest, changes, content_of(latest)))
    latest.full_clean()
    _check_rows(latest)


def merged_with(latest: PracticePage, changes: dict[str, Change], theirs: Content) -> Content:
    """What a page would say with the changes in it.

    Raises:
        ConflictError, PageIsLockedError: it cannot have them now.
    """
    if latest.get_lock() is not None or not latest.live:
        raise PageIsLockedError
    merged = merge_changes(type(latest), changes, theirs)
    if merged.conflicts:
        raise ConflictError(merged)
    return merged.content


def _new_page(model: type[PracticePage], changes: dict[str, Change]) -> PracticePage:
    page = model()
    put_content(page, merge_changes(model, changes, empty_content(model)).content)
    _check_rows(page)
    return page


def _check_rows(page: PracticePage) -> None:
    """A page's own check does not look at its rows, and SQLite keeps what is too long."""
    faults = {}
    for name in ROWS:
        if len(getattr(page, name).all()) > MOST_ROWS:
            faults[name] = [too_many_rows()]
        for row in getattr(page, name).all():
            try:
                row.clean_fields(exclude={"page"})
            except ValidationError as error:
                faults[name] = error.messages
    if faults:
        raise ValidationError(faults)
