"""Where the admin learns of vocabularies, practices and what the log may say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page
from wagtail_modeladmin.options import modeladmin_register

from .admin_views import change_kind_view
from .modeladmins import VocabulariesGroup
from .models import PracticePage
from .permissions import can_change_kind
from .viewsets import practice_viewset

modeladmin_register(VocabulariesGroup)

HIDDEN_FROM_EDITING = {"action-save-draft", "action-submit", "action-restart-workflow", "action-cancel-workflow"}


@hooks.register("register_admin_viewset")
def register_practices() -> PageViewSet:
    return practice_viewset


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("practices.rename_term", _("Rename"), _("Address changed"))
    actions.register_action("practices.merge_terms", _("Merge"), _("Merged into another term"))
    actions.register_action("practices.change_kind", _("Change kind"), _("Kind changed"))


@hooks.register("construct_page_action_menu")
def hide_drafts(menu_items: list[Any], request: Any, context: dict[str, Any]) -> None:
    """A practice has no drafts, so nothing may offer to save one."""
    page = context.get("page")
    if isinstance(page, PracticePage):
        kept = [item for item in menu_items if item.name not in HIDDEN_FROM_EDITING]
        # The first is the big button: it must not be the one that takes the page down.
        menu_items[:] = sorted(kept, key=lambda item: item.name != "action-publish")


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    return [path("practices/<int:page_id>/kind/", change_kind_view, name="practices_change_kind")]


@hooks.register("register_page_header_buttons")
def offer_change_of_kind(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if isinstance(page.specific_deferred, PracticePage) and can_change_kind(user, page.specific_deferred):
        url = reverse("practices_change_kind", args=[page.pk])
        yield Button(_("Change its kind"), url, icon_name="resubmit", priority=60)


@hooks.register("construct_main_menu")
def hide_what_is_not_used(request: Any, menu_items: list[MenuItem]) -> None:
    """The admin cannot do without Wagtail's documents, but nothing of ours uses or serves them.

    Its help leads to a handbook that speaks of drafts, which practices do not have.
    """
    menu_items[:] = [item for item in menu_items if item.name not in {"documents", "help"}]
