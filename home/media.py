"""Serve photos as pages show them: renditions only, never the file that somebody sent in."""

from __future__ import annotations

import mimetypes
import re

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from practices.models import PhotoRendition

# One folder, one file name: no way to name another folder, the one above, or a hidden file.
RENDITION = re.compile(r"images/[A-Za-z0-9][\w.-]*\.(?:jpe?g|png|webp)", re.ASCII)
POLICY = "default-src 'none'; sandbox"
ONE_DAY = 24 * 60 * 60


@require_safe
def serve_rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a rendition. One of a photo without consent is for those who look after the site, to tick or remove it."""
    consent = _consent_to(name)
    if consent is None or (not consent and not request.user.has_perm("wagtailadmin.access_admin")):
        raise Http404("No such rendition.")
    try:
        file = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404("The file of this rendition is gone.") from error
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = FileResponse(file, content_type=content_type)
    response["Cache-Control"] = f"public, max-age={ONE_DAY}" if consent else "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response


def _consent_to(name: str) -> bool | None:
    """Whether those in the photo agreed; None when there is no rendition of this name."""
    if not RENDITION.fullmatch(name) or ".." in name:
        return None
    return PhotoRendition.objects.filter(file=name).values_list("image__consent", flat=True).first()
