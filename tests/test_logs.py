"""What stands in the log of a server, and what never does."""

import json
import logging
import re
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
import requests
from django.conf import settings as django_settings
from django.core.signing import Signer
from django.db import connection
from structlog.contextvars import bound_contextvars

from config.logs import log_settings, speak_json
from people.models import User
from search.services import drain_queue
from tests.factories.practices import PracticeFactory
from tests.servers import free_port, running_site

# None of them can come from anywhere but what somebody typed, sent or is.
NEVER = {
    "words": ["grieving", "heron", "kettle"],
    "address": ["@", "example", "rowan"],
    "network": ["127.0.0.1", "10.9.8.7"],
    "program": ["Lighthouse", "python-requests"],
    "number": ['"76543"'],
}


@pytest.fixture
def formatter(monkeypatch) -> logging.Formatter:
    """As a server has it, without what it changes for the whole process."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(logging, "raiseExceptions", True)
    yield speak_json()
    logging.captureWarnings(False)


def line(formatter: logging.Formatter, name: str, message: object, *arguments: object, **more: object) -> dict:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, more.pop("exc_info", None))
    for key, value in more.items():
        setattr(record, key, value)
    return json.loads(formatter.format(record))


class TestALine:
    def test_ours_are_told_whole_with_the_request_that_they_belong_to(self, formatter):
        with bound_contextvars(request="0123456789abcdef", anything="grieving"):
            told = line(formatter, "people.mail", "A mail was given up after %s attempts: %s", 3, "OSError")
        assert told.pop("time").endswith("Z")
        assert told == {
            "level": "error",
            "logger": "people.mail",
            "event": "A mail was given up after 3 attempts: OSError",
            "request": "0123456789abcdef",
        }

    @pytest.mark.parametrize(
        ("message", "arguments", "event"),
        [
            ("%s took %.1f s: %d", ("grieving", 2.34, 5), "… took 2.3 s: 5"),
            ("%(words)s came %(times)d times", ({"words": "grieving", "times": 3},), "… came 3 times"),
            ("%d is no number", ("grieving",), "…"),
            ("grieving", (), "…"),
            (LookupError("grieving"), (), "…"),
        ],
    )
    def test_of_others_numbers_are_told_and_no_words(self, formatter, message, arguments, event):
        told = line(formatter, "somebody.else", message, *arguments)
        assert told["event"] == event
        assert told["place"] == "tests/test_logs.py:1"

    def test_an_exception_is_its_type_its_code_and_where_it_came_from(self, formatter):
        try:
            try:
                Path("/nowhere/grieving").read_text()
            except OSError as error:
                raise LookupError("grieving") from error
        except LookupError as error:
            told = line(formatter, "people.mail", "It failed.", exc_info=(type(error), error, error.__traceback__))
        assert told["exception"] == "builtins.LookupError"
        assert "builtins.FileNotFoundError (ENOENT)" in told["traceback"].splitlines()
        assert re.search(r"^tests/test_logs\.py:\d+ in test_an_exception", told["traceback"], re.MULTILINE)
        assert "grieving" not in json.dumps(told)

    @pytest.mark.django_db
    def test_the_code_of_a_database_is_told(self, formatter):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT grieving")
        except Exception as error:
            told = line(formatter, "people.mail", "It failed.", exc_info=(type(error), error, error.__traceback__))
        assert re.search(r"\((SQLITE_ERROR|42703)\)", told["traceback"])

    @pytest.mark.parametrize("told", ["sam@example.org", "10.9.8.7", "2001:db8::8a2e:370:7334", "/search/?q=grieving"])
    def test_should_ours_say_too_much_it_is_cut(self, formatter, told):
        assert told not in line(formatter, "search.services", "What of %s then", told)["event"]

    def test_another_form_is_refused(self):
        with pytest.raises(ValueError, match="lines, json"):
            log_settings("xml", "INFO")


class TestTheNumberOfARequest:
    @pytest.fixture
    def number_for(self, client, db):
        return lambda given: client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]

    def test_each_has_its_own(self, client, db):
        first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
        assert first != second and re.fullmatch("[0-9a-f]{32}", first)

    @pytest.mark.parametrize("given", ["0123456789abcdef", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"])
    def test_that_of_a_proxy_is_taken(self, number_for, given):
        assert number_for(given) == given

    @pytest.mark.parametrize(
        "given", ["", "short", "grieving-heron-by-the-water", "a" * 40, "0123456789abcdef\x00", "é" * 20]
    )
    def test_nothing_else_is(self, number_for, given):
        assert number_for(given) != given


@pytest.mark.django_db(transaction=True)
def test_whatever_people_do_and_whatever_fails_the_log_of_a_server_names_nobody(library, tmp_path, settings):
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    (tmp_path / "secret_key").write_text(django_settings.SECRET_KEY)
    PracticeFactory(title="A practice", slug="practice")
    User.objects.create_proven("rowan@example.org", "rowan-lane", "a long enough password", pk=76543)
    drain_queue(wait=True)
    said = tmp_path / "said"
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.broken.settings",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "DEBUG",
        "GUNICORN_LOG_LEVEL": "debug",
        "ACCESS_LOG": "-",
        "TRUSTED_PROXIES": "1",
        # Where nobody takes mail.
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
    }
    with running_site(tmp_path, output=said, **environment) as site:
        numbers = do_all_kinds_of_things(site)
        until(lambda: "could not be sent" in said.read_text())
    lines = [json.loads(each) for each in said.read_text().splitlines()]
    assert_nobody_is_named(said.read_text())
    about = {what: [each for each in lines if each.get("request") == number] for what, number in numbers.items()}

    failed = next(each for each in about["fails"] if each["logger"] == "django.request")
    assert (failed["event"], failed["status"]) == ("Internal Server Error", 500)
    assert failed["route"] == "broken/<str:words>/" and failed["exception"] == "builtins.LookupError"
    assert re.search(r"tests/broken/urls\.py:\d+ in fail", failed["traceback"])
    assert {"somebody.else", "py.warnings"} <= {each["logger"] for each in about["fails"]}
    asked = next(each for each in about["searches"] if each["logger"] == "gunicorn.access")
    assert (asked["method"], asked["route"], asked["status"]) == ("GET", "search/", 200) and asked["bytes"] > 0
    mailed = next(each for each in about["forgets the password"] if each["logger"] == "people.mail")
    assert mailed["event"] == "A mail could not be sent, and is tried again: ConnectionRefusedError"
    assert [each["event"] for each in about["goes astray"]] == ["Not Found", "A request was answered."]
    assert any(each["logger"] == "config.logs" and "exception" in each for each in lines)
    assert any(each["event"] == "Invalid request from ip" for each in lines)


def do_all_kinds_of_things(site: str) -> dict[str, str]:
    """Search, sign in, report, forget a password, fail; returns the number of each request."""
    browser = requests.Session()
    browser.headers["User-Agent"] = "Lighthouse of a grieving heron"
    browser.headers["X-Forwarded-For"] = "10.9.8.7"
    browser.headers["Referer"] = f"{site}/?q=grieving"

    def send(path: str, **typed: str) -> requests.Response:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(f"{site}{path}").text)
        opened = Signer(salt="people.open_forms").sign(f"{time.time() - 60:.1f}")
        return browser.post(f"{site}{path}", {"csrfmiddlewaretoken": token[1], "opened": opened, **typed})

    answers = {
        "searches": browser.get(f"{site}/search/?q=grieving+heron&outcome=heron"),
        "forgets the password": send("/account/password/reset/", email="rowan@example.org"),
        "is refused": send("/account/login/", login="rowan@example.org", password="kettle"),
        "signs in": send("/account/login/", login="rowan@example.org", password="a long enough password"),
        "reports": send("/practices/practice/flag/", reason="other", words="It names the grieving heron."),
        "opens a profile": browser.get(f"{site}/people/rowan-lane/"),
        "goes astray": browser.get(f"{site}/grieving/heron/?of=kettle"),
        "has no token": browser.post(f"{site}/practices/practice/flag/", {"words": "heron"}),
        "fails": browser.get(f"{site}/broken/grieving/?q=heron"),
        "is suspicious": browser.get(f"{site}/broken/suspicious/?q=heron"),
        "names another host": browser.get(f"{site}/search/?q=heron", headers={"Host": "heron.example"}),
    }
    expected = [200, 200, 200, 200, 200, 200, 404, 403, 500, 400, 400]
    assert [answer.status_code for answer in answers.values()] == expected
    host, port = site.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as raw:
        raw.sendall(b"GET /search/?q=grieving heron HTTP/9.9\r\nHost: heron\r\n\r\n")
        raw.recv(1_000)
    assert answers["signs in"].history and answers["reports"].history
    return {what: [*answer.history, answer][0].headers["X-Request-ID"] for what, answer in answers.items()}


def assert_nobody_is_named(log: str) -> None:
    found = {word for words in NEVER.values() for word in words if word.lower() in log.lower()}
    assert not found, [each for each in log.splitlines() if any(word.lower() in each.lower() for word in found)][:3]


def until(is_so) -> None:
    for _ in range(2_000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")
