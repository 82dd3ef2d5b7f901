"""What Wagtail's account page must not ask of our people."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.account import AvatarSettingsPanel, NameEmailSettingsPanel

from .models import User

# There is no hook to take these panels away. The first asks for a first and last name, which our
# accounts do not have; the second for a picture of the person, which nothing shows.
for panel in (NameEmailSettingsPanel, AvatarSettingsPanel):
    panel.is_active = lambda _panel: False


@hooks.register("before_bulk_action")
def close_instead_of_deleting(request: HttpRequest, action: str, objects: list[Any], view: Any) -> HttpResponse | None:
    """Accounts are closed one by one, by somebody who looks at each; a closed one is not opened again."""
    people = [each for each in objects if isinstance(each, User)]
    if people and (action == "delete" or any(person.closed_at for person in people)):
        messages.error(
            request, _("Nothing was changed. Accounts are closed one by one, and a closed one stays closed.")
        )
        return redirect("wagtailusers_users:index")
    return None
