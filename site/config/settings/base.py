"""What every place has in common. Each other module here says only what differs."""

import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.logs import log_settings

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "site"

env = environ.Env()

# State: everything that a backup has to hold stands in this one folder.
DATA_DIR = Path(env("DATA_DIR", default=str(ROOT / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)


def secret_key_of_this_place() -> str:
    """The key kept in the data folder, made at the first start with rights for its owner alone."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


DEBUG = False
# Keys that were in use before, so that what they signed stays good for a while after a new one was taken.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS: list[str] = []
SITE_NAME = env("SITE_NAME", default="Social Wiki")
CONTACT_EMAIL = env("CONTACT_EMAIL", default="")
WAGTAILADMIN_BASE_URL = env("BASE_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "home",
    "contributions",
    "feedback",
    "search",
    "people",
    "practices",
    "wagtail.contrib.redirects",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.sitemaps",
    "wagtail_modeladmin",
    "people.apps.UsersConfig",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
]

MIDDLEWARE = [
    "config.middleware.RequestNumberMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.page_cache.PageCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "config.middleware.TieredCSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.SecondFactorMiddleware",
    "people.middleware.AccountPagesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.AdminTransactionMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.context_processors.site",
            ],
        },
    }
]

# IMMEDIATE takes the write lock at the start of a transaction: with the default, a transaction that
# reads first and writes later fails at once when somebody else wrote in between.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
        "PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY;"
    ),
}
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"] |= {"ENGINE": "config.sqlite", "OPTIONS": SQLITE_OPTIONS}
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Nobody waits longer for somebody else's change than on SQLite, nor for a server that does not answer.
    patience = {"connect_timeout": 5, "options": "-c lock_timeout=20s"}
    DATABASES["default"] |= {
        "ENGINE": "config.postgresql",
        "OPTIONS": {**patience, **DATABASES["default"].get("OPTIONS", {})},
    }
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# What nobody should wait for is done by `manage.py work`, which has to run beside the web server then. Without it, mail
# goes out in a thread of the web server, and all else is done at once. What Wagtail puts into tasks always is.
WORKER = env.bool("WORKER", default=False)
AT_ONCE = {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
TASKS = {"default": AT_ONCE, "behind": {"BACKEND": "django_tasks_db.DatabaseBackend"} if WORKER else AT_ONCE}

# Whole pages have a place of their own, so that they push out nothing else: 600 of them take about 20 MB at most.
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}
if CACHES["default"]["BACKEND"].endswith(".RedisCache"):
    CACHES["default"]["BACKEND"] = "config.caches.SharedCache"
CACHES["pages"] = {"KEY_PREFIX": "pages", **CACHES["default"]}
if CACHES["pages"]["BACKEND"].endswith(".LocMemCache"):
    CACHES["pages"] |= {"LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 600}}
    # Counts of attempts stand here, and nobody shall push them out with others.
    CACHES["default"] |= {"OPTIONS": {"MAX_ENTRIES": 20_000}}

AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:front_door"
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "people.account_forms.SignInForm",
    "signup": "people.account_forms.SignUpForm",
    "add_email": "people.account_forms.AddressForm",
    "confirm_email_verification_code": "people.account_forms.AddressCodeForm",
    "confirm_password_reset_code": "people.account_forms.ResetCodeForm",
    "reauthenticate": "people.account_forms.AskAgainForm",
    "change_password": "people.account_forms.PasswordForm",
    "reset_password": "people.account_forms.ForgottenForm",
    "reset_password_from_key": "people.account_forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
# Sign-up and reset answer alike, whether or not there is an account. No stranger gets mail about one that is not there.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
MFA_FORMS = {
    "authenticate": "people.account_forms.SecondFactorForm",
    "reauthenticate": "people.account_forms.SecondFactorAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
# Whether moderators and administrators need a second factor.
SECOND_FACTOR_REQUIRED = False

# Mail. Without EMAIL_URL each mail is a file, which a page shows to whoever sits at the machine.
MAIL_FOLDER = "" if env("EMAIL_URL", default="") else str(DATA_DIR / "mail")
if MAIL_FOLDER:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_FOLDER
else:
    vars().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("FROM_EMAIL", default=CONTACT_EMAIL or "library@localhost")
# A mail goes out in a thread of its own, so that nobody waits for it.
MAIL_IS_SENT_BEHIND = True

# When somebody's changes are on the page at once: people/trust.py has the rule and says what each figure means.
TRUST = {"accepted_edits": 3, "clean_days": 30, "idle_days": 365, "rejection_costs": 1, "removal_costs": 2}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
TIME_ZONE = "Europe/London"
# With one language there is nothing to look up: each text took 12 µs, and a page has hundreds.
USE_I18N = len(LANGUAGES) > 1
USE_TZ = True
LOCALE_PATHS = [SITE / "locale"]

STATIC_URL = "/static/"
# An image has them inside; else they are collected beside the data.
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [SITE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"

# Search. The engine answers readers; Wagtail's own search serves the choosers of the admin only.
SEARCH_ENGINE = env("SEARCH_ENGINE", default="local")
# Finding by meaning as well, where its packages are installed: requirements-meaning.txt.
SEARCH_BY_MEANING = env.bool("SEARCH_BY_MEANING", default=True)
SEARCH_INDEX_DIR = DATA_DIR / "index"
# Servers of Elasticsearch, with commas between, for SEARCH_ENGINE=elasticsearch.
ELASTICSEARCH_URL = env("ELASTICSEARCH_URL", default="")
ELASTICSEARCH_API_KEY = env("ELASTICSEARCH_API_KEY", default="")
# A file of certificates that are trusted, where the servers' are signed by one's own authority.
ELASTICSEARCH_CA_CERTS = env("ELASTICSEARCH_CA_CERTS", default="")
# Whether plain http may leave this machine.
ELASTICSEARCH_ALLOW_HTTP = env.bool("ELASTICSEARCH_ALLOW_HTTP", default=False)
# Several sites may share the servers.
ELASTICSEARCH_INDEX_PREFIX = env("ELASTICSEARCH_INDEX_PREFIX", default="social-wiki")
# So many copies of the index beside the first, where there are servers enough.
ELASTICSEARCH_REPLICAS = env.int("ELASTICSEARCH_REPLICAS", default=1)
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database.fallback"}}

WAGTAIL_SITE_NAME = SITE_NAME
# The desk offers no other language either.
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_AUTOSAVE_INTERVAL = 0
WAGTAIL_I18N_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# One way in, and it is the account's.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_AUTO_UPDATE_PREVIEW = False
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "practices.Photo"
WAGTAILIMAGES_IMAGE_FORM_BASE = "practices.forms.PhotoForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILSNIPPETS_MENU_SHOW_ALL = False

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Security. The pages that readers open load nothing from elsewhere and run no inline script or style.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "interest-cohort")
}

# How many proxies of one's own a request passes; each adds to X-Forwarded-For where it was called from.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
# Searches with known answers, by which an editor sees what a synonym changes. They may be left out.
JUDGED_SEARCHES = ROOT / "bench" / "judged"
# So many seconds after a search, what several people typed is counted, all of a moment together.
SEARCH_COUNTED_AFTER: float | None = 5

LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOG_FORMAT = env("LOG_FORMAT", default="lines")
LOGGING = log_settings(LOG_FORMAT, LOG_LEVEL)
