"""Many at once, for moderators: all recent changes of one person undone, many first changes not taken."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from people.desk import for_moderators
from people.models import User
from people.standing import can_pause
from people.writers import number_of

from .edit_views import READING
from .forms import RejectManyForm, UndoForm
from .models import ProposedEdit
from .review_views import show_queue
from .reviewing import reject_many
from .undoing import MOST_AT_ONCE, recent_changes, undo_recent_changes

DAYS = 7


@require_http_methods([*READING, "POST"])
@for_moderators
def undo(request: HttpRequest, username: str) -> HttpResponse:
    """Show what somebody did since a day; undo it all; tell what could not be undone."""
    person = get_object_or_404(User, username=username.lower(), closed_at=None)
    by: Any = request.user
    if not can_pause(by, person):
        raise PermissionDenied
    form = UndoForm(request.POST if request.method == "POST" else None)
    day = _day_of(request.POST.get("since") or request.GET.get("since", ""))
    since = timezone.make_aware(datetime.combine(day, time.min))
    undone = None
    if form.is_valid():
        words = {"reason": form.cleaned_data["reason"], "next_step": form.cleaned_data["next_step"]}
        undone = undo_recent_changes(person=person, by=by, since=since, **words)
    changes = recent_changes(person, since)
    context = {
        "person": person,
        "form": form,
        "day": day,
        "undone": undone,
        "changes": changes[:MOST_AT_ONCE],
        "count": changes.count(),
    }
    return render(request, "contributions/undo.html", context)


def _day_of(text: str) -> date:
    """The day that is named; a week ago, if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate() - timedelta(days=DAYS)


@require_http_methods(["POST"])
@for_moderators
def reject_ticked(request: HttpRequest) -> HttpResponse:
    """Do not take what was ticked, all for one reason: for the day on which much of one kind comes."""
    by: Any = request.user
    form = RejectManyForm(request.POST)
    numbers = {number_of(each, 18) for each in request.POST.getlist("change")}
    if not form.is_valid() or not numbers:
        told = [str(error) for errors in form.errors.values() for error in errors]
        return show_queue(request, "first", told=" ".join(told) or str(form.NOTHING_TICKED), ticked=numbers)
    ticked = ProposedEdit.objects.waiting().first_changes().filter(pk__in=numbers)
    done = reject_many(proposals=ticked, by=by, **form.answer)
    text = ngettext("%(count)d was not taken. Its author has the reason.",
                    "%(count)d were not taken. Their authors have the reason.", done)  # fmt: skip
    messages.success(request, text % {"count": done})
    return redirect(f"{reverse('contributions:review')}?only=first")
