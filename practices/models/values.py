"""The closed lists of values: stored, in addresses and in exports, so their spelling is a contract."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """A set of practices that share a shape. Each has a page type of its own, but for the last."""

    POVERTY_TRUTH_COMMISSION = "poverty-truth-commission", _("Poverty Truth Commission")
    SELF_RELIANT_GROUP = "self-reliant-group", _("Self-reliant group")
    COMMUNITY_CONNECTOR = "community-connector", _("Community connector")
    OTHER = "other", _("Other practice")


class Nation(models.TextChoices):
    ENGLAND = "england", _("England")
    SCOTLAND = "scotland", _("Scotland")
    WALES = "wales", _("Wales")
    NORTHERN_IRELAND = "northern-ireland", _("Northern Ireland")
    ELSEWHERE = "elsewhere", _("Elsewhere")


class Status(models.TextChoices):
    """How things stood when somebody last said so; never how they stand today."""

    PROPOSED = "proposed", _("An idea, not tried yet")
    ACTIVE = "active", _("Going when last reported")
    PAUSED = "paused", _("Paused when last reported")
    FINISHED = "finished", _("Finished")
    UNKNOWN = "unknown", _("Nobody has told us")


class CostBand(models.TextChoices):
    FREE = "free", _("Nothing, or nearly")
    LOW = "low", _("Under £1,000 a year")
    MEDIUM = "medium", _("£1,000 to £25,000 a year")
    HIGH = "high", _("More than £25,000 a year")
    UNKNOWN = "unknown", _("Not known yet")


class Aim(models.TextChoices):
    """From minus one to zero is getting by; from zero to plus one is thriving."""

    GETTING_BY = "getting-by", _("Getting by")
    THRIVING = "thriving", _("Thriving")
    BOTH = "both", _("Getting by and thriving")
    UNKNOWN = "unknown", _("Not told yet")


class Basis(models.TextChoices):
    """What a reported change rests on."""

    TOLD = "told", _("Told by somebody")
    COUNTED = "counted", _("Counted")
    STUDIED = "studied", _("Studied from outside")


class Evidence(models.TextChoices):
    """What there is to go by: on what the changes on the page rest, and whether reports tell how it went."""

    TOLD = Basis.TOLD.value, Basis.TOLD.label
    COUNTED = Basis.COUNTED.value, Basis.COUNTED.label
    STUDIED = Basis.STUDIED.value, Basis.STUDIED.label
    REPORTS = "reports", _("Tried, and told how it went")


class Sure(models.TextChoices):
    """How sure we can be of what a page says: from nothing but hopes to several places and a count or a study."""

    HOPES = "hopes", _("Nothing told yet")
    FIRST = "first", _("First accounts, or old ones")
    SEVERAL = "several", _("Several places, or a study")
    CHECKED = "checked", _("Several places, and a count or a study")


class ToldBy(models.TextChoices):
    """Who tells of a change. Only `took-part` is ever shown as those who took part."""

    TOOK_PART = "took-part", _("Somebody who took part")
    RAN_IT = "ran-it", _("Somebody who ran it")
    OTHER = "other", _("Somebody else")
    UNKNOWN = "unknown", _("Not known who")


class Taken(models.TextChoices):
    """What a local version did with an essential of its original."""

    KEPT = "kept", _("Kept")
    CHANGED = "changed", _("Changed")
    LEFT_OUT = "left-out", _("Left out")


class HowPeopleCome(models.TextChoices):
    REFERRED = "referred", _("Referred by others")
    THEMSELVES = "themselves", _("By themselves")
    BOTH = "both", _("Referred by others, or by themselves")


class GroupSize(models.TextChoices):
    ONE_TO_ONE = "one-to-one", _("One to one")
    GROUP = "group", _("In a group")
    BOTH = "both", _("One to one and in groups")


class Vocabulary(models.TextChoices):
    """The three controlled vocabularies; the value is the facet's name in addresses."""

    OUTCOME = "outcome", _("Outcomes")
    GROUP = "group", _("Groups")
    PRINCIPLE = "principle", _("Principles")


class Part(models.TextChoices):
    """The questions that every practice answers, in the order of the page.

    A source names the parts it speaks for by these values, and completeness counts them.
    """

    QUESTIONS = "questions", _("Questions to sit with")
    WHAT_IT_IS = "what_it_is", _("What is it?")
    WHY_IT_WORKS = "why_it_works", _("Why does it work?")
    PRINCIPLES = "principles", _("On what principle?")
    ESSENTIALS = "essentials", _("What must be kept?")
    LOCAL_FORM = "local_form", _("How did it look here?")
    STEPS = "steps", _("How do you start?")
    TAKES = "takes", _("What does it take?")
    CHANGES = "changes", _("What changed?")
    DID_NOT_WORK = "did_not_work", _("What did not work? What to watch for?")
    VOICES = "voices", _("In people’s own words")
    WHERE = "where", _("Where and when?")
    TERMS = "terms", _("For what, and with whom?")
