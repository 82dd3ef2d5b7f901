"""Changes of pages in the states that tests need."""

from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from contributions.content import Change, changes_between, content_of
from contributions.edit_form import EditForm
from contributions.models import Consent, ProposedEdit
from contributions.recognisable import recognisable_words
from contributions.services import begin_draft, note_draft, send_proposal
from people.models import Standing, User
from people.writers import Writer
from practices.models import PracticePage
from tests.factories.people import UserFactory


def writer(person: User | None = None, browser: str = "a browser") -> Writer:
    """Somebody who writes; without an account if no person is given."""
    return Writer(person, browser, form=browser)


def trusted_person(**fields: Any) -> User:
    return make_trusted(UserFactory(**fields))


def make_trusted(person: User) -> User:
    """Somebody whose last accepted edits, a good while ago, made them trusted."""
    since = timezone.localdate() - timedelta(days=60)
    counted = {"accepted_edits": 3, "first_accepted_on": since, "accepted_on": since, "trusted_since": since}
    Standing.objects.update_or_create(person=person, defaults=counted)
    return person


def left_as(page: PracticePage, **fields: Any) -> dict[str, Change]:
    """What somebody changed who read the page as it is."""
    before = content_of(page.specific)
    return changes_between(before, before | fields)


def draft_of(page: PracticePage, by: Writer | None = None, **fields: Any) -> ProposedEdit:
    """A draft by somebody with an account, begun from the page as it is."""
    page.refresh_from_db()
    by = by or writer(UserFactory())
    return begin_draft(by=by, changes=left_as(page, **fields), page=page, base=page.latest_revision)


def waiting_of(page: PracticePage, by: User | None = None, **fields: Any) -> ProposedEdit:
    """A change that was sent and waits to be checked."""
    by = by or UserFactory()
    draft = draft_of(page, writer(by), **fields)
    if recognisable_words(draft.changed):
        draft = note_draft(proposal=draft, by=writer(by), note=draft.note, consent=Consent.UNSURE)
    return send_proposal(proposal=draft, by=writer(by))


def typed(form: EditForm, **values: Any) -> QueryDict:
    """The form as a browser would send it, with some boxes filled otherwise."""
    data = QueryDict(mutable=True)
    for name in form.asked:
        data.appendlist("asked", name)
    for section in form.sections:
        for item in section.items:
            forms = [row.form for row in [*item.rows, item.fresh] if row] if hasattr(item, "rows") else [form.main]
            if hasattr(item, "rows"):
                for row in [*item.rows, item.fresh]:
                    if row:
                        data.appendlist(f"{item.name}-key", row.key)
            for each in forms:
                for box in each:
                    value = box.value()
                    shown = value if isinstance(value, list) else ["" if value is None else value]
                    data.setlist(box.html_name, [str(one) for one in shown])
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data
