"""What changed between two states of a page: field by field, then row by row or paragraph by paragraph, then words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.models import BeneficiaryGroup, Essential, Outcome, PracticePage, Principle

from .content import ROWS, TERMS, TEXTS, Content
from .merging import KEY, Row
from .questions import ROW_LABELS, label_of, sections_of
from .wordwise import Deadline, Fate, Piece, compare_texts, words_of

# So long, and no longer, comparing two states of a page may take.
SECONDS = 0.3
MOST_LINES = 150
PART_OF_A_LINK = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, one row, or one value: its pieces, and what else there is to say about it."""

    pieces: list[Piece]
    told: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one field."""

    name: str
    label: str
    lines: list[Line]
    note: str = ""

    @property
    def shown(self) -> list[Line]:
        """So many lines as somebody can read."""
        return self.lines[:MOST_LINES]

    @property
    def more(self) -> int:
        """How many lines there are besides."""
        return max(0, len(self.lines) - MOST_LINES)

    @property
    def added(self) -> int:
        return sum(words_of(line.pieces, Fate.ADDED) for line in self.lines)

    @property
    def removed(self) -> int:
        return sum(words_of(line.pieces, Fate.REMOVED) for line in self.lines)


class Names:
    """What rows point to, in words: terms, and the essentials of an original. Each list is read once, when asked for.

    Args:
        original: the number of the practice that the page is a local version of, if it is one.
    """

    def __init__(self, original: int | None = None) -> None:
        self._labels: dict[Any, dict[Any, str]] = {}
        self._original = original

    def of(self, model: Any, pk: Any) -> str:
        if model not in self._labels:
            self._labels[model] = dict(model.objects.values_list("pk", "label"))
        return self._labels[model].get(pk, _("a term that is gone"))

    def essential(self, key: Any) -> str:
        """An essential of the original, as readers see it there."""
        if Essential not in self._labels:
            seen = PracticePage.objects.visible().filter(pk=self._original)
            essentials = Essential.objects.filter(page__in=seen).values_list("key", "text")
            self._labels[Essential] = {str(each): text for each, text in essentials}
        return self._labels[Essential].get(key, _("an essential that is not there any more"))


def size_sentence(differences: list[Difference]) -> str:
    """How much changed, in a line."""
    if not differences:
        return _("Nothing changed.")
    added = sum(difference.added for difference in differences)
    removed = sum(difference.removed for difference in differences)
    parts = ngettext("%(count)d part", "%(count)d parts", len(differences)) % {"count": len(differences)}
    told = []
    if added:
        told.append(ngettext("%(count)d word added", "%(count)d words added", added) % {"count": added})
    if removed:
        told.append(ngettext("%(count)d taken out", "%(count)d taken out", removed) % {"count": removed})
    return f"{parts}: {', '.join(told)}." if told else f"{parts}."


class Comparison:
    """Compares states of pages of one kind.

    Args:
        model: the kind.
        names: what terms are called, and the essentials of its original; to be shared by several comparisons.
    """

    def __init__(self, model: type[PracticePage], names: Names | None = None) -> None:
        self.model = model
        self.names = names or Names()

    def differences(self, before: Content, after: Content, deadline: Deadline | None = None) -> list[Difference]:
        """What changed, in the order of the form. Fields that only one of the states has are left out."""
        deadline = deadline or Deadline(SECONDS)
        both = frozenset(before) & frozenset(after)
        ordered = [name for _section, names in sections_of(self.model, both) for name in names]
        changed = (name for name in ordered if before[name] != after[name])
        found = (self._difference(name, before, after, deadline) for name in changed)
        return [difference for difference in found if difference.lines]

    def unchanged(self, differences: list[Difference]) -> list[str]:
        """What the other fields are called."""
        changed = {difference.name for difference in differences}
        everything = frozenset(self.model.kind_fields) | {*TEXTS, *ROWS, *TERMS, "title", "summary"}
        ordered = [name for _section, names in sections_of(self.model, everything) for name in names]
        return [label_of(self.model, name) for name in ordered if name not in changed]

    def told(self, name: str, column: str, value: Any, content: Content) -> str:
        """A value in words: of a field, of a column of one of its rows, or of a whole row."""
        if name not in ROWS:
            return self._shown(name, value)
        if column:
            return self._shown_column(name, column, value, content)
        said = (self._shown_column(name, each, now, content) for each, now in (value or {}).items() if each != KEY)
        return ". ".join(each for each in said if each)

    def _difference(self, name: str, before: Content, after: Content, deadline: Deadline) -> Difference:
        was, now = before[name], after[name]
        note = ""
        if name in ROWS:
            lines = list(self._rows(name, before, after, deadline))
            note = _rows_note(was, now)
        elif name in TEXTS:
            lines = list(_paragraphs(compare_texts(was, now, deadline)))
        elif isinstance(was, list) and isinstance(now, list):
            lines = self._set(name, was, now)
        else:
            lines = [Line(compare_texts(self._shown(name, was), self._shown(name, now), deadline))]
        return Difference(name, label_of(self.model, name), lines, note)

    def _set(self, name: str, was: list[Any], now: list[Any]) -> list[Line]:
        gone = [Piece(Fate.REMOVED, self._shown(name, each)) for each in was if each not in now]
        new = [Piece(Fate.ADDED, self._shown(name, each)) for each in now if each not in was]
        return [Line([piece]) for piece in [*gone, *new]]

    def _rows(self, name: str, before: Content, after: Content, deadline: Deadline) -> Iterator[Line]:
        was = {row[KEY]: row for row in before[name]}
        now = {row[KEY]: row for row in after[name]}
        stayed_before = [key for key in was if key in now]
        stayed_now = [key for key in now if key in was]
        for key, row in now.items():
            if key not in was:
                yield from self._row(name, {}, row, before, after, deadline)
                continue
            moved = stayed_before.index(key) != stayed_now.index(key)
            told = _("Was number %(number)d") % {"number": list(was).index(key) + 1} if moved else ""
            if row != was[key] or moved:
                yield from self._row(name, was[key], row, before, after, deadline, told)
        for key, row in was.items():
            if key not in now:
                yield from self._row(name, row, {}, before, after, deadline)

    def _row(
        self, name: str, was: Row, now: Row, before: Content, after: Content, deadline: Deadline, told: str = ""
    ) -> Iterator[Line]:
        """The columns of a row that changed; of one that only moved, the first."""
        columns = [column for column in {**now, **was} if column != KEY]
        changed = [column for column in columns if was.get(column) != now.get(column)]
        for place, column in enumerate(changed or columns[:1]):
            old = self._shown_column(name, column, was.get(column), before)
            new = self._shown_column(name, column, now.get(column), after)
            if pieces := compare_texts(old, new, deadline):
                label = str(ROW_LABELS.get((name, column), "")) if len(columns) > 1 else ""
                yield Line(pieces, told if place == 0 else "", label)

    def _shown_column(self, name: str, column: str, value: Any, content: Content) -> str:
        if value in (None, "", []):
            return ""
        field = self.model._meta.get_field(name).related_model._meta.get_field(column)
        if column == "source":
            title = next((row["title"] for row in content["sources"] if row[KEY] == value), "")
            return Truncator(title or _("a source that is gone")).chars(PART_OF_A_LINK)
        if (name, column) == ("adaptation", "essential"):
            return self.names.essential(value)
        if field.related_model in (Outcome, Principle):
            return self.names.of(field.related_model, value)
        return _choice(field, value)

    def _shown(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return ""
        if name == "outcomes":
            return self.names.of(Outcome, value)
        if name == "beneficiary_groups":
            return self.names.of(BeneficiaryGroup, value)
        return _choice(self.model._meta.get_field(name), value)


def _choice(field: Any, value: Any) -> str:
    """A value in the words in which it is offered."""
    offered = dict(field.choices or (field.values.choices if hasattr(field, "values") and field.values else ()))
    if isinstance(value, list):
        return ", ".join(str(offered.get(each, each)) for each in value)
    return str(offered.get(value, value))


def _rows_note(was: list[Row], now: list[Row]) -> str:
    before, after = {row[KEY]: row for row in was}, {row[KEY]: row for row in now}
    both = [key for key in after if key in before]
    new, gone = len(after) - len(both), len(before) - len(both)
    reworded = sum(1 for key in both if before[key] != after[key])
    counts = [
        (reworded, ngettext("%(count)d reworded", "%(count)d reworded", reworded)),
        (new, ngettext("%(count)d added", "%(count)d added", new)),
        (gone, ngettext("%(count)d taken out", "%(count)d taken out", gone)),
    ]
    told = [text % {"count": count} for count, text in counts if count]
    if [key for key in before if key in after] != both:
        told.append(_("the order changed"))
    return f"{', '.join(told).capitalize()}." if told else ""


def _paragraphs(pieces: list[Piece]) -> Iterator[Line]:
    """The paragraphs in which something changed."""
    line: list[Piece] = []
    for piece in [*pieces, Piece(Fate.SAME, "\n\n")]:
        for place, part in enumerate(piece.text.replace("\r\n", "\n").split("\n\n")):
            if place:
                if any(each.fate is not Fate.SAME for each in line):
                    yield Line(line)
                line = []
            if part.strip("\n"):
                line.append(Piece(piece.fate, part))
    if any(each.fate is not Fate.SAME for each in line):
        yield Line(line)
