"""What a worker does for people, behind whoever waits."""

from __future__ import annotations

from django_tasks import task

from .mail import deliver_one


@task(backend="behind")
def send_mail(pk: int) -> None:
    """Send a mail that was just written. If that fails, or it was sent meanwhile, the loop of due work sees to it."""
    deliver_one(pk)
