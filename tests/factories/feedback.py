"""Reports in the states that tests need."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Model
from django.utils import timezone

from feedback.models import Concern, Reason
from feedback.services import answer_pause, appeal_decision, decide_concern, report_harm
from home.roles import MODERATORS
from people.models import Standing, User
from people.standing import pause_person
from tests.factories.people import UserFactory


def another_moderator() -> User:
    """One more beside that of the fixture `moderator`, which makes the group."""
    person = UserFactory()
    person.groups.add(Group.objects.get(name=MODERATORS))
    return person


def public_person(**fields: Any) -> User:
    """Somebody who has a public profile."""
    person = UserFactory(**fields)
    Standing.objects.create(person=person, first_accepted_on=timezone.localdate())
    return person


def paused_person(by: User, **fields: Any) -> User:
    person = UserFactory(**fields)
    until = timezone.localdate() + timedelta(days=7)
    pause_person(person=person, by=by, until=until, reason="Three changes that sold something.")
    return person


def reported(target: Model, by: User | None = None, reason: str = Reason.HURTS, **said: Any) -> Concern:
    """Something that was reported once more, by somebody without an account if nobody is given."""
    said = {"words": "The second step could scald a child.", "visitor": "10.0.0.1", **said}
    return report_harm(target=target, reason=reason, by=by, **said)


def upheld(concern: Concern, by: User, reason: str = "It names a woman who was not asked.") -> Concern:
    return decide_concern(concern=concern, by=by, is_upheld=True, reason=reason)


def appealed(concern: Concern, words: str = "She has said yes since.") -> Concern:
    """An upheld report that whoever it is about asked to have looked at again."""
    return appeal_decision(concern=concern, by=concern.person, words=words)


def answered(person: User, words: str = "It was a mistake.") -> Concern:
    return answer_pause(by=person, words=words)
