"""What waits to be checked, for moderators: exactly what would change, who waits, and an answer."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from practices.presentation.listing import pages_of

from . import services
from .applying import ConflictError, PageIsLockedError, check_changes
from .content import Content, content_at, merge_changes
from .differences import Comparison, size_sentence
from .edit_views import READING
from .forms import AnswerForm
from .models import ProposedEdit, State
from .permissions import can_read, can_review, can_review_at_all
from .recognisable import recognisable_words
from .writers import number_of

ON_A_PAGE = 20


def for_moderators(view: Any) -> Any:
    """Whoever is not signed in signs in first; whoever is no moderator is refused."""

    @wraps(view)
    @never_cache
    @login_required
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_review_at_all(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


@require_safe
@for_moderators
def review(request: HttpRequest) -> HttpResponse:
    """The longest waiting first."""
    listed = Paginator(ProposedEdit.objects.waiting().with_people(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "proposals": [(each, can_review(request.user, each)) for each in listed.object_list],
        "count": listed.paginator.count,
        "pages": pages_of(listed, reverse("contributions:review")),
    }
    return render(request, "contributions/review.html", context)


@require_http_methods([*READING, "POST"])
@for_moderators
def review_one(request: HttpRequest, pk: int) -> HttpResponse:
    """One change, and an answer to it."""
    found = get_object_or_404(ProposedEdit.objects.with_people(), pk=pk)
    if not can_read(request.user, found):
        raise Http404
    if request.method in READING:
        return _show(request, found, AnswerForm())
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form)
    told = _answer(request, found, form)
    return _show(request, found, form, told=told) if told else redirect("contributions:review")


def _answer(request: HttpRequest, found: ProposedEdit, form: AnswerForm) -> str:
    """Do what the button says; returns why not, if it could not be done."""
    answers: dict[str, Any] = {"accept": _accept, "ask": _ask, "reject": _reject}
    answer = answers.get(request.POST.get("do", ""))
    if answer is None:
        return _("Press one of the buttons.")
    try:
        seen = number_of(request.POST.get("seen", "")) or None
        messages.success(request, answer(found, request.user, form.cleaned_data, seen))
    except PermissionDenied:
        return _("It does not wait any more, or it is your own. Nothing was done.")
    except services.SeenAnotherError:
        found.refresh_from_db()
        return _("Its author changed it since you opened it. This is how it is now. Nothing was done.")
    except (ConflictError, PageIsLockedError, ValidationError) as error:
        return _why_it_does_not_fit(error)
    return ""


def _why_it_does_not_fit(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, PageIsLockedError):
        return str(_("The page is locked, or taken down. Open it first."))
    return str(_("The page was changed in the same place. Ask the author to choose the words."))


def _accept(found: ProposedEdit, person: Any, answer: dict[str, str], seen: int | None) -> str:
    services.accept_proposal(proposal=found, by=person, seen=seen)
    return _("It is on the page, in its author’s name.")


def _ask(found: ProposedEdit, person: Any, answer: dict[str, str], seen: int | None) -> str:
    services.ask_for_changes(proposal=found, by=person, reason=answer["words"], seen=seen)
    return _("It is back with its author, with your words.")


def _reject(found: ProposedEdit, person: Any, answer: dict[str, str], seen: int | None) -> str:
    words = {"reason": answer["reason"], "next_step": answer["next_step"]}
    services.reject_proposal(proposal=found, by=person, seen=seen, **words)
    return _("Its author has your reason and the next step.")


def _show(request: HttpRequest, found: ProposedEdit, form: AnswerForm, *, told: str = "") -> HttpResponse:
    before, after, fits = _states(found)
    differences = Comparison(found.model).differences(before, after)
    waiting = ProposedEdit.objects.waiting().exclude(pk=found.pk).exclude(author=request.user)
    context = {
        "proposal": found,
        "form": form,
        "told": told,
        "differences": differences,
        "size": size_sentence(differences),
        "fits": fits,
        "has_moved_on": bool(found.page and found.base and found.base_id != found.page.latest_revision_id),
        "recognisable": recognisable_words(found.changed),
        "may_answer": can_review(request.user, found),
        "next": waiting.first(),
    }
    return render(request, "contributions/review_one.html", context)


def _states(found: ProposedEdit) -> tuple[Content, Content, str]:
    """What the page says now and would say then, if it fits; else as it was and as its author left it; and why not."""
    if found.page is None or found.state != State.WAITING:
        return found.base_content(), found.content(), ""
    now = content_at(found.page, found.page.latest_revision, found.model)
    merged = merge_changes(found.model, found.changed, now)
    if merged.conflicts:
        return (
            found.base_content(),
            found.content(),
            _("Somebody changed the same since. The author has to choose the words."),
        )
    try:
        check_changes(page=found.page, model=found.model, changes=found.changed)
    except (ConflictError, PageIsLockedError, ValidationError) as error:
        return now, merged.content, _why_it_does_not_fit(error)
    return now, merged.content, ""
