"""What is not text. It never lives on the page row, since publishing a revision overwrites every field of it."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class PracticeTotals(models.Model):
    """Sums of ratings and reports of one practice. feedback alone writes them, and always all of them anew.

    Several people can tell of one place, so verdicts are counted by place.
    """

    page = models.OneToOneField("practices.PracticePage", models.CASCADE, primary_key=True, related_name="totals")
    ratings = models.PositiveIntegerField(_("ratings"), default=0)
    rating_sum = models.PositiveIntegerField(_("sum of ratings"), default=0)
    one_star = models.PositiveIntegerField(_("one star"), default=0)
    two_stars = models.PositiveIntegerField(_("two stars"), default=0)
    three_stars = models.PositiveIntegerField(_("three stars"), default=0)
    four_stars = models.PositiveIntegerField(_("four stars"), default=0)
    five_stars = models.PositiveIntegerField(_("five stars"), default=0)
    # By what "rated" sorts: no page stands first by one kind word.
    rating_bound = models.FloatField(_("rating that we can rely on"), default=0)
    reports = models.PositiveIntegerField(_("reports"), default=0)
    places = models.PositiveIntegerField(_("places that told how it went"), default=0)
    places_took_part = models.PositiveIntegerField(_("places in which somebody who took part tells"), default=0)
    helped = models.PositiveIntegerField(_("it helped"), default=0)
    in_part = models.PositiveIntegerField(_("it helped in part"), default=0)
    did_not_help = models.PositiveIntegerField(_("it did not help"), default=0)
    too_early = models.PositiveIntegerField(_("too early to say"), default=0)
    last_told = models.DateField(_("last told"), null=True, blank=True)

    class Meta:
        verbose_name = _("totals of a practice")
        verbose_name_plural = _("totals of practices")
        indexes = [
            models.Index(fields=["-places", "-last_told", "page"], name="practices_totals_by_told"),
            models.Index(fields=["-rating_bound", "page"], name="practices_totals_by_rated"),
            models.Index(
                fields=["last_told"], condition=models.Q(last_told__isnull=False), name="practices_totals_last_told"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    ratings=F("one_star") + F("two_stars") + F("three_stars") + F("four_stars") + F("five_stars"),
                    rating_sum=F("one_star")
                    + F("two_stars") * 2
                    + F("three_stars") * 3
                    + F("four_stars") * 4
                    + F("five_stars") * 5,
                ),
                name="practices_totals_ratings_are_their_stars",
            ),
            models.CheckConstraint(
                condition=models.Q(places=F("helped") + F("in_part") + F("did_not_help") + F("too_early")),
                name="practices_totals_places_have_one_verdict",
            ),
            models.CheckConstraint(
                condition=models.Q(places_took_part__lte=F("places"), places__lte=F("reports")),
                name="practices_totals_places_are_told_of",
            ),
            models.CheckConstraint(
                condition=models.Q(reports=0, last_told=None) | models.Q(reports__gt=0, last_told__isnull=False),
                name="practices_totals_told_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.page_id)


class ReportedOutcome(models.Model):
    """An outcome that reports of a practice say they saw. It is not hoped for any more. feedback alone writes it."""

    page = models.ForeignKey("practices.PracticePage", models.CASCADE, related_name="reported_outcomes")
    outcome = models.ForeignKey("practices.Outcome", models.CASCADE, related_name="+")
    places = models.PositiveIntegerField(_("places that saw it"))

    class Meta:
        verbose_name = _("reported outcome")
        verbose_name_plural = _("reported outcomes")
        constraints = [
            models.UniqueConstraint(fields=["page", "outcome"], name="practices_reported_outcome_once"),
            models.CheckConstraint(condition=models.Q(places__gt=0), name="practices_reported_outcome_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.outcome_id}"


class PracticeCare(models.Model):
    """Who looks after a practice, and when somebody last said that it is still right."""

    page = models.OneToOneField("practices.PracticePage", models.CASCADE, primary_key=True, related_name="care")
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("keeper")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    review_by = models.DateField(_("look at it again by"), null=True, blank=True)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("care of a practice")
        verbose_name_plural = _("care of practices")

    def __str__(self) -> str:
        return str(self.page_id)


year_and_month = RegexValidator(r"^(19|20)\d\d-(0[1-9]|1[0-2])$", _("Write the year and the month, such as 2019-07."))
