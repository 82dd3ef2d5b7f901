"""The one place that hears Wagtail's signals and says which practices changed.

`practice_changed` is sent inside the transaction of the change, with `ids`, a set of page ids.
Whoever changes what readers can see about a practice without publishing it sends it as well:
terms when they are renamed or merged, feedback for its totals.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import Signal

practice_changed = Signal()


def send_practice_changed(ids: Iterable[int]) -> None:
    """Tell search and caches which practices changed, as one batch, in one transaction.

    The library's row is written before the queue's rows, here and wherever a term is saved: two
    transactions that took them crosswise would wait for each other for ever on PostgreSQL.
    """
    from .models import Library

    changed = set(ids)
    if not changed:
        return
    with transaction.atomic():
        Library.objects.bump_version()
        practice_changed.send(sender=Library, ids=changed)


def page_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    from .models import PracticePage

    if isinstance(instance, PracticePage):
        send_practice_changed([instance.pk])
    else:
        shown_changed(sender)


def restriction_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    """A page that is closed to the public closes all that stands below it."""
    from .models import PracticePage

    below = PracticePage.objects.descendant_of(instance.page, inclusive=True)
    if ids := set(below.values_list("pk", flat=True)):
        send_practice_changed(ids)
    else:
        shown_changed(sender)


def shown_changed(sender: type, **kwargs: Any) -> None:
    """Something that pages show beside practices: a term's new synonym works at the next search, whoever saved it."""
    from .models import Library

    Library.objects.bump_version()


def photo_saved(sender: type, instance: Any, **kwargs: Any) -> None:
    """Make the picture that pages show before somebody waits for it, if there is a worker to do so."""
    from .tasks import make_rendition

    if settings.WORKER:
        make_rendition.enqueue(instance.pk)


def connect() -> None:
    from django.db.models.signals import post_save
    from wagtail.models import Page, PageViewRestriction, Site
    from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

    from .models import BeneficiaryGroup, FormerSlug, Outcome, Photo, Principle, practice_models

    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(page_changed, dispatch_uid=f"practices.{id(signal)}")
    for model in practice_models():
        post_delete.connect(page_changed, sender=model)
    for signal in (post_save, post_delete):
        signal.connect(restriction_changed, sender=PageViewRestriction)
        for shown in (Outcome, BeneficiaryGroup, Principle, FormerSlug, Photo, Site):
            signal.connect(shown_changed, sender=shown)
    post_delete.connect(shown_changed, sender=Page)
    post_save.connect(photo_saved, sender=Photo)
