"""A change somebody proposes, from the first word typed to what became of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from practices.models import Kind, PracticePage

from .content import Change, Content, content_at
from .querysets import ProposedEditQuerySet


class State(models.TextChoices):
    DRAFT = "draft", _("A draft")
    WAITING = "waiting", _("Waits to be checked")
    CHANGES_ASKED = "changes_asked", _("Sent back to you, with a question")
    ACCEPTED = "accepted", _("On the page")
    REJECTED = "rejected", _("Not taken")
    WITHDRAWN = "withdrawn", _("Taken back")


# In these somebody still writes on it, or somebody still has to answer.
OPEN = (State.DRAFT, State.WAITING, State.CHANGES_ASKED)
WRITABLE = (State.DRAFT, State.CHANGES_ASKED)


class Consent(models.TextChoices):
    """Whether those who could be recognised have read it. "Not yet" keeps it a draft, and is no answer."""

    UNASKED = "", _("Not asked")
    YES = "yes", _("Yes, they have read it and said yes")
    UNSURE = "unsure", _("I cannot ask them. Please look at it with me")
    NOBODY = "nobody", _("This is not about a person anyone could know")


class Harm(models.IntegerChoices):
    """What could come of it if it were on a page unread. The queue for spare minutes begins with the worst."""

    NONE = 0, _("Nothing to look out for")
    LINK = 1, _("Adds a web address")
    TELLS = 2, _("Tells of somebody who could be known")
    PERSON = 3, _("May show who somebody is, and they were not asked")


class ProposedEdit(models.Model):
    """What somebody changed on a page, or a page that is not there yet. Many can be open on one page.

    `changes` holds the changed fields alone, each as it was when they began and as they left it, as they typed it:
    what is not valid yet is kept as well. A draft begun without an account belongs to a visitor, whose session keeps
    the secret that `visitor` holds.
    """

    state = models.CharField(max_length=14, choices=State, default=State.DRAFT)
    page = models.ForeignKey(PracticePage, models.PROTECT, null=True, related_name="proposed_edits")
    # Of a page that is not there yet.
    kind = models.CharField(max_length=30, choices=Kind, blank=True)
    adapted_from = models.ForeignKey(PracticePage, models.SET_NULL, null=True, related_name="+")
    base = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="+")
    changes = models.JSONField(default=dict)

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="proposed_edits")
    visitor = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=300, blank=True)
    consent = models.CharField(max_length=10, choices=Consent, blank=True)

    # Each save is one more, from a form that was opened once. What is saved without having seen it is put beside it.
    version = models.PositiveIntegerField(default=1)
    saved_in = models.CharField(max_length=32, blank=True)
    # Which of the saves from that form it was: a slow one that comes late is older than what is kept.
    saved_turn = models.PositiveIntegerField(default=0)

    harm = models.PositiveSmallIntegerField(choices=Harm, default=Harm.NONE)
    # How often a moderator left it for somebody else.
    set_aside = models.PositiveSmallIntegerField(default=0)
    # Of what is on a page at once: whoever looked at it afterwards.
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reason = models.TextField(max_length=2000, blank=True)
    next_step = models.TextField(max_length=2000, blank=True)
    # What its author answered to a question, for moderators alone.
    answer = models.TextField(max_length=2000, blank=True)
    revision = models.OneToOneField(Revision, models.SET_NULL, null=True, related_name="proposed_edit")
    # What the moderator put right before it went onto the page: of each field, as its author left it and as it went.
    corrections = models.JSONField(default=dict)
    # The version whose change this one takes out of the page.
    undoes = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="+")
    # When a moderator took it out of the page again, or had somebody do so.
    taken_out_at = models.DateTimeField(null=True)

    begun_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects = ProposedEditQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed edit")
        verbose_name_plural = _("proposed edits")
        indexes = [
            models.Index(fields=["state", "sent_at"], name="contributions_by_state"),
            models.Index(fields=["state", "-harm", "sent_at"], name="contributions_by_harm"),
            models.Index(fields=["page", "state"], name="contributions_by_page"),
            models.Index(
                # With the state in it, or SQLite reads every accepted change there ever was.
                fields=["state", "decided_at", "id"],
                condition=models.Q(reviewer=None, author__isnull=False, taken_out_at=None),
                name="contributions_unchecked",
            ),
            models.Index(
                fields=["decided_at"], condition=models.Q(reviewer__isnull=False), name="contributions_by_answer"
            ),
            models.Index(fields=["author", "-saved_at"], name="contributions_by_author"),
            models.Index(fields=["visitor"], condition=~models.Q(visitor=""), name="contributions_by_visitor"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="contributions_state"),
            models.CheckConstraint(condition=models.Q(kind__in=["", *Kind.values]), name="contributions_kind"),
            models.CheckConstraint(condition=models.Q(consent__in=Consent.values), name="contributions_consent"),
            models.CheckConstraint(
                condition=models.Q(page__isnull=False) | ~models.Q(kind=""), name="contributions_of_a_page_or_a_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(visitor="") | models.Q(author=None, state__in=[State.DRAFT, State.WITHDRAWN]),
                name="contributions_a_visitor_has_drafts",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewer=None) | models.Q(author=None) | ~models.Q(reviewer=models.F("author")),
                name="contributions_nobody_reviews_their_own",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.REJECTED) | (~models.Q(reason="") & ~models.Q(next_step="")),
                name="contributions_a_no_says_why_and_what_next",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.CHANGES_ASKED) | ~models.Q(reason=""),
                name="contributions_sent_back_with_words",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.ACCEPTED) | models.Q(page__isnull=False, decided_at__isnull=False),
                name="contributions_accepted_is_on_a_page",
            ),
            models.CheckConstraint(condition=models.Q(harm__in=Harm.values), name="contributions_harm"),
            models.CheckConstraint(
                condition=models.Q(taken_out_at=None) | (models.Q(state=State.ACCEPTED) & ~models.Q(reason="")),
                name="contributions_taken_out_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.DRAFT, State.WITHDRAWN]) | models.Q(sent_at__isnull=False),
                name="contributions_sent_at_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("contributions:proposal", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE

    @property
    def model(self) -> type[PracticePage]:
        """The kind of the page that it is about."""
        from practices.models import kind_model

        return self.page.specific_class if self.page else kind_model(self.kind)

    @property
    def original_id(self) -> int | None:
        """The number of the practice that its page is a local version of."""
        return self.page.adapted_from_id if self.page else self.adapted_from_id

    @property
    def changed(self) -> dict[str, Change]:
        """What was changed, by field."""
        return {name: Change(base, mine) for name, (base, mine) in self.changes.items()}

    @changed.setter
    def changed(self, changes: dict[str, Change]) -> None:
        self.changes = {name: [change.base, change.mine] for name, change in changes.items()}

    def base_content(self) -> Content:
        """What the page said when they began: nothing, if there was none."""
        return content_at(self.page, self.base, self.model) | {
            name: change.base for name, change in self.changed.items()
        }

    def content(self) -> Content:
        """What the page would say if nobody had changed it since."""
        return self.base_content() | {name: change.mine for name, change in self.changed.items()}

    @property
    def title(self) -> str:
        """What the page is called, by its author if they changed that."""
        change: Any = self.changes.get("title")
        return str(change[1]) if change else str(self.page.title if self.page else "")


class ReviewClaim(models.Model):
    """Who looks at a change just now. Nobody else is given it, and nobody holds two; left alone it is free again."""

    proposal = models.OneToOneField(ProposedEdit, models.CASCADE, primary_key=True, related_name="claim")
    moderator = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.moderator_id}"
