"""What holds for the pages of people: who looks after the site proves who they are twice, and no copy is kept."""

from __future__ import annotations

import re
from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

DESK = ("/admin/", "/review/")
# Steps of moderators that stand below a person's address.
STEPS = re.compile(r"/people/[^/]+/(pause|undo|erase)/", re.ASCII)
ACCOUNT = "/account/"
# In the session in which a second factor was set up: there it has just been proved.
PROVED = "second_factor_proved"


class SecondFactorMiddleware:
    """Moderators and administrators reach the desk only in a session that proved a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_desk = request.path_info.startswith(DESK) or STEPS.match(request.path_info)
        if not (settings.SECOND_FACTOR_REQUIRED and is_desk):
            return self.get_response(request)
        person = request.user
        if not (person.is_authenticated and person.has_perm("wagtailadmin.access_admin")):
            return self.get_response(request)
        if not is_mfa_enabled(person):
            told = _("Whoever looks after the site needs a second factor. Please set it up here first.")
            messages.warning(request, told)
            return redirect("mfa_index")
        if not has_proved_second_factor(request):
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)


def has_proved_second_factor(request: HttpRequest) -> bool:
    """Whether whoever has this session typed a code in it."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return request.session.get(PROVED, False) or any(record.get("method") == "mfa" for record in records)


class AccountPagesMiddleware:
    """What an account shows is for the one who has it: no browser and no proxy keeps a copy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(ACCOUNT):
            add_never_cache_headers(response)
        if request.method == "POST" and request.path_info == f"{ACCOUNT}logout/":
            # What a form kept on the device of somebody who signs out is not for the next one who sits there.
            response["Clear-Site-Data"] = '"storage"'
        return response
