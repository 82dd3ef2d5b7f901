"""What a practice is: page types, rows, vocabularies and the figures kept beside them."""

from .kinds import (
    CommunityConnectorPage,
    PovertyTruthCommissionPage,
    SelfReliantGroupPage,
    kind_model,
    practice_models,
)
from .library import Library, StarterEntry
from .pages import PracticeIndexPage, PracticePage, practice_address
from .photos import Photo, PhotoRendition
from .records import PracticeCare, PracticeTotals
from .rows import (
    AdaptedEssential,
    Change,
    Essential,
    PracticePrinciple,
    Question,
    Source,
    Step,
    Voice,
)
from .terms import BeneficiaryGroup, FormerSlug, Outcome, Principle, Term, term_address, vocabulary_model
from .values import (
    Aim,
    Basis,
    CostBand,
    GroupSize,
    HowPeopleCome,
    Kind,
    Nation,
    Part,
    Status,
    Taken,
    ToldBy,
    Vocabulary,
)

__all__ = [
    "AdaptedEssential",
    "Aim",
    "Basis",
    "BeneficiaryGroup",
    "Change",
    "CommunityConnectorPage",
    "CostBand",
    "Essential",
    "FormerSlug",
    "GroupSize",
    "HowPeopleCome",
    "Kind",
    "Library",
    "Nation",
    "Outcome",
    "Part",
    "Photo",
    "PhotoRendition",
    "PovertyTruthCommissionPage",
    "PracticeCare",
    "PracticeIndexPage",
    "PracticePage",
    "PracticePrinciple",
    "PracticeTotals",
    "Principle",
    "Question",
    "SelfReliantGroupPage",
    "Source",
    "StarterEntry",
    "Status",
    "Step",
    "Taken",
    "Term",
    "ToldBy",
    "Vocabulary",
    "Voice",
    "kind_model",
    "practice_address",
    "practice_models",
    "term_address",
    "vocabulary_model",
]
