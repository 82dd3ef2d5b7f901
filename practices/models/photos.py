"""Photos that people add. What is stored is never the file that came in."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from practices.photos import CleanPhoto, reencode


class Photo(AbstractImage):
    """A photo with the consent of those in it.

    Every way in (form, chooser, several at once, code) ends in `save`, so this is where a new
    file is taken apart and made anew: phones write names of places and devices into photos.
    """

    file: Any  # of AbstractImage, which has no types

    consent = models.BooleanField(
        _("consent"),
        default=False,
        help_text=_("Everybody who can be recognised has said yes to this photo being here."),
    )

    admin_form_fields = (*Image.admin_form_fields, "consent")

    class Meta(AbstractImage.Meta):
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.file and not self.file._committed:
            if not isinstance(self.file.file, CleanPhoto):
                self.file = reencode(self.file)
            self._set_image_file_metadata()
            self.width, self.height = self.file.width, self.file.height
        super().save(*args, **kwargs)


class PhotoRendition(AbstractRendition):
    image = models.ForeignKey(Photo, models.CASCADE, related_name="renditions")

    class Meta:
        verbose_name = _("rendition of a photo")
        verbose_name_plural = _("renditions of photos")
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="practices_rendition_unique"
            ),
        ]
