"""What the form asks, in which order and in which words. What a field holds is said by the model alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from practices.models import Part, PracticePage

from .content import merges_of

# Stands for the fields that only one kind has.
OF_ITS_KIND = "of_its_kind"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form. `tone` names its colour: that of what it speaks of."""

    anchor: str
    title: str | Promise
    names: tuple[str, ...]
    tone: str = ""


SECTIONS = (
    Section("breath", _("In one breath"), ("title", "summary", "what_it_is", "outcomes", "beneficiary_groups", "aim")),
    Section("travels", _("The part that travels"), ("why_it_works", "essentials", "principles"), "principle"),
    Section("here", _("How it looked in one place"), ("local_form", "steps", "voices", OF_ITS_KIND)),
    Section("takes", _("What it takes"), ("people_needed", "time_needed", "cost", "cost_band")),
    Section("changed", _("What changed"), ("changes", "did_not_work"), "outcome"),
    Section(
        "where",
        _("Where, who, since when"),
        (
            "place", "nations", "organisation", "website", "since", "status", "status_reported", "latitude",
            "longitude",
        ),
    ),
    Section(
        "more",
        _("To sit with, and where it comes from"),
        ("questions", "sources", "adaptation", "adaptation_added"),
    ),
)  # fmt: skip

# Where the words of the model are no question to somebody who never wrote for the web.
LABELS = {
    "title": _("What do people call it?"),
    "outcomes": _("What could get better?"),
    "beneficiary_groups": _("Who is it with?"),
    "people_needed": _("Which people does it take?"),
    "time_needed": _("How much time does it take?"),
    "cost": _("What does it cost, and who paid?"),
    "cost_band": _("Roughly how much is that?"),
    "place": _("Where is it?"),
    "nations": _("In which nations?"),
    "latitude": _("Latitude, if you know it"),
    "longitude": _("Longitude, if you know it"),
    "organisation": _("Who does it?"),
    "website": _("Have they a website?"),
    "since": _("Since which year?"),
    "status_reported": _("When did somebody say so?"),
    "adaptation_added": _("What did you add to the original?"),
    "essentials": _("What must be kept?"),
    "steps": _("How do you start?"),
    "principles": _("On what principles?"),
    "changes": _("What changed?"),
    "voices": _("In people’s own words"),
    "questions": _("Questions to sit with"),
    "sources": _("Where can we read about it?"),
    "adaptation": _("What became of the original’s essentials?"),
}
HINTS = {
    "title": _("A few plain words. For example: Community connectors."),
    "summary": _("Up to 300 characters. It shows in lists, so say who it is with and what happens."),
    "what_it_is": _("What happens, between whom. Write as you talk."),
    "why_it_works": _(
        "The idea behind it, that would hold in another town. For example: people trust someone who comes back."
    ),
    "local_form": _("Tell it as a short story. No name, unless the person wants it there."),
    "did_not_work": _(
        "The next team will thank you. For example: three months was too short for people who had been alone for years."
    ),
    "outcomes": _("Tick what people hope for. It counts as reported once a change below speaks of it."),
    "beneficiary_groups": _("Tick those who are part of it, and nobody else."),
    "aim": _("Getting by is enough to live on, and safe. Thriving is a life one would choose."),
    "organisation": _("The name of a group or an organisation, not of a person."),
    "website": _("Their own page, for example https://www.example.org/"),
    "status": _("As far as you know."),
    "essentials": _(
        "What you would never drop, even with less money. One short sentence each. When you change the words it stays "
        "the same essential, and what places told us about it stays with it."
    ),
    "steps": _("One step in each box. Leave a box empty to take the step out."),
    "principles": _("Those that matter most, each with a sentence on how it shows here."),
    "changes": _("One change in each box: only what was seen."),
    "voices": _("What somebody said, word for word. No name, unless the person wants it there."),
    "questions": _("For a team to talk about. For example: “Who is not in the room?”"),
    "sources": _("A report, a page, a film. Changes and voices can then name it."),
    "adaptation": _("For each essential: kept, changed or left out, and how."),
    "adaptation_added": _("What was not there before."),
    "cost_band": _("For a year, all together. Leave “not known yet” if you are not sure."),
    "nations": _("Tick each in which it is done."),
    "latitude": _("Only of a public place. For example: 51.50853"),
    "longitude": _("Only of a public place. For example: -0.12574"),
    "civic_commissioners": _("How many, and from where. For example: 12, from the council, the police and two firms."),
    "months_to_decide": _("In figures. For example: 6"),
    "months_to_gather": _("In figures. For example: 6"),
    "months_alone": _("In figures, until they met the others. For example: 6"),
    "months_before_joint_talk": _("In figures. For example: 9"),
    "facilitation": _("Who held it together. For example: one full-time person, ideally split between three."),
    "size": _("For example: five to ten."),
    "how_often_they_meet": _("For example: every week, for two hours."),
    "how_they_save": _("For example: a pound each, every week, in a tin with two keys."),
    "what_they_make_or_sell": _("For example: they sew bags, and sell them at the market."),
    "who_stands_by": _("The part they play, not their name. For example: a facilitator who visits once a month."),
    "how_people_come": _("Whether somebody sends them, or they come as they like."),
    "how_long": _("For one person. For example: three months."),
    "one_to_one_or_group": _("Most of the time."),
    "employer": _("An organisation. For example: a surgery, a charity, the council."),
    "first_question": _("As it is asked. For example: “What did you use to enjoy?”"),
}
# One row of each list, to be numbered; and how another is asked for.
ROW_NAMES = {
    "essentials": _("Essential"),
    "steps": _("Step"),
    "principles": _("Principle"),
    "changes": _("Change"),
    "voices": _("Voice"),
    "questions": _("Question"),
    "sources": _("Source"),
    "adaptation": _("Essential of the original"),
}
# Of a row of several columns, what tells it from others.
TELLING = {
    "principles": "how", "changes": "claim", "voices": "quote", "sources": "title", "adaptation": "how",
}  # fmt: skip
ROW_LABELS = {
    ("principles", "principle_id"): _("Which principle?"),
    ("principles", "how"): _("How does it show here?"),
    ("changes", "claim"): _("What was different for people after?"),
    ("changes", "outcome_id"): _("Which hope does it answer?"),
    ("changes", "figure"): _("The figure, if there is one"),
    ("changes", "basis"): _("How do you know?"),
    ("changes", "told_by"): _("Who tells it?"),
    ("changes", "source"): _("Where can we read it?"),
    ("changes", "date"): _("When?"),
    ("voices", "quote"): _("In their own words"),
    ("voices", "said_by"): _("What part do they play?"),
    ("voices", "source"): _("Where can we read it?"),
    ("sources", "title"): _("What is it called?"),
    ("sources", "publisher"): _("Who published it?"),
    ("sources", "date"): _("When?"),
    ("sources", "url"): _("Its web address"),
    ("sources", "parts"): _("Which parts does it speak for?"),
    ("adaptation", "essential"): _("Which essential?"),
    ("adaptation", "taken"): _("What became of it?"),
    ("adaptation", "how"): _("How, in a sentence?"),
}
ROW_HINTS = {
    ("principles", "principle_id"): _("One that matters here; each once."),
    ("changes", "outcome_id"): _("That outcome then counts as reported. The others stay hoped for."),
    ("changes", "basis"): _("Counted means that there is a figure; studied, that somebody from outside looked."),
    ("changes", "told_by"): _("The part they played. No name."),
    ("changes", "source"): _("One of those listed further down. Save a new one first."),
    ("voices", "source"): _("One of those listed further down. Save a new one first."),
    ("sources", "title"): _("As it stands there. For example: What we learnt in three years."),
    ("sources", "publisher"): _("The organisation, or the paper."),
    ("sources", "url"): _("Leave it empty if there is none. For example: https://www.example.org/report"),
    ("sources", "parts"): _("Tick what one can read about there."),
    ("adaptation", "taken"): _("As honest as you can: leaving something out is no fault."),
    ("adaptation", "how"): _("For example: we meet on Sundays instead, since people work."),
}
# What an empty part of the page leads to.
OF_A_PART = {
    Part.TAKES: ("people_needed", "time_needed", "cost", "cost_band", OF_ITS_KIND),
    Part.WHERE: ("place", "nations", "organisation", "since", "status", "status_reported"),
    Part.TERMS: ("outcomes", "beneficiary_groups"),
}
# What a local version begins with.
OF_A_LOCAL_VERSION = ("title", "summary", "place", "local_form", "adaptation", "adaptation_added")


def sections_of(model: type[PracticePage], names: frozenset[str]) -> list[tuple[Section, list[str]]]:
    """The sections that ask for any of the names, each with those that it asks for, in order."""
    found = []
    for section in SECTIONS:
        of_section = [each for name in section.names for each in _names(model, name) if each in names]
        if of_section:
            found.append((section, of_section))
    return found


def names_asked(model: type[PracticePage], field: str, *, adapted: bool) -> frozenset[str]:
    """The fields that a form asks for.

    Args:
        model: the kind of the page.
        field: one field or one part of the page; anything else asks for all.
        adapted: whether it was adapted from another practice.
    """
    everything = frozenset(merges_of(model)) - (frozenset() if adapted else {"adaptation", "adaptation_added"})
    if field == "local":
        return frozenset(OF_A_LOCAL_VERSION) & everything
    wanted = OF_A_PART.get(Part(field), (field,)) if field in Part.values else (field,)
    named = {each for name in wanted for each in _names(model, name)}
    return frozenset(named) & everything or everything


def label_of(model: type[PracticePage], name: str) -> str:
    """What a field is called, in the form, in differences and in what is to be put right."""
    if name in LABELS:
        return str(LABELS[name])
    return str(model._meta.get_field(name).verbose_name)


def row_label(relation: str, number: int) -> str:
    """One row of a list, by its place: from 1 on."""
    return f"{ROW_NAMES[relation]} {number}"


def _names(model: type[PracticePage], name: str) -> tuple[str, ...]:
    return model.kind_fields if name == OF_ITS_KIND else (name,)
