"""What somebody paused has answered to the pause that they are in now."""

from __future__ import annotations

from django.db.models import Q

from people.models import Event, User

from .models import Concern, State, Subject


def answer_to_present_pause(person: User) -> Concern | None:
    """What they answered since they were last paused, or what still waits; None if they may answer.

    A pause that is given anew, or changed, can be answered anew.
    """
    answers = Concern.objects.about("person", person.pk).filter(subject=Subject.PAUSE)
    began = Event.objects.about("person", person.pk).filter(what="person.paused").values_list("at", flat=True).first()
    if began is not None:
        answers = answers.filter(Q(opened_at__gte=began) | Q(state=State.OPEN))
    return answers.first()
