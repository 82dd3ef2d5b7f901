"""What somebody can try of a practice: one of its steps, or a first conversation.

A practice that takes time does not begin with what is done: it begins with talking, and the page says that this is
slow on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from practices.models import PracticePage, Principle

TAKES_TIME = "time-and-patience"
CONVERSATION = "first-conversation"


@dataclass(frozen=True, slots=True)
class ToTry:
    """What a page has to try.

    Args:
        choices: what the form sends, and how it reads; the first step first.
        is_slow: whether taking time is one of its principles.
    """

    choices: list[tuple[str, str]]
    is_slow: bool

    def step(self, chosen: str) -> tuple[str, UUID | None]:
        """How a choice reads, and its key; none for a first conversation."""
        return dict(self.choices)[chosen], None if chosen == CONVERSATION else UUID(chosen)


def steps_to_try(page: PracticePage) -> ToTry:
    """The steps of a page, with a first conversation where it takes time or names none."""
    steps = [(str(step.key), step.text) for step in page.steps.all() if step.text.strip()]
    is_slow = _takes_time(page)
    if is_slow or not steps:
        steps.insert(0, (CONVERSATION, _("A first conversation")))
    return ToTry(steps, is_slow)


def _takes_time(page: PracticePage) -> bool:
    """Whether taking time is among its principles, however that has been renamed, or merged, since."""
    principle = Principle.objects.at_address(TAKES_TIME)
    return principle is not None and page.principles.filter(principle=principle.pk).exists()
