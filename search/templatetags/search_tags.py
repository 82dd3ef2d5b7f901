"""What other pages draw of search."""

from __future__ import annotations

from typing import Any

from django import template

from practices.models import PracticePage
from search.similar import near_practices, practices_about

register = template.Library()


@register.inclusion_tag("search/_similar.html")
def similar_practices(practice: PracticePage) -> dict[str, Any]:
    """Practices on the same shelf, and on others, each with its reason. Draws nothing when there are none."""
    return {"near": near_practices(practice)}


@register.inclusion_tag("search/_like.html")
def practices_like(words: str, original: int | None = None) -> dict[str, Any]:
    """Practices that answer to words, for somebody who is about to write one. Draws nothing when there are none.

    Args:
        words: what they call theirs.
        original: the number of the practice that theirs is a local version of: they know of it.
    """
    return {"like": practices_about(words, besides=original)}
