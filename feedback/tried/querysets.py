"""Every reusable read of reports of how it went: what is shown, what waits, and whose they are."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

MOST_TOLD_BEFORE = 5


class TriedReportQuerySet(models.QuerySet):
    def shown(self) -> TriedReportQuerySet:
        """What anybody may read of."""
        from feedback.models import ReportState

        return self.filter(state=ReportState.SHOWN)

    def of_page(self, page: Any) -> TriedReportQuerySet:
        """What a page shows: those who took part first, then the latest. Whether it helped changes nothing."""
        return self.shown().filter(page=page).order_by("heard", "-told_on", "-pk")

    def before(self, report: Any) -> TriedReportQuerySet:
        """What stands on its page before a report that is shown."""
        later = Q(told_on__gt=report.told_on) | Q(told_on=report.told_on, pk__gt=report.pk)
        return self.of_page(report.page_id).filter(Q(heard__lt=report.heard) | Q(later, heard=report.heard))

    def whole(self) -> TriedReportQuerySet:
        """With what stands beside a report: what was done with each essential, and which outcomes were seen."""
        return self.select_related("page").prefetch_related("essentials", "outcomes__merged_into")

    def newest(self) -> TriedReportQuerySet:
        """What is shown, of all pages, the latest first."""
        return self.shown().order_by("-told_on", "-pk")

    def waiting(self) -> TriedReportQuerySet:
        """What a moderator has to look at, the longest waiting first."""
        from feedback.models import ReportState

        return self.filter(state=ReportState.WAITING).order_by("sent_at", "pk")

    def for_moderator(self, person: Any) -> TriedReportQuerySet:
        """What a moderator may look at: nobody's own."""
        return self.exclude(author=person)

    def written_by(self, writer: Any) -> TriedReportQuerySet:
        """What somebody wrote, with or without an account, the last first.

        Args:
            writer: a `people.writers.Writer`.
        """
        if writer.person is not None:
            mine = self.filter(author=writer.person)
        elif writer.browser:
            mine = self.filter(author=None, visitor=writer.browser)
        else:
            return self.none()
        return mine.order_by("-saved_at", "-pk")


def told_before(writer: Any, page: Any) -> list[Any]:
    """What somebody told of a page, or began to, the last first: so that nobody has to look for it."""
    from feedback.models import ReportState, TriedReport

    mine = TriedReport.objects.written_by(writer).filter(page=page)
    return list(mine.exclude(state=ReportState.WITHDRAWN)[:MOST_TOLD_BEFORE])
