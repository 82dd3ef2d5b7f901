"""For building it: as local, with debug pages and files served as they are written."""

from .local import *
from .local import CACHES

DEBUG = True
# A template that was changed shows at the next request.
CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
