"""A page that is not there yet: three boxes, or a local version of one that is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from people.writers import kept_on_device, note_reached, number_of, writer_of
from practices.models import PracticePage

from .boxes import BoxesForm, boxes_of, content_of_boxes
from .edit_views import READING, keep_or_say_why, saved_as_json, show_form, take_form, writer_who_begins
from .editing import Editing, editing_of_new_page

# The questions that a local version begins with.
LOCAL = "local"


@never_cache
@csrf_exempt
@require_http_methods([*READING, "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a page: what you did, with whom, what happened."""
    if request.method in READING:
        editing = editing_of_new_page(writer_of(request), request.GET)
        boxes = boxes_of(editing.base_content() | editing.kept(), editing.kind)
        return _show(request, editing, BoxesForm(initial=boxes))
    return _take_boxes(request, editing_of_new_page(writer_who_begins(request), request.POST))


def _take_boxes(request: HttpRequest, editing: Editing) -> HttpResponse:
    """Keep what stands in the boxes, then do what the button says."""
    form = BoxesForm(request.POST)
    base = editing.base_content()
    content = content_of_boxes(base | editing.kept(), form.typed)
    if refused := keep_or_say_why(request, editing, content, base, number_of(request.POST.get("version", ""))):
        return _refuse(request, editing, form, *refused)
    do = request.POST.get("do", "save")
    if do == "autosave":
        return saved_as_json(request, editing.draft)
    note_reached(request, editing.writer)
    if do == "check" and (not form.is_valid() or editing.draft is None):
        return _show(request, editing, form)
    if do == "check" and editing.draft is not None:
        return redirect(editing.draft)
    if editing.draft is not None:
        messages.success(request, _("Your draft is safe. It waits here until you send it."))
    return redirect("contributions:new")


@never_cache
@csrf_exempt
@require_http_methods([*READING, "POST"])
def adapt(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a local version of a practice, essential by essential."""
    original = get_object_or_404(PracticePage.objects.visible(), slug=slug)
    if request.method in READING:
        editing = editing_of_new_page(writer_of(request), request.GET, original)
        return show_form(request, editing, editing.form(LOCAL), field=LOCAL)
    return take_form(request, editing_of_new_page(writer_who_begins(request), request.POST, original), field=LOCAL)


def _refuse(request: HttpRequest, editing: Editing, form: BoxesForm, told: str, status: int) -> HttpResponse:
    """Keep nothing, and say why; to the script of the page as well."""
    if request.POST.get("do") == "autosave":
        return JsonResponse({"told": told}, status=status)
    return _show(request, editing, form, told=told, status=status)


def _show(
    request: HttpRequest, editing: Editing, form: BoxesForm, *, told: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "editing": editing, "draft": editing.draft, "form": form, "told": told, "device": kept_on_device(request),
    }  # fmt: skip
    return render(request, "contributions/new.html", context, status=status)
