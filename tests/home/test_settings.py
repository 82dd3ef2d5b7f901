"""The settings for a server that others reach: nothing to warn of, and no start without what must be set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from people.models import User

ROOT = Path(__file__).resolve().parents[2]
ENOUGH = {
    "SECRET_KEY": "a-key-of-many-sorts_0123456789-of-characters-ABCDEFGHIJ",
    "ALLOWED_HOSTS": "wiki.example",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
}


def check(tmp_path, **given):
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **given}
    settings = "config.settings.production"
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING", "--settings", settings]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_deployment_check_has_no_warning(tmp_path):
    done = check(tmp_path, **ENOUGH)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("without", "message"),
    [
        ({"SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "Set SECRET_KEY"),
        ({"ALLOWED_HOSTS": ""}, "Set ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "Set ALLOWED_HOSTS"),
    ],
)
def test_production_does_not_start_without_its_settings(tmp_path, without, message):
    done = check(tmp_path, **{**ENOUGH, **without})
    assert done.returncode != 0
    assert message in done.stderr


@pytest.mark.django_db
def test_a_new_key_leaves_people_signed_in_as_long_as_the_old_one_is_named(library, settings):
    browsers = [Client(), Client()]
    for number, browser in enumerate(browsers):
        browser.force_login(User.objects.create_proven(f"person{number}@example.org", f"maple-{number}"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key" * 6
    assert browsers[0].get("/messages/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert browsers[0].get("/messages/").status_code == 200
    assert browsers[1].get("/messages/").status_code == 302
