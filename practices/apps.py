from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    name = "practices"
    verbose_name = _("practices")

    def ready(self) -> None:
        from . import signals

        signals.connect()
