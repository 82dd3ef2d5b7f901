"""Many tries from one beginning, which is made once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """What is done to the database within is undone at the end: the next try begins where this one began."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
