"""Where new practices stand: their addresses, their places in the tree, and what they were adapted from.

All of it is asked for once in a batch, while the shelf that they stand on is locked.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils.text import slugify
from django.utils.translation import gettext as _
from treebeard.exceptions import PathOverflow
from wagtail.models import Page

from practices.models import Essential, PracticeIndexPage, PracticePage
from practices.models.pages import RESERVED_SLUGS

from .checking import Checked

LONGEST_BASE = 240


def new_paths(index: PracticeIndexPage, count: int) -> list[str]:
    """The next places below the index page, in order.

    Raises:
        PathOverflow: the tree has no room for so many.
    """
    last = index.get_children().order_by("-path").values_list("path", flat=True).first()
    step = Page._str2int(last[len(index.path) :]) if last else 0
    if step + count >= len(Page.alphabet) ** Page.steplen:
        raise PathOverflow(_("The library has no room for so many practices."))
    return [Page._get_path(index.path, index.depth + 1, step + place) for place in range(1, count + 1)]


class Addresses:
    """Gives each practice a slug that no other has. Remembers, so that a thousand equal titles stay quick."""

    def __init__(self) -> None:
        self.suffixes: dict[str, int] = {}

    def give(self, batch: list[Checked], index: PracticeIndexPage) -> list[str]:
        """The slugs of a batch, in its order: the one asked for, or one made from the title.

        Raises:
            PracticeLoadError: the address that a practice asks for is taken.
        """
        bases = [
            practice.given.slug or slugify(practice.values["title"])[:LONGEST_BASE] or "practice" for practice in batch
        ]
        taken = self._taken(index, bases) | RESERVED_SLUGS
        asked: set[str] = set()
        for practice in batch:
            slug = practice.given.slug
            if slug and (slug in taken or slug in asked):
                raise practice.error(_("The address “%(slug)s” is taken.") % {"slug": slug}, "slug")
            asked.add(slug)
        taken |= asked
        slugs = []
        for practice, base in zip(batch, bases, strict=True):
            slug = base
            if not practice.given.slug:
                slug = self._free(index, base, taken)
                taken.add(slug)
            slugs.append(slug)
        return slugs

    def _free(self, index: PracticeIndexPage, base: str, taken: set[str]) -> str:
        """The base itself, or the first free one of base-2, base-3 and so on."""
        if base not in taken:
            return base
        suffix, portion = self.suffixes.get(base, 1) + 1, 8
        while True:
            candidates = [f"{base}-{number}" for number in range(suffix, suffix + portion)]
            not_free = taken | self._taken(index, candidates)
            for number, candidate in enumerate(candidates, suffix):
                if candidate not in not_free:
                    self.suffixes[base] = number
                    return candidate
            suffix, portion = suffix + portion, portion * 2

    def _taken(self, index: PracticeIndexPage, slugs: Iterable[str]) -> set[str]:
        """Which of the slugs stand below the index page. Sorted out here: the slug is the telling column."""
        found = Page.objects.filter(slug__in=set(slugs)).order_by().values_list("slug", "path", "depth")
        return {slug for slug, path, depth in found if depth == index.depth + 1 and path.startswith(index.path)}


class Originals:
    """The practices that those of a batch were adapted from."""

    def __init__(self, batch: list[Checked]) -> None:
        slugs = {practice.given.adapted_from for practice in batch if practice.given.adapted_from}
        self.by_slug: dict[str, int] = {}
        self.essentials: dict[int, set[uuid.UUID]] = {}
        if slugs:
            self.by_slug = dict(PracticePage.objects.filter(slug__in=slugs).order_by().values_list("slug", "pk"))
            rows = Essential.objects.filter(page__in=self.by_slug.values()).order_by()
            for page_id, key in rows.values_list("page_id", "key"):
                self.essentials.setdefault(page_id, set()).add(key)

    def add(self, slug: str, pk: int, practice: Checked) -> None:
        """Let practices that come later in the batch name this one."""
        self.by_slug[slug] = pk
        self.essentials[pk] = {row["key"] for row in practice.rows.get("essentials", ())}

    def find(self, practice: Checked) -> int | None:
        """The key of a practice's original; None when it has none.

        Raises:
            PracticeLoadError: it is not there, or has not the essential that a row speaks of.
        """
        slug, told = practice.given.adapted_from, practice.rows.get("adaptation", ())
        if not slug:
            if told:
                raise practice.error(_("These speak of an original: say which, in “adapted_from”."), "adaptation")
            return None
        pk = self.by_slug.get(slug)
        if pk is None:
            raise practice.error(_("There is no practice “%(slug)s” before this one.") % {"slug": slug}, "adapted_from")
        for row in told:
            if row["essential"] not in self.essentials.get(pk, ()):
                raise practice.error(_("The original has no such essential."), "adaptation, essential")
        return pk
