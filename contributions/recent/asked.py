"""Which changes somebody asks for, out of an address that anybody may have typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from people.models import User
from people.writers import number_of
from practices.models import Kind
from practices.presentation.listing import address
from practices.text import UNSEEN

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
YES = "yes"
PARAMETERS = ("person", "kind", "from", "to", "unchecked", "starter", "before")
HANDLE = re.compile(r"[a-z0-9-]+")
LONGEST_HANDLE = User._meta.get_field("username").max_length or 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ends. Many versions may share a moment; their numbers tell them apart."""

    made_at: datetime
    number: int

    def __str__(self) -> str:
        return f"{(self.made_at - EPOCH) // MICROSECOND}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """The place that an address names; None for what is none."""
        moment, _dash, number = text.partition("-")
        if not number_of(moment, 16) or not number_of(number, 18):
            return None
        return cls(EPOCH + MICROSECOND * number_of(moment, 16), number_of(number, 18))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which changes are asked for.

    Args:
        person: the handle of who made them; empty for everybody.
        kind: the kind of practice; empty for all.
        since: the first day; None for no limit.
        until: the last day; None for no limit.
        unchecked: only what nobody has looked at yet.
        starter: also what no person made, as the starter library brings it.
        before: only what comes behind this place.
        faults: what could not be understood and was left out, in words for whoever asked.
    """

    person: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    unchecked: bool = False
    starter: bool = False
    before: Place | None = None
    faults: tuple[str, ...] = ()

    @classmethod
    def parse(cls, query: QueryDict) -> Asked:
        """Understand as much of an address as can be. What is not known is left out, and never an error."""
        said = {name: str(query.get(name, "")) for name in PARAMETERS}
        since, until = _day(said["from"]), _day(said["to"])
        faults = []
        if (said["from"].strip() and since is None) or (said["to"].strip() and until is None):
            faults.append(_("A day could not be understood, and was left out. Write it like 2026-11-30."))
        if since and until and since > until:
            faults.append(_("The first day is after the last one."))
        return cls(
            person=UNSEEN.sub("", said["person"]).strip().lower()[: LONGEST_HANDLE + 1],
            kind=said["kind"] if said["kind"] in Kind.values else "",
            since=since,
            until=until,
            unchecked=said["unchecked"] == YES,
            starter=said["starter"] == YES,
            before=Place.parse(said["before"]),
            faults=tuple(faults),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.person or self.kind or self.since or self.until or self.unchecked)

    @property
    def chosen(self) -> dict[str, str]:
        """What the form shows as chosen, by the names that the address has for it."""
        return {
            "person": self.person,
            "kind": self.kind,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "unchecked": YES if self.unchecked else "",
            "starter": YES if self.starter else "",
        }

    def url(self, path: str, before: Place | None = None) -> str:
        """The address of the same choice, from the newest on or from a place on."""
        return address(path, **self.chosen, before=str(before) if before else "")

    def find_person(self) -> int | None:
        """Whose changes are asked for. A handle that somebody had stands for the one they have.

        Returns:
            The number of the person; None if nobody has or had the handle.
        """
        if not HANDLE.fullmatch(self.person):
            return None
        named = User.objects.filter(closed_at=None, username=self.person)
        formerly = User.objects.filter(closed_at=None, former_handles__handle=self.person)
        return named.values_list("pk", flat=True).first() or formerly.values_list("pk", flat=True).first()


def _day(text: str) -> date | None:
    try:
        return parse_date(text.strip()[:10])
    except ValueError:
        return None
