"""What came of a report, for whoever it is about and whoever sent it; and the answer to a pause."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from people.account_views import signed_in
from people.standing import is_paused, standing_of

from .forms import AppealForm, PauseAnswerForm
from .models import Concern
from .pauses import answer_to_present_pause
from .permissions import can_appeal, can_read_outcome, can_read_reports
from .services import AlreadyAnsweredError, AlreadyAppealedError, NotPausedError
from .things import thing_of

READING = ("GET", "HEAD")


@require_http_methods([*READING, "POST"])
@never_cache
@login_required
def concern(request: HttpRequest, pk: int) -> HttpResponse:
    """What was decided and why, for whoever it is about; what came of it, for whoever reported it.

    Raises:
        Http404: it is not theirs.
    """
    found = get_object_or_404(Concern.objects.select_related("person"), pk=pk)
    person = signed_in(request)
    if can_read_outcome(person, found):
        return _show(request, found, AppealForm()) if request.method in READING else _appeal(request, found)
    if can_read_reports(person, found):
        return redirect("feedback:report", pk=pk)
    if request.method in READING and found.flags.filter(reporter=person).exists():
        return render(request, "feedback/what_came.html", {"concern": found, "thing": thing_of(found)})
    raise Http404(_("There is nothing of yours at this address."))


@require_http_methods([*READING, "POST"])
@never_cache
@login_required
def answer(request: HttpRequest) -> HttpResponse:
    """Answer to a pause, once.

    Raises:
        Http404: they are not paused.
    """
    person = signed_in(request)
    standing = standing_of(person)
    if not is_paused(standing):
        raise Http404(_("You are not paused: there is nothing to answer."))
    form = PauseAnswerForm(None if request.method in READING else request.POST)
    given = answer_to_present_pause(person)
    if given is None and form.is_valid():
        try:
            form.save(by=person)
        except AlreadyAnsweredError:
            given = answer_to_present_pause(person)
        except NotPausedError:
            messages.success(request, _("The pause is over: you can send again."))
            return redirect("people:messages")
        else:
            messages.success(request, _("Thank you. A moderator reads your answer, and you are told what they decide."))
            return redirect("feedback:answer")
    is_too_late = given is not None and form.is_bound
    context = {
        "pause": standing,
        "given": given,
        "form": form,
        "told": _("You answered to this pause before. What you typed now was not sent.") if is_too_late else "",
        "kept": str(form["words"].value() or "") if is_too_late else "",
    }
    return render(request, "feedback/answer.html", context, status=409 if is_too_late else 200)


def _appeal(request: HttpRequest, found: Concern) -> HttpResponse:
    person = signed_in(request)
    form = AppealForm(request.POST)
    if found.appealed_at is None:
        if not can_appeal(person, found):
            raise PermissionDenied
        if not form.is_valid():
            return _show(request, found, form)
        try:
            form.save(concern=found, by=person)
        except AlreadyAppealedError:
            found.refresh_from_db()
        else:
            messages.success(request, _("Thank you. Somebody else looks at it again, and tells you."))
            return redirect(found)
    told = _("You asked for a second look before. What you typed now was not sent.")
    return _show(request, found, form, told=told, kept=str(form["words"].value() or ""), status=409)


def _show(
    request: HttpRequest, found: Concern, form: AppealForm, *, told: str = "", kept: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "concern": found,
        "thing": thing_of(found),
        "form": form if can_appeal(request.user, found) else None,
        "told": told,
        "kept": kept,
    }
    return render(request, "feedback/outcome.html", context, status=status)
