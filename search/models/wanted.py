"""What people looked for in vain."""

from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from practices.models import PracticePage

from .starter import StarterRow


class WantedState(models.TextChoices):
    WAITING = "waiting", _("Waiting for a moderator")
    OPEN = "open", _("Still wanted")
    INVITED = "invited", _("Invitation to write")
    ANSWERED = "answered", _("There is a page now")
    MERGED = "merged", _("The same as another")
    CLOSED = "closed", _("Closed")


SHOWN = (WantedState.OPEN, WantedState.INVITED)


def _has_a_page() -> Q:
    """Answered by a page that everybody can read."""
    return Q(state=WantedState.ANSWERED, answer__in=PracticePage.objects.visible().values("pk"))


class WantedQuerySet(models.QuerySet["WantedPractice"]):
    def open(self) -> WantedQuerySet:
        """What is still wanted: what most people asked for first, then in the order of the list."""
        return self.filter(state__in=SHOWN).order_by("-asked", "sort_order", "pk")

    def still_wanted(self) -> WantedQuerySet:
        """What is shown, or may be shown once a moderator has looked."""
        return self.filter(state__in=(*SHOWN, WantedState.WAITING)).order_by("-asked", "sort_order", "pk")

    def comparable(self) -> WantedQuerySet:
        """What readers may be told of: what is shown, and what a page that they can read answers."""
        told = self.filter(Q(state__in=SHOWN) | _has_a_page())
        return told.select_related("answer").order_by("-asked", "sort_order", "pk")

    def waiting(self) -> WantedQuerySet:
        """What a moderator has not looked at yet, the oldest first."""
        return self.filter(state=WantedState.WAITING).order_by("pk")

    def merged(self) -> WantedQuerySet:
        """What is the same as another that is still wanted."""
        return self.filter(state=WantedState.MERGED, merged_into__state__in=(*SHOWN, WantedState.WAITING)).order_by(
            "pk"
        )

    def answered(self) -> WantedQuerySet:
        """What has a page by now that everybody can read, the newest answer first."""
        return self.filter(_has_a_page()).select_related("answer").order_by(F("decided_at").desc(nulls_last=True), "pk")


class WantedPractice(StarterRow):
    """Something people looked for, or that was mentioned in passing, of which nobody has written yet."""

    title = models.CharField(_("what is wanted"), max_length=200)
    why = models.TextField(_("why, and what we would like to know"), max_length=1000, blank=True)
    invitation = models.CharField(_("what we ask people to write"), max_length=300, blank=True)
    source_title = models.CharField(_("where it was mentioned"), max_length=300, blank=True)
    source_publisher = models.CharField(_("publisher"), max_length=120, blank=True)
    source_date = models.CharField(_("date"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=WantedState, default=WantedState.OPEN)
    asked = models.PositiveIntegerField(_("people who asked for it"), default=0, editable=False)
    sort_order = models.PositiveIntegerField(_("order"), default=0)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    answer = models.ForeignKey(
        PracticePage, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("the page")
    )
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="duplicates", verbose_name=_("the same as")
    )

    starter_fields = ("title", "why", "source_title", "source_publisher", "source_date", "state")
    objects = WantedQuerySet.as_manager()

    class Meta:
        verbose_name = _("wanted practice")
        verbose_name_plural = _("wanted practices")
        ordering = ["sort_order", "pk"]
        indexes = [models.Index(fields=["state", "-asked", "sort_order"], name="search_wanted_most")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WantedState.values), name="search_wanted_state"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(state=WantedState.MERGED), name="search_wanted_merged_is_told"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("pk")), name="search_wanted_not_its_own"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def as_decided(self) -> str:
        """What a decision is made on: differs once somebody has decided or put its words right."""
        said = (self.title, self.why, self.invitation, self.state, self.answer_id, self.merged_into_id)
        return hashlib.sha256("\x1f".join(map(str, said)).encode()).hexdigest()[:16]

    @property
    def is_shown(self) -> bool:
        return self.state in SHOWN


class WantedAsk(models.Model):
    """That somebody asked for it, counted once for each visitor of a week, without telling who."""

    wanted = models.ForeignKey(WantedPractice, models.CASCADE, related_name="asks")
    visitor_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wanted", "visitor_hash"], name="search_asked_once")]

    def __str__(self) -> str:
        return self.visitor_hash[:8]
