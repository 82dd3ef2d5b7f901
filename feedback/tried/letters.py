"""What whoever told how it went hears of it. An organisation is never named here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from feedback.models import TriedReport
from people.messages import tell


def tell_shown(report: TriedReport) -> None:
    """Their report is on the page now."""
    if report.author is None:
        return
    body = _(
        "Thank you for telling how it went. What you told is on the page now, and whoever comes next reads it.\n\n"
        "You can change it or take it back at any time."
    )
    tell(
        report.author,
        about=report,
        title=_("What you told about “%(title)s” is on the page") % {"title": report.page.title},
        body=body,
        path=report.get_absolute_url(),
        action=_("Read it"),
    )


def tell_returned(report: TriedReport) -> None:
    """Their report needs a change, and which."""
    if report.author is None:
        return
    body = [
        _("Thank you for telling how it went. It is kept, and needs a change before it is shown."),
        _("What to change: %(reason)s") % {"reason": report.reason},
        _("Change it, and send it again."),
    ]
    tell(
        report.author,
        about=report,
        title=_("What you told about “%(title)s” needs a change") % {"title": report.page.title},
        body="\n\n".join(body),
        path=report.get_absolute_url(),
        action=_("Change it"),
    )
