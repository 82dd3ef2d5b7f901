"""The reads of the front door. They cost the same for sixty practices and for a hundred thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q
from django.db.models.functions import Left

from practices.covers import FAMILY_OF_OUTCOME, cover_palette
from practices.models import Kind, PracticePage, PracticePrinciple, Question, practice_models
from practices.querysets import PracticeQuerySet
from practices.text import list_points

from .shelves import Candidate, first_point, start_of

WINDOW = 120
WINDOW_OF_A_KIND = 8
BEGINNING = 1500


def read_candidates(week: str) -> list[Candidate]:
    """This week's practices to choose from: a stretch of the library, and a few of each kind."""
    kinds = {ContentType.objects.get_for_model(model).pk: str(model.kind) for model in practice_models()}
    rows = list(
        PracticePage.objects.filter(_in_this_weeks_window(week, kinds))
        .order_by("pk")
        .annotate(
            beginning=Left("did_not_work", BEGINNING),
            has_questions=Exists(Question.objects.filter(page=OuterRef("pk"))),
        )
        .values_list("pk", "slug", "content_type_id", "beginning", "has_questions")
    )
    ids = [row[0] for row in rows]
    outcomes = _grouped(PracticePage.outcomes.through, "practicepage_id", "outcome__slug", ids)
    groups = _grouped(PracticePage.beneficiary_groups.through, "practicepage_id", "beneficiarygroup_id", ids)
    shows: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for page_id, principle_id, how in PracticePrinciple.objects.filter(page__in=ids).values_list(
        "page_id", "principle_id", "how"
    ):
        shows[page_id].append((principle_id, how))
    return [
        Candidate(
            id=pk,
            slug=slug,
            kind=kinds[content_type_id],
            family=next((FAMILY_OF_OUTCOME[name] for name in sorted(outcomes[pk]) if name in FAMILY_OF_OUTCOME), ""),
            ground=cover_palette(outcomes[pk], slug).ground,
            groups=frozenset(groups[pk]),
            shows=tuple(shows[pk]),
            did_not_work=first_point(list_points(beginning)),
            has_questions=has_questions,
        )
        for pk, slug, content_type_id, beginning, has_questions in rows
    ]


def _in_this_weeks_window(week: str, kinds: dict[int, str]) -> Q:
    """Ids by subqueries with a limit: a random order would have to read the whole library each time."""
    visible = PracticePage.objects.visible()
    last = PracticePage.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    start = int(start_of(week) * last)
    window = _around(visible, start, WINDOW)
    for content_type_id, kind in kinds.items():
        if kind != Kind.OTHER:
            window |= _around(visible.filter(content_type=content_type_id), start, WINDOW_OF_A_KIND)
    return window


def _around(practices: PracticeQuerySet, start: int, size: int) -> Q:
    ids = practices.values("pk")
    after = ids.filter(pk__gte=start).order_by("pk")[:size]
    before = ids.filter(pk__lt=start).order_by("pk")[:size]
    return Q(pk__in=after) | Q(pk__in=before)


def _grouped(through: type[Model], owner: str, value: str, ids: Iterable[int]) -> defaultdict[int, list[Any]]:
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for owner_id, found in through._default_manager.filter(**{f"{owner}__in": ids}).values_list(owner, value):
        grouped[owner_id].append(found)
    return grouped
