"""Writing: the form, and the steps by which rows are moved without JavaScript. Each step keeps what was typed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from people.limits import Limit, count_towards
from people.tokens import comes_from_elsewhere, token_is_wrong
from people.visitors import address_of
from people.writers import Writer, kept_on_device, note_reached, number_of, writer_of
from practices.models import PracticePage

from .content import Content, changes_between, is_too_much
from .edit_form import EditForm, is_key, move_row
from .editing import Editing, editing_of_page
from .models import ProposedEdit
from .services import TooManyOpenError

READING = ("GET", "HEAD")
# What a form carries beside what somebody typed.
NOT_TYPED = frozenset(
    {"csrfmiddlewaretoken", "draft", "version", "base", "form", "turn", "kind", "asked", "do", "seen"}
)
SIGNED_IN_SINCE = gettext_noop("You signed in or out since this page was opened. Please press the button once more.")
MUCH_BEGUN = gettext_noop("Much was begun from where you are. Please keep this page open, and try again in an hour.")
MANY_OPEN = gettext_noop(
    "You have a lot of drafts. Please send some, or throw some away. Keep this page open meanwhile."
)
TOO_MUCH = gettext_noop("This is longer than a page can be. Please make it shorter: nothing is saved until then.")
# A household, an office or a mast may share one address.
BEGUN = Limit("begin a draft", most=60, every=timedelta(hours=1))


@never_cache
@csrf_exempt
@require_http_methods([*READING, "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write on a page, with or without an account."""
    page = PracticePage.objects.visible().select_related("latest_revision").filter(slug=slug).first()
    if page is None and request.method == "POST":
        return words_given_back(request, _("This page was taken down while you wrote. Nothing could be kept."), 409)
    if page is None:
        raise Http404(_("There is no practice at this address."))
    if request.method in READING:
        editing = editing_of_page(writer_of(request), page, request.GET)
        return show_form(request, editing, editing.form(request.GET.get("field", "")))
    return take_form(request, editing_of_page(writer_who_begins(request), page, request.POST))


def take_form(request: HttpRequest, editing: Editing, *, field: str = "") -> HttpResponse:
    """Keep what was typed, then do what the button says."""
    form = editing.form(field or request.GET.get("field", ""))
    do = request.POST.get("do", "save")
    typed = form.read(request.POST)
    form = form.showing(move_row(form.base, typed, do))
    seen = number_of(request.POST.get("version", ""))
    if refused := keep_or_say_why(request, editing, form.content, form.base, seen):
        return _refuse(request, editing, form, *refused)
    if do == "autosave":
        is_all = editing.draft is None or editing.draft.changed == changes_between(form.base, form.content)
        return saved_as_json(request, editing.draft, seen=None if is_all else seen)
    note_reached(request, editing.writer)
    if do != "check":
        return redirect(_address(request, editing, _anchor(do), field=field))
    return _check(request, editing, form)


def keep_or_say_why(
    request: HttpRequest, editing: Editing, content: Content, base: Content, seen: int
) -> tuple[str, int] | None:
    """Save what was typed, into `editing.draft`; else say why not, with the status of the answer.

    Args:
        request: the form that was sent.
        editing: what somebody has under their hands.
        content: what they made of the page.
        base: what it said when they began.
        seen: the version of the draft that they had before them.
    """
    if token_is_wrong(request):
        return _(SIGNED_IN_SINCE), 403
    if is_too_much(content):
        return _(TOO_MUCH), 413
    if editing.draft is None and not may_begin(request):
        return _(MUCH_BEGUN), 429
    try:
        editing.draft = editing.keep(content, base, seen)
    except TooManyOpenError:
        return _(MANY_OPEN), 429
    return None


def _refuse(request: HttpRequest, editing: Editing, form: EditForm, told: str, status: int) -> HttpResponse:
    """Keep nothing, and say why; to the script of the page as well."""
    if request.POST.get("do") == "autosave":
        return JsonResponse({"told": told}, status=status)
    return show_form(request, editing, form, told=told, status=status)


def words_given_back(request: HttpRequest, told: str, status: int) -> HttpResponse:
    """Show what somebody typed where it can not be kept, so that they can take it along."""
    if request.POST.get("do") == "autosave":
        return JsonResponse({"told": told}, status=status)
    words = [
        value for name, values in request.POST.lists() if name not in NOT_TYPED for value in values if len(value) > 2
    ]
    typed = [value for value in words if not is_key(value)]
    return render(request, "contributions/given_back.html", {"told": told, "typed": typed}, status=status)


def show_form(
    request: HttpRequest, editing: Editing, form: EditForm, *, told: str = "", status: int = 200, field: str = ""
) -> HttpResponse:
    """Draw the form, with what is to be put right if it was checked."""
    is_one_question, whole_form = form.names != editing.names(""), _form_address(editing)
    context = {
        "editing": editing,
        "form": form,
        "device": kept_on_device(request),
        "told": told,
        "draft": editing.draft,
        "action": _address(request, editing, keep_draft=False, field=field) if is_one_question else whole_form,
        "is_one_question": is_one_question,
        "whole_form": whole_form,
    }
    return render(request, "contributions/edit.html", context, status=status)


def _check(request: HttpRequest, editing: Editing, form: EditForm) -> HttpResponse:
    draft = editing.draft
    if draft is None or not draft.changes:
        return show_form(request, editing, form, told=_("You have not changed anything yet."))
    checked = form.showing(form.content, check=True)
    if checked.faults:
        return show_form(request, editing, checked)
    if any(name not in form.names for name in draft.changes) and (whole := checked_form(editing)).faults:
        # What is to be put right stands in a part that was not asked for.
        return show_form(request, editing, whole)
    return redirect(draft)


def writer_who_begins(request: HttpRequest) -> Writer:
    """Whoever sends a form. Nothing of a form that another site sends is kept, or shown as if it were theirs.

    Raises:
        PermissionDenied: it came from another site.
    """
    if not token_is_wrong(request):
        return writer_of(request, begins=True)
    if comes_from_elsewhere(request):
        raise PermissionDenied
    return writer_of(request)


def may_begin(request: HttpRequest) -> bool:
    """Count one more beginning of a person, or of a place where nobody is signed in; returns whether it is allowed."""
    person = request.user
    return count_towards(BEGUN, f"person {person.pk}" if person.is_authenticated else address_of(request))


def checked_form(editing: Editing) -> EditForm:
    """The whole form, with all that is to be put right before a draft can be sent."""
    form = editing.form("")
    return form.showing(form.content, check=True)


def saved_as_json(request: HttpRequest, draft: ProposedEdit | None, *, seen: int | None = None) -> JsonResponse:
    """What the script of the page needs to go on; the time as the page would tell it.

    Args:
        request: of the script.
        draft: what holds the words now.
        seen: the version that the page shows, if the draft holds more: the next save is put together with it again.
    """
    if not request.user.is_authenticated:
        # The session goes on for as long as somebody types: their draft is theirs by it alone.
        request.session.modified = True
    if draft is None:
        return JsonResponse({"draft": "", "version": 0, "told": ""})
    told = _("Saved at %(time)s") % {"time": timezone.localtime(draft.saved_at).strftime("%H:%M")}
    if seen is not None:
        told = _("%(saved)s, with what you wrote elsewhere. Open this page again to see both.") % {"saved": told}
    return JsonResponse({"draft": draft.pk, "version": draft.version if seen is None else seen, "told": told})


def _form_address(editing: Editing) -> str:
    if editing.page is not None:
        return reverse("contributions:edit", args=[editing.page.slug])
    if editing.draft is not None:
        return reverse("contributions:write", args=[editing.draft.pk])
    if editing.adapted_from is not None:
        return reverse("contributions:adapt", args=[editing.adapted_from.slug])
    return reverse("contributions:new")


def _address(
    request: HttpRequest, editing: Editing, anchor: str = "", *, keep_draft: bool = True, field: str = ""
) -> str:
    """The form's address, for the same question, with the draft that it shows."""
    said: dict[str, Any] = {}
    if field := field or request.GET.get("field", ""):
        said["field"] = field
    if keep_draft and editing.draft and editing.page:
        said["draft"] = editing.draft.pk
    return f"{_form_address(editing)}{'?' if said else ''}{urlencode(said)}{anchor}"


def _anchor(do: str) -> str:
    """Back to the list on which a button was pressed."""
    what, name, _key = (*do.split(":"), "", "")[:3]
    return f"#{name}" if name.isidentifier() and what else "#saved"
