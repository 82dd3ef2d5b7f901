"""The work that falls due by itself. `make run` loops it; on a server a timer may call it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from contributions.services import forget_unreachable_drafts
from feedback.pledges.services import ask_due_pledges, expire_pledges, forget_old_pledges
from feedback.tried.services import forget_unreachable_reports
from home.behind import look_after_tasks
from home.erasure import finish_erasures
from home.watching import tell_watchers
from people.limits import forget_old_counts
from people.mail import deliver_mail, forget_old_files
from people.messages import forget_old_messages, post_due_messages
from people.services import forget_ended_sessions, forget_unproven_accounts
from people.standing import end_trust_of_the_idle
from search.meaning import read_changed_pages
from search.services import drain_queue, look_after_index
from search.typed import forget_old_searches

logger = logging.getLogger(__name__)

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# What to do, and how many seconds to leave between two times.
DUTIES: dict[str, tuple[Callable[[], Any], int]] = {
    "index what changed": (drain_queue, 0),
    "look after the search index": (look_after_index, MINUTE),
    "read changed pages for their meaning": (read_changed_pages, 0),
    "forget what nobody searches for any more": (forget_old_searches, DAY),
    "tell who watches a page that it changed": (tell_watchers, HOUR),
    "ask how it went": (ask_due_pledges, HOUR),
    "put what there is to tell into mails": (post_due_messages, 0),
    "finish what was erased": (finish_erasures, 0),
    "send mail that waits": (deliver_mail, 0),
    "look after tasks": (look_after_tasks, MINUTE),
    "forget how often things were done": (forget_old_counts, MINUTE),
    "forget sessions that have ended": (forget_ended_sessions, DAY),
    "forget accounts that nobody proved": (forget_unproven_accounts, DAY),
    "forget drafts that nobody reaches any more": (forget_unreachable_drafts, DAY),
    "forget reports that nobody reaches any more": (forget_unreachable_reports, DAY),
    "let go of what nobody answers": (expire_pledges, DAY),
    "forget what people tried long ago": (forget_old_pledges, DAY),
    "forget mail that was written here": (forget_old_files, DAY),
    "forget what was told and read long ago": (forget_old_messages, DAY),
    "end the trust of whoever stayed away": (end_trust_of_the_idle, DAY),
}


class Command(BaseCommand):
    help = "Does the work that is due: what is left of the search queue, a look at the index every night, old sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Go on for ever, looking every few seconds.")
        parser.add_argument("--seconds", type=float, default=5, help="How long to wait between two looks.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            do_due_work_until(threading.Event(), seconds=options["seconds"])
        else:
            do_what_is_due({})


def do_due_work_until(ending: threading.Event, *, seconds: float = 5) -> None:
    """Look every few seconds for what is due, until told to end; what has begun is finished."""
    done: dict[str, float] = {}
    while not ending.is_set():
        do_what_is_due(done, ending)
        ending.wait(seconds)


def do_what_is_due(done: dict[str, float], ending: threading.Event | None = None) -> None:
    """Do each duty whose time has come. One that fails is told in the log, and the others go on.

    Args:
        done: when each was done last.
        ending: no other is begun once it is set.
    """
    for name, (work, every) in DUTIES.items():
        if name in done and time.monotonic() - done[name] < every:
            continue
        if ending is not None and ending.is_set():
            break
        try:
            work()
        except Exception:
            logger.exception("Due work failed: %s", name)
        done[name] = time.monotonic()
    close_old_connections()
