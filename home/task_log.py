"""What the log says while a task is done: which one it is, and which request asked for it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_save
from django_tasks.base import TaskResult
from django_tasks.signals import task_finished, task_started
from django_tasks_db.models import DBTaskResult
from structlog.contextvars import bind_contextvars, get_contextvars, unbind_contextvars

REQUEST = "request"


def remember_request(sender: type, instance: DBTaskResult, **kwargs: Any) -> None:
    """Keep the number of the request beside what the task is called with, where the task does not look."""
    number = get_contextvars().get(REQUEST)
    if instance._state.adding and number:
        instance.args_kwargs = {**instance.args_kwargs, REQUEST: number}


def begin(sender: type, task_result: TaskResult, **kwargs: Any) -> None:
    bind_contextvars(task=task_result.task.module_path)
    if number := _request_of(task_result):
        bind_contextvars(**{REQUEST: number})


def end(sender: type, task_result: TaskResult, **kwargs: Any) -> None:
    unbind_contextvars("task")
    if _request_of(task_result):
        unbind_contextvars(REQUEST)


def _request_of(task_result: TaskResult) -> str | None:
    """The request that put a task into the table; of one that is done at once, we are within the request."""
    row = getattr(task_result, "db_result", None)
    return row.args_kwargs.get(REQUEST) if row else None


def connect() -> None:
    pre_save.connect(remember_request, sender=DBTaskResult, dispatch_uid="home.remember_request")
    task_started.connect(begin, dispatch_uid="home.begin")
    # After the one that logs how it ended, since that was connected first.
    task_finished.connect(end, dispatch_uid="home.end")
