"""People to try the site as: a contributor, a trusted one and two moderators."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from home.roles import make_moderators
from people.models import Standing, User
from practices.models import PracticeIndexPage

PEOPLE = {"contributor": "hazel-brook", "trusted": "rowan-bridge", "moderator": "cedar-gate", "second": "alder-quay"}


class Command(BaseCommand):
    help = "Makes four accounts to try the site with, and prints how to sign in. Not on a site that others reach."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SECOND_FACTOR_REQUIRED:
            raise CommandError("These accounts are for one machine: a site that others reach must not have them.")
        # Before the first start there are no tables either.
        is_made = PracticeIndexPage._meta.db_table in connection.introspection.table_names()
        index = PracticeIndexPage.objects.first() if is_made else None
        if index is None:
            raise CommandError("There is no library yet: make run, once.")
        password = f"four plain words {secrets.randbelow(9000) + 1000}"
        for role, handle in PEOPLE.items():
            email = f"{role}@example.org"
            person = User.objects.filter(email=email).first() or User.objects.create_proven(email, handle)
            person.set_password(password)
            person.save(update_fields=["password"])
            if role != "contributor":
                today = timezone.localdate()
                counted = {"accepted_edits": settings.TRUST["accepted_edits"], "accepted_on": today}
                Standing.objects.get_or_create(
                    person=person, defaults={"first_accepted_on": today, "trusted_since": today, **counted}
                )
            if role in ("moderator", "second"):
                person.groups.add(make_moderators(index))
            self.stdout.write(f"  {email:<26} {handle}")
        self.stdout.write(f"The password of all: {password}\nSign in at /account/login/")
