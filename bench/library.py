"""A made-up library of any size: the same seed gives the same practices, to the last row's key.

Every page says that it is made up, and no place or organisation in it exists. Only `random()` and
`getrandbits()` are asked of Python's generator, since these alone give the same numbers in every version.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from practices.bulk import NewPractice

from . import sentences as say
from .terms import COMMON, STARTER_PRINCIPLES, made_terms
from .words import GENERAL, NAMES, TOPICS, rare_words

BEGINNING = datetime(2015, 6, 1, 9, tzinfo=UTC)
DAYS = 3650
LARGEST_FAMILY = 50
OPEN_FAMILIES = 40
KINDS = ("other",) * 7 + ("poverty-truth-commission", "self-reliant-group", "community-connector")
NATIONS = ("england",) * 12 + ("scotland",) * 4 + ("wales",) * 3 + ("northern-ireland", "elsewhere")
STATUSES = ("active",) * 5 + ("unknown",) * 2 + ("finished", "paused", "proposed")
COSTS = ("unknown",) * 3 + ("low",) * 3 + ("medium",) * 2 + ("free", "high")
AIMS = ("thriving", "getting-by", "both", "unknown")
BASES = ("told",) * 5 + ("counted",) * 3 + ("studied",)
TOLD_BY = ("took-part", "ran-it", "unknown", "other")
PARTS = ("what_it_is", "changes", "steps", "voices", "local_form", "why_it_works")
TAKEN = ("kept",) * 5 + ("changed",) * 3 + ("left-out",)


class Family(NamedTuple):
    """A practice that others may be adapted from."""

    slug: str
    stem: str
    topic: int
    kind: str
    essentials: list[uuid.UUID]


def made_practices(count: int, *, seed: int = 1) -> Iterator[NewPractice]:
    """The first so many practices of the library of a seed; a larger one begins with the same."""
    maker = Maker(seed)
    for _ in range(count):
        yield maker.make()


class Maker:
    """Makes one practice after the other."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        self.draw: Callable[[], float] = random.random
        self.bits = random.getrandbits
        rare = rare_words()
        self.words = [{**GENERAL, **topic, "rare": rare} for topic in TOPICS]
        self.own = {
            "outcomes": [topic["outcomes"] for topic in TOPICS],
            "beneficiary_groups": [topic["groups"] for topic in TOPICS],
            "principles": [STARTER_PRINCIPLES] * len(TOPICS),
        }
        self.seldom = {name: [term.slug for term in terms] for name, terms in made_terms().items()}
        self.slugs: dict[str, int] = {}
        self.families: list[Family] = []
        self.sizes: dict[str, int] = {}

    # Drawing.

    def one(self, choice: Sequence[Any]) -> Any:
        return choice[int(len(choice) * self.draw())]

    def between(self, least: int, most: int) -> int:
        return least + int((most - least + 1) * self.draw())

    def key(self) -> uuid.UUID:
        return uuid.UUID(int=self.bits(128))

    def place(self) -> str:
        return "".join(self.one(NAMES[name]) for name in ("place_heads", "place_middles", "place_ends"))

    def organisation(self, place: str) -> str:
        return f"{place} {self.one(NAMES['heads'])} {self.one(NAMES['ends'])}"

    def slug(self, title: str) -> str:
        """An address made as the site would, that no other practice of this library has."""
        base = "".join(each for each in title.lower().replace("é", "e") if each.isalpha() or each in " -").replace(
            " ", "-"
        )
        number = self.slugs[base] = self.slugs.get(base, 0) + 1
        return base if number == 1 else f"{base}-{number}"

    def terms(self, name: str, topic: int, most: int) -> list[str]:
        """Slugs of a vocabulary: the common ones often, those of the topic, and now and then one of the rest."""
        draw = self.draw
        chosen = [slug for slug in COMMON[name] if draw() < 0.26]
        own, seldom = self.own[name][topic], self.seldom[name]
        chosen += [own[int(len(own) * draw())] for _ in range(1 + int(draw() * most))]
        if draw() < 0.5:
            chosen.append(seldom[int(len(seldom) * draw())])
        return list(dict.fromkeys(chosen))

    # Making.

    def make(self) -> NewPractice:
        """The next practice."""
        draw = self.draw
        family = self._family()
        topic = family.topic if family else int(len(TOPICS) * draw() ** 1.4)
        second = int(len(TOPICS) * draw()) if draw() < 0.35 else topic
        kind = family.kind if family else self.one(KINDS)
        place = self.place()
        organisation = self.organisation(place)
        words = {**self.words[topic], "place": (place,), "org": (organisation,)}
        more = words if second == topic else {**self.words[second], "place": (place,), "org": (organisation,)}
        stem = family.stem if family else self.one(words["titles"])
        title = (
            f"{stem} in {place}" if draw() < 0.7 else f"{stem}: {say.fill(((('', 'doing'),)), words, draw)}, {place}"
        )
        slug = self.slug(title)
        outcomes = self.terms("outcomes", topic, 2)
        size = draw()
        rows = self._rows(words, more, topic, outcomes, size)
        fields = self._texts(words, more, family, size)
        fields |= {"title": title, "place": place, "organisation": organisation, **self._facts(slug)}
        if kind != "other":
            fields |= getattr(self, f"_{kind.replace('-', '_')}")(words)
        if family:
            rows["adaptation"] = self._adaptation(family, words)
        elif draw() < 0.06:
            self._open_family(Family(slug, stem, topic, kind, [row["key"] for row in rows["essentials"]]))
        first = BEGINNING + timedelta(days=int(DAYS * draw()), seconds=int(86400 * draw()))
        last = first + timedelta(days=int(900 * draw() * draw()), seconds=int(86400 * draw()))
        return NewPractice(
            fields=fields,
            kind=kind,
            slug=slug,
            outcomes=outcomes,
            beneficiary_groups=self.terms("beneficiary_groups", topic, 1),
            rows=rows,
            adapted_from=family.slug if family else "",
            first_published_at=first,
            last_published_at=last,
        )

    def _family(self) -> Family | None:
        """One of the families that are still growing, for about an eighth of the practices."""
        if not self.families or self.draw() > 0.13:
            return None
        family = self.families[int(len(self.families) * self.draw() * self.draw())]
        self.sizes[family.slug] += 1
        if self.sizes[family.slug] == LARGEST_FAMILY:
            self.families.remove(family)
        return family

    def _open_family(self, family: Family) -> None:
        self.families.append(family)
        self.sizes[family.slug] = 1
        if len(self.families) > OPEN_FAMILIES:
            self.families.pop(int(len(self.families) * self.draw()))

    def _text(self, kind: tuple[say.Sentence, ...], words: say.Words, number: int) -> list[str]:
        """So many different sentences of a kind."""
        draw = self.draw
        start, step = int(len(kind) * draw()), 1 + int(2 * draw())
        return [say.fill(kind[(start + place * step) % len(kind)], words, draw) for place in range(number)]

    def _line(self, kind: tuple[say.Sentence, ...], words: say.Words) -> str:
        return say.fill(kind[int(len(kind) * self.draw())], words, self.draw)

    def _texts(self, words: say.Words, more: say.Words, family: Family | None, size: float) -> dict[str, Any]:
        most = 1 + int(size * 3)
        what = self._text(say.WHAT, words, 2 + int(size * 6))
        if more is not words:
            what += self._text(say.WHAT, more, 2)
        if self.draw() < 0.23:
            what.append(self._line(say.COMMUNITY, words))
        half = len(what) // 2
        fields = {
            "summary": self._line(say.SUMMARY, words) + " A made-up example.",
            "what_it_is": " ".join(what[:half]) + "\n\n" + " ".join(what[half:]),
            "why_it_works": " ".join(self._text(say.WHY, more, 1 + int(size * 4))),
            "local_form": " ".join(self._text(say.LOCAL, words, self.between(1, most))),
        }
        if self.draw() < 0.8:
            fields["did_not_work"] = "\n".join(
                f"- {line}" for line in self._text(say.NOT, words, self.between(1, most))
            )
        if self.draw() < 0.7:
            fields["people_needed"] = self._line(say.PEOPLE_NEEDED, words)
            fields["time_needed"] = self._line(say.TIME_NEEDED, words)
            fields["cost"] = self._line(say.COST, words)
        if family:
            fields["adaptation_added"] = self._line(say.ADDED, words)
        return fields

    def _facts(self, slug: str) -> dict[str, Any]:
        """The values that are chosen from lists, and the numbers."""
        draw, one = self.draw, self.one
        status = one(STATUSES)
        facts = {
            "cost_band": one(COSTS),
            "aim": one(AIMS),
            "status": status,
            "nations": sorted({one(NATIONS), one(NATIONS)} if draw() < 0.1 else {one(NATIONS)}),
        }
        if status != "unknown":
            facts["status_reported"] = f"{2015 + int(11 * draw())}-{1 + int(12 * draw()):02}"
        if draw() < 0.6:
            facts["since"] = 1990 + int(35 * draw())
        if draw() < 0.3:
            facts["website"] = f"https://{slug[:40].strip('-')}.example.org/"
        if draw() < 0.3:
            facts["latitude"] = f"{50 + 8 * draw():.5f}"
            facts["longitude"] = f"{-6 + 7 * draw():.5f}"
        return facts

    def _rows(self, words: say.Words, more: say.Words, topic: int, outcomes: list[str], size: float) -> dict[str, Any]:
        between, key, draw = self.between, self.key, self.draw
        rows: dict[str, Any] = {
            "principles": [
                {"key": key(), "principle": slug, "how": self._line(say.HOW, words) if draw() < 0.8 else ""}
                for slug in self.terms("principles", topic, 1)
            ],
            "essentials": [
                {"key": key(), "text": text} for text in self._text(say.ESSENTIAL, words, between(2, 2 + int(size * 5)))
            ],
            "steps": [
                {"key": key(), "text": text} for text in self._text(say.STEP, more, between(3, 3 + int(size * 6)))
            ],
            "questions": [
                {"key": key(), "text": text} for text in self._text(say.QUESTION, words, between(0, 1 + int(size * 4)))
            ],
        }
        rows["sources"] = sources = [self._source(words) for _ in range(between(1, 3))]
        rows["changes"] = [self._change(words, outcomes, self.one(sources)["key"]) for _ in range(int(5 * draw()))]
        rows["voices"] = [
            {"key": key(), "quote": text, "said_by": self.one(say.SAID_BY), "source": self.one(sources)["key"]}
            for text in self._text(say.VOICE, words, int(3 * draw()))
        ]
        return rows

    def _source(self, words: say.Words) -> dict[str, Any]:
        return {
            "key": self.key(),
            "title": self._line(say.SOURCE, words),
            "publisher": "Made-up Press",
            "date": f"{self.one(GENERAL['month'])} {self.between(2014, 2025)}" if self.draw() < 0.7 else "undated",
            "parts": [self.one(PARTS)],
        }

    def _change(self, words: say.Words, outcomes: list[str], source: uuid.UUID) -> dict[str, Any]:
        basis = self.one(BASES)
        return {
            "key": self.key(),
            "claim": self._line(say.CHANGE, words),
            "outcome": self.one(outcomes) if self.draw() < 0.85 else None,
            "figure": f"{self.one(GENERAL['number'])} of {self.between(30, 300)}" if basis != "told" else "",
            "basis": basis,
            "told_by": self.one(TOLD_BY),
            "source": source,
            "date": f"{self.one(GENERAL['month'])} {self.between(2015, 2025)}",
        }

    def _adaptation(self, family: Family, words: say.Words) -> list[dict[str, Any]]:
        rows = []
        for essential in family.essentials:
            taken = self.one(TAKEN)
            how = self._line(say.ESSENTIAL, words) if taken != "kept" else ""
            rows.append({"key": self.key(), "essential": essential, "taken": taken, "how": how})
        return rows

    def _poverty_truth_commission(self, words: say.Words) -> dict[str, Any]:
        return {
            "community_commissioners": f"{self.one(words['number'])} {self.one(words['people'])}",
            "civic_commissioners": f"{self.one(words['number'])} from {self.one(words['office'])}",
            "months_to_decide": self.between(2, 12),
            "months_to_gather": self.between(3, 14),
            "months_alone": self.between(3, 9),
            "months_before_joint_talk": self.between(6, 18),
            "facilitation": f"one of the {self.one(words['helper'])}, {self.one(words['when'])}",
        }

    def _self_reliant_group(self, words: say.Words) -> dict[str, Any]:
        return {
            "size": f"{self.one(words['number'])} {self.one(words['people'])}",
            "how_often_they_meet": self.one(words["when"]),
            "how_they_save": f"a pound each, {self.one(words['when'])}, kept in {self.one(words['venue'])}",
            "what_they_make_or_sell": f"{self.one(words['rare'])} boxes, and {self.one(words['thing'])}",
            "who_stands_by": self.one(words["office"]),
        }

    def _community_connector(self, words: say.Words) -> dict[str, Any]:
        return {
            "how_people_come": self.one(("referred", "themselves", "both")),
            "how_long": f"{self.one(words['number'])} weeks",
            "one_to_one_or_group": self.one(("one-to-one", "group", "both")),
            "employer": self.one(words["office"]),
            "first_question": self._line(say.QUESTION, words),
        }
