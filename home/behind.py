"""What is done behind the web server by tasks, and what becomes of those whose worker died.

A task is only a hint that there is something to do: mail and index have queues of their own, and the loop of due work
takes what stands there. So a task can be lost, done twice or come too late, and one that nobody finished is forgotten.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)
# Of the setting TASKS. Wagtail's own tasks are of another, and done at once.
BACKEND = "behind"
LOOKING_EVERY = 0.2
AFTER_A_FAILURE = 2.0
# The longest task builds an index of 100,000 practices.
UNFINISHED_KEPT_FOR = timedelta(hours=1)
DONE_KEPT_FOR = timedelta(days=1)
FAILED_KEPT_FOR = timedelta(days=7)


class QuietWorker:
    """Does tasks as they come, until it is told to end; then it finishes the one at hand.

    It looks with a plain read five times a second: that of django-tasks-db takes SQLite's only lock each time.
    """

    def __init__(self) -> None:
        self._worker = Worker(
            queue_names=["*"],
            interval=0,
            batch=True,
            backend_name=BACKEND,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    def end(self, *_: Any) -> None:
        """May be called from a signal: it takes no lock, and the one interrupted may hold any."""
        self._worker.running = False

    def run(self) -> None:
        """Do tasks until told to end. A database that is away for a while is waited for."""
        while self._worker.running:
            pause = LOOKING_EVERY
            try:
                if settings.WORKER:
                    self.run_waiting()
            except DatabaseError as error:
                logger.warning("Tasks wait for the database: %s", type(error).__name__)
                pause = AFTER_A_FAILURE
            close_old_connections()
            time.sleep(pause)

    def run_waiting(self) -> None:
        """Do what waits now."""
        if DBTaskResult.objects.ready().exists():
            self._worker.run()


def look_after_tasks() -> None:
    """Forget tasks: what is done, what a worker held when it died, and what none took."""
    now = timezone.now()
    tasks = DBTaskResult.objects.filter(backend_name=BACKEND)
    tasks.successful().filter(finished_at__lt=now - DONE_KEPT_FOR).delete()
    tasks.failed().filter(finished_at__lt=now - FAILED_KEPT_FOR).delete()
    held, _by_model = tasks.running().filter(started_at__lt=now - UNFINISHED_KEPT_FOR).delete()
    untaken, _by_model = tasks.ready().filter(enqueued_at__lt=now - UNFINISHED_KEPT_FOR).delete()
    if held or untaken:
        logger.warning(
            "Due work did what no worker finished: %s tasks were begun an hour ago, and %s never taken.", held, untaken
        )
