"""What templates need to draw practices: covers, text as it was typed, the words of an address."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from django import template
from django.utils.safestring import SafeString

from practices.covers import cover_of
from practices.models import PracticePage
from practices.text import render_text

register = template.Library()

PARTS_OF_ADDRESSES = {"practices", "outcomes", "groups", "principles", "search", "print", "html", "index", "php"}
MOST_WORDS = 8


@register.simple_tag
def cover(practice: PracticePage) -> SafeString:
    """The cover of a practice. Decoration: the title beside it says the rest."""
    return cover_of(practice)


@register.filter
def practice_text(text: Any) -> SafeString:
    """Draw text as it was typed, with its three habits."""
    return render_text(str(text or ""))


@register.filter
def address_words(path: Any) -> str:
    """The words of an address that leads nowhere, to search for them."""
    words = re.findall(r"[^\W_]+", unquote(str(path or ""))[:300])
    return " ".join([word for word in words if word.lower() not in PARTS_OF_ADDRESSES][:MOST_WORDS])
