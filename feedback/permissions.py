"""Who may report, read and decide. Nobody decides about their own, and nobody decides twice."""

from __future__ import annotations

from typing import Any

from people.models import Event
from people.standing import looks_after_the_site

from .models import Concern, State, Subject

# What moderators see of a change: what was sent, and nothing that somebody still writes on.
SENT = ("waiting", "accepted", "rejected")


def can_see_proposal(person: Any, proposal: Any) -> bool:
    """Its author, and a moderator once it is sent."""
    if not person.is_authenticated:
        return False
    return proposal.author_id == person.pk or (proposal.state in SENT and looks_after_the_site(person))


def can_read_reports(person: Any, concern: Concern) -> bool:
    """A moderator, and never of their own: the words of a report may tell who wrote them."""
    return looks_after_the_site(person) and concern.person_id != person.pk


def can_decide(person: Any, concern: Concern) -> bool:
    """A moderator, of what waits and is neither about them nor told by them; nor an answer to the pause they gave."""
    return concern.is_open and can_read_reports(person, concern) and not is_party(person, concern)


def is_party(person: Any, concern: Concern) -> bool:
    """Whether somebody reported it themselves, or gave the pause that is answered."""
    if concern.subject == Subject.PAUSE:
        pauses = Event.objects.about("person", concern.target_id).filter(what="person.paused")
        return pauses.values_list("who", flat=True).first() == person.pk
    return concern.flags.filter(reporter=person).exists()


def can_look_again(person: Any, concern: Concern) -> bool:
    """Another moderator than the one who decided first."""
    is_another = concern.decided_by_id is None or concern.decided_by_id != person.pk
    return concern.waits_for_second_look and is_another and can_read_reports(person, concern)


def is_concerned(person: Any, concern: Concern) -> bool:
    """Whether it is about this person's work or account."""
    return bool(person.is_authenticated) and concern.person_id == person.pk


def can_read_outcome(person: Any, concern: Concern) -> bool:
    """Whoever it is about, once it is decided: until then nobody has said that anything was wrong."""
    return is_concerned(person, concern) and (concern.subject == Subject.PAUSE or not concern.is_open)


def can_appeal(person: Any, concern: Concern) -> bool:
    """Whoever it is about, once, and only of a report that was upheld."""
    is_upheld = concern.subject == Subject.HARM and concern.state == State.UPHELD
    return is_upheld and concern.appealed_at is None and is_concerned(person, concern)
