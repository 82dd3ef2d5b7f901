import logging
import threading
import warnings

from django.core.exceptions import SuspiciousOperation
from django.urls import include, path


def fail(request, words):
    """Fail as badly as anything can: with what was asked, by whom, in messages of its own and of others."""
    told = f"{words} {dict(request.GET)} {request.META['REMOTE_ADDR']} {request.headers.get('User-Agent')}"
    logging.getLogger("somebody.else").error(f"no such thing: {told}")
    logging.getLogger("somebody.else").error("no such thing: %s, %d times", told, 3)
    logging.getLogger("somebody.else").error("%d is no number", told)
    warnings.warn(told, stacklevel=1)
    thread = threading.Thread(target=int, args=(told,))
    thread.start()
    thread.join()
    if words == "suspicious":
        raise SuspiciousOperation(told)
    try:
        open(told)  # noqa: PTH123, SIM115
    except OSError as error:
        raise LookupError(told) from error


urlpatterns = [path("broken/<str:words>/", fail), path("", include("config.urls"))]
