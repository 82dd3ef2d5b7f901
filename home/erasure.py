"""Erasure that the law asks for: of a passage, or of a person, out of every store there is.

It does not go table by table. Every text of every table of ours, and of those of Wagtail that hold our words, is
looked through, so that a column which somebody adds later is not forgotten. What stood there becomes "[…]".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.models import ProposedEdit, State
from feedback.models import Pledge, PledgeState, Rating, ReportState, RuledOut, TriedEssential, TriedReport
from feedback.models.reports import ERASED
from feedback.totals import recount
from people.events import record_event
from people.handles import keep_handles_unread
from people.models import User
from people.services import close_account
from practices.models import PracticePage
from practices.models.pages import sort_title
from practices.signals import send_practice_changed
from search.services import drain_queue, rebuild_index

from .models import Erasure

MARK = "[…]"
SHORTEST, LONGEST = 3, 2_000
OUR_APPS = ("practices", "people", "contributions", "feedback", "search", "home")
WAGTAIL = ("wagtailcore.Page", "wagtailcore.Revision", "wagtailcore.PageLogEntry", "wagtailcore.ModelLogEntry")
# By what people sign in and are known: closing an account empties these, and nothing else may.
NOT_LOOKED_THROUGH = {"people.User", "people.FormerHandle", "people.VisitorKey", "people.RateCount", "people.Event"}
# Where a thing stands, and not what anybody said of it.
ADDRESSES = {"url_path", "object_id"}
# Each row of these is one text, and none of them is worth keeping without it.
DELETED_WHOLE = {"search.TypedSearch"}
NEVER_TAKEN = (State.DRAFT, State.WITHDRAWN, State.CHANGES_ASKED, State.REJECTED, State.WAITING)
A_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True)
class Passage:
    """Words to be erased, however they are broken into lines and whatever their capitals are.

    Args:
        text: the words.

    Raises:
        ValidationError: they are too short to mean one thing, or too long.
    """

    text: str

    def __post_init__(self) -> None:
        words = " ".join(self.text.split())
        if not SHORTEST <= len(words) <= LONGEST:
            raise ValidationError(
                _("Write between %(least)d and %(most)d letters") % {"least": SHORTEST, "most": LONGEST}
            )

    @property
    def pattern(self) -> re.Pattern[str]:
        words = r"\s+".join(re.escape(word) for word in self.text.split())
        return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)

    @property
    def telling_word(self) -> str:
        """The longest stretch of plain letters: what a database finds in any encoding. Empty if there is none."""
        return max(A_WORD.findall(self.text), key=len, default="")

    def out_of(self, value: Any) -> Any:
        """The same value without the passage, wherever in it that stands."""
        if isinstance(value, str):
            return self.pattern.sub(MARK, value)
        if isinstance(value, dict):
            return {key: self.out_of(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.out_of(each) for each in value]
        return value


@dataclass
class Found:
    """Where a passage stands.

    Args:
        rows: how many rows of each table hold it, by what the table holds.
        pages: the numbers of the practices whose page says it now.
        proposals: the numbers of the proposed edits that hold it.
        reports: the numbers of the reports of how it went that hold it.
        told_of: the numbers of the practices of which somebody told it, or gave a number that goes as well.
        mails: how many mails in the folder of a machine without a mail server hold it.
    """

    rows: Counter[str] = field(default_factory=Counter)
    pages: set[int] = field(default_factory=set)
    proposals: set[int] = field(default_factory=set)
    reports: set[int] = field(default_factory=set)
    told_of: set[int] = field(default_factory=set)
    mails: int = 0

    @property
    def count(self) -> int:
        return sum(self.rows.values()) + self.mails


def find_passage(passage: Passage) -> Found:
    """Say where a passage stands, and change nothing."""
    found = Found(mails=len(list(_mails_holding(passage))))
    for model in searched_models():
        for row in _rows_holding(model, passage):
            _note(found, model, row)
    return found


def erase_passage(*, passage: Passage, by: User) -> Found:
    """Take a passage out of every page, version, proposal, message, report, list, log, mail, index and cache.

    The versions of a page stay, with a mark where the passage stood. The search finds it no more from now on; the
    files of the index and of the database, which keep for a while what was deleted in them, are written anew by
    the loop of due work.

    Args:
        passage: which words.
        by: an administrator.

    Returns:
        Where it stood.

    Raises:
        PermissionDenied: they are no administrator.
    """
    _check_administrator(by)
    with transaction.atomic():
        found = _erase_rows(passage, by)
        _count_and_tell(found)
    found.mails = _erase_mails(passage)
    _let_go_of_copies()
    return found


def erase_person(*, person: User, by: User) -> Found:
    """Close an account and take out all that tells whose it was. What stands on pages stays, by "a former member".

    What they wrote and was never taken is deleted. Their handle is kept as a hash, so that nobody else is given it.

    Raises:
        PermissionDenied: the one who asks is no administrator.
        people.services.LastAdministratorError: nobody would be left who can look after the site.
    """
    _check_administrator(by)
    names = [person.username, *person.former_handles.values_list("handle", flat=True), *filter(None, [person.email])]
    passages = [Passage(name) for name in names]
    found = Found()
    with transaction.atomic():
        close_account(person=person)
        keep_handles_unread(names)
        ProposedEdit.objects.filter(author=person, state__in=NEVER_TAKEN).delete()
        found.told_of |= _forget_what_they_said(person)
        record_event("person.erased", person, by=by, whose=person)
        for passage in passages:
            _add(found, _erase_rows(passage, by, whose=person))
        _count_and_tell(found)
    for passage in passages:
        found.mails += _erase_mails(passage)
    _let_go_of_copies()
    return found


def _forget_what_they_said(person: User) -> set[int]:
    """Delete what somebody told and was never shown, what they try, and what they thought of pages; returns those."""
    TriedReport.objects.filter(author=person).exclude(state=ReportState.SHOWN).delete()
    Pledge.objects.filter(person=person).delete()
    pages: set[int] = set()
    for thought in (Rating.objects.filter(person=person), RuledOut.objects.filter(person=person)):
        pages |= set(thought.values_list("page_id", flat=True))
        thought.delete()
    return pages


def _count_and_tell(found: Found) -> None:
    """Count anew what was told, and tell search and every process that keeps pages, whatever the totals come to.

    Last of all and once: whoever held the library's row, and went on to totals, would wait for somebody who rates.
    """
    recount(found.told_of)
    send_practice_changed(found.pages | found.told_of)


def searched_models() -> list[type[models.Model]]:
    """Every table that is looked through."""
    ours = [model for app in OUR_APPS for model in apps.get_app_config(app).get_models()]
    theirs = [apps.get_model(label) for label in WAGTAIL]
    return [model for model in [*ours, *theirs] if model._meta.label not in NOT_LOOKED_THROUGH]


def text_columns(model: type[models.Model]) -> list[models.Field]:
    """The columns of a table in which somebody's words can stand; those of its parents are theirs."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [
        column
        for column in model._meta.local_concrete_fields
        if isinstance(column, kinds)
        and not isinstance(column, models.SlugField | models.FileField)
        and not (column.choices or column.primary_key or column.name in ADDRESSES)
        and (not column.unique or model._meta.label in DELETED_WHOLE)
    ]


@transaction.atomic
def _erase_rows(passage: Passage, by: User, whose: User | None = None) -> Found:
    found = Found()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
    for model in searched_models():
        for row in list(_rows_holding(model, passage)):
            _note(found, model, row)
            manager = model._base_manager.filter(pk=row.pk)
            if model._meta.label in DELETED_WHOLE:
                manager.delete()
            else:
                columns = {column.attname: getattr(row, column.attname) for column in text_columns(model)}
                if model is Pledge and passage.out_of(row.email) != row.email:
                    # Nobody can be asked at an address that is erased.
                    columns |= {"email": "", "state": PledgeState.STOPPED, "closed_at": timezone.now()}
                manager.update(**{name: passage.out_of(value) for name, value in columns.items()})
    for page in PracticePage.objects.filter(pk__in=found.pages):
        # It is made from the title, and says the same without its signs.
        PracticePage.objects.filter(pk=page.pk).update(sort_title=sort_title(page.title))
        record_event("practice.erased", page, by=by, whose=whose)
    for proposal in ProposedEdit.objects.filter(pk__in=found.proposals):
        record_event("proposal.erased", proposal, by=by, whose=proposal.author)
    reports = TriedReport.objects.filter(pk__in=found.reports)
    for report in reports:
        # What places are told apart by is made from their names; two without a name are two all the same.
        reports.filter(pk=report.pk).update(
            place_key=f"{ERASED}{report.pk}" if MARK in report.place else report.place_key
        )
        record_event("report.erased", report, by=by, whose=report.author)
    return found


def _rows_holding(model: type[models.Model], passage: Passage) -> Iterator[Any]:
    """The rows in which a passage stands: those that hold its most telling word, looked at closely."""
    columns = text_columns(model)
    if not columns:
        return
    rows = model._base_manager.all()
    if word := passage.telling_word:
        asked = Q()
        for column in columns:
            name = column.attname
            if isinstance(column, models.JSONField):
                rows = rows.alias(**{f"{name}_as_text": Cast(name, models.TextField())})
                name = f"{name}_as_text"
            asked |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(asked)
    for row in rows.only(*(column.attname for column in columns)).iterator(chunk_size=200):
        values = [getattr(row, column.attname) for column in columns]
        if passage.out_of(values) != values:
            yield row


def _note(found: Found, model: type[models.Model], row: Any) -> None:
    found.rows[str(model._meta.verbose_name)] += 1
    if model is ProposedEdit:
        found.proposals.add(row.pk)
    elif model is TriedReport:
        found.reports.add(row.pk)
        found.told_of.add(row.page_id)
    elif model is TriedEssential:
        found.told_of.add(row.report.page_id)
    elif issubclass(model, PracticePage):
        found.pages.add(row.pk)
    elif model._meta.label == "wagtailcore.Page":
        found.pages |= set(PracticePage.objects.filter(pk=row.pk).values_list("pk", flat=True))
    elif model._meta.app_label == "practices" and any(each.name == "page" for each in model._meta.fields):
        found.pages |= set(model._base_manager.filter(pk=row.pk).values_list("page", flat=True))


def _add(found: Found, other: Found) -> None:
    found.rows += other.rows
    found.pages |= other.pages
    found.proposals |= other.proposals
    found.reports |= other.reports
    found.told_of |= other.told_of


def _mails_holding(passage: Passage) -> Iterator[Path]:
    folder = Path(settings.MAIL_FOLDER) if settings.MAIL_FOLDER else None
    for file in folder.glob("*.log") if folder else ():
        mail: Any = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        told = [str(mail["Subject"]), str(mail["To"]), body.get_content() if body else ""]
        if passage.out_of(told) != told:
            yield file


def _erase_mails(passage: Passage) -> int:
    files = list(_mails_holding(passage))
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def _let_go_of_copies() -> None:
    caches["pages"].clear()
    drain_queue()
    Erasure.objects.create()


def finish_erasures() -> int:
    """Write anew the files that hold what was deleted in them; returns how many erasures are finished by that."""
    unfinished = Erasure.objects.filter(finished_at=None)
    asked = list(unfinished.values_list("pk", flat=True))
    # A cache that did not answer when something was erased may hold pages of before.
    if not asked or caches["pages"].clear() is False:  # type: ignore[func-returns-value]  # one that all share says
        return 0
    # One index more stays for those who are just searching in it, so only the second is rid of it.
    for _time in range(2):
        rebuild_index()
    if not compact_database():
        return 0
    return Erasure.objects.filter(pk__in=asked).update(finished_at=timezone.now())


def compact_database() -> bool:
    """Write the file of an SQLite database anew, without what was deleted in it; returns whether that was done.

    PostgreSQL does it by itself, in its own time.
    """
    if connection.vendor != "sqlite":
        return True
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DatabaseError:
        # Somebody is writing, or a transaction is open: the loop of due work comes again.
        return False
    return True


def _check_administrator(person: User) -> None:
    if not (person.is_active and person.is_superuser):
        raise PermissionDenied
