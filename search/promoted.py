"""Answers that editors put above all others for some words, kept by Wagtail's search promotions.

They are looked up by a filter. Wagtail's own template tag, and `Query.get`, would write down what somebody
typed at the first search.
"""

from __future__ import annotations

from dataclasses import dataclass

from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.models import Page
from wagtail.search.utils import normalise_query_string


@dataclass(frozen=True, slots=True)
class PromotedAnswer:
    title: str
    url: str
    description: str
    is_elsewhere: bool


def promoted_answers(words: str) -> tuple[PromotedAnswer, ...]:
    """What editors chose for exactly these words, in their order; pages only if everybody may read them."""
    if not words:
        return ()
    chosen = SearchPromotion.objects.filter(query__query_string=normalise_query_string(words)).order_by(
        "sort_order", "pk"
    )
    promotions = list(chosen)
    ids = [each.page_id for each in promotions if each.page_id]
    pages = {page.pk: page for page in Page.objects.live().public().filter(pk__in=ids)} if ids else {}
    answers = []
    for each in promotions:
        if each.page_id in pages:
            page = pages[each.page_id]
            answers.append(PromotedAnswer(page.title, page.url or "", each.description, is_elsewhere=False))
        elif not each.page_id and each.external_link_url:
            title = each.external_link_text or each.external_link_url
            answers.append(PromotedAnswer(title, each.external_link_url, each.description, is_elsewhere=True))
    return tuple(answers)
