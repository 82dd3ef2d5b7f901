"""The history of a page, for everybody; and going back, which makes a new version and throws nothing away."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Revision

from people.writers import number_of, writer_of
from practices import wording
from practices.models import PracticePage
from practices.presentation.listing import pages_of

from . import history as past
from .content import Change, content_of_revision
from .differences import Comparison, Names
from .edit_views import MANY_OPEN, READING, may_begin
from .models import ProposedEdit
from .preview import draw
from .services import TooManyOpenError, begin_draft, begin_undoing

ON_A_PAGE = 20
# How many versions are offered in the two lists of the form that compares.
OFFERED = 50


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of a page, newest first."""
    page = _page(slug)
    chosen = number_of(request.GET.get("from", ""), 18), number_of(request.GET.get("to", ""), 18)
    if all(chosen):
        return redirect("contributions:compare", slug, min(chosen), max(chosen))
    listed = Paginator(past.versions_of(page), ON_A_PAGE).get_page(request.GET.get("page"))
    shown = list(listed.object_list)
    behind = listed.end_index()
    before = past.versions_of(page)[behind : behind + 1].first() if listed.has_next() else None
    versions = past.present_versions(page, shown, before)
    context = {
        "page": page,
        "versions": versions,
        "count": past.count_sentence(page),
        "pages": pages_of(listed, reverse("contributions:history", args=[slug])),
    }
    return render(request, "contributions/history.html", context)


@require_safe
def version(request: HttpRequest, slug: str, revision: int) -> HttpResponse:
    """A page as it was."""
    page = _page(slug)
    found = _version(page, revision)
    older, _newer = past.neighbours(page, found)
    context = {
        "version": found,
        "who": _who(page, found),
        "day": wording.day(found.created_at),
        "older": older,
        "is_now": found.pk == page.latest_revision_id,
    }
    model = page.specific_class
    return draw(request, page.specific, content_of_revision(found, model), "contributions/version.html", context)


@require_safe
def compare(request: HttpRequest, slug: str, older: int, newer: int) -> HttpResponse:
    """What changed between two versions."""
    page = _page(slug)
    if older > newer:
        return redirect("contributions:compare", slug, newer, older)
    first, second = _version(page, older), _version(page, newer)
    model, starter = page.specific_class, past.has_starter(page)
    before = past.neighbours(page, first)[0]
    second_before, after = past.neighbours(page, second)
    are_neighbours = second_before is not None and second_before.pk == first.pk
    comparison = Comparison(model, Names(page.adapted_from_id))
    context = {
        "page": page,
        "older": first,
        "newer": second,
        "older_who": past.who_made(first, starter=starter),
        "newer_who": past.who_made(second, starter=starter),
        "older_day": wording.day(first.created_at),
        "newer_day": wording.day(second.created_at),
        "edit": getattr(second, "proposed_edit", None) if are_neighbours else None,
        "are_neighbours": are_neighbours,
        "before": before,
        "after": after,
        "offered": [(each.pk, _told(each, starter=starter)) for each in _offered(page)],
        **past.parts_of(comparison, content_of_revision(first, model), content_of_revision(second, model)),
    }
    return render(request, "contributions/compare.html", context)


@never_cache
@require_http_methods([*READING, "POST"])
def go_back(request: HttpRequest, slug: str, revision: int, *, undo: bool) -> HttpResponse:
    """Propose what a page said before: all of a version, or without the change of one."""
    page = _page(slug)
    found = _version(page, revision)
    before = past.neighbours(page, found)[0]
    if undo and before is None:
        raise Http404(_("Nothing came before it."))
    changes, is_of_now = (
        past.changes_to_undo(page, found, before) if undo else (past.changes_to_restore(page, found), True)
    )
    context: dict[str, Any] = {
        "page": page, "version": found, "day": wording.day(found.created_at), "who": _who(page, found), "undo": undo,
        "is_of_now": is_of_now, "changes_anything": bool(changes),
    }  # fmt: skip
    if request.method in READING or not changes:
        return render(request, "contributions/go_back.html", context)
    if not may_begin(request):
        context["told"] = _("Much was begun from where you are. Please try again in an hour.")
        return render(request, "contributions/go_back.html", context, status=429)
    try:
        draft = _begin(request, page, found if not is_of_now else None, changes, context)
    except TooManyOpenError:
        context["told"] = _(MANY_OPEN)
        return render(request, "contributions/go_back.html", context, status=429)
    return redirect(draft if is_of_now else reverse("contributions:conflict", args=[draft.pk]))


def _begin(
    request: HttpRequest, page: PracticePage, base: Revision | None, changes: dict[str, Change], told: dict[str, Any]
) -> ProposedEdit:
    # Without whose it was: they may be known by another handle later, or have left.
    words = _("went back to the version of %(day)s: ")
    if told["undo"]:
        words = _("took back the change of %(day)s: ")
    draft = {
        "changes": changes,
        "page": page,
        "base": base or page.latest_revision,
        "note": words % {"day": told["day"]},
    }
    by = writer_of(request, begins=True)
    return begin_undoing(by=by, draft=draft, version=told["version"]) if told["undo"] else begin_draft(by=by, **draft)


def _page(slug: str) -> PracticePage:
    found = PracticePage.objects.visible().select_related("latest_revision").filter(slug=slug).first()
    if found is None:
        raise Http404(_("There is no practice at this address."))
    return found


def _version(page: PracticePage, number: int) -> Revision:
    """A version of this page, and of no other."""
    return get_object_or_404(past.versions_of(page), pk=number)


def _who(page: PracticePage, revision: Revision) -> str:
    return past.who_made(revision, starter=revision.user_id is None and past.has_starter(page))


def _told(revision: Revision, *, starter: bool) -> str:
    """A version in a list to choose from."""
    return f"{wording.day(revision.created_at)}, {past.who_made(revision, starter=starter)}"


def _offered(page: PracticePage) -> list[Revision]:
    return list(page.revisions.select_related("user").defer("content").order_by("-created_at", "-pk")[:OFFERED])
