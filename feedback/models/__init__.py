"""What people say: how it went, how useful a page was, why it is not for them, and what is wrong."""

from .concerns import TARGETS, URGENCY, Concern, Flag, Outcome, Reason, State, Subject
from .opinions import Rating, RuledOut, WhyNot
from .pledges import PROVEN, TO_BE_ASKED, AskAfter, Pledge, PledgeState
from .reports import (
    HEARD,
    TOOK_PART,
    UNDER_WAY,
    EssentialTotals,
    ReportState,
    Setting,
    Teller,
    TriedEssential,
    TriedReport,
    Verdict,
    place_key,
)

__all__ = [
    "HEARD",
    "PROVEN",
    "TARGETS",
    "TOOK_PART",
    "TO_BE_ASKED",
    "UNDER_WAY",
    "URGENCY",
    "AskAfter",
    "Concern",
    "EssentialTotals",
    "Flag",
    "Outcome",
    "Pledge",
    "PledgeState",
    "Rating",
    "Reason",
    "ReportState",
    "RuledOut",
    "Setting",
    "State",
    "Subject",
    "Teller",
    "TriedEssential",
    "TriedReport",
    "Verdict",
    "WhyNot",
    "place_key",
]
