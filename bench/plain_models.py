"""The tables of practices as the plain page reads them: no more than it shows, and nothing of ours behind them."""

from __future__ import annotations

from django.db import models


class Page(models.Model):
    title = models.CharField(max_length=255)
    slug = models.SlugField()
    live = models.BooleanField()
    last_published_at = models.DateTimeField(null=True)

    class Meta:
        app_label, managed, db_table = "plain", False, "wagtailcore_page"

    def __str__(self) -> str:
        return self.title


class Practice(models.Model):
    page = models.OneToOneField(Page, models.CASCADE, primary_key=True, db_column="page_ptr_id")
    summary = models.TextField()
    place = models.TextField()
    organisation = models.TextField()
    what_it_is = models.TextField()
    why_it_works = models.TextField()
    local_form = models.TextField()
    did_not_work = models.TextField()
    people_needed = models.TextField()
    time_needed = models.TextField()
    cost = models.TextField()

    class Meta:
        app_label, managed, db_table = "plain", False, "practices_practicepage"

    def __str__(self) -> str:
        return self.summary


class Step(models.Model):
    practice = models.ForeignKey(Practice, models.CASCADE, db_column="page_id")
    sort_order = models.IntegerField(null=True)
    text = models.TextField()

    class Meta:
        app_label, managed, db_table = "plain", False, "practices_step"

    def __str__(self) -> str:
        return self.text


class Outcome(models.Model):
    slug = models.SlugField()
    label = models.CharField(max_length=100)

    class Meta:
        app_label, managed, db_table = "plain", False, "practices_outcome"

    def __str__(self) -> str:
        return self.label


class Named(models.Model):
    """That a practice names an outcome. The app is not installed, so relations can only be followed forwards."""

    practice = models.ForeignKey(Practice, models.CASCADE, db_column="practicepage_id")
    outcome = models.ForeignKey(Outcome, models.CASCADE)

    class Meta:
        app_label, managed, db_table = "plain", False, "practices_practicepage_outcomes"

    def __str__(self) -> str:
        return f"{self.practice_id}: {self.outcome_id}"
