"""What people are told of a report: kind words first, then what was decided, then what comes next."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from people.messages import tell, tell_many
from people.models import User
from people.standing import is_paused, standing_of

from .models import Concern, Outcome, State
from .things import Thing, thing_of


def tell_of_decision(concern: Concern) -> None:
    """Tell whoever it is about what was decided and why, and whoever reported it what came of it."""
    thing = thing_of(concern)
    is_upheld = concern.state == State.UPHELD
    if concern.person is not None:
        body = [_work(concern, thing), _was_reported(concern, thing), _decided(is_upheld)]
        body += [_("Why: %(reason)s") % {"reason": concern.decision}, _next_of_decision(is_upheld)]
        action = _("Read it, or ask for a second look") if is_upheld else _("Read what was decided")
        title = _("We looked at a report about %(name)s") % {"name": _named(concern, thing)}
        _tell(concern.person, concern, title, body, action)
    told = _("A moderator looked at it and agrees that something has to change. They see to it now.")
    if not is_upheld:
        told = _("A moderator looked at it, and it can stay as it is. If you learn of something new, tell us again.")
    _tell_reporters(concern, thing, told)


def tell_of_second_look(concern: Concern) -> None:
    """Tell whoever asked for it; and whoever reported, if it is decided otherwise now."""
    thing = thing_of(concern)
    is_changed = concern.appeal_outcome == Outcome.CHANGED
    if concern.person is not None:
        body = [
            _("Thank you for saying how you see it, and for waiting. Another moderator read all of it again."),
            _("They decided otherwise: the report is not upheld any more.")
            if is_changed
            else _("They came to the same answer as the first time."),
            _("Why: %(reason)s") % {"reason": concern.appeal_reason},
            _("This is the last word on this report. You can write here as before.")
            if is_changed
            else _("This is the last word on this report. You can still put right what it is about."),
        ]
        title = _("We looked again at the report about %(name)s") % {"name": _named(concern, thing)}
        _tell(concern.person, concern, title, body, _("Read what was decided"))
    if is_changed:
        told = _("It was looked at a second time, by somebody else, and it can stay as it is after all.")
        _tell_reporters(concern, thing, told)


def tell_of_answer(concern: Concern) -> None:
    """Tell somebody paused what came of their answer."""
    if concern.person is None:
        return
    # Somebody may have ended it meanwhile, or its last day has passed.
    is_upheld = concern.state == State.UPHELD or not is_paused(standing_of(concern.person))
    body = [
        _("Thank you for your answer. A moderator read it and thought about it."),
        _("The pause is over: you can send again from now on.") if is_upheld else _("The pause stays as it is."),
        _("Why: %(reason)s") % {"reason": concern.decision},
    ]
    if not is_upheld:
        body.append(_("You can go on reading and writing. What you write is kept, and you can send it afterwards."))
    title = _("Your pause is over") if is_upheld else _("Your pause stays")
    if is_upheld:
        tell(
            concern.person,
            about=concern,
            title=title,
            body="\n\n".join(body),
            path=reverse("contributions:mine"),
            action=_("Go on with what you wrote"),
        )
    else:
        _tell(concern.person, concern, title, body, _("Read it again"))


def _tell_reporters(concern: Concern, thing: Thing, told: str) -> None:
    """Those who reported it, without a word of anybody else; a thousand of them with few queries."""
    flags = concern.flags.filter(reporter__isnull=False).exclude(reporter=concern.person_id)
    thanks = _("Thank you for telling us about %(name)s. It helps to keep people safe.") % {"name": thing.name}
    words = {
        "title": _("What came of your report"),
        "body": f"{thanks}\n\n{told}",
        "path": concern.get_absolute_url(),
        "action": _("Read what came of it"),
    }
    tell_many(User.objects.filter(pk__in=flags.values("reporter")).order_by("pk"), about=concern, words=words)


def _tell(person: User | None, concern: Concern, title: str, body: list[str], action: str) -> None:
    if person is not None:
        parts = [part for part in body if part]
        path = concern.get_absolute_url()
        tell(person, about=concern, title=title, body="\n\n".join(parts), path=path, action=action)


def _named(concern: Concern, thing: Thing) -> str:
    if concern.target_kind == "report":
        return _("what you told of how it went")
    return _("your account") if concern.target_kind == "person" else f"“{thing.name}”"


def _work(concern: Concern, thing: Thing) -> str:
    if concern.target_kind == "person":
        return _("Thank you for taking part here.")
    if concern.target_kind == "report":
        return _("Thank you for telling how it went.")
    return _("Thank you for the work that you put into “%(name)s”.") % {"name": thing.name}


def _was_reported(concern: Concern, thing: Thing) -> str:
    told = _("Somebody told us that something about it could do harm, and a moderator looked at it.")
    if concern.target_kind == "person":
        return _("Somebody told us that something about your account could do harm, and a moderator looked at it.")
    if concern.target_kind == "practice":
        told += " " + _("You wrote the version that readers saw, so we tell you. It need not be your own words.")
    return told


def _decided(is_upheld: bool) -> str:
    if is_upheld:
        return _("They agree that something has to change.")
    return _("They found that it can stay as it is.")


def _next_of_decision(is_upheld: bool) -> str:
    if is_upheld:
        return _("What happens next: it is put right. If you see it otherwise, ask once for a second look.")
    return _("There is nothing that you have to do.")
