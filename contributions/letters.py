"""What the author of a change is told of what became of it: the kind part first, and what to do next."""

from __future__ import annotations

from django.utils.translation import gettext as _

from people.messages import tell

from .models import ProposedEdit, State


def tell_accepted(proposal: ProposedEdit, words: str) -> None:
    """Thank the author, in the moderator's words too, and say where it is; and whether something was put right."""
    page = proposal.page
    if page is None:
        return
    body = _("Thank you. What you wrote is on the page, in your name, for everybody to read.")
    if words:
        body += "\n\n" + _("Whoever checked it writes: %(words)s") % {"words": words}
    path, action = page.get_absolute_url(), _("Read it")
    if proposal.corrections:
        body += "\n\n" + _("Whoever checked it put something small right. You can see what.")
        path, action = proposal.get_absolute_url(), _("See what is on the page, and what was put right")
    _tell(proposal, _("It is on the page: %(title)s") % {"title": page.title}, body, path, action)


def tell_answered(proposal: ProposedEdit) -> None:
    """Say what a moderator wrote, and what the author can do next."""
    title = proposal.title
    path = proposal.get_absolute_url()
    if proposal.state == State.CHANGES_ASKED:
        subject = _("A question about what you wrote: %(title)s") % {"title": title}
        lead = _("Thank you for what you sent. Somebody read it, and asks:")
        ending = _("Your words are all there. Answer or change it, and send it again.")
        _tell(proposal, subject, f"{lead}\n\n{proposal.reason}\n\n{ending}", path, _("Answer, and send it again"))
        return
    subject = _("About what you wrote: %(title)s") % {"title": title}
    lead = _("Thank you for writing. Somebody read what you sent, and did not put it on the page. This is why:")
    ending = _("What you can do next: %(step)s") % {"step": proposal.next_step}
    _tell(
        proposal, subject, f"{lead}\n\n{proposal.reason}\n\n{ending}", path, _("Your words, and begin again from them")
    )


def tell_taken_out(proposal: ProposedEdit) -> None:
    """Say that it was taken out again, and why; and that their words are kept."""
    subject = _("Taken out again: %(title)s") % {"title": proposal.title}
    parts = [
        _("What you wrote was on the page, and was taken out again. Your words are kept in its history. This is why:"),
        proposal.reason,
    ]
    if proposal.next_step:
        parts.append(_("What you can do next: %(step)s") % {"step": proposal.next_step})
    _tell(proposal, subject, "\n\n".join(parts), proposal.get_absolute_url(), _("See it, and begin again from it"))


def tell_put_back(proposal: ProposedEdit) -> None:
    """Say that it is there again, and that it was a mistake of ours."""
    if proposal.page is None:
        return
    body = _("What you wrote had been taken out, and should not have been. It is on the page again. We are sorry.")
    title = _("It is on the page again: %(title)s") % {"title": proposal.page.title}
    _tell(proposal, title, body, proposal.page.get_absolute_url(), _("Read it"))


def _tell(proposal: ProposedEdit, title: str, body: str, path: str, action: str) -> None:
    if proposal.author is not None:
        tell(proposal.author, about=proposal, title=title, body=body, path=path, action=action)
