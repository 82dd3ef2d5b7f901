"""What is written to the author of a change about what became of it."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from people.mail import post_mail

from .models import ProposedEdit, State


def tell_accepted(proposal: ProposedEdit) -> None:
    """Thank the author, and say where it is."""
    page = proposal.page
    if page is None:
        return
    body = _("Thank you. What you wrote is on the page, in your name, for everybody to read:\n%(address)s") % {
        "address": _address(page.get_absolute_url())
    }
    _post(proposal, _("It is on the page: %(title)s") % {"title": page.title}, body)


def tell_answered(proposal: ProposedEdit) -> None:
    """Say what a moderator wrote, and what the author can do next."""
    title = proposal.title
    if proposal.state == State.CHANGES_ASKED:
        subject = _("A question about what you wrote: %(title)s") % {"title": title}
        lead = _("Somebody read what you sent, and asks:")
        way_on = _("Answer or change it here, and send it again. Your words are all there:")
    else:
        subject = _("About what you wrote: %(title)s") % {"title": title}
        lead = _("Somebody read what you sent, and did not put it on the page. This is why:")
        way_on = _("What you can do next: %(step)s\nYour words are kept for you here:") % {"step": proposal.next_step}
    address = _address(proposal.get_absolute_url())
    _post(proposal, subject, f"{lead}\n\n{proposal.reason}\n\n{way_on}\n{address}")


def _post(proposal: ProposedEdit, subject: str, body: str) -> None:
    author = proposal.author
    if author is not None and author.email:
        greeting = _("Hello %(handle)s") % {"handle": author.username}
        post_mail(to=author.email, subject=subject, body=f"{greeting},\n\n{body}\n\n{settings.SITE_NAME}")


def _address(path: str) -> str:
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"
