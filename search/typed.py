"""Counting what is typed, without keeping what only one or two people did.

People type about people. So words are written down only once three different visitors typed the same within
a week; until then a keyed hash of them is counted, beside a keyed hash of each visitor's network address.
What tells of danger, or reads like the description of somebody, is not counted at all.

Nobody waits for it: a search leaves a note in the memory of its process, and a moment later all notes go to
the database together. What a process has not written when it ends is lost, and that is no loss.
"""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.models import F
from django.utils import timezone

from people.weekly_keys import end_week_if_over, key_of_the_week, keyed_hash

from .danger import dangers_in
from .models import FORGOTTEN_AFTER, TypedOnce, TypedSearch, WantedAsk
from .text import clean, words_of

logger = logging.getLogger(__name__)
VISITORS_NEEDED = 3
# Longer ones describe somebody.
MOST_WORDS = 8
LONGEST = 80
# Numbers of telephones, of cases and of houses with their postcodes; addresses of mail.
TELLS_WHO = re.compile(r"@|\d{4,}|(?:\d[^a-z]*){5}|\b[a-z]{1,2}\d{1,2}[a-z]?\s*\d[a-z]{2}\b")
MOST_HASHES = 100_000
MOST_NOTES = 1_000


@dataclass(frozen=True, slots=True)
class Note:
    words: str
    visitor: str
    found: int


class Notebook:
    """The notes of this process that are not in the database yet."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._notes: list[Note] = []
        self._is_waiting = False

    def add(self, note: Note) -> None:
        """Keep a note for a moment. A full notebook takes no more: the count is none of a flood."""
        with self._guard:
            if len(self._notes) < MOST_NOTES:
                self._notes.append(note)
            seconds = settings.SEARCH_COUNTED_AFTER
            if self._is_waiting or seconds is None:
                return
            self._is_waiting = True
        timer = threading.Timer(seconds, self._write_behind)
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError:
            # The machine has no room for a thread: the next search tries again.
            self._is_waiting = False

    def write(self) -> int:
        """Bring all notes into the database; returns how many there were."""
        with self._guard:
            notes, self._notes = self._notes, []
            self._is_waiting = False
        if notes:
            count_typed(notes)
        return len(notes)

    def _write_behind(self) -> None:
        try:
            self.write()
        except DatabaseError as error:
            # A database that is busy or gone: what was noted is let go of, and told without its words.
            logger.warning("What was typed could not be counted: %s", type(error).__name__)
        finally:
            connections.close_all()


notebook = Notebook()


def note_typed(words: str, *, visitor: str, found: int) -> None:
    """Note that somebody searched, if what was typed is short and tells of nobody.

    Args:
        words: as they were typed.
        visitor: the network address; only a keyed hash of it leaves the memory of the process.
        found: how many practices answered.
    """
    plain = countable(words)
    if plain:
        notebook.add(Note(plain, visitor, found))


def countable(words: str) -> str:
    """The words as they are counted, in small letters; nothing for what is never counted."""
    plain = clean(words, LONGEST + 1).lower()
    if not plain or len(plain) > LONGEST or not 0 < len(words_of(plain)) <= MOST_WORDS:
        return ""
    if TELLS_WHO.search(plain) or dangers_in(plain):
        return ""
    return plain


@transaction.atomic
def count_typed(notes: list[Note]) -> None:
    """Count notes in one transaction. The third visitor makes the words known."""
    today = timezone.localdate()
    key = key_of_the_week()
    room = MOST_HASHES - TypedOnce.objects.count()
    known = set(TypedSearch.objects.filter(words__in={note.words for note in notes}).values_list("words", flat=True))
    for note in notes:
        if note.words in known:
            TypedSearch.objects.filter(words=note.words).update(
                times=F("times") + 1, found=note.found, last_typed_on=today
            )
            continue
        if room <= 0:
            continue
        room -= 1
        words_hash = keyed_hash(key, "words", note.words)
        TypedOnce.objects.bulk_create(
            [TypedOnce(words_hash=words_hash, visitor_hash=keyed_hash(key, words_hash, note.visitor))],
            ignore_conflicts=True,
        )
        same = TypedOnce.objects.filter(words_hash=words_hash)
        visitors = same.count()
        if visitors >= VISITORS_NEEDED:
            same.delete()
            TypedSearch.objects.create(
                words=note.words, times=visitors, found=note.found, first_typed_on=today, last_typed_on=today
            )
            known.add(note.words)


def forget_counts_of_the_week(**kwargs: object) -> None:
    """Delete what was counted with the key of a week that is over."""
    TypedOnce.objects.all().delete()
    WantedAsk.objects.all().delete()


@transaction.atomic
def forget_old_searches() -> int:
    """Delete what nobody has typed for a year, and the counts of a week that is over; returns how many searches."""
    end_week_if_over()
    deleted, _by_model = TypedSearch.objects.not_typed_since(timezone.localdate() - FORGOTTEN_AFTER).delete()
    return deleted
