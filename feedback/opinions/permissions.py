"""Who may rate a page: whoever has an account, but for those whose own work it is."""

from __future__ import annotations

from people.models import User
from practices.models import PracticeCare, PracticePage


def is_first_author(person: User, page: PracticePage) -> bool:
    """Whether somebody wrote the first version of a page. Nobody of ours wrote those that the library began with."""
    first = page.revisions.order_by("created_at", "pk").values_list("user", flat=True).first()
    return first == person.pk


def is_keeper(person: User, page: PracticePage) -> bool:
    """Whether somebody looks after a page, alone or beside another."""
    kept = PracticeCare.objects.filter(page=page.pk).values_list("keeper", "deputy").first()
    return kept is not None and person.pk in kept
