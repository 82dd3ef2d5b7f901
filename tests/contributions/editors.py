"""People who edit over HTTP, as a browser would without JavaScript."""

from __future__ import annotations

import html
import re
from typing import Any

import requests
from django.conf import settings
from django.test import Client

from people.models import User

TAG = re.compile(r"<input[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
BOX = re.compile(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)


class Editor:
    """Somebody who is signed in at a site that runs over the tests' database.

    Args:
        site: its address.
        person: who.
    """

    def __init__(self, site: str, person: User) -> None:
        signed_in = Client()
        signed_in.force_login(person)
        self.site = site
        self.browser = requests.Session()
        self.browser.cookies.set(settings.SESSION_COOKIE_NAME, signed_in.cookies[settings.SESSION_COOKIE_NAME].value)

    def add_step(self, slug: str, text: str) -> str:
        """Put one more step on a page and send it; returns the title of the page that answers."""
        address = f"{self.site}/practices/{slug}/edit/?field=steps"
        form = self.boxes(self.get(address))
        fresh = form["steps-key"][-1]
        form[f"steps-{fresh}-text"] = [text]
        looked_at = self.post(address, {**form, "do": "check"})
        token = self.boxes(looked_at.text)["csrfmiddlewaretoken"]
        sent = self.post(looked_at.url, {"csrfmiddlewaretoken": token, "note": f"a step: {text}", "do": "send"})
        found = re.search(r"<h1>(.*?)</h1>", sent.text)
        return html.unescape(found.group(1)) if found else ""

    def get(self, address: str) -> str:
        answer = self.browser.get(address, timeout=60)
        assert answer.status_code == 200, f"{answer.status_code} {address}"
        return answer.text

    def post(self, address: str, data: dict[str, Any]) -> requests.Response:
        answer = self.browser.post(address, data, timeout=60)
        assert answer.status_code == 200, f"{answer.status_code} {address}"
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
