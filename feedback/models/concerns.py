"""What people say is wrong: each flag, and the one item that all flags of one thing become."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.querysets import ConcernQuerySet


class Subject(models.TextChoices):
    HARM = "harm", _("A report of harm")
    PAUSE = "pause", _("An answer to a pause")


class State(models.TextChoices):
    OPEN = "open", _("Waits for a moderator")
    UPHELD = "upheld", _("Upheld")
    NOT_UPHELD = "not_upheld", _("Not upheld")


class Outcome(models.TextChoices):
    """What came of the second look."""

    NONE = "", _("No second look")
    KEPT = "kept", _("The decision stays")
    CHANGED = "changed", _("The decision is changed")


class Reason(models.TextChoices):
    """Why somebody reports something. The last is no report: somebody paused answers with it."""

    NAMES = "names", _("It names or shows somebody who has not said yes")
    HURTS = "hurts", _("It could hurt somebody who follows it")
    INSULTS = "insults", _("It insults or threatens")
    UNLAWFUL = "unlawful", _("It is against the law, or copied")
    SELLS = "sells", _("It sells something")
    OTHER = "other", _("Something else")
    ANSWER = "answer", _("An answer to a pause")


# How soon it should be looked at: the smaller, the sooner.
URGENCY = {
    Reason.HURTS: 1,
    Reason.NAMES: 2,
    Reason.INSULTS: 3,
    Reason.UNLAWFUL: 4,
    Reason.OTHER: 5,
    Reason.ANSWER: 6,
    Reason.SELLS: 7,
}
TARGETS = ("practice", "proposal", "person", "report")


class Concern(models.Model):
    """One thing that was reported, once or a thousand times, and what was decided about it.

    It names the thing by kind and number, since it may be gone by the time. Whoever decided may leave; that it was
    decided, when and why stays.
    """

    subject = models.CharField(max_length=6, choices=Subject, default=Subject.HARM)
    target_kind = models.CharField(max_length=20)
    target_id = models.BigIntegerField()
    # Whose work or account it is, if it is somebody's.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(default=timezone.now)
    last_reported_at = models.DateTimeField(default=timezone.now)
    reports = models.PositiveIntegerField(default=0)
    # The worst of the reasons given, and its rank among all.
    worst = models.CharField(max_length=10, choices=Reason)
    urgency = models.PositiveSmallIntegerField()

    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(max_length=2000, blank=True)

    appeal = models.TextField(max_length=2000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    appeal_decided_at = models.DateTimeField(null=True)
    appeal_outcome = models.CharField(max_length=7, choices=Outcome, blank=True)
    appeal_reason = models.TextField(max_length=2000, blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of harm")
        verbose_name_plural = _("reports of harm")
        indexes = [
            models.Index(
                fields=["urgency", "opened_at", "id"], condition=Q(state=State.OPEN), name="feedback_open_by_urgency"
            ),
            models.Index(
                fields=["appealed_at", "id"],
                condition=Q(appealed_at__isnull=False, appeal_decided_at=None),
                name="feedback_second_looks",
            ),
            models.Index(
                fields=["-decided_at", "-id"], condition=Q(decided_at__isnull=False), name="feedback_decided_by_time"
            ),
            models.Index(fields=["target_kind", "target_id", "-opened_at"], name="feedback_by_target"),
            models.Index(fields=["person", "state"], name="feedback_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target_kind", "target_id", "subject"],
                condition=Q(state=State.OPEN),
                name="feedback_one_open_item_of_a_thing",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="feedback_state"),
            models.CheckConstraint(condition=Q(subject__in=Subject.values), name="feedback_subject"),
            models.CheckConstraint(condition=Q(target_kind__in=TARGETS), name="feedback_target_kind"),
            models.CheckConstraint(condition=Q(worst__in=Reason.values), name="feedback_worst"),
            models.CheckConstraint(condition=Q(appeal_outcome__in=Outcome.values), name="feedback_appeal_outcome"),
            models.CheckConstraint(
                condition=Q(subject=Subject.HARM) | Q(target_kind="person"), name="feedback_pauses_are_of_people"
            ),
            models.CheckConstraint(
                condition=Q(state=State.OPEN, decided_at=None, decided_by=None, decision="")
                | (~Q(state=State.OPEN) & Q(decided_at__isnull=False) & ~Q(decision="")),
                name="feedback_decided_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(appealed_at=None, appeal="", appeal_decided_at=None)
                | (Q(appealed_at__isnull=False, decided_at__isnull=False, subject=Subject.HARM) & ~Q(appeal="")),
                name="feedback_appeal_of_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(appeal_decided_at=None, appeal_decided_by=None, appeal_outcome="", appeal_reason="")
                | (Q(appeal_decided_at__isnull=False) & ~Q(appeal_outcome="") & ~Q(appeal_reason="")),
                name="feedback_second_look_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(appealed_at=None)
                | Q(state=State.UPHELD, appeal_outcome__in=[Outcome.NONE, Outcome.KEPT])
                | Q(state=State.NOT_UPHELD, appeal_outcome=Outcome.CHANGED),
                name="feedback_appeal_of_what_was_upheld",
            ),
            models.CheckConstraint(
                condition=Q(appeal_decided_by=None) | Q(decided_by=None) | ~Q(appeal_decided_by=F("decided_by")),
                name="feedback_another_looks_again",
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(decided_by=None) | ~Q(decided_by=F("person")),
                name="feedback_nobody_decides_their_own",
            ),
            models.CheckConstraint(
                condition=Q(person=None) | Q(appeal_decided_by=None) | ~Q(appeal_decided_by=F("person")),
                name="feedback_nobody_looks_again_at_their_own",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.target_kind} {self.target_id}, {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("feedback:concern", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def waits_for_second_look(self) -> bool:
        return self.appealed_at is not None and self.appeal_decided_at is None


class Flag(models.Model):
    """One report: why, and in whose words. Who reported is shown to nobody.

    Of whoever has no account a hash is kept until the week's key is thrown away: it makes two reports one.
    """

    concern = models.ForeignKey(Concern, models.CASCADE, related_name="flags")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    visitor_hash = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=10, choices=Reason)
    words = models.TextField(max_length=5000, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [
            models.Index(fields=["concern", "-at", "-id"], name="feedback_flag_by_time"),
            models.Index(fields=["visitor_hash"], condition=~Q(visitor_hash=""), name="feedback_flag_of_the_week"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "reporter"], condition=Q(reporter__isnull=False), name="feedback_once_by_a_person"
            ),
            models.UniqueConstraint(
                fields=["concern", "visitor_hash"], condition=~Q(visitor_hash=""), name="feedback_once_by_a_visitor"
            ),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="feedback_reason"),
            models.CheckConstraint(
                condition=~Q(reason__in=[Reason.OTHER, Reason.ANSWER]) | ~Q(words=""), name="feedback_other_has_words"
            ),
            models.CheckConstraint(
                condition=Q(reporter=None) | Q(visitor_hash=""), name="feedback_a_person_or_a_visitor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.concern_id}: {self.reason}"
