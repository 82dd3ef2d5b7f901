"""Who writes: somebody with an account, or somebody who has none yet."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .models import User

# In the session: a secret that tells this browser from others, before and after its owner signs in.
WRITES_AS = "writes_as"
# In the session: the last forms that reached us.
REACHED = "reached"
MOST_REACHED = 20
FORM_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Writer:
    """Whoever writes, in which browser, and on which opened form.

    Args:
        person: their account, or None.
        browser: the secret that their session keeps, empty as long as they wrote nothing.
        form: what tells the form that they have open from the same form opened again.
        turn: how often that form was sent before, as its script counts.
    """

    person: User | None
    browser: str
    form: str = ""
    turn: int = 0

    @property
    def visitor(self) -> str:
        """By what their drafts are known as long as they have no account."""
        return "" if self.person else self.browser


def writer_of(request: HttpRequest, *, begins: bool = False) -> Writer:
    """Who it is that asks. If they begin to write, their session gets a secret; reading sets no cookie."""
    browser = request.session.get(WRITES_AS, "")
    if begins and not browser:
        browser = request.session[WRITES_AS] = secrets.token_urlsafe(32)
    form = request.POST.get("form", "")[:FORM_LENGTH]
    return Writer(person_of(request), browser, form, number_of(request.POST.get("turn", "")))


def person_of(request: HttpRequest) -> User | None:
    """Who is signed in, if anybody is."""
    return request.user if isinstance(request.user, User) else None


def number_of(text: str, digits: int = 9) -> int:
    """A number that a form or an address carries; nought for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else 0


def note_reached(request: HttpRequest, writer: Writer) -> None:
    """Remember that a form reached us: what the device keeps of it is not put back into the next one."""
    if writer.form:
        request.session[REACHED] = [*request.session.get(REACHED, ()), writer.form][-MOST_REACHED:]


def kept_on_device(request: HttpRequest) -> dict[str, str]:
    """What the script of a form needs to know: a name for this one, those that reached us, and whose it is.

    Whose it is tells two people at one device apart, and tells nothing else.
    """
    person = request.user
    whose = salted_hmac("contributions.writers", str(person.pk)).hexdigest()[:16] if person.is_authenticated else ""
    reached = " ".join(request.session.get(REACHED, ()))
    return {"form": secrets.token_urlsafe(12), "reached": reached, "whose": whose}
