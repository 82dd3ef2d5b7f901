"""Five spare minutes: one change after the other, each held for one moderator, and what came of it at the end."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from people.desk import for_moderators
from people.writers import number_of

from . import reviewing
from .correcting import corrected, correction_form
from .edit_views import READING, words_given_back
from .forms import AnswerForm
from .permissions import can_review
from .review_page import review_page
from .review_views import answer_or_say_why, on_from, proposal_to_read
from .shift import begin_shift, last_shift_of, shift_of, stop_shift
from .waits import waits_now


@require_http_methods([*READING, "POST"])
@for_moderators
def five(request: HttpRequest) -> HttpResponse:
    """Begin five minutes, or stop them; opened, what came of the last ones."""
    by: Any = request.user
    if request.method == "POST" and request.POST.get("do") == "stop":
        reviewing.let_go(by=by)
        stop_shift(request)
        return redirect("contributions:five")
    if request.method == "POST":
        begin_shift(request)
        return redirect("contributions:next")
    return render(request, "contributions/five.html", {"shift": last_shift_of(request), "waits": waits_now()})


@require_http_methods(["GET"])
@for_moderators
def next_one(request: HttpRequest) -> HttpResponse:
    """Hold the next one and lead to it; when time is over or nothing is left, to what came of it."""
    shift = shift_of(request)
    if shift is None:
        return redirect("contributions:review")
    if shift.is_over:
        return redirect("contributions:five")
    by: Any = request.user
    found = reviewing.claim_next(by=by, but_for=shift.left)
    if found is None:
        stop_shift(request)
        messages.success(request, _("Nothing is left for you. Thank you."))
        return redirect("contributions:five")
    return redirect("contributions:review_one", pk=found.pk)


@require_http_methods([*READING, "POST"])
@for_moderators
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Put something small right in what somebody sent, and put it onto the page in their name."""
    found = proposal_to_read(request, pk)
    by: Any = request.user
    is_held = reviewing.held_by_another(found, by) is not None
    if not can_review(by, found) or (is_held and request.method in READING):
        return redirect("contributions:review_one", pk=pk)
    # The version on which the form was opened: what others wrote since is put together with it, and never overwritten.
    opened_on = number_of(request.POST.get("base", ""), 18)
    at = found.page.revisions.filter(pk=opened_on).first() if found.page and opened_on else None
    review = review_page(found, at)
    form = correction_form(found, review)
    seen = number_of(request.POST.get("seen", "")) or found.version
    if seen != found.version:
        told = _("Its author changed it since you opened it. This is what you typed. Please open it again.")
        return words_given_back(request, told, 409)
    told = ""
    answer = AnswerForm(request.POST or None)
    answer.fields["words"].help_text = _("If you like. They read it with what you put right.")
    # Opened from the page of the change, it brings along what was typed to the author.
    if request.method == "POST" and request.POST.get("do") != "open":
        form = form.showing(form.read(request.POST), check=True)
        if not form.faults and answer.is_valid():
            words = answer.cleaned_data["words"]
            told = answer_or_say_why(request, found, lambda: corrected(found, form, review, by, seen, words))
            if not told:
                return on_from(request, found, "correct")
    base = at.pk if at else found.page.latest_revision_id if found.page else ""
    context = {
        "proposal": found,
        "form": form,
        "told": told,
        "review": review,
        "base": base,
        "seen": seen,
        "answer": answer,
    }
    return render(request, "contributions/correct.html", context)
