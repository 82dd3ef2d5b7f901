"""The practice page and its printed side, as values that a template draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices import wording
from practices.cards import TermLink, kind_of, label_of_kind, outcome_links, term_link
from practices.completeness import Completeness, completeness_of
from practices.covers import cover_of
from practices.models import Aim, CostBand, Nation, Part, PracticePage, ReportedOutcome
from practices.reading import Family, TakenByVersions
from practices.sureness import Sureness, how_sure, in_words
from practices.text import plain_excerpt

from .family import FamilyView, present_family
from .kinds import Fact, KindBox, kind_box

# Where each part stands on the page, and its name where there is little room.
ANCHORS = {
    Part.QUESTIONS: ("sit", gettext_lazy("Questions to sit with")),
    Part.WHAT_IT_IS: ("what", gettext_lazy("What is it?")),
    Part.WHY_IT_WORKS: ("why", gettext_lazy("Why does it work?")),
    Part.PRINCIPLES: ("principles", gettext_lazy("On what principle?")),
    Part.ESSENTIALS: ("kept", gettext_lazy("What must be kept?")),
    Part.LOCAL_FORM: ("here", gettext_lazy("How did it look here?")),
    Part.STEPS: ("start", gettext_lazy("How do you start?")),
    Part.TAKES: ("takes", gettext_lazy("What does it take?")),
    Part.CHANGES: ("changed", gettext_lazy("What changed?")),
    Part.DID_NOT_WORK: ("not", gettext_lazy("What did not work?")),
    Part.VOICES: ("words", gettext_lazy("In people’s own words")),
    Part.WHERE: ("where", gettext_lazy("Where and when?")),
    Part.TERMS: ("for", gettext_lazy("For what, and with whom?")),
}


EXCERPT_ON_PAPER = 120


@dataclass(frozen=True)
class PartLink:
    anchor: str
    label: str
    name: str = ""


@dataclass(frozen=True)
class SourceRow:
    number: int
    title: str
    publisher: str
    date: str
    url: str
    parts: list[PartLink]


@dataclass(frozen=True)
class PrincipleRow:
    term: TermLink
    how: str


@dataclass(frozen=True)
class ChangeRow:
    claim: str
    figure: str
    outcome: TermLink | None
    told: str
    date: str
    source: SourceRow | None


@dataclass(frozen=True)
class ToldOutcome:
    """An outcome that reports saw, and no change on the page tells of."""

    term: TermLink
    told: str


@dataclass(frozen=True)
class VoiceRow:
    quote: str
    said_by: str
    source: SourceRow | None


@dataclass(frozen=True)
class PracticeView:
    """A practice as its own page shows it. Long texts stay on `practice`: the template draws them as typed.

    Args:
        family: None for a page that is not there yet, or not any more, of which nobody can tell anything.
        taken_by_versions: what its local versions did with its essentials.
    """

    practice: PracticePage
    cover: SafeString
    meta: list[str]
    groups: list[TermLink]
    reported: list[TermLink]
    hoped: list[TermLink]
    tally: wording.Tally
    sureness: Sureness
    principles: list[PrincipleRow]
    changes: list[ChangeRow]
    told_outcomes: list[ToldOutcome]
    voices: list[VoiceRow]
    kind_box: KindBox
    takes: list[Fact]
    where: list[Fact]
    sources: list[SourceRow]
    family: FamilyView | None
    taken_by_versions: list[TakenByVersions]
    completeness: Completeness
    answered: dict[str, bool]
    contents: list[PartLink]
    open_parts: list[PartLink]
    version: datetime | None
    citation: str

    @property
    def has_why(self) -> bool:
        return self.answered["why_it_works"] or self.answered["principles"]


def present_practice(practice: PracticePage, family: Family | None, *, site_name: str, base_url: str) -> PracticeView:
    """Prepare a practice for its page.

    Args:
        practice: the page of its own kind, as `practice_at` and `load_family` read it.
        family: as `load_family` gives it; None for a preview, or for the page as it once was.
        site_name: the library's name, for the citation.
        base_url: the library's address, for the citation.
    """
    told = family.told_outcomes.get(practice.pk, []) if family else []
    totals = getattr(practice, "totals", None)
    bases = [(change.basis, change.told_by) for change in practice.changes.all()]
    outcomes = outcome_links(practice, told)
    sources = source_rows(practice)
    completeness = completeness_of(practice)
    box = kind_box(practice)
    return PracticeView(
        practice=practice,
        cover=cover_of(practice),
        meta=_meta(practice),
        groups=[term_link(group) for group in practice.beneficiary_groups.all()],
        reported=[link for link in outcomes if link.reported],
        hoped=[link for link in outcomes if not link.reported],
        tally=wording.tally(totals),
        sureness=how_sure(totals, bases, timezone.localdate()),
        principles=[PrincipleRow(term_link(row.principle), row.how) for row in practice.principles.all()],
        changes=_change_rows(practice, sources),
        told_outcomes=_told_outcomes(practice, told),
        voices=[VoiceRow(row.quote, row.said_by, sources.get(row.source)) for row in practice.voices.all()],
        kind_box=box,
        takes=[*box.facts, *takes_facts(practice)],
        where=_where_facts(practice),
        sources=list(sources.values()),
        family=present_family(practice, family) if family else None,
        taken_by_versions=family.taken if family else [],
        completeness=completeness,
        answered={part.value: part in completeness.answered for part in Part},
        contents=_contents(completeness, is_there=family is not None, has_sources=bool(sources)),
        open_parts=[_part_link(part) for part in completeness.open if part != Part.CHANGES],
        version=practice.last_published_at,
        citation=citation(practice, site_name, base_url),
    )


def source_rows(practice: PracticePage) -> dict[UUID | None, SourceRow]:
    """The sources by their key, numbered as the page lists them."""
    return {
        row.key: SourceRow(
            number=number,
            title=row.title,
            publisher=row.publisher,
            date=row.date,
            url=row.url,
            parts=[_part_link(part) for part in Part if part in row.parts],
        )
        for number, row in enumerate(practice.sources.all(), start=1)
    }


def takes_facts(practice: PracticePage) -> list[Fact]:
    """People, time and money. When one is told, those that are not are named as open."""
    money = [practice.cost] if practice.cost.strip() else []
    if practice.cost_band != CostBand.UNKNOWN:
        money.append(str(CostBand(practice.cost_band).label))
    told = {_("People"): practice.people_needed, _("Time"): practice.time_needed, _("Money"): ". ".join(money)}
    return [Fact(label, value.strip()) for label, value in told.items() if value.strip()]


def takes_lines(practice: PracticePage) -> tuple[str, ...]:
    """The same in lines, the kind's own facts and lengths of time among them, for where there is little room."""
    box = kind_box(practice)
    lengths = "; ".join(f"{stretch.length} {stretch.purpose}" for stretch in box.time)
    facts = tuple(
        f"{fact.label}: {plain_excerpt(fact.value, EXCERPT_ON_PAPER)}" for fact in [*box.facts, *takes_facts(practice)]
    )
    return (f"{lengths}.", *facts) if lengths else facts


def version_sentence(practice: PracticePage) -> str:
    if practice.last_published_at is None:
        return ""
    return _("Version of %(day)s.") % {"day": wording.day(practice.last_published_at)}


def citation(practice: PracticePage, site_name: str, base_url: str) -> str:
    """A plain citation that anybody can copy as it stands."""
    day = wording.day(practice.last_published_at) if practice.last_published_at else _("undated")
    return _("“%(title)s”. %(site)s, version of %(day)s. %(url)s. CC BY-SA 4.0.") % {
        "title": practice.title,
        "site": site_name,
        "day": day,
        "url": f"{base_url.rstrip('/')}{practice.get_absolute_url()}",
    }


def _part_link(part: Part | str) -> PartLink:
    anchor, label = ANCHORS[Part(part)]
    return PartLink(anchor, str(label), str(part))


def _meta(practice: PracticePage) -> list[str]:
    since = _("since %(year)d") % {"year": practice.since} if practice.since else ""
    parts = (label_of_kind(kind_of(practice)), practice.organisation, practice.place, since)
    return [part for part in parts if part]


def _change_rows(practice: PracticePage, sources: dict[UUID | None, SourceRow]) -> list[ChangeRow]:
    return [
        ChangeRow(
            claim=row.claim,
            figure=row.figure,
            outcome=term_link(row.outcome, reported=True) if row.outcome_id else None,
            told=wording.told_how(row),
            date=row.date,
            source=sources.get(row.source),
        )
        for row in practice.changes.all()
    ]


def _told_outcomes(practice: PracticePage, told: list[ReportedOutcome]) -> list[ToldOutcome]:
    by_changes = {change.outcome_id for change in practice.changes.all()}
    return [
        ToldOutcome(
            term_link(row.outcome, reported=True),
            ngettext("Told by one place.", "Told by %(number)s places.", row.places) % {"number": in_words(row.places)},
        )
        for row in sorted(told, key=lambda row: (row.outcome.sort_order, row.outcome.label))
        if row.outcome_id not in by_changes
    ]


def _where_facts(practice: PracticePage) -> list[Fact]:
    nations = ", ".join(str(Nation(nation).label) for nation in practice.nations if nation in Nation.values)
    care = getattr(practice, "care", None)
    facts = [
        Fact(_("Where"), practice.place),
        Fact(_("Nations") if len(practice.nations) > 1 else _("Nation"), nations),
        Fact(_("Organisation"), practice.organisation),
        Fact(_("Since"), str(practice.since or "")),
        Fact(_("Still going?"), wording.status_sentence(practice, care.confirmed_on if care else None)),
        Fact(_("What does it open up?"), "" if practice.aim == Aim.UNKNOWN else str(Aim(practice.aim).label)),
    ]
    return [fact for fact in facts if fact.value]


def _contents(completeness: Completeness, *, is_there: bool, has_sources: bool) -> list[PartLink]:
    """What "On this page" lists: the parts that are told, in the order in which they stand."""
    without_heading = {Part.PRINCIPLES, Part.TERMS}
    shown = {part for part in completeness.answered if part not in without_heading} | {Part.CHANGES}
    if Part.PRINCIPLES in completeness.answered:
        shown.add(Part.WHY_IT_WORKS)
    links = [_part_link(part) for part in Part if part in shown and part != Part.WHERE]
    if is_there:
        links.append(PartLink("tried", _("How it went")))
    if Part.WHERE in shown:
        links.append(_part_link(Part.WHERE))
    if is_there and set(completeness.open) - {Part.CHANGES}:
        links.append(PartLink("open", _("What nobody has told us yet")))
    if is_there:
        links.append(PartLink("from", _("Where does it come from?")))
    if has_sources:
        links.append(PartLink("sources", _("Sources")))
    links.append(PartLink("about", _("About this page")))
    return links
