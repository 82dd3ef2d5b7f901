"""How useful a page was to somebody, and why a practice is not for them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Rating(models.Model):
    """How useful one page was to one person, from one to five."""

    page = models.ForeignKey("practices.PracticePage", models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ratings")
    stars = models.PositiveSmallIntegerField()
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        indexes = [models.Index(fields=["page", "stars"], name="feedback_ratings_by_stars")]
        constraints = [
            models.UniqueConstraint(fields=["person", "page"], name="feedback_one_rating_by_a_person"),
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="feedback_one_to_five_stars"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.stars}"


class WhyNot(models.TextChoices):
    """Why somebody rules a practice out where they are."""

    RURAL = "rural", _("We are too far apart, or too few, where we are")
    NO_FUNDS = "no-funds", _("There is no money for it")
    NO_STAFF = "no-staff", _("There is nobody who could do it")
    CONSENT = "consent", _("The people it is for do not want it")
    OTHER = "other", _("Another reason")


class RuledOut(models.Model):
    """Somebody does not take a practice up, and says why. Of whoever has no account a hash is kept for a week."""

    page = models.ForeignKey("practices.PracticePage", models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    visitor_hash = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=8, choices=WhyNot)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("practice ruled out")
        verbose_name_plural = _("practices ruled out")
        indexes = [
            models.Index(fields=["page", "why"], name="feedback_ruled_out_by_why"),
            models.Index(fields=["visitor_hash"], condition=~Q(visitor_hash=""), name="feedback_ruled_out_this_week"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "page"], condition=Q(person__isnull=False), name="feedback_ruled_out_once_by_a_person"
            ),
            models.UniqueConstraint(
                fields=["page", "visitor_hash"],
                condition=~Q(visitor_hash=""),
                name="feedback_ruled_out_once_by_a_visitor",
            ),
            models.CheckConstraint(condition=Q(why__in=WhyNot.values), name="feedback_why_not"),
            models.CheckConstraint(
                condition=Q(person=None) | Q(visitor_hash=""), name="feedback_ruled_out_by_a_person_or_a_visitor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.why}"
