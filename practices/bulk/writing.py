"""Write a batch: pages, rows, terms and totals, with their history.

The content of a revision is what Wagtail's `serializable_data` gives, made from the same values as
the rows instead of from instances; a test compares the two.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from wagtail.models import Page, Revision

from practices.models import PracticeIndexPage, PracticePage, PracticeTotals, Vocabulary, vocabulary_model
from practices.models.pages import sort_title

from .checking import ONCE, Checked, Checker, RowPlan, message_and_place
from .history import History
from .places import Originals
from .tables import Table, draw_keys
from .terms import Terms

MANY = {"outcomes": Vocabulary.OUTCOME, "beneficiary_groups": Vocabulary.GROUP}


class Tables:
    """The tables of pages, and what an empty page has in its lists: the same for every batch."""

    def __init__(self) -> None:
        self.page, self.practice, self.totals = Table(Page), Table(PracticePage), Table(PracticeTotals)
        self.no_totals = {field.name: field.get_default() for field in PracticeTotals._meta.concrete_fields}
        fields = {name: PracticePage._meta.get_field(name) for name in MANY}
        self.many = {name: Table(field.remote_field.through, numbered=True) for name, field in fields.items()}
        self.many_columns = {name: field.m2m_reverse_field_name() for name, field in fields.items()}
        self.term_types = {
            vocabulary: ContentType.objects.get_for_model(vocabulary_model(vocabulary)).pk
            for vocabulary in Vocabulary.values
        }
        relations = [relation.get_accessor_name() for relation in get_all_child_relations(PracticePage)]
        many = [field.name for field in get_all_child_m2m_relations(PracticePage)]
        self.no_rows: dict[str, list[Any]] = {name: [] for name in (*relations, *many)}


class Batch:
    """Gathers the rows of every table, then writes table after table, each before those that point to it."""

    def __init__(
        self, checker: Checker, tables: Tables, index: PracticeIndexPage, practices: list[Checked], by: Any
    ) -> None:
        self.plans, self.tables, self.index, self.practices = checker.rows, tables, index, practices
        self.owner = getattr(by, "pk", None)
        self.terms, self.originals = Terms(), Originals(practices)
        self.pages: list[dict[str, Any]] = []
        self.of_kind: dict[Table, list[dict[str, Any]]] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in self.plans}
        self.row_ids: dict[str, Iterator[int]] = {}
        self.through: dict[str, list[dict[str, Any]]] = {name: [] for name in MANY}

    def write(self, slugs: list[str], paths: list[str], history: History, now: datetime) -> list[int]:
        """Write the practices at their places; returns their keys.

        Raises:
            PracticeLoadError: a practice names a term or an original that is not there.
        """
        self.history, self.now = history, now
        page_ids, revision_ids = draw_keys(Page, len(slugs)), draw_keys(Revision, len(slugs))
        for name, plan in self.plans.items():
            count = sum(len(practice.rows.get(name, ())) for practice in self.practices)
            self.row_ids[name] = iter(draw_keys(plan.model, count) if count else ())
        for place in zip(self.practices, slugs, paths, page_ids, revision_ids, strict=True):
            self._gather(*place)
        self._insert()
        self.terms.mark_named()
        return page_ids

    def _gather(self, practice: Checked, slug: str, path: str, pk: int, revision_id: int) -> None:
        kind, key = practice.kind, uuid.uuid4()
        original = self.originals.find(practice)
        self.originals.add(slug, pk, practice)
        title = practice.values["title"]
        page = kind.template | practice.values
        page.update(
            pk=pk,
            path=path,
            depth=self.index.depth + 1,
            translation_key=str(key),
            locale=self.index.locale_id,
            draft_title=title,
            slug=slug,
            url_path=f"{self.index.url_path}{slug}/",
            owner=self.owner,
            adapted_from=original,
            sort_title=sort_title(title),
        )
        content = page | self.tables.no_rows
        for name in practice.rows:
            content[name] = self._gather_rows(pk, practice, self.plans[name])
        for name, vocabulary in MANY.items():
            content[name] = self._gather_terms(pk, practice, name, vocabulary)
        self.history.add_revision(revision_id, kind.content_type, content, pk)
        if original is not None:
            target = (self.history.page_type, original)
            self.history.add_reference(pk, kind.content_type, target, ("adapted_from", "adapted_from"))
        self._store(page, practice, key, revision_id)

    def _store(self, page: dict[str, Any], practice: Checked, key: uuid.UUID, revision_id: int) -> None:
        """Turn what the first revision says of a page into the rows of a page that is published."""
        given, pk = practice.given, page["pk"]
        page.update(
            id=pk,
            page_ptr=pk,
            practicepage_ptr=pk,
            translation_key=key,
            latest_revision=revision_id,
            live_revision=revision_id,
            live=True,
            latest_revision_created_at=self.now,
            first_published_at=given.first_published_at or given.last_published_at or self.now,
            last_published_at=given.last_published_at or self.now,
        )
        own = practice.kind.own
        for table in (self.tables.page, self.tables.practice, *([own] if own else ())):
            table.prepare_row(page)
        self.pages.append(page)
        if own:
            self.of_kind.setdefault(own, []).append(page)

    def _gather_rows(self, pk: int, practice: Checked, plan: RowPlan) -> list[dict[str, Any]]:
        """The rows of one list as the revision holds them."""
        told: list[dict[str, Any]] = []
        seen, ids, once = set(), self.row_ids[plan.name], ONCE.get(plan.name)
        for values in practice.rows[plan.name]:
            row = plan.template | values
            term_id = self._find_term(practice, plan, row) if plan.term else None
            if once:
                if row[once] in seen:
                    continue
                seen.add(row[once])
            row_id = next(ids)
            row.update(pk=row_id, page=pk, sort_order=len(told))
            stored = row.copy()
            stored["id"] = row_id
            plan.table.prepare_row(stored)
            self.rows[plan.name].append(stored)
            for name in plan.keys:
                if row[name] is not None:
                    row[name] = str(row[name])
            if term_id:
                self.history.add_reference(
                    pk,
                    practice.kind.content_type,
                    (self.tables.term_types[plan.vocabulary], term_id),
                    (f"{plan.name}.item.{plan.term}", f"{plan.name}.{row_id}.{plan.term}"),
                )
            told.append(row)
        return told

    def _find_term(self, practice: Checked, plan: RowPlan, row: dict[str, Any]) -> int | None:
        """Put the key of the term that a row names into the row."""
        if row[plan.term]:
            try:
                row[plan.term] = self.terms.find(plan.vocabulary, row[plan.term])
            except ValidationError as error:
                raise practice.error(*message_and_place(error, f"{plan.name}, {plan.term}")) from error
        return row[plan.term]

    def _gather_terms(self, pk: int, practice: Checked, name: str, vocabulary: str) -> list[int]:
        try:
            ids = self.terms.find_all(vocabulary, getattr(practice.given, name))
        except ValidationError as error:
            raise practice.error(*message_and_place(error, name)) from error
        column = self.tables.many_columns[name]
        self.through[name] += [{"practicepage": pk, column: term_id} for term_id in ids]
        return ids

    def _insert(self) -> None:
        tables = self.tables
        self.history.insert_revisions()
        tables.page.insert(self.pages)
        tables.practice.insert(self.pages)
        for table, pages in self.of_kind.items():
            table.insert(pages)
        tables.totals.insert({**tables.no_totals, "page": page["id"]} for page in self.pages)
        for name, plan in self.plans.items():
            plan.table.insert(self.rows[name])
        for name, table in tables.many.items():
            table.insert(self.through[name])
        self.history.insert_rest()
