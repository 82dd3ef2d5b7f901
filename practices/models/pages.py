"""The page types: what every practice answers, and what only one kind adds."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.models import COMMENTS_RELATION_NAME, Page, PageManager, PagePermissionTester, ReferenceIndex

from practices.querysets import PracticeQuerySet

from .fields import ValuesField
from .records import PracticeTotals, year_and_month
from .values import Aim, CostBand, Kind, Nation, Status

LONG_TEXT = 20_000
RESERVED_SLUGS = frozenset({"new", "feed", "search", "suggest", "describe", "practices", "admin", "media"})
LEADING_ARTICLE = re.compile(r"^(a|an|the)\s+", re.IGNORECASE)

# What Wagtail writes into the row beside a new revision. None of it is what the page says.
NOTED_OF_A_REVISION = frozenset(
    {
        COMMENTS_RELATION_NAME,
        "draft_title",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
    }
)


def sort_title(title: str) -> str:
    """The title as it stands in an alphabetical list: folded, without an article or quotes before it."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", " ", folded).strip()
    return LEADING_ARTICLE.sub("", words)[:255] or words[:255]


class StandingPage(Page):
    """A page that everything below it rests on: nobody deletes, moves or copies it by a slip."""

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        from practices.permissions import StandingPagePermissionTester

        return StandingPagePermissionTester(user, self)


class PracticeIndexPage(StandingPage):
    """The shelf that every practice stands on. There is one."""

    max_count = 1
    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar = [
        "practices.PracticePage",
        "practices.PovertyTruthCommissionPage",
        "practices.SelfReliantGroupPage",
        "practices.CommunityConnectorPage",
    ]

    class Meta:
        verbose_name = _("the whole library")
        verbose_name_plural = _("the whole library")

    def get_absolute_url(self) -> str:
        return reverse("practices:library")


@lru_cache(maxsize=4_096)
def practice_address(slug: str) -> str:
    """A practice’s own page. Worked out once, since lists name twenty at a time."""
    return reverse("practices:practice", args=[slug])


class PracticePage(Page):
    """A practice example, and itself the type of those that belong to no kind.

    The latest revision is the live one, always: a practice has no drafts in Wagtail. Publishing
    overwrites every field of the row, so nothing that is not text may stand here (see records.py).
    """

    slug: Any  # of Page, which has no types
    kind: ClassVar[Kind] = Kind.OTHER
    kind_fields: ClassVar[tuple[str, ...]] = ()

    summary = models.CharField(
        _("What is it, in one breath?"),
        max_length=300,
        help_text=_("One or two sentences, so that a tired worker knows whether to read on."),
    )
    what_it_is = models.TextField(
        _("What is it?"),
        max_length=LONG_TEXT,
        blank=True,
        help_text=_(
            "What happens, between whom. A blank line begins a paragraph; a line that begins with - is a point."
        ),
    )
    why_it_works = models.TextField(
        _("Why does it work?"),
        max_length=LONG_TEXT,
        blank=True,
        help_text=_("The part that somebody elsewhere can carry with them."),
    )
    local_form = models.TextField(
        _("How did it look here?"),
        max_length=LONG_TEXT,
        blank=True,
        help_text=_("What was particular to this place and these people."),
    )
    people_needed = models.CharField(
        _("People"),
        max_length=500,
        blank=True,
        help_text=_("Who it takes. For example: “One full-time facilitator, or three who share it.”"),
    )
    time_needed = models.CharField(
        _("Time"),
        max_length=500,
        blank=True,
        help_text=_("How long it takes, and until when. For example: “Three years in all.”"),
    )
    cost = models.CharField(
        _("Money"),
        max_length=500,
        blank=True,
        help_text=_("What it costs, and who paid. For example: “£40 a month for the room.”"),
    )
    cost_band = models.CharField(_("What does it cost?"), max_length=10, choices=CostBand, default=CostBand.UNKNOWN)
    did_not_work = models.TextField(
        _("What did not work? What to watch for?"),
        max_length=LONG_TEXT,
        blank=True,
        help_text=_("What somebody should know before they begin."),
    )

    outcomes = ParentalManyToManyField(
        "practices.Outcome", blank=True, related_name="practices", verbose_name=_("outcomes")
    )
    beneficiary_groups = ParentalManyToManyField(
        "practices.BeneficiaryGroup", blank=True, related_name="practices", verbose_name=_("groups")
    )
    aim = models.CharField(_("What does it open up?"), max_length=12, choices=Aim, default=Aim.UNKNOWN)

    place = models.CharField(
        _("place"), max_length=200, blank=True, help_text=_("A town, a borough, a region. Never anybody’s home.")
    )
    nations = ValuesField(_("nations"), values=Nation)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)
    since = models.PositiveSmallIntegerField(
        _("since"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1500), MaxValueValidator(2100)],
        help_text=_("The year it began."),
    )
    status = models.CharField(_("Still going?"), max_length=10, choices=Status, default=Status.UNKNOWN)
    status_reported = models.CharField(
        _("reported in"),
        max_length=7,
        blank=True,
        validators=[year_and_month],
        help_text=_("The year and month when somebody said so, such as 2019-07."),
    )

    adapted_from = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="local_versions",
        verbose_name=_("is a local version of"),
    )
    adaptation_added = models.TextField(_("What was added"), max_length=LONG_TEXT, blank=True)
    photo = models.ForeignKey(
        "practices.Photo", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("photo")
    )
    sort_title = models.CharField(max_length=255, blank=True, editable=False, db_index=True)

    objects = PageManager.from_queryset(PracticeQuerySet)()

    parent_page_types: ClassVar = ["practices.PracticeIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    show_in_menus_default = False
    # The page is drawn by our own view: Wagtail has no template for it to preview.
    preview_modes: ClassVar[list[Any]] = []

    question_panels: ClassVar = [
        FieldPanel("title"),
        FieldPanel("summary"),
        FieldPanel("what_it_is"),
        FieldPanel("why_it_works"),
        InlinePanel("principles", heading=_("On what principle?"), label=_("Principle")),
        InlinePanel("essentials", heading=_("What must be kept, wherever it is done?"), label=_("Essential")),
        FieldPanel("local_form"),
        InlinePanel("steps", heading=_("How do you start?"), label=_("Step")),
        MultiFieldPanel(
            [FieldPanel("people_needed"), FieldPanel("time_needed"), FieldPanel("cost"), FieldPanel("cost_band")],
            heading=_("What does it take?"),
        ),
        InlinePanel("changes", heading=_("What changed?"), label=_("Change")),
        FieldPanel("did_not_work"),
        InlinePanel("voices", heading=_("In people’s own words"), label=_("Voice")),
        InlinePanel("questions", heading=_("Questions to sit with"), label=_("Question")),
        InlinePanel("sources", heading=_("Where does this come from?"), label=_("Source")),
    ]
    finding_panels: ClassVar = [
        FieldPanel("outcomes"),
        FieldPanel("beneficiary_groups"),
        FieldPanel("aim"),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("place", "nations", "latitude", "longitude")], heading=_("Where?")
        ),
        MultiFieldPanel(
            [FieldPanel(name) for name in ("organisation", "website", "since", "status", "status_reported")],
            heading=_("Who, since when, still going?"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("adapted_from"),
                InlinePanel("adaptation", label=_("Essential of the original")),
                FieldPanel("adaptation_added"),
            ],
            heading=_("Where does it come from?"),
        ),
        FieldPanel("photo"),
    ]
    kind_panels: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("other practice")
        verbose_name_plural = _("other practices")
        constraints = [
            models.CheckConstraint(condition=models.Q(cost_band__in=CostBand.values), name="practices_cost_band"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="practices_status"),
            models.CheckConstraint(condition=models.Q(aim__in=Aim.values), name="practices_aim"),
            models.CheckConstraint(
                condition=models.Q(since=None) | models.Q(since__range=(1500, 2100)), name="practices_since"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="practices_latitude_with_longitude",
                violation_error_message=_("Give both latitude and longitude, or neither."),
            ),
            models.CheckConstraint(
                condition=~models.Q(adapted_from=models.F("page_ptr")),
                name="practices_not_adapted_from_itself",
                violation_error_message=_("A practice is not a local version of itself."),
            ),
        ]

    @classmethod
    def get_edit_handler(cls) -> Any:
        """Three tabs, built from the panel lists so that a kind adds its own and nothing else."""
        if "_edit_handler" not in cls.__dict__:
            tabs = [ObjectList(cls.question_panels, heading=_("What people read"))]
            if cls.kind_panels:
                tabs.append(ObjectList(cls.kind_panels, heading=cls._meta.verbose_name))
            tabs.append(ObjectList(cls.finding_panels, heading=_("How it is found")))
            from practices.forms import PracticePageForm

            cls._edit_handler = TabbedInterface(tabs, base_form_class=PracticePageForm).bind_to_model(cls)
        return cls._edit_handler

    def get_absolute_url(self) -> str:
        return practice_address(self.slug)

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        from practices.permissions import PracticePermissionTester

        return PracticePermissionTester(user, self)

    @staticmethod
    def _slug_is_available(slug: str, parent_page: Page, page: Page | None = None) -> bool:
        """Words of our own addresses are taken, so a practice called “New” is given another."""
        return slug not in RESERVED_SLUGS and Page._slug_is_available(slug, parent_page, page)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """A title without a Latin letter gives no address of its own, so it is given a plain one."""
        if not self.slug and not slugify(self.title):
            self.slug = self._get_autogenerated_slug("practice")
        super().full_clean(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        errors = {}
        if self.status == Status.UNKNOWN and self.status_reported:
            errors["status"] = _("Say what was reported then.")
        if self.pk and self.adapted_from_id and self._descends_from_itself():
            errors["adapted_from"] = _("That practice is itself a local version of this one.")
        if errors:
            raise ValidationError(errors)

    def _descends_from_itself(self) -> bool:
        seen, ancestor_id = {self.pk}, self.adapted_from_id
        while ancestor_id:
            if ancestor_id in seen:
                return True
            seen.add(ancestor_id)
            ancestor_id = PracticePage.objects.filter(pk=ancestor_id).values_list("adapted_from_id", flat=True).first()
        return False

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and keep what rests on the row true: sort title, terms that were merged, totals, references.

        Wagtail works out what the page points to each time that one of its rows is saved, with the page read
        anew: a third of the time of publishing. Here it is done once, when all of them are saved.
        """
        from practices.references import reference_updates_paused

        if NOTED_OF_A_REVISION.issuperset(kwargs.get("update_fields") or ("everything",)):
            with reference_updates_paused():
                super().save(*args, **kwargs)
            return
        self.sort_title = sort_title(self.title)
        self._replace_merged_terms()
        self._drop_doubles()
        is_new = self._state.adding
        with transaction.atomic():
            with reference_updates_paused():
                super().save(*args, **kwargs)
            ReferenceIndex.create_or_update_for_object(self)
            self._mark_terms_as_named()
            if is_new:
                PracticeTotals.objects.get_or_create(page_id=self.pk)

    def _replace_merged_terms(self) -> None:
        """An old revision may name a term that has been merged since: its target takes the place."""
        for name in ("outcomes", "beneficiary_groups"):
            terms = (
                list(getattr(self, name).all())
                if self.pk or name in getattr(self, "_cluster_related_objects", {})
                else []
            )
            if any(term.merged_into_id for term in terms):
                setattr(self, name, list(dict.fromkeys(term.target for term in terms)))
        for row in self.principles.all():
            if row.principle.merged_into_id:
                row.principle = row.principle.target
        for change in self.changes.all():
            if change.outcome_id and change.outcome.merged_into_id:
                change.outcome = change.outcome.target

    def _drop_doubles(self) -> None:
        """One row for each principle, and one for each essential of the original: the first one told."""
        for name, column in (("principles", "principle_id"), ("adaptation", "essential")):
            rows = list(getattr(self, name).all())
            first = {getattr(row, column): row for row in reversed(rows)}
            if len(first) < len(rows):
                setattr(self, name, [row for row in rows if first[getattr(row, column)] is row])

    def _mark_terms_as_named(self) -> None:
        from .terms import BeneficiaryGroup, Outcome, Principle

        for model, ids in (
            (Outcome, {term.pk for term in self.outcomes.all()} | self.reported_outcome_ids),
            (BeneficiaryGroup, {term.pk for term in self.beneficiary_groups.all()}),
            (Principle, {row.principle_id for row in self.principles.all()}),
        ):
            model.objects.filter(pk__in=ids, named=False).update(named=True)

    @property
    def reported_outcome_ids(self) -> set[int]:
        """Outcomes that a change on this page names. Derived, never ticked."""
        return {change.outcome_id for change in self.changes.all() if change.outcome_id}
