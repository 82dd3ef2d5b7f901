"""“We tried it, and this is how it went”: who tells it, where, and how it went, failures included."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.tried.querysets import TriedReportQuerySet
from practices.models import Nation, Taken


class Teller(models.TextChoices):
    """Which part somebody played who tells. Those who took part are heard first."""

    TOOK_PART = "took-part", _("I took part")
    TOGETHER = "together", _("We did it together")
    RAN_IT = "ran-it", _("I ran it")
    PAID = "paid", _("I paid for it")
    NOT_SAID = "not-said", _("Not said")


# Who is heard first, among equals; whoever did it together with others took part.
TOOK_PART = (Teller.TOOK_PART, Teller.TOGETHER)
HEARD = {Teller.TOOK_PART: 0, Teller.TOGETHER: 0, Teller.RAN_IT: 1, Teller.PAID: 1, Teller.NOT_SAID: 1}


class Verdict(models.TextChoices):
    """How it went. All four have the same size and place; the word "failed" is not used."""

    HELPED = "helped", _("It helped")
    IN_PART = "in-part", _("It helped in part")
    DID_NOT_HELP = "did-not-help", _("It did not help")
    TOO_EARLY = "too-early", _("It is too early to say")


class Setting(models.TextChoices):
    HOME = "home", _("In people’s homes")
    NEIGHBOURHOOD = "neighbourhood", _("In a street, estate or village")
    CENTRE = "centre", _("In a community centre, hall or place of worship")
    SCHOOL = "school", _("In a school, college or nursery")
    HEALTH = "health", _("In a surgery, clinic or hospital")
    COUNCIL = "council", _("In a council or another authority")
    SHELTER = "shelter", _("In a hostel, shelter or refuge")
    ONLINE = "online", _("Online or by phone")
    OTHER = "other", _("Somewhere else")


class ReportState(models.TextChoices):
    DRAFT = "draft", _("Begun, and not sent")
    WAITING = "waiting", _("Waits for a moderator")
    SHOWN = "shown", _("On the page")
    RETURNED = "returned", _("Needs a change before it is shown")
    WITHDRAWN = "withdrawn", _("Taken back")


UNDER_WAY = (ReportState.WAITING, ReportState.SHOWN, ReportState.RETURNED)


# So the key of a place begins whose name was erased, before the number of its report; no typed place has such a key.
ERASED = "#"


def place_key(place: str) -> str:
    """By what reports of one place are known to be of one: its words, however they are spelled.

    Two market towns that nobody names are one place by this. That counts too few places, never too many.
    """
    folded = unicodedata.normalize("NFKD", place).casefold()
    letters = "".join(letter if letter.isalnum() else " " for letter in folded if not unicodedata.combining(letter))
    words = [word for word in letters.split() if word not in {"a", "an", "the", "in", "of"}]
    return " ".join(words)[:200]


class TriedReport(models.Model):
    """One person's account of how it went in one place.

    Who wrote it is shown to nobody but moderators. An organisation that its author hides is shown to the author
    alone, in the form in which they wrote it.
    """

    page = models.ForeignKey("practices.PracticePage", models.CASCADE, related_name="tried_reports")
    state = models.CharField(max_length=9, choices=ReportState, default=ReportState.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="tried_reports")
    # Of whoever has no account: what their session keeps.
    visitor = models.CharField(max_length=64, blank=True)
    # What the form carried from which it was sent first: sent twice, it is one row.
    sent_key = models.CharField(max_length=32, unique=True)
    # Each save is one more. What is saved without having seen the last one is asked about.
    version = models.PositiveIntegerField(default=1)

    teller = models.CharField(max_length=9, choices=Teller, blank=True)
    place = models.CharField(max_length=120, blank=True)
    place_key = models.CharField(max_length=200, blank=True)
    nation = models.CharField(max_length=16, choices=Nation, blank=True)
    setting = models.CharField(max_length=13, choices=Setting, blank=True)
    with_whom = models.CharField(max_length=200, blank=True)
    tried_when = models.CharField(max_length=60, blank=True)
    verdict = models.CharField(max_length=12, choices=Verdict, blank=True)
    sentence = models.TextField(max_length=500, blank=True)

    outcomes = models.ManyToManyField("practices.Outcome", blank=True, related_name="+")
    added = models.CharField(max_length=500, blank=True)
    cost = models.CharField(max_length=200, blank=True)
    how_long = models.CharField(max_length=200, blank=True)
    advice = models.TextField(max_length=1000, blank=True)
    who_decided = models.CharField(max_length=300, blank=True)
    people_say = models.TextField(max_length=1000, blank=True)
    # The people themselves have read what is said of them, and said yes.
    people_agreed = models.BooleanField(default=False)
    organisation = models.CharField(max_length=200, blank=True)
    organisation_is_hidden = models.BooleanField(default=False)
    # Typed in from a slip by somebody else.
    on_paper = models.BooleanField(default=False)

    begun_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    # The day it tells of: when its author last said that this is how it went.
    told_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(max_length=1000, blank=True)
    # By which those who took part stand first on a page.
    heard = models.PositiveSmallIntegerField(default=1)

    objects = TriedReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of how it went")
        verbose_name_plural = _("reports of how it went")
        # The state stands in them, not as a condition: SQLite compares it with a value that it learns too late.
        indexes = [
            models.Index(fields=["page", "state", "heard", "-told_on", "-id"], name="feedback_shown_by_page"),
            models.Index(fields=["page", "state", "-told_on", "-id"], name="feedback_shown_by_page_latest"),
            models.Index(fields=["state", "-told_on", "-id"], name="feedback_shown_by_time"),
            models.Index(fields=["state", "sent_at", "id"], name="feedback_reports_waiting"),
            models.Index(fields=["author", "-saved_at", "-id"], name="feedback_reports_by_author"),
            models.Index(fields=["visitor"], name="feedback_reports_by_visitor"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="feedback_report_state"),
            models.CheckConstraint(condition=Q(teller__in=["", *Teller.values]), name="feedback_report_teller"),
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="feedback_report_verdict"),
            models.CheckConstraint(condition=Q(nation__in=["", *Nation.values]), name="feedback_report_nation"),
            models.CheckConstraint(condition=Q(setting__in=["", *Setting.values]), name="feedback_report_setting"),
            models.CheckConstraint(
                condition=~Q(state__in=UNDER_WAY)
                | (~Q(verdict="") & ~Q(teller="") & Q(sent_at__isnull=False, told_on__isnull=False)),
                name="feedback_report_that_was_sent_tells_something",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=UNDER_WAY) | Q(people_say="") | Q(people_agreed=True),
                name="feedback_report_of_people_who_said_yes",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReportState.RETURNED) | ~Q(reason=""), name="feedback_report_returned_says_why"
            ),
            models.CheckConstraint(condition=Q(author=None) | Q(visitor=""), name="feedback_report_has_one_author"),
            models.CheckConstraint(
                condition=Q(reviewer=None) | Q(author=None) | ~Q(reviewer=F("author")),
                name="feedback_nobody_reviews_their_own_report",
            ),
            # Two tabs are one report. Slips of paper are typed in by one person for many.
            models.UniqueConstraint(
                fields=["page", "author", "place_key", "nation"],
                condition=Q(state__in=UNDER_WAY, author__isnull=False, on_paper=False),
                name="feedback_one_report_of_a_place_by_a_person",
            ),
            models.UniqueConstraint(
                fields=["page", "visitor", "place_key", "nation"],
                condition=Q(state__in=UNDER_WAY, on_paper=False) & ~Q(visitor=""),
                name="feedback_one_report_of_a_place_by_a_visitor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.page_id}, {self.state}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The key of the place and the order of being heard follow what was typed."""
        if not self.place_key.startswith(ERASED):
            self.place_key = place_key(self.place)
        self.heard = HEARD.get(Teller(self.teller), 1) if self.teller else 1
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("feedback:tried_report", args=[self.pk])

    @property
    def title(self) -> str:
        """What it is called where changes and reports stand side by side."""
        return str(self.page.title)

    @property
    def shown_organisation(self) -> str:
        """The organisation, unless its author hides it: what every page but the author's own form asks for."""
        return "" if self.organisation_is_hidden else self.organisation


class TriedEssential(models.Model):
    """What somebody did with one essential: kept it, changed it or left it out."""

    report = models.ForeignKey(TriedReport, models.CASCADE, related_name="essentials")
    essential = models.UUIDField()
    taken = models.CharField(max_length=10, choices=Taken)
    how = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("essential, as somebody took it")
        verbose_name_plural = _("essentials, as people took them")
        constraints = [
            models.UniqueConstraint(fields=["report", "essential"], name="feedback_an_essential_once_in_a_report"),
            models.CheckConstraint(condition=Q(taken__in=Taken.values), name="feedback_essential_taken"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.taken}"


class EssentialTotals(models.Model):
    """In how many places an essential was kept, changed or left out, by how it went there."""

    page = models.ForeignKey("practices.PracticePage", models.CASCADE, related_name="+")
    essential = models.UUIDField()
    taken = models.CharField(max_length=10, choices=Taken)
    verdict = models.CharField(max_length=12, choices=Verdict)
    places = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("totals of an essential")
        verbose_name_plural = _("totals of essentials")
        constraints = [
            models.UniqueConstraint(
                fields=["page", "essential", "taken", "verdict"], name="feedback_essential_totals_once"
            ),
            models.CheckConstraint(condition=Q(taken__in=Taken.values), name="feedback_essential_totals_taken"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="feedback_essential_totals_verdict"),
            models.CheckConstraint(condition=Q(places__gt=0), name="feedback_essential_totals_of_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.taken}, {self.verdict}"
