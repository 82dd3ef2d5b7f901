"""Public names that tell nothing of who has them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from .models import FormerHandle, User, handle_shape

FIRST_WORDS = (
    "maple", "cedar", "hazel", "willow", "rowan", "birch", "alder", "bramble", "clover", "fern", "heather",
    "ivy", "juniper", "lavender", "moss", "nettle", "poppy", "primrose", "reed", "sage", "sorrel", "thistle",
    "thyme", "violet", "amber", "copper", "coral", "flint", "pebble", "silver", "slate", "cobalt", "indigo",
    "russet", "saffron", "teal",
)  # fmt: skip
SECOND_WORDS = (
    "lane", "brook", "field", "gate", "hill", "meadow", "bridge", "harbour", "orchard", "path", "pond", "quay",
    "ridge", "shore", "spring", "stile", "stream", "track", "valley", "wharf", "wood", "bank", "bay", "common",
    "corner", "court", "cove", "croft", "dale", "garden", "green", "grove", "heath", "island", "lake", "yard",
)  # fmt: skip
# Names that would speak for the site, or are words of its addresses.
RESERVED = frozenset(
    {
        "about", "account", "admin", "administrator", "anonymous", "api", "editor", "editors", "help", "me",
        "moderation", "moderator", "moderators", "new", "nobody", "null", "official", "owner", "postmaster",
        "root", "security", "site", "social-wiki", "staff", "support", "system", "undefined",
    }
)  # fmt: skip
TRIES = 8


def suggest_handle() -> str:
    """A free handle of two words such as maple-lane; with a number where the words alone are taken."""
    for attempt in range(TRIES):
        words = f"{secrets.choice(FIRST_WORDS)}-{secrets.choice(SECOND_WORDS)}"
        handle = words if attempt < TRIES // 2 else f"{words}-{secrets.randbelow(9000) + 1000}"
        if is_free(handle):
            return handle
    return f"{words}-{secrets.token_hex(4)}"


def is_free(handle: str, *, but_for: User | None = None) -> bool:
    """Whether nobody has the handle and nobody ever had it; whoever had it themselves may have it back."""
    has = User.objects.filter(username__iexact=handle)
    had = FormerHandle.objects.filter(handle__in=[handle.lower(), unread(handle)])
    if but_for is not None:
        has, had = has.exclude(pk=but_for.pk), had.exclude(person=but_for)
    return not (has.exists() or had.exists())


def unread(handle: str) -> str:
    """A handle as it is kept of somebody who was erased: it can be compared, and not be read."""
    return salted_hmac("people.handles", handle.lower()).hexdigest()[:40]


def keep_handles_unread(handles: Iterable[str]) -> None:
    """Keep the handles of somebody who is erased only as hashes, so that still nobody else is given one."""
    for handle in handles:
        if FormerHandle.objects.filter(handle=handle.lower()).delete()[0]:
            FormerHandle.objects.get_or_create(handle=unread(handle))


def check_handle(handle: str, *, but_for: User | None = None) -> str:
    """The handle as it is kept, in small letters.

    Raises:
        ValidationError: it has another shape, is kept for the site, or somebody has or had it.
    """
    handle = handle.strip().lower()
    handle_shape(handle)
    if handle in RESERVED or handle.startswith("former-member"):
        raise ValidationError(_("This one is kept for the site itself. Please choose another."))
    if not is_free(handle, but_for=but_for):
        raise ValidationError(_("Somebody has or had this handle. Please choose another."))
    return handle
