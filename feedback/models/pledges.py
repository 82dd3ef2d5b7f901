"""One thing to try: what somebody said they would do, and when they want to be asked how it went."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .reports import Teller, TriedReport


class AskAfter(models.TextChoices):
    TWO_WEEKS = "two-weeks", _("In two weeks")
    THREE_MONTHS = "three-months", _("In three months")
    SIX_MONTHS = "six-months", _("In six months")
    TWELVE_MONTHS = "twelve-months", _("In a year")


class PledgeState(models.TextChoices):
    UNPROVEN = "unproven", _("The address is not confirmed yet")
    OPEN = "open", _("Not asked yet")
    ASKED = "asked", _("Asked, and not answered")
    ANSWERED = "answered", _("Answered")
    STOPPED = "stopped", _("Not to be asked any more")
    EXPIRED = "expired", _("Never answered")


# As long as one of these holds, there is somebody to ask, and an address to do it.
TO_BE_ASKED = (PledgeState.UNPROVEN, PledgeState.OPEN, PledgeState.ASKED)
# The address is known to be that of whoever pledged.
PROVEN = (PledgeState.OPEN, PledgeState.ASKED)


def new_token() -> str:
    return secrets.token_urlsafe(12)


class Pledge(models.Model):
    """Somebody tries one step of a practice, and wants to be asked how it went.

    The address of whoever has no account is kept as long as there is something to ask, and blanked then.
    """

    page = models.ForeignKey("practices.PracticePage", models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="pledges")
    email = models.EmailField(blank=True)
    # Stands in the links of its mails: a number is given again once a backup was restored.
    token = models.CharField(max_length=22, default=new_token, editable=False)
    state = models.CharField(max_length=8, choices=PledgeState, default=PledgeState.OPEN)
    # The step as it read then: pages change. The key is empty for a first conversation.
    step = models.CharField(max_length=500)
    step_key = models.UUIDField(null=True)
    teller = models.CharField(max_length=9, choices=Teller, default=Teller.NOT_SAID)
    place = models.CharField(max_length=120, blank=True)
    ask_after = models.CharField(max_length=13, choices=AskAfter)
    ask_on = models.DateField()
    # How often they were asked: a link of an earlier mail is spent.
    asked = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    # What they answered became this.
    report = models.OneToOneField(TriedReport, models.SET_NULL, null=True, related_name="pledge")

    class Meta:
        verbose_name = _("thing to try")
        verbose_name_plural = _("things to try")
        indexes = [
            models.Index(fields=["state", "ask_on", "id"], name="feedback_pledges_to_ask"),
            models.Index(fields=["state", "asked_at"], name="feedback_pledges_asked"),
            models.Index(fields=["state", "begun_at"], name="feedback_pledges_new"),
            models.Index(fields=["page", "state"], name="feedback_pledges_by_page"),
            models.Index(fields=["person", "-begun_at"], name="feedback_pledges_by_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PledgeState.values), name="feedback_pledge_state"),
            models.CheckConstraint(condition=Q(ask_after__in=AskAfter.values), name="feedback_pledge_ask_after"),
            models.CheckConstraint(condition=Q(teller__in=Teller.values), name="feedback_pledge_teller"),
            models.CheckConstraint(condition=Q(person=None) | Q(email=""), name="feedback_pledge_by_one"),
            models.CheckConstraint(
                condition=~Q(state__in=TO_BE_ASKED) | Q(person__isnull=False) | ~Q(email=""),
                name="feedback_pledge_can_be_asked",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TO_BE_ASKED, closed_at=None)
                | (~Q(state__in=TO_BE_ASKED) & Q(closed_at__isnull=False, email="")),
                name="feedback_pledge_that_is_over_keeps_no_address",
            ),
            models.UniqueConstraint(
                fields=["person", "page"],
                condition=Q(state__in=TO_BE_ASKED, person__isnull=False),
                name="feedback_one_pledge_of_a_page_by_a_person",
            ),
            # Somebody else may type an address: what is proven changes only once the new one is proven as well.
            models.UniqueConstraint(
                fields=["email", "page"],
                condition=Q(state__in=PROVEN) & ~Q(email=""),
                name="feedback_one_pledge_of_a_page_by_an_address",
            ),
            models.UniqueConstraint(
                fields=["email", "page"],
                condition=Q(state=PledgeState.UNPROVEN),
                name="feedback_one_unproven_pledge_of_a_page_by_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.page_id}, {self.state}"
