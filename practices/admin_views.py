"""Views of the admin that Wagtail has no place for."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from .forms import ChangeKindForm
from .models import Kind, PracticePage
from .permissions import can_change_kind
from .services import change_kind


def change_kind_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Let a moderator make a practice one of another kind."""
    page = get_object_or_404(PracticePage, pk=page_id).specific
    if not can_change_kind(request.user, page):
        raise PermissionDenied
    form = ChangeKindForm(request.POST or None, page=page, choices=Kind.choices)
    if form.is_valid():
        new = change_kind(page=page, kind=form.cleaned_data["kind"], by=request.user)
        messages.success(request, _("“%(title)s” is now: %(kind)s.") % {"title": new.title, "kind": new.kind.label})
        return redirect("wagtailadmin_pages:edit", page_id)
    return TemplateResponse(request, "practices/admin/change_kind.html", {"page": page, "form": form})
