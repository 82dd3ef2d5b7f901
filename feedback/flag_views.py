"""The form by which anybody reports something, with or without an account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from people.limits import Limit, count_sender
from people.visitors import address_of
from people.writers import person_of

from .forms import ReportForm
from .services import EnoughSaidError, report_harm
from .things import name_of, person_to_report, practice_to_report, proposal_to_report, told_to_report

READING = ("GET", "HEAD")
# A household or an office may share one address.
FROM_ONE_PLACE = Limit("report harm from a place", most=20, every=timedelta(hours=1))
BY_ONE_PERSON = Limit("report harm", most=10, every=timedelta(hours=1))


@never_cache
@require_http_methods([*READING, "POST"])
def flag_practice(request: HttpRequest, slug: str) -> HttpResponse:
    """Report a practice that everybody can read."""
    return _report(request, practice_to_report(slug))


@never_cache
@require_http_methods([*READING, "POST"])
def flag_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Report a change that one may see."""
    return _report(request, proposal_to_report(pk, request.user))


@never_cache
@require_http_methods([*READING, "POST"])
def flag_person(request: HttpRequest, username: str) -> HttpResponse:
    """Report somebody who has a public profile."""
    return _report(request, person_to_report(username))


@never_cache
@require_http_methods([*READING, "POST"])
def flag_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Report what somebody told of how it went."""
    return _report(request, told_to_report(pk))


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return render(request, "feedback/sent.html")


def _report(request: HttpRequest, target: Any) -> HttpResponse:
    """Show the form, or send it. What cannot be sent comes back as it was typed, with the reason.

    Raises:
        Http404: there is no such thing, or not for them.
    """
    if target is None:
        raise Http404(_("There is nothing at this address that can be reported."))
    if request.method in READING:
        return _show(request, target, ReportForm())
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _show(request, target, form)
    if not count_sender(request, place=FROM_ONE_PLACE, person=BY_ONE_PERSON):
        form.add_error(None, _("Much was reported from where you are. Please send it again in an hour."))
        return _show(request, target, form, status=429)
    said = {name: form.cleaned_data[name] for name in ("reason", "words")}
    try:
        report_harm(target=target, by=person_of(request), visitor=address_of(request), **said)
    except EnoughSaidError:
        form.add_error(None, _("You told us much about this already, and it is kept. A moderator reads it."))
        return _show(request, target, form)
    return redirect("feedback:sent")


def _show(request: HttpRequest, target: Any, form: ReportForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "name": name_of(target), "address": target.get_absolute_url()}
    return render(request, "feedback/flag.html", context, status=status)
