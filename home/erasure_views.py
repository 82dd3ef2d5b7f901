"""Erasure, for administrators: first what would go, then the press of a button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from people.models import User
from people.services import LastAdministratorError
from practices.models import PracticePage

from .erasure import erase_passage, erase_person, find_passage
from .forms import ErasePersonForm, PassageForm

METHODS = ("GET", "HEAD", "POST")


@require_http_methods(METHODS)
@never_cache
@login_required
def passage(request: HttpRequest) -> HttpResponse:
    """Look for a passage everywhere; erase it everywhere."""
    by = _administrator(request)
    form = PassageForm(request.POST if request.method == "POST" else None)
    found, is_done = None, False
    if form.is_valid():
        is_done = request.POST.get("do") == "erase"
        words = form.cleaned_data["passage"]
        found = erase_passage(passage=words, by=by) if is_done else find_passage(words)
    context = {
        "form": form,
        "found": found,
        "is_done": is_done,
        "rows": sorted(found.rows.items()) if found else [],
        "pages": PracticePage.objects.filter(pk__in=found.pages)[:50] if found else [],
    }
    return render(request, "home/erase.html", context)


@require_http_methods(METHODS)
@never_cache
@login_required
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Erase somebody who asks for it. The handle is typed once more, since nothing brings it back."""
    by = _administrator(request)
    found = get_object_or_404(User, username=username.lower(), closed_at=None)
    form = ErasePersonForm(request.POST if request.method == "POST" else None, person=found)
    if form.is_valid():
        try:
            erase_person(person=found, by=by)
        except LastAdministratorError:
            form.add_error(None, _("This is the last administrator. Make somebody else one first."))
        else:
            messages.success(request, _("Done. What stands on pages is by “a former member” now."))
            return redirect("home:erase")
    return render(request, "home/erase_person.html", {"form": form, "person": found})


def _administrator(request: HttpRequest) -> Any:
    """Whoever asks.

    Raises:
        PermissionDenied: they are no administrator.
    """
    if not request.user.is_superuser:
        raise PermissionDenied
    return request.user
