"""What the admin knows of changes: how they are logged, and that a practice is written in the wiki's own form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

from practices.models import PracticePage

# Asks for the desk's own view of a practice: photo, lock, kind, taking it down.
DESK = "desk"


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("contributions.accept", gettext_lazy("Accept"), gettext_lazy("A change was accepted"))
    actions.register_action(
        "contributions.changes_asked", gettext_lazy("Ask for changes"), gettext_lazy("A change was sent back")
    )
    actions.register_action("contributions.rejected", gettext_lazy("Reject"), gettext_lazy("A change was not taken"))


@hooks.register("before_edit_page")
def write_in_our_own_form(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The desk keeps what is a moderator's alone; what a practice says is written where nobody overwrites anybody."""
    practice = PracticePage.objects.visible().filter(pk=page.pk).first()
    if practice is None:
        return None
    if "revision_id" in (request.resolver_match.kwargs if request.resolver_match else {}):
        return redirect("contributions:history", slug=practice.slug)
    if request.method == "GET" and DESK not in request.GET:
        return redirect("contributions:edit", slug=practice.slug)
    return None
