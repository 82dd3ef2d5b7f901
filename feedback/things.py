"""The things that can be reported: who may see them, whose they are, what they are called, what can be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from people.models import User
from people.standing import standing_of
from people.targets import find_target, find_targets
from practices.models import PracticePage

from .models import UNDER_WAY, Concern, Subject, TriedReport
from .permissions import SENT, can_see_proposal


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that was reported, as pages name it.

    Args:
        kind: a word of people/targets.py.
        number: which of that kind.
        name: what it is called.
        address: where it is; empty if it is gone.
        step: what a moderator can do about it, besides deciding.
        step_address: where they do it; empty if it is gone.
    """

    kind: str
    number: int
    name: str
    address: str = ""
    step: str = ""
    step_address: str = ""


def practice_to_report(slug: str) -> PracticePage | None:
    """A practice that everybody may read; None if there is none at this address."""
    return PracticePage.objects.visible().filter(slug=slug).first()


def practice_or_404(slug: str) -> PracticePage:
    """A practice that everybody may read.

    Raises:
        Http404: there is none at this address.
    """
    page = practice_to_report(slug)
    if page is None:
        raise Http404(_("There is no practice at this address."))
    return page


def proposal_to_report(pk: int, person: Any) -> Any:
    """A proposed edit that somebody may see; None if there is none, or they may not."""
    proposal = find_target("proposal", pk)
    return proposal if proposal is not None and can_see_proposal(person, proposal) else None


def person_to_report(username: str) -> User | None:
    """Somebody who has a public profile; None if nobody of this handle has one."""
    person = User.objects.filter(username=username.lower(), closed_at=None).first()
    return person if person is not None and standing_of(person).first_accepted_on is not None else None


def told_to_report(pk: int) -> TriedReport | None:
    """A report of how it went that everybody may read; None if there is none."""
    shown = TriedReport.objects.shown().filter(pk=pk, page__in=PracticePage.objects.visible())
    return shown.select_related("page", "author").first()


def whose(target: Any) -> User | None:
    """Whose work or account it is: of a page, whoever wrote the version that readers see."""
    if isinstance(target, User):
        return target
    if isinstance(target, PracticePage):
        return User.objects.filter(
            pk__in=PracticePage.objects.filter(pk=target.pk).values("live_revision__user")
        ).first()
    author: User | None = target.author
    return author


def thing_of(concern: Concern) -> Thing:
    """What one report is about."""
    return _thing(concern, find_target(concern.target_kind, concern.target_id))


def things_of(concerns: Iterable[Concern]) -> list[tuple[Concern, Thing]]:
    """Many reports, each with what it is about, with one query for each kind of thing."""
    listed = list(concerns)
    found = find_targets({(concern.target_kind, concern.target_id) for concern in listed})
    prefetch_related_objects([found[key] for key in found if key[0] == "proposal"], "page")
    prefetch_related_objects([found[key] for key in found if key[0] == "report"], "page")
    return [(concern, _thing(concern, found.get((concern.target_kind, concern.target_id)))) for concern in listed]


def name_of(target: Any) -> str:
    """What it is called, for whoever may see it."""
    if isinstance(target, User):
        return target.public_name
    if isinstance(target, TriedReport):
        return _("What somebody told about %(title)s") % {"title": target.title}
    return str(target.title) or _("without a name yet")


def _thing(concern: Concern, target: Any) -> Thing:
    kind, number = concern.target_kind, concern.target_id
    if target is None:
        return Thing(kind, number, _("Something that is gone by now"))
    name, address = name_of(target), target.get_absolute_url()
    if isinstance(target, User):
        if target.closed_at:
            return Thing(kind, number, name)
        step = _("See or end the pause") if concern.subject == Subject.PAUSE else _("Pause them")
        return Thing(kind, number, name, address, step, reverse("people:pause", args=[target.username]))
    if isinstance(target, PracticePage):
        step, way = _("Its history: undo a change, go back"), reverse("contributions:history", args=[target.slug])
        return Thing(kind, number, name, address, step, way)
    return _thing_told(target, name) if isinstance(target, TriedReport) else _change(target, name)


def _thing_told(report: TriedReport, name: str) -> Thing:
    """A report of how it went. What its author took back, or still writes on, is for nobody else's eyes."""
    if report.state not in UNDER_WAY:
        return Thing("report", report.pk, name)
    way = reverse("feedback:check_report", args=[report.pk])
    return Thing("report", report.pk, name, report.get_absolute_url(), _("Read it again, or take it down"), way)


def _change(proposal: Any, name: str) -> Thing:
    if proposal.state not in SENT:
        # Its author took it back and may be writing on it: that is for nobody else's eyes.
        title = proposal.page.title if proposal.page else _("a new page")
        return Thing("proposal", proposal.pk, _("A change of: %(title)s") % {"title": title})
    step, way = _("Answer the change"), reverse("contributions:review_one", args=[proposal.pk])
    title, address = _("A change of: %(title)s") % {"title": name}, proposal.get_absolute_url()
    return Thing("proposal", proposal.pk, title, address, step, way)
