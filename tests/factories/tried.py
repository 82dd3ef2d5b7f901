"""Reports of how it went, in the states that tests need. They are sent as people send them."""

import secrets
from typing import Any
from uuid import UUID

from feedback.models import ReportState, Teller, TriedReport, Verdict
from feedback.tried.services import Said, keep_report, show_report
from home.roles import make_moderators
from people.models import User
from people.writers import Writer
from practices.models import PracticeIndexPage, PracticePage
from tests.factories.people import UserFactory


def said(*, outcomes: Any = (), essentials: dict[UUID, Any] | None = None, **fields: Any) -> Said:
    """What somebody tells; an essential may be given by what was done with it alone."""
    told = {"teller": Teller.RAN_IT, "place": "A market town", "verdict": Verdict.HELPED, "sentence": "People came."}
    taken = {key: each if isinstance(each, tuple) else (each, "") for key, each in (essentials or {}).items()}
    return Said(told | fields, frozenset(outcome.pk for outcome in outcomes), taken)


def sent(
    page: PracticePage, by: User | None = None, *, visitor: str = "", send: bool = True, **told: Any
) -> TriedReport:
    """A report as somebody sends it; by somebody new if nobody is given."""
    person = by if by is not None or visitor else UserFactory()
    writer = Writer(person, visitor)
    return keep_report(page=page, by=writer, said=said(**told), send=send, sent_key=secrets.token_hex(8))


def shown(page: PracticePage, by: User | None = None, **told: Any) -> TriedReport:
    """A report that stands on the page, checked by a moderator if it had to wait."""
    report = sent(page, by, **told)
    if report.state == ReportState.WAITING:
        show_report(report=report, by=checker(), version=report.version)
        report.refresh_from_db()
    return report


def checker() -> User:
    """A moderator who checks what tests send."""
    group = make_moderators(PracticeIndexPage.objects.get())
    return group.user_set.filter(username="checker").first() or _made(group)


def _made(group: Any) -> User:
    person = UserFactory(username="checker")
    person.groups.add(group)
    return person
