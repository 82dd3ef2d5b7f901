"""What everybody sees of somebody: their handle and what they wrote here. And a pause, which moderators give."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .account_forms import PauseForm
from .account_views import signed_in
from .desk import for_moderators
from .models import FormerHandle, User
from .standing import can_pause, end_pause, is_paused, is_trusted, pause_of, pause_person, standing_of


@require_safe
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """Somebody's public page. There is none before a first accepted edit, so that nobody signs up to have one."""
    person = User.objects.filter(username=username.lower(), closed_at=None).first()
    if person is None:
        return _where_they_went(username)
    standing = standing_of(person)
    may_pause = can_pause(request.user, person)  # type: ignore[arg-type]
    if standing.first_accepted_on is None and not may_pause and request.user != person:
        raise Http404(_("There is nobody to read about at this address."))
    context = {
        "person": person,
        "standing": standing,
        "is_trusted": is_trusted(standing),
        "is_paused": is_paused(standing),
        "may_pause": may_pause,
        "is_public": standing.first_accepted_on is not None,
    }
    return render(request, "people/profile.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_moderators
def pause(request: HttpRequest, username: str) -> HttpResponse:
    """Pause somebody, or let them go on."""
    person = get_object_or_404(User, username=username.lower(), closed_at=None)
    by = signed_in(request)
    if not can_pause(by, person):
        raise PermissionDenied
    standing = standing_of(person)
    form = PauseForm(request.POST if request.method == "POST" and request.POST.get("do") != "end" else None)
    if request.method == "POST" and request.POST.get("do") == "end":
        end_pause(person=person, by=by)
        messages.success(request, _("%(handle)s can send again.") % {"handle": person.public_name})
        return redirect("people:profile", username=person.username)
    if form.is_valid():
        try:
            pause_person(person=person, by=by, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(handle)s is paused, and has your reason.") % {"handle": person.public_name})
            return redirect("people:profile", username=person.username)
    return render(request, "people/pause.html", {"person": person, "form": form, "pause": pause_of(standing)})


def _where_they_went(username: str) -> HttpResponse:
    """A handle that somebody had leads to the one they have.

    Raises:
        Http404: nobody had it, or they have left.
    """
    former = FormerHandle.objects.select_related("person__standing").filter(handle=username.lower()).first()
    person = former.person if former else None
    if person is None or standing_of(person).first_accepted_on is None:
        raise Http404(_("There is nobody to read about at this address."))
    return HttpResponsePermanentRedirect(person.get_absolute_url())
