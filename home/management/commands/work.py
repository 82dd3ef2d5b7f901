"""Everything behind the web server in one process: tasks as they come, and the work that falls due."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from home.behind import QuietWorker

from .due_work import do_due_work_until

# What has begun may be finished so long. All of it can be done again.
PATIENCE = 20.0


class Command(BaseCommand):
    help = "Does everything behind the web server: tasks, where WORKER is set, and the work that falls due by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        worker, ending = QuietWorker(), threading.Event()

        def end(asked: int, _frame: Any) -> None:
            worker.end()
            # Whoever asks twice at the keyboard is not kept waiting.
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        def do_due_work() -> None:
            try:
                do_due_work_until(ending)
            finally:
                worker.end()

        for asked in (signal.SIGTERM, signal.SIGINT):
            signal.signal(asked, end)
        due = threading.Thread(target=do_due_work, name="due work", daemon=True)
        due.start()
        worker.run()
        if not due.is_alive():
            raise CommandError("The loop of due work ended, and the log says why.")
        ending.set()
        due.join(PATIENCE)
