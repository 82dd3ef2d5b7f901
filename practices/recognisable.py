"""Words by which somebody could be recognised, in one passage of plain text.

It finds what is often enough to know a person by, taken together; it does not know who is meant. It asks, and
refuses nothing: "one man of 61 from the harbour flats" is asked about, "people over sixty" is not.
"""

from __future__ import annotations

import re
from enum import Enum


class Sort(Enum):
    """What a word tells. Some tell who it is alone, others only together with another sort."""

    CONTACT = "contact"
    AGE = "age"
    NAME = "name"
    ONE_PERSON = "one person"
    PLACE = "place"


ALONE = {Sort.CONTACT}
ONE = (
    "man|woman|boy|girl|mother|mum|father|dad|son|daughter|brother|sister|husband|wife|partner|widow|widower|"
    "grandmother|grandfather|neighbour|caretaker|vicar|priest|imam|nurse|teacher|lady|lad|chap|resident|tenant|"
    "volunteer|councillor|refugee|carer|veteran|pensioner|student|manager"
)
DWELLING = "street|road|avenue|lane|close|flats|estate|court|house|tower|terrace|hostel|square|crescent"
PATTERNS: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    (Sort.CONTACT, re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,60}")),
    (Sort.CONTACT, re.compile(r"(?<!\w)(?:\+44\s?|0)\d(?:[\s-]?\d){8,10}(?!\w)")),
    (Sort.CONTACT, re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b")),
    (Sort.AGE, re.compile(r"\b(?:aged?|of|is|was|turned|,)\s+\d{1,2}(?=[\s,.;)]|$)(?!\s+(?:of|people|per|to|or)\b)")),
    (Sort.AGE, re.compile(r"\b\d{1,2}[\s-]years?[\s-]old\b", re.IGNORECASE)),
    (Sort.ONE_PERSON, re.compile(rf"\b(?:an?|one|the|her|his|my|our|this|that)\s(?:\w+\s)?(?:{ONE})\b", re.IGNORECASE)),
    (Sort.PLACE, re.compile(rf"\b(?:\d+\s)?(?:\w+\s)(?:{DWELLING})\b", re.IGNORECASE)),
    # Two words with capitals, or one behind a title.
    (Sort.NAME, re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Rev|Sir|Sister|Father)\.?\s[A-Z]\w+")),
    (Sort.NAME, re.compile(r"(?<=[a-z,;]\s)[A-Z][a-z]+\s[A-Z][a-z]+\b")),
    (Sort.NAME, re.compile(r"(?:^|[.!?]\s)[A-Z][a-z]+\s[A-Z][a-z]+\b")),
    (Sort.NAME, re.compile(r"\b(?:called|named|name is|said|says|met|asked|told)\s+[A-Z][a-z]+\b")),
)  # fmt: skip


def telling_parts(passage: str) -> list[tuple[str, bool]]:
    """The passage in stretches, each with whether it could tell who somebody is; nothing if none of it could."""
    spans: list[tuple[int, int]] = []
    in_a_place = bytearray(len(passage))
    sorts = set()
    for sort, pattern in PATTERNS:
        for match in pattern.finditer(passage):
            # A house has a name too.
            if sort is Sort.NAME and any(in_a_place[match.start() : match.end()]):
                continue
            sorts.add(sort)
            spans.append(match.span())
            if sort is Sort.PLACE:
                in_a_place[match.start() : match.end()] = b"x" * len(match.group())
    if not (sorts & ALONE or len(sorts) > 1):
        return []
    parts, place = [], 0
    for start, end in sorted(spans):
        if end <= place:
            continue
        start = max(start, place)
        parts += [(passage[place:start], False)] if start > place else []
        parts.append((passage[start:end], True))
        place = end
    return [*parts, (passage[place:], False)] if place < len(passage) else parts
