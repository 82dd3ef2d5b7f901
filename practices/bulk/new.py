"""What is to be loaded, as plain values, and what is said when it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from practices.models import Kind

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPractice:
    """A practice that is not in the library yet.

    Page instances would take longer to make and to read out again than to write, so this is none.

    Args:
        fields: the text fields of the page by their names in the model, those of its kind among them.
            What is not named is empty. `title` and `summary` are needed.
        kind: a value of `Kind`.
        slug: its address for ever; made from the title when it is empty.
        outcomes, beneficiary_groups: slugs of terms. A former address or a merged term means today's term.
        rows: for each list of the page its rows in order, by the names of their fields. `key` is the
            row's UUID, made when it is missing; `principle` and `outcome` are slugs of terms; `source` is the key of
            a row of `sources`, and `essential`, in `adaptation`, the key of an essential of the original.
        adapted_from: the slug of a practice that is in the library, or comes before this one.
        first_published_at, last_published_at: with their time zone; the moment of loading when they are missing.
    """

    fields: Mapping[str, Any]
    kind: str = Kind.OTHER.value
    slug: str = ""
    outcomes: Sequence[str] = ()
    beneficiary_groups: Sequence[str] = ()
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    adapted_from: str = ""
    first_published_at: datetime | None = None
    last_published_at: datetime | None = None


class PracticeLoadError(Exception):
    """A practice cannot be loaded. The message names it, and the part that is at fault.

    Attributes:
        number: the place of the practice among those given, from 1.
        loaded: how many were loaded before, in batches that stand: all up to there, and none after.
    """

    def __init__(self, practice: NewPractice, number: int, message: str, where: str = "") -> None:
        self.number = number
        self.loaded = 0
        name = str(practice.fields.get("title", "")) if isinstance(practice.fields, Mapping) else ""
        place = _("Practice %(number)s") % {"number": f"{number:,}"}
        place += f" (“{name[:80]}”)" if name else ""
        super().__init__(": ".join(part for part in (place, where, message) if part))
