"""The three vocabularies as search reads them, kept in the process until the library changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from practices.models import BeneficiaryGroup, FormerSlug, Library, Outcome, Principle, Term

MODELS = {"outcome": Outcome, "group": BeneficiaryGroup, "principle": Principle}


@dataclass(frozen=True, slots=True)
class TermInfo:
    """A term that stands for itself today, with the ids of those that were merged into it."""

    facet: str
    id: int
    slug: str
    label: str
    also: tuple[str, ...]
    sort_order: int
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What editors say of typed expressions: terms as (facet, slug), meant or only near, and other words."""

    id: int
    says: tuple[str, ...]
    means: tuple[tuple[str, str], ...] = ()
    near: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    both_ways: bool = False


@dataclass(frozen=True)
class Vocabularies:
    """A snapshot. Slugs of merged and renamed terms lead to the term that stands for them."""

    key: tuple[str, int]
    rules: tuple[Rule, ...] = ()
    by_slug: dict[tuple[str, str], TermInfo] = field(default_factory=dict)
    by_id: dict[tuple[str, int], TermInfo] = field(default_factory=dict)

    @property
    def terms(self) -> Iterable[TermInfo]:
        return dict.fromkeys(self.by_id.values())

    def resolve(self, facet: str, slug: str) -> str | None:
        """The slug of the term that an address means, or None for one that never was."""
        found = self.by_slug.get((facet, slug))
        return found.slug if found else None


_kept: Vocabularies | None = None


def vocabularies(library: Library | None = None) -> Vocabularies:
    """The vocabularies at the library's version: an editor's new synonym works at the next search."""
    global _kept  # noqa: PLW0603 (one snapshot for the process, swapped whole)
    library = library or Library.objects.current()
    key = (str(library.uuid), library.version)
    kept = _kept
    if kept is None or kept.key != key:
        kept = _kept = _load(key)
    return kept


def _load(key: tuple[str, int]) -> Vocabularies:
    snapshot = Vocabularies(key, _rules())
    former: dict[str, list[tuple[str, int]]] = {}
    for facet, slug, term_id in FormerSlug.objects.values_list("vocabulary", "slug", "term_id"):
        former.setdefault(facet, []).append((slug, term_id))
    for facet, model in MODELS.items():
        rows = {row.pk: row for row in model.objects.all()}
        target_of = {pk: _target(pk, rows) for pk in rows}
        for pk, row in rows.items():
            if target_of[pk] != pk:
                continue
            same = tuple(other for other, target in target_of.items() if target == pk)
            also = tuple(word for other in same for word in _also(rows[other]))
            info = TermInfo(facet, pk, row.slug, row.label, also, row.sort_order, same)
            for other in same:
                snapshot.by_id[facet, other] = info
                snapshot.by_slug[facet, rows[other].slug] = info
        for slug, term_id in former.get(facet, ()):
            if (facet, term_id) in snapshot.by_id:
                snapshot.by_slug.setdefault((facet, slug), snapshot.by_id[facet, term_id])
    return snapshot


def _rules() -> tuple[Rule, ...]:
    from .models import Synonym

    return tuple(row.as_rule() for row in Synonym.objects.all())


def _target(pk: int, rows: dict) -> int:
    seen = {pk}
    while (into := rows[pk].merged_into_id) and into in rows and into not in seen:
        pk = into
        seen.add(pk)
    return pk


def _also(row: Term) -> list[str]:
    """A term's synonyms; a merged term's label is one of those of its target."""
    also = [word for word in row.also if isinstance(word, str)] if isinstance(row.also, list) else []
    return [*also, row.label] if row.merged_into_id else also
