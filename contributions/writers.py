"""Who writes: somebody with an account, or somebody who has none yet."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from people.models import User

# In the session: a secret that tells this browser from others, before and after its owner signs in.
WRITES_AS = "writes_as"


@dataclass(frozen=True, slots=True)
class Writer:
    """Whoever writes, and in which browser.

    Args:
        person: their account, or None.
        browser: the secret that their session keeps, empty as long as they wrote nothing.
    """

    person: User | None
    browser: str

    @property
    def visitor(self) -> str:
        """By what their drafts are known as long as they have no account."""
        return "" if self.person else self.browser


def writer_of(request: HttpRequest, *, begins: bool = False) -> Writer:
    """Who it is that asks. If they begin to write, their session gets a secret; reading sets no cookie."""
    person: Any = request.user
    browser = request.session.get(WRITES_AS, "")
    if begins and not browser:
        browser = request.session[WRITES_AS] = secrets.token_urlsafe(32)
    return Writer(person if person.is_authenticated else None, browser)
