from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(AppConfig):
    name = "people"
    # There are two in this file, and without a word Django takes neither.
    default = True
    verbose_name = _("people")

    def ready(self) -> None:
        from . import signals

        signals.connect()


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's own users app, with forms that ask for no first or last name."""

    user_viewset = "people.viewsets.UserViewSet"
