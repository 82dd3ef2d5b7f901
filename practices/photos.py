"""Take a photo apart and make it anew, so that nothing but the picture is kept."""

from __future__ import annotations

import io
import uuid
import warnings

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2400


class CleanPhoto(ContentFile):
    """A file that `reencode` made: it need not be made anew."""


class UnreadablePhotoError(ValidationError):
    """The file is no photo that we can read. The message is for the person who chose it."""


def reencode(file: File) -> CleanPhoto:
    """Return a new file with the same picture, turned upright, without any metadata.

    Args:
        file: what was uploaded; its name is not kept, since people name files after people.

    Returns:
        A JPEG, PNG or WebP file, at most 2400 pixels on its longer side.

    Raises:
        UnreadablePhotoError: the file is too large, of another format, or broken.
    """
    if file.size > MAX_BYTES:
        raise UnreadablePhotoError(_("This photo is larger than 15 MB. Please choose a smaller one."))
    try:
        file.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=list(FORMATS)) as picture:
                picture_format = picture.format or ""
                if picture.width * picture.height > MAX_PIXELS:
                    raise UnreadablePhotoError(_("This photo has too many pixels. Please choose a smaller one."))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((MAX_SIDE, MAX_SIDE))
    except UnreadablePhotoError:
        raise
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise UnreadablePhotoError(
            _("We cannot read this file as a photo. Please choose a JPEG, PNG or WebP file.")
        ) from error
    has_alpha = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    clean = upright.convert("RGBA" if has_alpha and picture_format != "JPEG" else "RGB")
    clean.info.clear()
    output = io.BytesIO()
    clean.save(output, picture_format, quality=85)
    return CleanPhoto(output.getvalue(), name=f"{uuid.uuid4().hex}.{FORMATS[picture_format]}")
