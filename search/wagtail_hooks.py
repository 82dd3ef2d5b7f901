"""Where the admin learns of synonyms, help lines and what its log may say of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
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
