"""What a worker does for practices, behind whoever waits."""

from __future__ import annotations

from django_tasks import task

from .covers import PHOTO_FILTER
from .models import Photo


@task(backend="behind")
def make_rendition(pk: int) -> None:
    """Make the picture of a photo that pages show, if it may be shown. Without it, the first reader waits for it."""
    photo = Photo.objects.filter(pk=pk, consent=True).first()
    if photo is not None:
        photo.get_rendition(PHOTO_FILTER)
