"""What production refuses, and what every answer carries."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.discreet import LeaveOutWords
from tests.factories.practices import PracticeFactory

ROOT = Path(__file__).resolve().parents[1]
KEY = "k" * 25 + "0123456789abcdefghijklmnopqrstuvwxyz"


def check_production(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.production", "DATA_DIR": str(tmp_path), **env}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=clean | settings, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"ALLOWED_HOSTS": "wiki.example.org"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "wiki.example.org", "SECRET_KEY": "short"}, "at least 50 characters"),
        ({"SECRET_KEY": KEY}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "wiki.example.org"}, "EMAIL_URL"),
    ],
)
def test_production_does_not_start_without_a_key_and_names(tmp_path, env, says):
    done = check_production(tmp_path, **env)
    assert done.returncode != 0 and says in done.stderr


def test_production_passes_djangos_own_checks_without_a_warning(tmp_path):
    mail = "smtp+tls://user:password@mail.example.org:587"
    done = check_production(tmp_path, SECRET_KEY=KEY, ALLOWED_HOSTS="wiki.example.org", EMAIL_URL=mail)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_the_secret_key_of_one_place_is_made_once_and_for_its_owner_alone(tmp_path):
    env = {"DJANGO_SETTINGS_MODULE": "config.settings.local", "DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    command = [
        sys.executable,
        "manage.py",
        "shell",
        "-c",
        "from django.conf import settings; print(settings.SECRET_KEY)",
    ]
    keys = {subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True).stdout for _ in range(2)}
    assert len(keys) == 1 and len(keys.pop()) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_what_readers_open_allows_no_inline_script_and_sets_no_cookie(client, library):
    page = PracticeFactory()
    for url in ("/", page.get_absolute_url(), "/search/?q=kettle", "/practices/", "/wanted/"):
        response = client.get(url)
        policy = response.headers["Content-Security-Policy"]
        assert response.status_code == 200
        assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "camera=()" in response.headers["Permissions-Policy"]
        assert not response.cookies
        assert "cookie" not in response.headers.get("Vary", "").lower()


@pytest.mark.django_db
def test_the_admin_has_a_policy_of_its_own_and_calls_nobody_else(client, library, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("a@example.org", "maple", "p"))
    response = client.get("/admin/")
    assert "unsafe-inline" in response.headers["Content-Security-Policy"]
    content = response.content.decode()
    assert "gravatar" not in content and "releases.wagtail" not in content and "whats-new" not in content


def test_the_server_of_make_dev_leaves_out_what_was_typed():
    record = logging.LogRecord(
        "django.server", logging.INFO, "", 0, '"%s" %s', ("GET /search/?q=grief HTTP/1.1", 200), None
    )
    assert LeaveOutWords().filter(record)
    assert record.getMessage() == '"GET /search/ HTTP/1.1" 200'
