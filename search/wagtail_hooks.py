"""Where the admin learns of synonyms, help lines and what its log may say of them."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry
from wagtail_modeladmin.options import modeladmin_register

from .modeladmins import FindingGroup
from .models import WantedState

modeladmin_register(FindingGroup)


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("search.confirm_help_line", _("Confirm"), _("Confirmed that the number is right"))
    for state, label in WantedState.choices:
        actions.register_action(f"search.wanted_{state}", label, _("On the wanted list: %(state)s") % {"state": label})


@hooks.register("construct_reports_menu")
def leave_out_wagtails_search_terms(request: HttpRequest, items: list[MenuItem]) -> None:
    """It would always be empty: what people type is counted by our own rules, and listed under Finding."""
    items[:] = [item for item in items if item.name != "search-terms"]
