"""People who edit over HTTP, as a browser would without JavaScript."""

from __future__ import annotations

import html
import re
from typing import Any

import requests

TAG = re.compile(r"<input[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
BOX = re.compile(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)


class EditError(Exception):
    """An answer was not what somebody who edits has to get."""


def session_of(person: Any) -> str:
    """What the browser of somebody keeps who is signed in: over the database of this process."""
    from django.conf import settings
    from django.test import Client

    signed_in = Client()
    signed_in.force_login(person)
    return signed_in.cookies[settings.SESSION_COOKIE_NAME].value


class Editor:
    """Somebody with a browser.

    Args:
        site: the address of a site.
        session: what their browser keeps, as `session_of` says it.
    """

    def __init__(self, site: str, session: str) -> None:
        self.site = site
        self.browser = requests.Session()
        self.browser.cookies.set("sessionid", session)

    def add_step(self, slug: str, text: str) -> str:
        """Put one more step on a page and send it; returns the title of the page that answers."""
        return self.send(self.check(slug, self.open_form(slug), text), f"a step: {text}")

    def open_form(self, slug: str) -> dict[str, list[str]]:
        """The form that asks for the steps of a practice."""
        return self.boxes(self.get(self.form_of(slug)))

    def check(self, slug: str, form: dict[str, list[str]], text: str) -> requests.Response:
        """Put one more step into the form; returns the page on which it is looked over."""
        fresh = form["steps-key"][-1]
        return self.post(self.form_of(slug), {**form, f"steps-{fresh}-text": [text], "do": "check"})

    def send(self, looked_at: requests.Response, note: str) -> str:
        """Send what was looked over; returns the title of the page that answers."""
        token = self.boxes(looked_at.text)["csrfmiddlewaretoken"]
        sent = self.post(looked_at.url, {"csrfmiddlewaretoken": token, "note": note, "do": "send"})
        found = re.search(r"<h1>(.*?)</h1>", sent.text)
        return html.unescape(found.group(1)) if found else ""

    def form_of(self, slug: str) -> str:
        return f"{self.site}/practices/{slug}/edit/?field=steps"

    def get(self, address: str) -> str:
        answer = self.browser.get(address, timeout=60)
        if answer.status_code != 200:
            raise EditError(f"{answer.status_code} {address}")
        return answer.text

    def post(self, address: str, data: dict[str, Any]) -> requests.Response:
        answer = self.browser.post(address, data, timeout=60)
        if answer.status_code != 200:
            raise EditError(f"{answer.status_code} {address}")
        return answer

    def boxes(self, text: str) -> dict[str, list[str]]:
        """The form of a page that changes something: hidden boxes and long ones."""
        text = text[text.index("csrfmiddlewaretoken") - 60 :]
        found: dict[str, list[str]] = {}
        for tag in TAG.findall(text):
            parts = dict(ATTRIBUTE.findall(tag))
            if parts.get("type") == "hidden":
                found.setdefault(parts["name"], []).append(html.unescape(parts.get("value", "")))
        return found | {name: [html.unescape(value)] for name, value in BOX.findall(text)}
