"""Why a hit was found, in the person's own words or by a term's own label.

Never by a synonym that was not typed: some of those hurt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.cards import Card
from practices.models import Part

from .documents import ABOUT_THE_KIND, ASKED_FOR
from .engines.base import Found
from .highlight import Marker
from .plan import WordPlan
from .text import stems_in, stems_of

MOST_REASONS = 3
PLACE_SENTENCES: dict[str, Promise] = {
    "title": gettext_lazy("{words} in the title"),
    "summary": gettext_lazy("{words} in the summary"),
    "organisation": gettext_lazy("{words} in who does it"),
    "place": gettext_lazy("{words} in where it is"),
    "kind": gettext_lazy("{words} in what kind of thing it is"),
}
TERM_SENTENCES: dict[str, Promise] = {
    "outcome": gettext_lazy("the outcome {label}"),
    "group": gettext_lazy("the group {label}"),
    "principle": gettext_lazy("the principle {label}"),
}


def why_found(card: Card, found: Found, plan: WordPlan, marker: Marker, out: Collection[int] = ()) -> SafeString | str:
    """One sentence, such as: Found by older in the summary, and the principle Building on strengths.

    `out` are the slots that it says nothing of, for a hit that is only near.
    """
    open_slots = set(range(len(plan.telling))) - set(out)
    if not open_slots:
        return ""
    reasons: list[SafeString] = []
    for text, sentence in (
        (card.title, PLACE_SENTENCES["title"]),
        (card.summary, PLACE_SENTENCES["summary"]),
        (card.organisation, PLACE_SENTENCES["organisation"]),
        (card.place, PLACE_SENTENCES["place"]),
        (card.kind_label, PLACE_SENTENCES["kind"]),
    ):
        marks = [mark for mark in marker.marks(text) if mark.slot in open_slots] if text else ()
        if marks:
            reasons.append(
                format_html(str(sentence), words=_marked_words(text[mark.start : mark.end] for mark in marks))
            )
            open_slots -= {mark.slot for mark in marks}
    reasons = reasons[: MOST_REASONS - 1]
    # A term that was meant is named even if the words stand in the text: it says more than they do.
    terms, answered = _terms_meant(found, plan, open_slots or set(range(len(plan.telling))) - set(out))
    reasons += terms[: MOST_REASONS - len(reasons) if open_slots else 1]
    open_slots -= answered
    if open_slots and len(reasons) < MOST_REASONS:
        fragment = _best_fragment(found, marker, open_slots)
        reasons += [fragment] if fragment else _close_to(plan, open_slots)[:1]
    return _sentence(reasons)


def why_close(close: tuple[str, str]) -> SafeString | str:
    """What a hit says of itself that shares no word with what was typed: the passage that means much the same."""
    part, passage = close
    if not passage:
        return _("Close in meaning to what it is")
    return format_html(_("Close in meaning: <q>{passage}</q> under {part}"), passage=passage, part=_part_label(part))


def _terms_meant(found: Found, plan: WordPlan, wanted: set[int]) -> tuple[list[SafeString], set[int]]:
    """The terms of this practice that typed words mean, and which words those are."""
    reasons: dict[tuple[str, int], SafeString] = {}
    answered: set[int] = set()
    slots = list(enumerate(plan.telling))
    own = [
        (facet, key, label)
        for facet, terms in (("outcome", found.outcomes), ("group", found.groups), ("principle", found.principles))
        for key, _slug, label in terms
    ]
    for facet, key, label in own:
        label_stems = set(stems_of(label))
        for number, slot in slots:
            meanings = slot.meant(takes_near=plan.takes_near)
            meant = any(meaning.facet == facet and key in meaning.ids for meaning in meanings)
            said = any(len(says) == 1 and says[0] in label_stems for says in slot.says)
            if (meant or said) and number in wanted:
                reasons[facet, key] = format_html(str(TERM_SENTENCES[facet]), label=label)
                answered.add(number)
    return list(reasons.values()), answered


def _close_to(plan: WordPlan, wanted: set[int]) -> list[SafeString]:
    """What a page means without saying it as it was typed: by the label of the term, else by what was typed."""
    reasons = []
    for slot in (plan.telling[number] for number in sorted(wanted)):
        reasons += [format_html(_("words close to {label}"), label=each.label) for each in slot.meant(takes_near=False)]
        if slot.others and not slot.meanings:
            reasons.append(format_html(_("other words for {typed}"), typed=slot.typed))
    return reasons


def left_out(card: Card, found: Found, plan: WordPlan, marker: Marker) -> set[int]:
    """The numbers of the slots that a practice says nothing of: by no word, no term and nothing near to it."""
    texts = (
        card.title,
        card.summary,
        card.organisation,
        card.place,
        card.kind_label,
        *(text for _, text in found.parts),
    )
    answered = {mark.slot for text in texts if text for mark in marker.marks(text)}
    answered |= _terms_meant(found, plan, set(range(len(plan.telling))))[1]
    open_slots = set(range(len(plan.telling))) - answered
    near = {number for number in open_slots if plan.telling[number].near}
    said = f" {' '.join(stems_in(' '.join(filter(None, texts))))} " if near else ""
    says = {number for number in near if any(f" {' '.join(way)} " in said for way in plan.telling[number].near)}
    return open_slots - says


def _best_fragment(found: Found, marker: Marker, wanted: set[int]) -> SafeString | None:
    """The stretch of the page that answers most of what is still wanted; the first one, of those alike."""
    best: tuple[str, str, int] | None = None
    most = 0
    for part, text in found.parts:
        place = marker.best_place(text, wanted)
        if place and len(place[1]) > most:
            best, most = (part, text, place[0]), len(place[1])
            if most == len(wanted):
                break
    if best is None:
        return None
    part, text, start = best
    return format_html(
        _("<q>{fragment}</q> under {part}"), fragment=marker.fragment(text, start), part=_part_label(part)
    )


def _part_label(part: str) -> str:
    if part == ABOUT_THE_KIND:
        return _("what is special to this kind")
    if part == ASKED_FOR:
        return _("how people ask for it")
    return str(Part(part).label)


def _marked_words(words: Iterable[str]) -> SafeString:
    once = {word.casefold(): word for word in words}
    marks = [format_html("<mark>{}</mark>", word) for word in list(once.values())[:4]]
    joined = marks[0]
    for each in marks[1:]:
        joined = format_html("{} {}", joined, each)
    return joined


def _sentence(reasons: list[SafeString]) -> SafeString | str:
    if not reasons:
        return ""
    if len(reasons) == 1:
        return format_html(_("Found by {first}"), first=reasons[0])
    first = reasons[0]
    for each in reasons[1:-1]:
        first = format_html("{}, {}", first, each)
    return format_html(_("Found by {first}, and {last}"), first=first, last=reasons[-1])
