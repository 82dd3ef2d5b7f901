"""Put the front door together: what the rules of shelves.py choose, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import Teller, TriedReport, Verdict
from feedback.tried.on_page import PARTS_PLAYED, STAMPS
from practices.cards import Card, read_cards
from practices.models import (
    BeneficiaryGroup,
    Kind,
    Outcome,
    PracticePage,
    Principle,
    Question,
    Term,
    kind_model,
    practice_address,
)
from search.models import WantedPractice
from search.services import facet_counts

from .querysets import read_candidates
from .shelves import (
    Candidate,
    Pair,
    pick_covers,
    pick_for_the_week,
    pick_pairs,
    pick_what_did_not_work,
    shuffled,
    week_of,
)

EXAMPLES = (
    gettext_lazy("a mum with a disabled child"),
    gettext_lazy("women who save together"),
    gettext_lazy("neighbours who help each other"),
)
OPEN_TO_CHOOSE_FROM = 60
ENTRIES_SHOWN = 5
MOST_WANTED = 3
REPORTS_SHOWN = 4
# Among so many of the newest, each of another practice if there are.
REPORTS_TO_CHOOSE_FROM = 24
# With fewer reports, what pages themselves say did not work stands below them.
FEW_REPORTS = 3


@dataclass(frozen=True)
class Told:
    """A practice, and something that its page says."""

    card: Card
    words: str


@dataclass(frozen=True)
class HowItWent:
    """What somebody who was there told of a practice."""

    title: str
    url: str
    verdict: str
    stamp: str
    teller: str
    told_on: date
    sentence: str
    where: str


@dataclass(frozen=True)
class Week:
    card: Card
    questions: tuple[str, ...]


@dataclass(frozen=True)
class SameIdea:
    principle: Term
    url: str
    practices: tuple[Told, ...]


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    count: int | None = None


@dataclass(frozen=True)
class Way:
    """One way to look along the shelves. Outcomes, groups and principles take colour and shape from their name."""

    name: str
    heading: str
    explained: str
    entries: tuple[Entry, ...]
    all_of_them: str = ""

    @property
    def first(self) -> tuple[Entry, ...]:
        return self.entries[: ENTRIES_SHOWN if self.all_of_them else None]

    @property
    def others(self) -> tuple[Entry, ...]:
        return self.entries[len(self.first) :]


@dataclass(frozen=True)
class FrontDoor:
    examples: tuple[Entry, ...]
    shelf: tuple[Card, ...]
    reports: tuple[HowItWent, ...]
    did_not_work: tuple[Told, ...]
    week: Week | None
    same_ideas: tuple[SameIdea, ...]
    ways: tuple[Way, ...]
    wanted: tuple[WantedPractice, ...]


def open_front_door(day: date | None = None) -> FrontDoor:
    """What stands on the front door in the week of a day: today's, unless another is given."""
    week = week_of(day or timezone.localdate())
    candidates = shuffled(read_candidates(week), week, lambda candidate: candidate.slug)
    covers = pick_covers(candidates)
    shown = {candidate.id for candidate in covers}
    for_the_week = pick_for_the_week(candidates, shown)
    shown |= {for_the_week.id} if for_the_week else set()
    reports = read_newest_reports()
    did_not_work = pick_what_did_not_work(candidates, shown) if len(reports) < FEW_REPORTS else []
    shown |= {candidate.id for candidate in did_not_work}
    pairs = pick_pairs(candidates, shown)
    cards = _read_cards(shown | {candidate.id for pair in pairs for candidate in pair.practices})
    terms: dict[type[Term], list[Term]] = {
        model: list(model.objects.current()) for model in (Outcome, BeneficiaryGroup, Principle)
    }
    return FrontDoor(
        examples=_examples(),
        shelf=tuple(cards[candidate.id] for candidate in covers),
        reports=reports,
        did_not_work=tuple(Told(cards[one.id], one.did_not_work) for one in did_not_work),
        week=_read_week(for_the_week, cards),
        same_ideas=_same_ideas(pairs, cards, {term.pk: term for term in terms[Principle]}),
        ways=_ways(terms, facet_counts()) if cards else (),
        wanted=_most_wanted(week),
    )


def read_newest_reports() -> tuple[HowItWent, ...]:
    """The newest reports of what anybody may read, each of another practice as far as there are, helped or not."""
    shown = TriedReport.objects.newest().filter(page__in=PracticePage.objects.visible()).exclude(sentence="")
    columns = ("page_id", "page__title", "page__slug", "verdict", "teller", "told_on", "sentence", "place", "with_whom")
    newest = list(shown.values_list(*columns, named=True)[:REPORTS_TO_CHOOSE_FROM])
    first = {row.page_id: row for row in reversed(newest)}
    chosen = sorted(newest, key=lambda row: first[row.page_id] is not row)[:REPORTS_SHOWN]
    return tuple(
        HowItWent(
            title=row.page__title,
            url=f"{practice_address(row.page__slug)}#tried",
            verdict=row.verdict,
            stamp=str(STAMPS[Verdict(row.verdict)]),
            teller="" if row.teller == Teller.NOT_SAID else str(PARTS_PLAYED[Teller(row.teller)]),
            told_on=row.told_on,
            sentence=row.sentence,
            where=". ".join(part for part in (row.place, row.with_whom) if part),
        )
        for row in chosen
    )


def _most_wanted(week: str) -> tuple[WantedPractice, ...]:
    """What most people ask for; of those that as many ask for, others each week."""
    wanted = shuffled(WantedPractice.objects.open()[:OPEN_TO_CHOOSE_FROM], week, lambda one: one.title)
    return tuple(sorted(wanted, key=lambda one: -one.asked)[:MOST_WANTED])


def _examples() -> tuple[Entry, ...]:
    search = reverse("search:results")
    return tuple(Entry(str(words), f"{search}?{urlencode({'q': words})}") for words in EXAMPLES)


def _read_cards(ids: set[int]) -> dict[int, Card]:
    return {card.id: card for card in read_cards(PracticePage.objects.filter(pk__in=ids))}


def _read_week(chosen: Candidate | None, cards: Mapping[int, Card]) -> Week | None:
    if chosen is None:
        return None
    questions = Question.objects.filter(page=chosen.id).order_by("sort_order").values_list("text", flat=True)
    return Week(cards[chosen.id], tuple(questions[:3]))


def _same_ideas(pairs: list[Pair], cards: Mapping[int, Card], principles: Mapping[int, Term]) -> tuple[SameIdea, ...]:
    return tuple(
        SameIdea(
            principles[pair.principle],
            principles[pair.principle].get_absolute_url(),
            tuple(Told(cards[one.id], how) for one, how in zip(pair.practices, pair.shows, strict=True)),
        )
        for pair in pairs
        if pair.principle in principles
    )


def _ways(terms: Mapping[type[Term], list[Term]], counts: Mapping[str, Mapping[str, int]]) -> tuple[Way, ...]:
    """The three vocabularies in the editors' own order, and the kinds; what nothing stands under is left out."""
    outcomes = _entries(terms[Outcome], counts.get("outcome"))
    groups = _entries(terms[BeneficiaryGroup], counts.get("group"))
    principles = _entries(terms[Principle], counts.get("principle"))
    ways = (
        Way(
            name="outcome",
            heading=_("What could change?"),
            explained=_("Outcomes: what people hoped for, or saw happen."),
            entries=outcomes,
            all_of_them=_("All %(count)d outcomes") % {"count": len(outcomes)},
        ),
        Way(
            name="group",
            heading=_("Who is it with?"),
            explained=_("Groups: the people it was made with and for."),
            entries=groups,
            all_of_them=_("All %(count)d groups") % {"count": len(groups)},
        ),
        Way(
            name="principle",
            heading=_("Why does it work?"),
            explained=_("Principles: the part you can carry anywhere."),
            entries=principles,
            all_of_them=_("All %(count)d principles") % {"count": len(principles)},
        ),
        Way(
            name="kind",
            heading=_("What kind of thing is it?"),
            explained=_("Kinds: practices that share a shape, never a script."),
            entries=_kinds(counts.get("kind")),
        ),
    )
    return tuple(way for way in ways if way.entries)


def _entries(terms: list[Term], counts: Mapping[str, int] | None) -> tuple[Entry, ...]:
    """Without counts, when search cannot tell them, every term that a page has ever named."""
    return tuple(
        Entry(term.label, term.get_absolute_url(), None if counts is None else counts[term.slug])
        for term in terms
        if (term.named if counts is None else counts.get(term.slug))
    )


def _kinds(counts: Mapping[str, int] | None) -> tuple[Entry, ...]:
    library = reverse("practices:library")
    labels = {
        kind: _("Every other kind") if kind == Kind.OTHER else str(kind_model(kind)._meta.verbose_name_plural)
        for kind in Kind.values
    }
    return tuple(
        Entry(
            label[:1].upper() + label[1:],
            f"{library}?{urlencode({'kind': kind})}",
            None if counts is None else counts[kind],
        )
        for kind, label in labels.items()
        if counts is None or counts.get(kind)
    )
