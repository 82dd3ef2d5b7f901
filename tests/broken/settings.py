from config.settings.local import *  # noqa: F403

ROOT_URLCONF = "tests.broken.urls"
