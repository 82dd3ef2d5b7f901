"""The form by which a page is written: from plain values to boxes, and from boxes to plain values.

Reading never refuses anything: what is typed is kept as it was typed, and told what is to be put right only when
it is to be sent. So a draft can hold a summary that is too long, and a year that is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from uuid import UUID, uuid4, uuid5

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from people.writers import number_of
from practices.models import Essential, PracticePage, Principle

from .content import MOST_ROWS, ROWS, Content, plain, too_many_rows
from .form_fields import Choices, Vocabularies, fields_for, row_fields
from .merging import KEY, Row
from .questions import HINTS, TELLING, label_of, row_label, sections_of

# What is read beyond the rows that a list has room for is told to be too many; beyond that, no form could be drawn.
MOST_READ, MOST_READ_IN_ALL = MOST_ROWS + 20, MOST_ROWS + 150
UNKEPT = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RowView:
    """One row in its box."""

    key: str
    name: str
    form: forms.Form
    is_first: bool
    is_last: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class RowsView:
    """A list of rows, with those that were taken out and an empty one."""

    name: str
    label: str
    hint: str
    rows: list[RowView]
    removed: list[tuple[str, str]]
    fresh: RowView | None
    is_one_column: bool
    is_rows: ClassVar = True


@dataclass(frozen=True, slots=True)
class SectionView:
    """A part of the form: its questions, each a bound field or a list of rows."""

    anchor: str
    title: str
    tone: str
    items: list[Any]
    errors: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to put right, and where it is."""

    anchor: str
    message: str


@dataclass
class EditForm:
    """What a page says, in boxes.

    Args:
        model: the kind of the page.
        base: what the page said when they began.
        content: what they made of it so far.
        names: which fields are asked for.
        original: the essentials of the practice that it was adapted from, by key.
        check: whether to say what is to be put right.
    """

    model: type[PracticePage]
    base: Content
    content: Content
    names: frozenset[str]
    original: Choices = field(default_factory=list)
    check: bool = False
    # By list: making a class for each of many rows took most of the time.
    _row_classes: dict[str, type[forms.Form]] = field(default_factory=dict)

    @cached_property
    def vocabularies(self) -> Vocabularies:
        return Vocabularies({**self.base, **self.content})

    @cached_property
    def main(self) -> forms.Form:
        """The fields that are not lists of rows."""
        single = [name for name in self.content if name in self.names and name not in ROWS]
        of_fields = _class_of(fields_for(self.model, single, self.vocabularies))
        return _form(of_fields, self.content, prefix=None, check=self.check)

    def read(self, data: QueryDict) -> Content:
        """What was typed. Fields that the data do not speak of stay as they are."""
        spoken_of = set(data.getlist("asked")) & self.names
        content = dict(self.content)
        for name in spoken_of:
            content[name] = self._read_rows(data, name) if name in ROWS else _typed(self.main, name, data)
        return content

    def showing(self, content: Content, *, check: bool = False) -> EditForm:
        """The same form with something else in its boxes.

        Args:
            content: what it shows.
            check: whether to say what is to be put right.
        """
        other = replace(self, content=content, check=check, _row_classes={})
        other.__dict__["vocabularies"] = self.vocabularies
        return other

    @property
    def asked(self) -> list[str]:
        """The fields that it asks for, in their order."""
        return [name for _section, names in sections_of(self.model, self.names) for name in names]

    @cached_property
    def sections(self) -> list[SectionView]:
        found = []
        for section, names in sections_of(self.model, self.names):
            items = [self.rows_of(name) if name in ROWS else self.main[name] for name in names]
            errors = sum(len(self._faults_by_name.get(name, ())) for name in names)
            found.append(SectionView(section.anchor, str(section.title), section.tone, items, errors))
        return found

    @cached_property
    def faults(self) -> list[Fault]:
        """All that is to be put right, in the order of the form."""
        return [fault for faults in self._faults_by_name.values() for fault in faults]

    @cached_property
    def _faults_by_name(self) -> dict[str, list[Fault]]:
        return {name: list(self._faults_of(name)) for name in self.asked} if self.check else {}

    def rows_of(self, name: str) -> RowsView:
        """A list of rows as it is shown."""
        if name == "adaptation":
            return self._essentials_of_the_original()
        rows = self.content[name]
        views = [self._row_view(name, row, number, len(rows)) for number, row in enumerate(rows, start=1)]
        there = {row[KEY] for row in rows}
        gone = [(row[KEY], self._told(name, row)) for row in self.base[name] if row[KEY] not in there]
        empty = self._row_view(name, {KEY: str(uuid4())}, len(rows) + 1, len(rows) + 1, is_new=True)
        columns = self._row_class(name).base_fields
        hint = str(HINTS.get(name, ""))
        return RowsView(name, label_of(self.model, name), hint, views, gone, empty, len(columns) == 1)

    def _essentials_of_the_original(self) -> RowsView:
        """A row for each essential of the original, told of or not; none is added, moved or taken out."""
        told = {row["essential"]: row for row in self.content["adaptation"]}
        rows = [
            told.get(key) or {KEY: str(uuid5(UUID(key), "adapted")), "essential": key} for key, _text in self.original
        ]
        views = []
        for row, (_key, text) in zip(rows, self.original, strict=True):
            form = self._row_form("adaptation", row, check=self.check and row["essential"] in told)
            form.fields["essential"].widget = forms.HiddenInput()
            views.append(RowView(row[KEY], text, form, True, True, False))
        return RowsView(
            "adaptation", label_of(self.model, "adaptation"), str(HINTS["adaptation"]), views, [], None, False
        )

    def _row_view(self, name: str, row: Row, number: int, of: int, *, is_new: bool = False) -> RowView:
        form = self._row_form(name, row, check=self.check and not is_new)
        title = row_label(name, number)
        if len(form.fields) == 1:
            next(iter(form.fields.values())).label = title
        return RowView(row[KEY], title, form, number == 1, number == of, is_new)

    def _row_form(self, name: str, row: Row, *, check: bool) -> forms.Form:
        return _form(self._row_class(name), row, prefix=f"{name}-{row[KEY]}", check=check)

    def _row_class(self, name: str) -> type[forms.Form]:
        """The form of one row of a list. Its `base_fields` are the columns."""
        if name not in self._row_classes:
            model = self.model._meta.get_field(name).related_model
            fields = row_fields(model, name, self.vocabularies, self._keys_to_choose(name))
            self._row_classes[name] = _class_of(fields)
        return self._row_classes[name]

    def _keys_to_choose(self, name: str) -> dict[str, Choices]:
        if name == "adaptation":
            return {"essential": [("", _("Choose one")), *self.original]}
        sources = [(row[KEY], Truncator(row["title"]).chars(80)) for row in self.content["sources"]]
        return {"source": [("", _("Nowhere, or not listed below")), *sources]} if name in ("changes", "voices") else {}

    def _read_rows(self, data: QueryDict, name: str) -> list[Row]:
        rows: dict[str, Row] = {}
        room = min(MOST_READ, MOST_READ_IN_ALL - sum(len(self.content[each]) for each in ROWS if each != name))
        there = {row[KEY]: row for row in self.content[name]}
        row_class = self._row_class(name)
        columns = row_class.base_fields
        for key in data.getlist(f"{name}-key")[:room]:
            if not is_key(key) or key in rows:
                continue
            form = row_class(prefix=f"{name}-{key}")
            row = {KEY: key} | {column: _typed(form, column, data) for column in columns}
            if any(_text(row[column]).strip(" []\r\n\t") for column in self._telling(name, columns)):
                rows[key] = {**there.get(key, {}), **row}
        return self._with_what_was_not_asked(rows) if name == "adaptation" else list(rows.values())

    def _with_what_was_not_asked(self, rows: dict[str, Row]) -> list[Row]:
        """What is told of essentials that the original no longer has stays, and the order as well."""
        offered = {key for key, _text in self.original}
        stays = [
            rows.pop(row[KEY], None) or (row if row["essential"] not in offered else None)
            for row in self.content["adaptation"]
        ]
        return [row for row in stays if row is not None] + list(rows.values())

    def _telling(self, name: str, columns: dict[str, Any]) -> list[str]:
        """The columns without which a row says nothing: choices have something in them from the beginning."""
        chosen = {"principles": ["principle_id"], "adaptation": ["taken"]}.get(name, [])
        typed = [each for each, box in columns.items() if not isinstance(box, forms.ChoiceField)]
        return [*typed, *chosen]

    def _told(self, name: str, row: Row) -> str:
        """A row in a line."""
        told = row.get(TELLING.get(name, "text")) or ""
        if not told and name == "principles":
            told = dict(self.vocabularies.choices[Principle]).get(row["principle_id"], "")
        return Truncator(told or row_label(name, 1)).chars(100)

    def _faults_of(self, name: str) -> Iterator[Fault]:
        if name not in ROWS:
            for error in self.main[name].errors:
                yield Fault(str(self.main[name].auto_id), f"{self.main[name].label}: {error}")
            return
        if len(self.content[name]) > MOST_ROWS:
            yield Fault(name, f"{label_of(self.model, name)}: {too_many_rows()}")
        for number, row in enumerate(self.content[name], start=1):
            form = self._row_form(name, row, check=True)
            for column in form:
                for error in column.errors:
                    yield Fault(str(column.auto_id), f"{row_label(name, number)}: {error}")


def essentials_of(original: PracticePage | None, names: frozenset[str]) -> Choices:
    """The essentials that a local version says something of, by key; none where it is not asked."""
    if original is None or "adaptation" not in names:
        return []
    essentials = Essential.objects.filter(page=original)
    return [(str(key), text) for key, text in essentials.values_list("key", "text")]


def move_row(base: Content, content: Content, do: str) -> Content:
    """Do to a row what a button says: "up:steps:<key>", or "down", "remove", "back". Anything else does nothing."""
    what, name, key = (*do.split(":"), "", "")[:3]
    if name not in ROWS or name not in content:
        return content
    rows = list(content[name])
    place = next((number for number, row in enumerate(rows) if row[KEY] == key), None)
    if what == "back":
        was = next((row for row in base[name] if row[KEY] == key), None)
        if was is not None and place is None:
            rows.insert(base[name].index(was), was)
    elif place is not None and what == "remove":
        del rows[place]
    elif place is not None and what in ("up", "down"):
        row = rows.pop(place)
        rows.insert(max(0, place + (-1 if what == "up" else 1)), row)
    return {**content, name: rows}


def _class_of(fields: dict[str, Any]) -> type[forms.Form]:
    return type("Boxes", (forms.Form,), dict(fields))


def _form(of_fields: type[forms.Form], values: dict[str, Any], *, prefix: str | None, check: bool) -> forms.Form:
    """The boxes with values in them; bound, if it is to be said what is to be put right."""
    fields = of_fields.base_fields
    if check:
        return of_fields(_data_of(values, fields, prefix), prefix=prefix, use_required_attribute=False)
    initial = {name: value for name, value in values.items() if name in fields}
    return of_fields(initial=initial, prefix=prefix, use_required_attribute=False)


def _typed(form: forms.Form, name: str, data: QueryDict) -> Any:
    """What was typed into a box, as the field means it, or else just as it is."""
    box = form.fields[name]
    raw = box.widget.value_from_datadict(data, {}, form.add_prefix(name))
    raw = [_kept(each) for each in raw] if isinstance(raw, list) else _kept(raw or "")
    try:
        typed = plain(box.clean(raw))
    except forms.ValidationError:
        # A term that is offered no more is still that term, and the others are still ticked.
        typed = _numbers(raw) if getattr(box, "coerce", None) is int else raw
    return sorted(typed) if isinstance(typed, list) else typed


def _kept(text: str) -> str:
    return UNKEPT.sub("", text.replace("\r\n", "\n"))


def _numbers(raw: Any) -> Any:
    if isinstance(raw, list):
        return [number for each in raw if (number := number_of(each, 18))]
    return number_of(raw, 18) or raw


def _data_of(values: dict[str, Any], fields: dict[str, forms.Field], prefix: str | None) -> QueryDict:
    data = QueryDict(mutable=True)
    for name in fields:
        value = values.get(name)
        place = f"{prefix}-{name}" if prefix else name
        data.setlist(place, [str(each) for each in value] if isinstance(value, list) else [_text(value)])
    return data


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def is_key(text: str) -> bool:
    """Whether something is the key of a row."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
