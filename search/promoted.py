"""Answers that editors put above all others for some words, kept by Wagtail's search promotions.

They are read by a plain question. Wagtail's own template tag, and `Query.get`, would write down what somebody
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


Key = tuple[str, int]
Promoted = dict[str, tuple[PromotedAnswer, ...]]


def promoted_answers(words: str, key: Key) -> tuple[PromotedAnswer, ...]:
    """What editors chose for exactly these words, in their order.

    Args:
        words: as they were typed; capitals and spaces make no difference.
        key: the state of the library, as the vocabularies tell it: what was read holds until it changes.
    """
    global _kept  # noqa: PLW0603 (one for the process, swapped whole)
    kept = _kept
    if kept is None or kept[0] != key:
        kept = _kept = (key, _read_all())
    return kept[1].get(normalise_query_string(words), ()) if words else ()


_kept: tuple[Key, Promoted] | None = None


def _read_all() -> Promoted:
    """All that is promoted, by the words it is for; pages only if everybody may read them."""
    promotions = list(SearchPromotion.objects.select_related("query").order_by("sort_order", "pk"))
    ids = {each.page_id for each in promotions if each.page_id}
    pages = {page.pk: page for page in Page.objects.live().public().filter(pk__in=ids)} if ids else {}
    found: Promoted = {}
    for each in promotions:
        if each.page_id in pages:
            page = pages[each.page_id]
            answer = PromotedAnswer(page.title, page.url or "", each.description, is_elsewhere=False)
        elif not each.page_id and each.external_link_url:
            title = each.external_link_text or each.external_link_url
            answer = PromotedAnswer(title, each.external_link_url, each.description, is_elsewhere=True)
        else:
            continue
        words = each.query.query_string
        found[words] = (*found.get(words, ()), answer)
    return found
