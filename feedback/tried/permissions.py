"""Who may change and who may check a report of how it went. Nobody checks their own."""

from __future__ import annotations

from typing import Any

from feedback.models import ReportState, TriedReport
from people.models import User
from people.standing import is_trusted, looks_after_the_site, standing_of
from people.writers import Writer

TO_CHECK = (ReportState.WAITING, ReportState.SHOWN)


def is_author(writer: Writer, report: TriedReport) -> bool:
    """Whether somebody wrote it, with or without an account."""
    if writer.person is not None:
        return report.author_id == writer.person.pk
    return report.author_id is None and bool(report.visitor) and report.visitor == writer.browser


def can_read(writer: Writer, report: TriedReport) -> bool:
    """What is on the page is for everybody; the rest is its author's."""
    return report.state == ReportState.SHOWN or is_author(writer, report)


def goes_at_once(person: User | None, report: TriedReport | None) -> bool:
    """Whether what somebody sends is on the page at once: nothing is that a moderator sent back before."""
    if person is None or (report is not None and report.reason):
        return False
    return looks_after_the_site(person) or is_trusted(standing_of(person))


def can_check(person: Any, report: TriedReport) -> bool:
    """A moderator, of what was sent by somebody else."""
    return looks_after_the_site(person) and report.state in TO_CHECK and report.author_id != person.pk
