"""The moderators' queue of reports, and the page of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from people.desk import for_moderators
from people.standing import pause_of, standing_of
from practices.presentation.listing import address, pages_of

from .forms import DecisionForm, SecondLookForm
from .models import Concern, Subject
from .permissions import can_decide, can_look_again, can_read_reports
from .querysets import ConcernQuerySet
from .services import AlreadyDecidedError
from .things import thing_of, things_of

READING = ("GET", "HEAD")
ON_A_PAGE = 20
FLAGS_ON_A_PAGE = 50
EARLIER_SHOWN = 10
OPEN, AGAIN, DECIDED = "", "again", "decided"


@require_safe
@for_moderators
def reports(request: HttpRequest) -> HttpResponse:
    """What waits, what is to be looked at again, or what was decided. Nobody sees reports of their own work."""
    lists = _lists(request.user)
    show = request.GET.get("show", OPEN)
    show = show if show in lists else OPEN
    listed = Paginator(lists[show], ON_A_PAGE).get_page(request.GET.get("page"))
    counts = {name: listed.paginator.count if name == show else lists[name].count() for name in (OPEN, AGAIN)}
    path = reverse("feedback:reports")
    context = {
        "rows": things_of(listed.object_list),
        "show": show,
        "tabs": [
            (_("Open"), address(path), show == OPEN, counts[OPEN]),
            (_("Second looks"), address(path, show=AGAIN), show == AGAIN, counts[AGAIN]),
            (_("Decided"), address(path, show=DECIDED), show == DECIDED, None),
        ],
        "pages": pages_of(listed, path, show=show),
    }
    return render(request, "feedback/reports.html", context)


@require_http_methods([*READING, "POST"])
@for_moderators
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: what was reported, why, and by how many; and a decision about it."""
    found = _found(pk)
    if not can_read_reports(request.user, found):
        raise PermissionDenied
    if request.method in READING:
        return _show(request, found, SecondLookForm() if found.appealed_at else DecisionForm(subject=found.subject))
    form = _form_that_was_sent(request, found)
    if not (can_decide if form.step == DecisionForm.step else can_look_again)(request.user, found):
        return _somebody_was_faster(request, found, form)
    if not form.is_valid():
        return _show(request, found, form)
    try:
        form.save(concern=found, by=request.user)  # type: ignore[arg-type]
    except AlreadyDecidedError:
        return _somebody_was_faster(request, _found(pk), form)
    messages.success(request, _("It is decided, and those who have to know are told."))
    return redirect("feedback:report", pk=pk)


def _lists(person: Any) -> dict[str, ConcernQuerySet]:
    concerns = Concern.objects.for_moderator(person).select_related("person")
    return {
        OPEN: concerns.waiting(),
        AGAIN: Concern.objects.for_second_look_by(person).select_related("person"),
        DECIDED: concerns.decided(),
    }


def _found(pk: int) -> Concern:
    return get_object_or_404(Concern.objects.select_related("person", "decided_by", "appeal_decided_by"), pk=pk)


def _form_that_was_sent(request: HttpRequest, found: Concern) -> DecisionForm:
    """Which of the two forms somebody filled in: by now another may be asked."""
    if request.POST.get("step") == SecondLookForm.step and found.subject == Subject.HARM:
        return SecondLookForm(request.POST)
    return DecisionForm(request.POST, subject=found.subject)


def _somebody_was_faster(request: HttpRequest, found: Concern, form: DecisionForm) -> HttpResponse:
    """Say what is so by now, and give back what was typed."""
    told = _("This was decided before you sent yours, or it is not yours to decide. Nothing of yours was put in place.")
    kept = str(form["reason"].value() or "")
    return _show(request, found, None, told=told, kept=kept, status=409)


def _show(
    request: HttpRequest,
    found: Concern,
    form: DecisionForm | None,
    *,
    told: str = "",
    kept: str = "",
    status: int = 200,
) -> HttpResponse:
    flags = Paginator(found.flags.order_by("-at", "-pk"), FLAGS_ON_A_PAGE).get_page(request.GET.get("page"))
    earlier = Concern.objects.about(found.target_kind, found.target_id).exclude(pk=found.pk)
    earlier = earlier.filter(subject=Subject.HARM)
    may_decide, may_look_again = can_decide(request.user, found), can_look_again(request.user, found)
    context = {
        "concern": found,
        "thing": thing_of(found),
        "flags": flags.object_list,
        "pages": pages_of(flags, request.path),
        "earlier": earlier[:EARLIER_SHOWN],
        "upheld": Concern.objects.upheld_of(found.person).exclude(pk=found.pk).count() if found.person else 0,
        "pause": pause_of(standing_of(found.person)) if found.person and found.subject == Subject.PAUSE else None,
        "may_decide": may_decide,
        "may_look_again": may_look_again,
        "form": form if may_decide or may_look_again else None,
        "told": told,
        "kept": kept,
    }
    return render(request, "feedback/report.html", context, status=status)
