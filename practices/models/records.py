"""What is not text. It never lives on the page row, since publishing a revision overwrites every field of it."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class PracticeTotals(models.Model):
    """Sums of ratings and reports of one practice, kept by whoever writes those (F() updates)."""

    page = models.OneToOneField("practices.PracticePage", models.CASCADE, primary_key=True, related_name="totals")
    ratings = models.PositiveIntegerField(_("ratings"), default=0)
    rating_sum = models.PositiveIntegerField(_("sum of ratings"), default=0)
    places = models.PositiveIntegerField(_("places that told how it went"), default=0)
    helped = models.PositiveIntegerField(_("it helped"), default=0)
    in_part = models.PositiveIntegerField(_("it helped in part"), default=0)
    did_not_help = models.PositiveIntegerField(_("it did not help"), default=0)
    too_early = models.PositiveIntegerField(_("too early to say"), default=0)
    last_told = models.DateField(_("last told"), null=True, blank=True)

    class Meta:
        verbose_name = _("totals of a practice")
        verbose_name_plural = _("totals of practices")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rating_sum__gte=models.F("ratings"))
                & models.Q(rating_sum__lte=models.F("ratings") * 5),
                name="practices_totals_ratings_one_to_five",
            ),
        ]

    def __str__(self) -> str:
        return str(self.page_id)


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
