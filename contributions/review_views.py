"""What waits to be checked, for moderators: exactly what would change, who waits, and an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from people.desk import for_moderators
from people.writers import number_of
from practices.presentation.listing import pages_of

from . import reviewing, services
from .applying import ConflictError, PageIsLockedError
from .edit_views import READING
from .forms import AnswerForm, RejectManyForm, TakeOutForm
from .history import neighbours
from .models import ProposedEdit
from .permissions import can_check, can_read, can_review, can_take_out
from .publishing import SeenAnotherError
from .review_page import review_page, why_it_does_not_fit
from .shift import keep_shift, shift_of
from .waits import waits_now

ON_A_PAGE = 20
ON_A_PAGE_OF_A_CROWD = 100
# The parts of the queue, each with its address.
PARTS: dict[str, tuple[Promise, Callable[[Any], QuerySet]]] = {
    "": (gettext_lazy("Everything that waits"), lambda edits: edits.waiting()),
    "known": (gettext_lazy("By people known here"), lambda edits: edits.waiting().by_known_people()),
    "first": (gettext_lazy("First changes"), lambda edits: edits.waiting().first_changes()),
    "new": (gettext_lazy("New pages"), lambda edits: edits.waiting().filter(page=None)),
    "aside": (gettext_lazy("Left by somebody"), lambda edits: edits.waiting().filter(set_aside__gt=0)),
    "unchecked": (gettext_lazy("On the page, unchecked"), lambda edits: edits.unchecked()),
}


WHY_NOT: dict[type[Exception], Promise] = {
    PermissionDenied: gettext_lazy("It does not wait any more, or it is your own. Nothing was done."),
    reviewing.ChangedSinceError: gettext_lazy(
        "The same was changed again since. Undo it in the history of the page, where you choose the words."
    ),
    reviewing.OthersWroteError: gettext_lazy(
        "The page began with it, and others have written on it since. Take the page down at the desk, if it has to go."
    ),
    services.NothingChangedError: gettext_lazy("With your corrections nothing is left of it. Reject it, and say why."),
}


@require_safe
@for_moderators
def review(request: HttpRequest) -> HttpResponse:
    """The longest waiting first."""
    return show_queue(request, request.GET.get("only", ""))


def show_queue(request: HttpRequest, only: str, *, told: str = "", ticked: Collection[int] = ()) -> HttpResponse:
    """A part of the queue.

    Args:
        request: of a moderator.
        only: which part; all of it, if there is none of that name.
        told: why nothing was done.
        ticked: the numbers of what is ticked.
    """
    only = only if only in PARTS else ""
    label, part = PARTS[only]
    waits = waits_now()
    is_crowd = only == "first" and waits.first_changes > reviewing.CROWD
    on_a_page = ON_A_PAGE_OF_A_CROWD if is_crowd else ON_A_PAGE
    listed = Paginator(part(ProposedEdit.objects.with_people()), on_a_page).get_page(request.GET.get("page"))
    may_answer = can_check if only == "unchecked" else can_review
    context = {
        "proposals": [(each, may_answer(request.user, each), each.pk in ticked) for each in listed.object_list],
        "waits": waits,
        "ticking": RejectManyForm() if only == "first" else None,
        "now": timezone.now(),
        "only": only,
        "label": label,
        "parts": [(word, text) for word, (text, _part) in PARTS.items()],
        "pages": pages_of(listed, reverse("contributions:review"), only=only),
        "told": told,
    }
    return render(request, "contributions/review.html", context)


@require_http_methods([*READING, "POST"])
@for_moderators
def review_one(request: HttpRequest, pk: int) -> HttpResponse:
    """One change, and an answer to it."""
    found = proposal_to_read(request, pk)
    if request.method in READING:
        return show_review(request, found, AnswerForm())
    form = AnswerForm(request.POST)
    do = request.POST.get("do", "")
    if do not in ANSWERS:
        return show_review(request, found, form, told=_("Press one of the buttons."))
    if not form.is_valid():
        return show_review(request, found, form)
    if told := answer_or_say_why(request, found, lambda: ANSWERS[do](request, found, form.cleaned_data)):
        return show_review(request, found, form, told=told)
    return on_from(request, found, do)


@require_http_methods([*READING, "POST"])
@for_moderators
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a change out of its page again, and tell its author why."""
    found = proposal_to_read(request, pk)
    if not can_take_out(request.user, found):
        raise Http404(_("It is on no page, or it is your own."))
    form = TakeOutForm(None if request.method in READING else request.POST)
    told = ""
    if form.is_valid():
        words = {"reason": form.cleaned_data["reason"], "next_step": form.cleaned_data["next_step"]}
        told = answer_or_say_why(
            request, found, lambda: _told_of(reviewing.take_out(proposal=found, by=_moderator(request), **words))
        )
        if not told:
            return on_from(request, found, "take-out")
    began_page = found.page is not None and neighbours(found.page, found.revision)[0] is None
    context = {"proposal": found, "form": form, "told": told, "review": review_page(found), "began_page": began_page}
    return render(request, "contributions/take_out.html", context)


def proposal_to_read(request: HttpRequest, pk: int) -> ProposedEdit:
    """A change that a moderator may read.

    Raises:
        Http404: there is none, or its author is still writing on it.
    """
    found = get_object_or_404(ProposedEdit.objects.with_people(), pk=pk)
    if not can_read(request.user, found):
        raise Http404
    return found


def answer_or_say_why(request: HttpRequest, found: ProposedEdit, answer: Callable[[], str]) -> str:
    """Answer a change and tell what came of it; returns why not, if it could not be done."""
    try:
        messages.success(request, answer())
    except SeenAnotherError:
        found.refresh_from_db()
        return _("Its author changed it since you opened it. This is how it is now. Nothing was done.")
    except reviewing.HeldError as error:
        return _("%(name)s looks at it just now. Nothing was done.") % {"name": error.claim.moderator.public_name}
    except tuple(WHY_NOT) as error:
        return str(WHY_NOT[type(error)])
    except (ConflictError, PageIsLockedError, ValidationError) as error:
        return why_it_does_not_fit(error)
    return ""


def on_from(request: HttpRequest, found: ProposedEdit, do: str) -> HttpResponse:
    """Where a moderator goes on after an answer: to the next one, if these are their five minutes."""
    shift = shift_of(request)
    if shift is None:
        return redirect("contributions:review")
    shift.note(do, found.pk)
    keep_shift(request, shift)
    return redirect("contributions:next")


def show_review(request: HttpRequest, found: ProposedEdit, form: AnswerForm, *, told: str = "") -> HttpResponse:
    """One change as it stands, with what a moderator can do."""
    claim = reviewing.held_by_another(found, _moderator(request))
    context = {
        "proposal": found,
        "form": form,
        "told": told,
        "review": review_page(found),
        "claim": claim,
        "may_answer": can_review(request.user, found) and claim is None,
        "may_check": can_check(request.user, found) and claim is None,
        "may_take_out": can_take_out(request.user, found),
        "shift": shift_of(request),
    }
    return render(request, "contributions/review_one.html", context)


def _moderator(request: HttpRequest) -> Any:
    return request.user


def _seen(request: HttpRequest) -> int | None:
    return number_of(request.POST.get("seen", "")) or None


def _accept(request: HttpRequest, found: ProposedEdit, answer: dict[str, str]) -> str:
    reviewing.accept_proposal(proposal=found, by=_moderator(request), seen=_seen(request), words=answer["words"])
    return _("It is on the page, in its author’s name.")


def _ask(request: HttpRequest, found: ProposedEdit, answer: dict[str, str]) -> str:
    by = _moderator(request)
    reviewing.ask_for_changes(proposal=found, by=by, reason=answer["words"], seen=_seen(request))
    return _("It is back with its author, with your words.")


def _reject(request: HttpRequest, found: ProposedEdit, answer: dict[str, str]) -> str:
    words = {name: answer[name] for name in ("reason", "next_step", "why")}
    reviewing.reject_proposal(proposal=found, by=_moderator(request), seen=_seen(request), **words)
    return _("Its author has your reason and the next step.")


def _leave(request: HttpRequest, found: ProposedEdit, answer: dict[str, str]) -> str:
    reviewing.set_aside(proposal=found, by=_moderator(request))
    return _("It is left for somebody else.")


def _check(request: HttpRequest, found: ProposedEdit, answer: dict[str, str]) -> str:
    reviewing.check_published(proposal=found, by=_moderator(request))
    return _("It stays, and is marked as looked at.")


def _told_of(undoing: ProposedEdit | None) -> str:
    if undoing is None:
        return _("It is taken off, and its author has your reason.")
    return _("It is taken out of the page, and its author has your reason.")


ANSWERS: dict[str, Callable[[HttpRequest, ProposedEdit, dict[str, str]], str]] = {
    "accept": _accept, "ask": _ask, "reject": _reject, "leave": _leave, "check": _check,
}  # fmt: skip
