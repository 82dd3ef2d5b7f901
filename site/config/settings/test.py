"""For the tests: each process has a data folder of its own, so that none sees another's files."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="social-wiki-test-"))

from .base import *
from .base import CACHES, DATA_DIR, DATABASES

SECRET_KEY = "only-for-tests-" + "x" * 50
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
if DATABASES["default"]["ENGINE"] == "config.sqlite":
    # A file, since browser tests and processes share it; memory databases hide locking.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
# Each test sees its page made; those of the cache itself put one in its place.
CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
# A test counts by itself, inside its own transaction.
SEARCH_COUNTED_AFTER = None
# A test reads what was sent before it goes on.
MAIL_IS_SENT_BEHIND = False
# Tests of meaning turn it on: without it, hits are the same wherever its packages happen to be.
SEARCH_BY_MEANING = False
LOGGING = {"version": 1, "disable_existing_loggers": False}
