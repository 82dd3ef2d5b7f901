"""What whoever tries one thing gets by mail: short, and nothing in it that they did not choose themselves."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from feedback.models import Pledge
from people.mail import post_mail
from practices.wording import day

from .links import answer_address, prove_address, stop_address


def mail_proof(pledge: Pledge) -> None:
    """Ask whoever an address belongs to whether it was them."""
    body = [
        _("Hello,"),
        _(
            "Somebody, you we hope, wants to try one thing and be asked how it went, by mail to this address. "
            "It is from the page “%(title)s”:"
        )
        % {"title": pledge.page.title},
        f"“{pledge.step}”",
        _("If that was you, say so here, within seven days. Then we ask you %(when)s:\n%(address)s")
        % {"when": _when(pledge), "address": prove_address(pledge)},
        _("If it was not you, do nothing, and we forget your address after seven days. Or at once: %(address)s")
        % {"address": stop_address(pledge)},
        settings.SITE_NAME,
    ]
    _post(pledge, to=pledge.email, subject=_("Shall we ask you how it went?"), body=body)


def mail_question(pledge: Pledge, to: str) -> None:
    """Ask somebody how it went."""
    hello = _("Hello %(handle)s,") % {"handle": pledge.person.username} if pledge.person else _("Hello,")
    body = [
        hello,
        _("On %(day)s you wanted to try this, from the page “%(title)s”:")
        % {"day": day(pledge.begun_at), "title": pledge.page.title},
        f"“{pledge.step}”",
        _("How did it go? One press of a button is enough, and “not yet” is an answer too:\n%(address)s")
        % {"address": answer_address(pledge)},
        _("The link works for sixty days. What did not help is worth as much as what did."),
        _("%(site)s\nYou get this since you wanted to be asked. Ask me no more: %(address)s")
        % {"site": settings.SITE_NAME, "address": stop_address(pledge)},
    ]
    subject = _("How did it go? %(title)s") % {"title": pledge.page.title}
    _post(pledge, to=to, subject=subject, body=body)


def _post(pledge: Pledge, *, to: str, subject: str, body: list[str]) -> None:
    post_mail(to=to, subject=subject, body="\n\n".join(body) + "\n", stop_address=stop_address(pledge))


def _when(pledge: Pledge) -> str:
    return str(pledge.get_ask_after_display()).lower()
