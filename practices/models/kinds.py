"""The kinds of practice that ask for more than every practice does. A new kind is one class here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from .pages import PracticePage
from .values import GroupSize, HowPeopleCome, Kind


class PovertyTruthCommissionPage(PracticePage):
    kind = Kind.POVERTY_TRUTH_COMMISSION
    kind_fields = (
        "community_commissioners",
        "civic_commissioners",
        "months_to_decide",
        "months_to_gather",
        "months_alone",
        "months_before_joint_talk",
        "facilitation",
    )

    community_commissioners = models.CharField(
        _("Community commissioners"),
        max_length=200,
        blank=True,
        help_text=_("How many, and who. For example: “12 to 15, all experts by experience”."),
    )
    civic_commissioners = models.CharField(_("Civic and business commissioners"), max_length=200, blank=True)
    months_to_decide = models.PositiveSmallIntegerField(_("Months to decide to go ahead"), null=True, blank=True)
    months_to_gather = models.PositiveSmallIntegerField(
        _("Months to bring the first group together"), null=True, blank=True
    )
    months_alone = models.PositiveSmallIntegerField(
        _("Months that the community commissioners meet alone"), null=True, blank=True
    )
    months_before_joint_talk = models.PositiveSmallIntegerField(
        _("Months before they all talked about what to do together"), null=True, blank=True
    )
    facilitation = models.CharField(_("Facilitation"), max_length=300, blank=True)

    kind_panels = [FieldPanel(name) for name in kind_fields]

    class Meta:
        verbose_name = _("Poverty Truth Commission")
        verbose_name_plural = _("Poverty Truth Commissions")


class SelfReliantGroupPage(PracticePage):
    kind = Kind.SELF_RELIANT_GROUP
    kind_fields = ("size", "how_often_they_meet", "how_they_save", "what_they_make_or_sell", "who_stands_by")

    size = models.CharField(_("How many people"), max_length=100, blank=True)
    how_often_they_meet = models.CharField(_("How often they meet"), max_length=200, blank=True)
    how_they_save = models.CharField(_("How they save"), max_length=300, blank=True)
    what_they_make_or_sell = models.CharField(_("What they make or sell"), max_length=300, blank=True)
    who_stands_by = models.CharField(_("Who stands by"), max_length=300, blank=True)

    kind_panels = [FieldPanel(name) for name in kind_fields]

    class Meta:
        verbose_name = _("self-reliant group")
        verbose_name_plural = _("self-reliant groups")


class CommunityConnectorPage(PracticePage):
    kind = Kind.COMMUNITY_CONNECTOR
    kind_fields = ("how_people_come", "how_long", "one_to_one_or_group", "employer", "first_question")

    how_people_come = models.CharField(_("How people come"), max_length=12, choices=HowPeopleCome, blank=True)
    how_long = models.CharField(_("How long"), max_length=200, blank=True)
    one_to_one_or_group = models.CharField(_("One to one, or in a group"), max_length=12, choices=GroupSize, blank=True)
    employer = models.CharField(_("Who employs the connector"), max_length=200, blank=True)
    first_question = models.CharField(_("The first question asked"), max_length=300, blank=True)

    kind_panels = [FieldPanel(name) for name in kind_fields]

    class Meta:
        verbose_name = _("community connector")
        verbose_name_plural = _("community connectors")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how_people_come__in=["", *HowPeopleCome.values]),
                name="practices_connector_how_people_come",
            ),
            models.CheckConstraint(
                condition=models.Q(one_to_one_or_group__in=["", *GroupSize.values]),
                name="practices_connector_group_size",
            ),
        ]


def practice_models() -> tuple[type[PracticePage], ...]:
    """Every page type that is a practice, the shared one first."""
    return (PracticePage, *PracticePage.__subclasses__())


def kind_model(kind: str) -> type[PracticePage]:
    """The page type of a kind; raises KeyError for an unknown one."""
    return {str(model.kind): model for model in practice_models()}[kind]
