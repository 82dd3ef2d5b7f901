"""For a server that others reach. It refuses to start without a key and the names it answers to."""

from django.core.exceptions import ImproperlyConfigured

from config.logs import log_settings

from .base import *
from .base import LOG_LEVEL, env

SECRET_KEY = env("SECRET_KEY", default="")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("Set SECRET_KEY to a random text of at least 50 characters.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this site answers to, separated by commas.")

if not env("EMAIL_URL", default=""):
    raise ImproperlyConfigured(
        "Set EMAIL_URL, such as smtp+tls://user:password@mail.example.org:587: accounts need mail."
    )

SECOND_FACTOR_REQUIRED = True
WAGTAILADMIN_BASE_URL = env("BASE_URL", default=f"https://{ALLOWED_HOSTS[0].lstrip('.')}")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOG_FORMAT = env("LOG_FORMAT", default="json")
LOGGING = log_settings(LOG_FORMAT, LOG_LEVEL)
