"""Who looks after the site proves who they are twice."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

DESK = ("/admin/", "/review/")


class SecondFactorMiddleware:
    """Moderators and administrators reach the desk with a second factor only; without one they are led to set it up.

    Signing in with a second factor asks for it, so a session of somebody who has one is one that proved it; those
    begun before it was set up elsewhere are ended as it is (`people.signals`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (settings.SECOND_FACTOR_REQUIRED and request.path.startswith(DESK)):
            return self.get_response(request)
        person = request.user
        if not person.is_authenticated or is_mfa_enabled(person) or not person.has_perm("wagtailadmin.access_admin"):
            return self.get_response(request)
        messages.warning(request, _("Whoever looks after the site needs a second factor. Please set it up here first."))
        return redirect("mfa_index")
