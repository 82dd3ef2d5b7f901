"""Five spare minutes of a moderator, as their session remembers them: what they left, and what they did."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SHIFT = "shift"
LASTS = timedelta(minutes=5)
MOST_LEFT = 200
ANSWERED = {
    "accept": _("On the page"),
    "correct": _("On the page, with something put right"),
    "ask": _("Sent back with a question"),
    "reject": _("Not taken"),
    "check": _("Looked at afterwards, and fine"),
    "take-out": _("Taken out again"),
    "leave": _("Left for somebody else"),
}


@dataclass
class Shift:
    """What one moderator does in five minutes.

    Args:
        began: when, in seconds.
        left: the numbers of the changes that they left for somebody else.
        done: how many times each answer was given, by its word.
        is_stopped: whether they said that they stop, or nothing was left.
    """

    began: float
    left: list[int] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    is_stopped: bool = False

    @property
    def ends_at(self) -> datetime:
        return datetime.fromtimestamp(self.began, tz=timezone.get_current_timezone()) + LASTS

    @property
    def is_over(self) -> bool:
        return self.is_stopped or timezone.now() >= self.ends_at

    @property
    def is_long_over(self) -> bool:
        """Whether what is answered now has nothing to do with it any more."""
        return self.is_stopped or timezone.now() >= self.ends_at + LASTS

    @property
    def looked_at(self) -> int:
        """How many had an answer: what was left for somebody else had none."""
        return sum(count for word, count in self.done.items() if word != "leave")

    @property
    def told(self) -> list[tuple[str, int]]:
        """What was done, in words, with how often."""
        return [(str(label), self.done[word]) for word, label in ANSWERED.items() if word in self.done]

    def note(self, answer: str, number: int) -> None:
        """Count an answer; what was left is not offered again."""
        self.done[answer] = self.done.get(answer, 0) + 1
        if answer == "leave":
            self.left = [*self.left, number][-MOST_LEFT:]


def begin_shift(request: HttpRequest) -> Shift:
    return keep_shift(request, Shift(timezone.now().timestamp()))


def shift_of(request: HttpRequest) -> Shift | None:
    """The one that goes on, with the answer that somebody gives a little after its end; None if there is none."""
    shift = last_shift_of(request)
    return None if shift is None or shift.is_long_over else shift


def last_shift_of(request: HttpRequest) -> Shift | None:
    """The last one of this session, going on or not."""
    kept: dict[str, Any] | None = request.session.get(SHIFT)
    return Shift(**kept) if kept else None


def keep_shift(request: HttpRequest, shift: Shift) -> Shift:
    request.session[SHIFT] = asdict(shift)
    return shift


def stop_shift(request: HttpRequest) -> None:
    shift = last_shift_of(request)
    if shift is not None:
        shift.is_stopped = True
        keep_shift(request, shift)
