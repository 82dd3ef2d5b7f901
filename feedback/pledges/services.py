"""Every step of one thing to try: said, proven, asked, answered, stopped, forgotten.

Whoever has no account gives an address. Anybody may type anybody's, so nothing is asked of it, and nothing that was
asked of it before changes, until whoever reads its mail has said yes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.models import (
    PROVEN,
    TO_BE_ASKED,
    Pledge,
    PledgeState,
    ReportState,
    Teller,
    TriedReport,
    Verdict,
    place_key,
)
from feedback.tried.services import AlreadyToldError, Said, keep_report, save_report
from people.models import User
from people.writers import Writer
from practices.models import PracticePage

from .days import day_to_ask
from .letters import mail_proof, mail_question
from .links import ANSWERED_WITHIN, PROVEN_WITHIN, has_left

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 200
KEPT_FOR = timedelta(days=365)


class Answer(models.TextChoices):
    """What can be answered to the mail. All five have the same size and weight."""

    NOT_YET = "not-yet", gettext_lazy("Not yet")
    TOO_EARLY = Verdict.TOO_EARLY.value, gettext_lazy("Too early to say")
    HELPED = Verdict.HELPED.value, gettext_lazy("It helped")
    IN_PART = Verdict.IN_PART.value, gettext_lazy("It helped in part")
    DID_NOT_HELP = Verdict.DID_NOT_HELP.value, gettext_lazy("It did not help")


# After these we ask again, as long after as the first time.
ASKED_AGAIN = (Answer.NOT_YET, Answer.TOO_EARLY)


class PledgeOverError(Exception):
    """It was answered, stopped or asked anew in the meantime. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to try, and when to be asked.

    Args:
        step: as it reads now.
        step_key: its key; None for a first conversation.
        ask_after: one of `AskAfter`.
        teller: which part they will play.
        place: roughly where.
    """

    step: str
    step_key: UUID | None
    ask_after: str
    teller: str = Teller.NOT_SAID
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an answer.

    Args:
        pledge: as it is now.
        report: what they told, now or before; None if they have told nothing yet.
        told_before: they told of this place already, in a report of its own, and that stays as it is.
    """

    pledge: Pledge
    report: TriedReport | None
    told_before: bool


@transaction.atomic
def pledge(*, page: PracticePage, wish: Wish, by: User | None, email: str = "") -> Pledge:
    """Say that one wants to try something, and be asked how it went. A second wish for a page changes the first.

    Args:
        page: the practice.
        wish: what they want to try.
        by: who, if they are signed in: then nothing else is needed.
        email: if not, an address. It gets a mail, and is asked nothing until that is answered.
    """
    wanted = {**asdict(wish), "ask_on": day_to_ask(wish.ask_after, timezone.localdate()), "begun_at": timezone.now()}
    if by is not None:
        _close_many(Pledge.objects.filter(page=page, person=None, email=(by.email or "").lower()))
        before = Pledge.objects.select_for_update().filter(page=page, person=by, state__in=TO_BE_ASKED).first()
        if before and _is_elsewhere(wish.place, before):
            wanted["report"] = None
        made, _is_new = Pledge.objects.update_or_create(
            page=page, person=by, state__in=TO_BE_ASKED, defaults={**wanted, "state": PledgeState.OPEN}
        )
        return made
    made, _is_new = Pledge.objects.update_or_create(
        page=page, person=None, email=email.lower(), state=PledgeState.UNPROVEN, defaults=wanted
    )
    mail_proof(made)
    return made


@transaction.atomic
def prove_pledge(*, pledge: Pledge) -> Pledge:
    """Note that whoever reads the mail of an address wants to be asked. Done twice, it is as done once.

    What they wanted to try of the page before gives way, and what they told of it comes along, if it was there.

    Raises:
        PledgeOverError: it is over.
    """
    pledge = _locked(pledge)
    if pledge.state in PROVEN:
        return pledge
    if pledge.state != PledgeState.UNPROVEN:
        raise PledgeOverError
    same = Pledge.objects.select_for_update().filter(page=pledge.page_id, person=None, email=pledge.email)
    for before in same.filter(state__in=PROVEN):
        if not _is_elsewhere(pledge.place, before):
            pledge.report, before.report = before.report, None
        _close(before, PledgeState.STOPPED)
    pledge.state, pledge.begun_at = PledgeState.OPEN, timezone.now()
    pledge.ask_on = day_to_ask(pledge.ask_after, timezone.localdate())
    pledge.save()
    return pledge


def ask_due_pledges() -> int:
    """Ask how it went whoever wanted to be asked by today; returns how many were.

    Each is a transaction of its own, so that of two who ask at once one does, and a crash asks nobody twice. As long
    as nobody can read a page, nobody is asked about it.
    """
    today = timezone.localdate()
    due = Pledge.objects.filter(state=PledgeState.OPEN, ask_on__lte=today, page__in=PracticePage.objects.visible())
    asked = 0
    for pk in list(due.order_by("ask_on", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]):
        try:
            asked += _ask(pk, today)
        except Exception:
            # Whatever it was: the others are asked.
            logger.exception("A pledge could not be asked about.")
    return asked


@transaction.atomic
def answer_pledge(
    *, pledge: Pledge, answer: str, sentence: str = "", teller: str = "", place: str = "", by: Writer | None = None
) -> Answered:
    """Take the answer to a mail. All but "not yet" become a report, or change the one that an earlier answer made.

    Args:
        pledge: as the link that they opened names it.
        answer: one of `Answer`.
        sentence: what happened, if they say.
        teller: which part they played, if they say.
        place: where, if they say.
        by: of a pledge without an account, who answers and in which browser: there they can change it afterwards.

    Raises:
        ValidationError: there is no such answer.
        PledgeOverError: it was answered, stopped or asked anew since, or they left.
        PausedError, EnoughWaitsError: as `keep_report` has them; nothing was changed.
    """
    if answer not in Answer.values:
        raise ValidationError({"answer": _("Choose one of the five answers")})
    asked, pledge = pledge.asked, _locked(pledge)
    if pledge.state != PledgeState.ASKED or pledge.asked != asked or has_left(pledge):
        raise PledgeOverError
    pledge.teller, pledge.place = teller or pledge.teller, place or pledge.place
    told_before: TriedReport | None = None
    if answer != Answer.NOT_YET:
        try:
            pledge.report = _report(pledge, {"verdict": answer, "sentence": sentence, "teller": teller, "place": place})
            _leave_with(by, pledge.report)
        except AlreadyToldError as error:
            told_before = error.report
    if answer in ASKED_AGAIN and told_before is None:
        pledge.state = PledgeState.OPEN
        pledge.ask_on = day_to_ask(pledge.ask_after, timezone.localdate())
        pledge.save()
    else:
        _close(pledge, PledgeState.ANSWERED)
    return Answered(pledge, told_before or pledge.report, told_before is not None)


@transaction.atomic
def claim_report(*, pledge: Pledge, by: Writer) -> TriedReport | None:
    """Let whoever holds the link of an answer that was given change what they told, in whatever browser they are.

    Args:
        pledge: of whoever has no account, as its link names it.
        by: who opened the link.

    Returns:
        The report; None if it is gone, or an account's by now.
    """
    report = TriedReport.objects.select_for_update().filter(pk=pledge.report_id or 0, author=None).first()
    if report is None:
        return None
    report.visitor = ""
    _leave_with(by, report)
    return report


@transaction.atomic
def stop_pledge(*, pledge: Pledge) -> None:
    """Ask somebody no more about this, and forget their address. Done twice, it is as done once."""
    still_asked = Pledge.objects.select_for_update().filter(pk=pledge.pk, state__in=TO_BE_ASKED).first()
    if still_asked is not None:
        _close(still_asked, PledgeState.STOPPED)


@transaction.atomic
def expire_pledges() -> int:
    """Let go of what nobody answered, or could be asked about, for two months, of what people wanted who left since,
    and of addresses that nobody proved; returns how many.
    """
    now = timezone.now()
    # Under a lock: what is proven, or typed again, in this moment stays.
    unproven = Pledge.objects.filter(state=PledgeState.UNPROVEN, begun_at__lt=now - PROVEN_WITHIN)
    gone = list(unproven.select_for_update().values_list("pk", flat=True))
    Pledge.objects.filter(pk__in=gone).delete()
    never_asked = Q(state=PledgeState.OPEN, ask_on__lt=timezone.localdate() - ANSWERED_WITHIN)
    silent = Pledge.objects.filter(never_asked | Q(state=PledgeState.ASKED, asked_at__lt=now - ANSWERED_WITHIN))
    expired = silent.update(state=PledgeState.EXPIRED, closed_at=now, email="")
    of_who_left = Pledge.objects.filter(state__in=TO_BE_ASKED, person__closed_at__isnull=False)
    return len(gone) + expired + of_who_left.update(state=PledgeState.STOPPED, closed_at=now)


def forget_old_pledges() -> int:
    """Delete what has been over for a year; returns how many there were. What was told stays."""
    deleted, _by_model = Pledge.objects.filter(closed_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted


@transaction.atomic
def _ask(pk: int, today: date) -> bool:
    """Ask one, if nobody else just did, and there is still somebody and something to ask about."""
    due = Pledge.objects.select_for_update(of=("self",)).select_related("page", "person")
    pledge = due.filter(pk=pk, state=PledgeState.OPEN, ask_on__lte=today).first()
    if pledge is None:
        return False
    to = _address_of(pledge)
    if not to:
        _close(pledge, PledgeState.STOPPED)
        return False
    pledge.state, pledge.asked, pledge.asked_at = PledgeState.ASKED, pledge.asked + 1, timezone.now()
    pledge.save(update_fields=["state", "asked", "asked_at"])
    mail_question(pledge, to)
    return True


def _address_of(pledge: Pledge) -> str:
    """Where the mail goes; nowhere if they left, or their address was erased."""
    if pledge.person is None:
        return pledge.email if "@" in pledge.email else ""
    return (pledge.person.email or "") if pledge.person.is_active else ""


def _report(pledge: Pledge, told: dict[str, str]) -> TriedReport:
    """Make a report of an answer, or change the one that an earlier answer made. What they said then stays said.

    One that they took back stays taken back: then this is another.
    """
    by, page = Writer(pledge.person, ""), pledge.page
    reports = TriedReport.objects.select_for_update()
    before = reports.filter(pk=pledge.report_id).first() if pledge.report_id else None
    if before is None or before.state == ReportState.WITHDRAWN:
        said = Said({**told, "teller": pledge.teller, "place": pledge.place})
        return keep_report(page=page, by=by, said=said, send=True, sent_key=f"pledge-{pledge.pk}-{pledge.asked}")
    fields = {name: value or getattr(before, name) for name, value in told.items()}
    essentials = {row.essential: (row.taken, row.how) for row in before.essentials.all()}
    said = Said(fields, frozenset(before.outcomes.values_list("pk", flat=True)), essentials)
    if pledge.person is not None:
        return keep_report(page=page, by=by, said=said, send=True, report=before, version=before.version)
    before.version += 1
    return save_report(report=before, said=said, send=True)


def _leave_with(by: Writer | None, report: TriedReport) -> None:
    """Make what was told without an account theirs who answered, or their browser's, like any other report."""
    if by is None or report.author_id or report.visitor:
        return
    report.author, report.visitor = by.person, by.visitor
    try:
        with transaction.atomic():
            report.save(update_fields=["author", "visitor"])
    except IntegrityError:
        # They told of this place already: that one they can change.
        report.author, report.visitor = None, ""


def _close(pledge: Pledge, state: PledgeState) -> None:
    pledge.state, pledge.closed_at, pledge.email = state, timezone.now(), ""
    pledge.save()


def _close_many(pledges: models.QuerySet[Pledge]) -> None:
    open_ones: Iterable[Pledge] = pledges.select_for_update().filter(state__in=TO_BE_ASKED).exclude(email="")
    for each in open_ones:
        _close(each, PledgeState.STOPPED)


def _is_elsewhere(place: str, before: Pledge) -> bool:
    """Whether somebody names another place than before: what they told is of that one."""
    return bool(place and before.place) and place_key(place) != place_key(before.place)


def _locked(pledge: Pledge) -> Pledge:
    """The row as it is now, which nobody else changes until this is done.

    Raises:
        PledgeOverError: it is deleted.
    """
    row = Pledge.objects.select_for_update(of=("self",)).select_related("page", "person").filter(pk=pledge.pk).first()
    if row is None:
        raise PledgeOverError
    return row
