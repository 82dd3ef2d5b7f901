"""One change as its author sees it: looked at before it is sent, while it waits, and when it is answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from people.limits import Limit, count_towards
from people.models import Standing, User
from people.standing import is_trusted, looks_after_the_site, pause_of, standing_of
from people.tokens import token_is_wrong
from people.visitors import address_of
from people.writers import Writer, kept_on_device, note_reached, number_of, writer_of
from practices import wording
from practices.models import PracticePage
from practices.presentation.listing import pages_of

from . import services
from .applying import ConflictError, PageIsLockedError
from .conflicts import ConflictView, conflict_changes, present_conflict
from .differences import Comparison, Names, size_sentence
from .edit_views import (
    MANY_OPEN,
    READING,
    checked_form,
    may_begin,
    show_form,
    take_form,
    words_given_back,
    writer_who_begins,
)
from .editing import Editing, editing_of_new_page
from .forms import SendForm
from .models import ProposedEdit, State
from .permissions import can_read, can_write, is_whose
from .preview import preview_of
from .publishing import SeenAnotherError
from .recognisable import recognisable_words
from .waits import answers_lately

ON_A_PAGE = 20
SENT = Limit("send a change", most=60, every=timedelta(hours=1))
# Many accounts that somebody makes in one place are still one place; who is known here is not counted with them.
SENT_BY_NEWCOMERS = Limit("send a change, newcomers from one place", most=20, every=timedelta(hours=1))


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What somebody began and sent, the last first."""
    writer = writer_of(request)
    proposals = ProposedEdit.objects.of(person=writer.person, visitor=writer.visitor).with_people()
    listed = Paginator(proposals.order_by("-saved_at", "-pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"listed": listed, "pages": pages_of(listed, reverse("contributions:mine"))}
    return render(request, "contributions/mine.html", context)


@never_cache
@require_http_methods([*READING, "POST"])
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Its author's view, and what they do with it."""
    writer = writer_of(request)
    found = get_object_or_404(ProposedEdit.objects.with_people(), pk=pk)
    if elsewhere := _not_theirs(request, found, writer):
        return elsewhere
    if request.method in READING:
        return _show(request, found, _send_form(found))
    steps: dict[str, Any] = {"back": _take_back, "drop": _drop, "again": _again}
    step = steps.get(request.POST.get("do", ""))
    if step is _again and not may_begin(request):
        messages.warning(request, _("Much was begun from where you are. Please try again in an hour."))
        return redirect(found)
    try:
        return step(found, writer) if step else _send(request, found, writer)
    except PermissionDenied:
        # It was answered, or sent from elsewhere, since this page was opened.
        messages.warning(request, _("This has changed since you opened it. Here is how it stands."))
        return redirect(found)
    except services.TooManyOpenError:
        messages.warning(request, _(MANY_OPEN))
        return redirect(found)


@never_cache
@csrf_exempt
@require_http_methods([*READING, "POST"])
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a page that is not there yet, with all its questions."""
    writer = writer_of(request) if request.method in READING else writer_who_begins(request)
    found = get_object_or_404(ProposedEdit.objects.with_people(), pk=pk)
    if request.method == "POST" and not can_write(writer, found):
        # The session is over, or it was sent from elsewhere: what was typed since becomes another draft.
        original = found.adapted_from if is_whose(writer, found) else None
        return take_form(request, editing_of_new_page(writer, _without_draft(request.POST), original))
    if elsewhere := _not_theirs(request, found, writer):
        return elsewhere
    if not found.is_writable or _is_down(request, found):
        return redirect(found)
    if found.page is not None:
        return redirect(_edit_address(found, found.page))
    editing = editing_of(found, writer)
    if request.method in READING:
        return show_form(request, editing, editing.form(request.GET.get("field", "")))
    return take_form(request, editing)


@never_cache
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The page as it would look. Only whoever wrote it sees this, and whoever may answer it."""
    found = get_object_or_404(ProposedEdit.objects.with_people(), pk=pk)
    if not (is_whose(writer_of(request), found) or can_read(request.user, found)):
        raise Http404
    return preview_of(request, found)


@never_cache
@csrf_exempt
@require_http_methods([*READING, "POST"])
def conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """What could not be put together: both texts, and the typed one to change."""
    writer = writer_of(request)
    found = get_object_or_404(ProposedEdit.objects.with_people(), pk=pk)
    if request.method == "POST" and not can_write(writer, found):
        told = _("You are signed out, or it was sent from elsewhere. Take your words along, and open your draft again.")
        return words_given_back(request, told, 409)
    if elsewhere := _not_theirs(request, found, writer):
        return elsewhere
    if not found.is_writable or found.page is None or _is_down(request, found):
        return redirect(found)
    if request.method == "POST":
        return _settle(request, found, writer)
    view = present_conflict(found, None)
    return _show_conflict(request, found, view) if view.parts else redirect(found)


def _settle(request: HttpRequest, found: ProposedEdit, writer: Writer) -> HttpResponse:
    """Keep the words that somebody chose, if they chose them having seen what the page says now."""
    view = present_conflict(found, request.POST)
    if not view.parts:
        told = _("The page changed again, and what you wrote fits now. These are the words that you chose.")
        return words_given_back(request, told, 200)
    if token_is_wrong(request) or request.POST.get("seen") != view.seen:
        told = _("The page changed again since you opened this. Please look once more: your words are all here.")
        return _show_conflict(request, found, view, told)
    changes = conflict_changes(found, view)
    base = found.page.latest_revision if found.page else None
    services.settle_conflict(proposal=found, changes=changes, base=base, by=writer)
    note_reached(request, writer)
    return redirect(found)


def _show_conflict(request: HttpRequest, found: ProposedEdit, view: ConflictView, told: str = "") -> HttpResponse:
    context = {"proposal": found, "view": view, "told": told, "device": kept_on_device(request)}
    return render(request, "contributions/conflict.html", context)


def _is_down(request: HttpRequest, found: ProposedEdit) -> bool:
    """Whether its page is not for anybody to read any more; it is told then."""
    if found.page is None or PracticePage.objects.visible().filter(pk=found.page_id).exists():
        return False
    messages.warning(request, _("A moderator has taken this page down. Your words are kept here."))
    return True


def _without_draft(data: QueryDict) -> QueryDict:
    """What was sent, as if no draft had been named: another is begun."""
    asked = data.copy()
    asked["draft"] = "new"
    return asked


def _edit_address(found: ProposedEdit, page: PracticePage) -> str:
    """The form of a draft: for the one question that it is about, or the whole of it."""
    asked: dict[str, Any] = {"field": next(iter(found.changes))} if len(found.changes) == 1 else {}
    return f"{reverse('contributions:edit', args=[page.slug])}?{urlencode(asked | {'draft': found.pk})}"


def editing_of(found: ProposedEdit, writer: Writer) -> Editing:
    """A change under its author's hands again."""
    original = found.page.adapted_from if found.page else found.adapted_from
    return Editing(writer, found.page, found.kind, original, found, found.base, [])


def _not_theirs(request: HttpRequest, found: ProposedEdit, writer: Writer) -> HttpResponse | None:
    """Lead whoever may answer a change to where they do; nobody else sees what is another's. None if it is theirs.

    Raises:
        Http404: it is not theirs, and not theirs to answer.
    """
    if is_whose(writer, found):
        return None
    if can_read(request.user, found) and request.method in READING:
        return redirect("contributions:review_one", pk=found.pk)
    raise Http404(_("There is nothing of yours at this address."))


def _show(
    request: HttpRequest, found: ProposedEdit, form: SendForm, *, told: str = "", status: int = 200
) -> HttpResponse:
    comparison = Comparison(found.model, Names(found.original_id))
    left = found.content()
    differences = comparison.differences(found.base_content(), left)
    standing = standing_of(found.author) if found.author else Standing()
    corrected = {name: became for name, (_wrote, became) in found.corrections.items()}
    context = {
        "proposal": found,
        "form": form,
        "differences": differences,
        "size": size_sentence(differences),
        "told": told,
        "page": _visible(found.page),
        "pause": pause_of(standing),
        "goes_at_once": is_trusted(standing) and found.reviewer_id is None,
        "corrections": comparison.differences(left, left | corrected) if corrected else [],
        "answers": answers_lately() if found.state == State.WAITING else None,
    }
    stands = "taken_out" if found.taken_out_at else found.state
    return render(request, f"contributions/proposal_{stands}.html", context, status=status)


def _visible(page: PracticePage | None) -> PracticePage | None:
    return page if page is not None and page.live else None


def _send_form(found: ProposedEdit, data: Any = None) -> SendForm:
    return SendForm(data, proposal=found, recognisable=recognisable_words(found.changed))


def _send(request: HttpRequest, found: ProposedEdit, writer: Writer) -> HttpResponse:
    form = _send_form(found, request.POST)
    is_valid = form.is_valid()
    services.note_draft(
        proposal=found, by=writer, note=form.typed_note, consent=form.given_consent, answer=form.typed_answer
    )
    if request.POST.get("do") == "save" or form.waits_for_consent:
        messages.success(request, _("Your draft is safe. It waits here until you send it."))
        return redirect(found)
    if not is_valid:
        return _show(request, found, form)
    if writer.person is None:
        way_in = "account_login" if request.POST.get("do") == "sign-in" else "account_signup"
        return redirect(f"{reverse(way_in)}?{urlencode({'next': found.get_absolute_url()})}")
    if not _may_send(request, writer.person):
        return _show(
            request, found, form, told=_("You sent a lot in this hour. It is kept here: send it later."), status=429
        )
    return _send_and_tell(request, found, writer, form)


def _may_send(request: HttpRequest, person: User) -> bool:
    """Count one more; of newcomers, those of one place together. Returns whether it is within the limits."""
    if not count_towards(SENT, f"person {person.pk}"):
        return False
    is_known = standing_of(person).first_accepted_on is not None or looks_after_the_site(person)
    return is_known or count_towards(SENT_BY_NEWCOMERS, address_of(request))


def _send_and_tell(request: HttpRequest, found: ProposedEdit, writer: Writer, form: SendForm) -> HttpResponse:
    try:
        seen = number_of(request.POST.get("seen", "")) or None
        sent = services.send_proposal(proposal=found, by=writer, seen=seen)
    except ConflictError:
        return redirect("contributions:conflict", pk=found.pk)
    except services.NothingChangedError:
        told = _("There is nothing in it that the page does not say.")
    except SeenAnotherError:
        told = _("You changed it in another window since. Please look at it once more, and send it then.")
        found.refresh_from_db()
    except services.ConsentNeededError:
        told = _("Say whether those it tells of have read it.")
    except services.PausedError:
        told = _paused(writer)
    except services.TooManyWaitingError:
        told = _("Thank you. Five of yours wait to be read. This one is kept here: send it when the first is answered.")
    except PageIsLockedError:
        told = _("A moderator has closed this page to changes for now. What you wrote is kept here: send it later.")
    except ValidationError as error:
        editing = editing_of(found, writer)
        whole = checked_form(editing)
        if whole.faults:
            return show_form(request, editing, whole)
        told = " ".join(error.messages)
    else:
        if sent.state == State.ACCEPTED and sent.page:
            messages.success(request, _("Thank you. It is on the page now."))
        return redirect(sent)
    return _show(request, found, form, told=told)


def _paused(writer: Writer) -> str:
    """Until when, and why, somebody may not send."""
    standing = standing_of(writer.person) if writer.person else Standing()
    told = _("You cannot send changes until after %(day)s. What you wrote is kept here. Why: %(reason)s")
    return told % {
        "day": wording.day(standing.paused_until) if standing.paused_until else "",
        "reason": standing.pause_reason,
    }


def _take_back(found: ProposedEdit, writer: Writer) -> HttpResponse:
    return redirect("contributions:write", pk=services.take_back(proposal=found, by=writer).pk)


def _drop(found: ProposedEdit, writer: Writer) -> HttpResponse:
    return redirect(services.withdraw_proposal(proposal=found, by=writer))


def _again(found: ProposedEdit, writer: Writer) -> HttpResponse:
    return redirect("contributions:write", pk=services.take_up_again(proposal=found, by=writer).pk)
