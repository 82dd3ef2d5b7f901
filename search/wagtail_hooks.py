"""Where the admin learns of synonyms, help lines and what its log may say of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail_modeladmin.options import modeladmin_register

from .modeladmins import FindingGroup

modeladmin_register(FindingGroup)


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    actions.register_action("search.confirm_help_line", _("Confirm"), _("Confirmed that the number is right"))
