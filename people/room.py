"""How much room a box has: told while somebody types, and never enforced by cutting what they paste."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _


def tell_room(field: forms.Field) -> None:
    """Take a browser's own limit away, which cuts and says nothing; `site/static/js/room.js` tells it instead."""
    limit = field.widget.attrs.pop("maxlength", None)
    if limit is not None:
        field.widget.attrs |= {
            "data-room": limit,
            "data-room-left": _("Room for {count} more letters"),
            "data-room-over": _("{count} letters too many"),
        }
