"""What a worker does for search. The truth stands in the queue, so each can be lost, done twice, or come too late."""

from __future__ import annotations

from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

from .services import drain_queue, rebuild_index

# Before mail, of which there may be many: readers look for what they have just written.
SOON = 10


@task(backend="behind", priority=SOON)
def index_changes() -> None:
    """Take into the index what changed."""
    drain_queue()


@task(backend="behind", priority=SOON)
def rebuild_broken_index() -> None:
    """Build the index anew that a reader found broken, whatever this process thinks of it."""
    rebuild_index()


def enqueue_unless_one_waits(wanted: Task) -> None:
    """Put a task into the worker's queue, if it does not stand there already.

    To be called after a commit: whoever then sees one waiting knows that it begins after their change. One that has
    begun may have looked before.
    """
    if not DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=wanted.module_path).exists():
        wanted.enqueue()
