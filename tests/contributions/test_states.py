"""The states of a change: every step from every state, and any steps in any order, with the clock stopped."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contributions import reviewing, services
from contributions.models import ProposedEdit, ReviewClaim, State
from people.models import Event, Standing, User
from people.standing import is_trusted, standing_of
from people.trust import Fact, Trust, TrustRule, trust_after
from practices.models import PracticePage
from tests.factories.contributions import draft_of, left_as, make_trusted, writer
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
from tests.undone import undone

pytestmark = pytest.mark.django_db
WHY = {"reason": "It is about something else.", "next_step": "Begin a page of its own."}
BEGIN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
# Half a second each; `make soak` tries many more.
WALKS = 12 if os.environ.get("SOAK", "1") == "1" else 300
REFUSED = None
TAKEN_OUT = "taken out"

STEPS = {
    "save": lambda it: services.save_draft(
        proposal=it.edit, changes=left_as(it.page, cost="Two pounds"), by=it.writer, seen=it.edit.version
    ),
    "send": lambda it: services.send_proposal(proposal=it.edit, by=it.writer),
    "take back": lambda it: services.take_back(proposal=it.edit, by=it.writer),
    "let go": lambda it: services.withdraw_proposal(proposal=it.edit, by=it.writer),
    "begin again": lambda it: services.take_up_again(proposal=it.edit, by=it.writer),
    "accept": lambda it: reviewing.accept_proposal(proposal=it.edit, by=it.moderator),
    "ask": lambda it: reviewing.ask_for_changes(proposal=it.edit, by=it.moderator, reason="Where?"),
    "reject": lambda it: reviewing.reject_proposal(proposal=it.edit, by=it.moderator, **WHY),
    "leave": lambda it: reviewing.set_aside(proposal=it.edit, by=it.moderator),
    "check": lambda it: reviewing.check_published(proposal=it.edit, by=it.moderator),
    "take out": lambda it: reviewing.take_out(proposal=it.edit, by=it.moderator, **WHY),
}
# From each state, where each step leads; a step that is not named is refused, and changes nothing.
TABLE = {
    "draft": {"save": State.DRAFT, "send": State.WAITING, "let go": State.WITHDRAWN},
    "waiting": {
        "take back": State.DRAFT, "let go": State.WITHDRAWN, "accept": State.ACCEPTED, "ask": State.CHANGES_ASKED,
        "reject": State.REJECTED, "leave": State.WAITING,
    },
    "changes asked": {"save": State.CHANGES_ASKED, "send": State.WAITING, "let go": State.WITHDRAWN},
    "accepted": {"take out": TAKEN_OUT},
    "unchecked": {"check": State.ACCEPTED, "take out": TAKEN_OUT, "leave": State.ACCEPTED},
    "taken out": {"begin again": TAKEN_OUT},
    "rejected": {"begin again": State.REJECTED},
    "withdrawn": {"begin again": State.WITHDRAWN},
}  # fmt: skip


@dataclass
class Case:
    """One change, with everybody who can do something with it."""

    page: PracticePage
    edit: ProposedEdit
    author: object
    moderator: object

    @property
    def writer(self):
        return writer(self.author)


def state_of(edit):
    edit.refresh_from_db()
    return TAKEN_OUT if edit.taken_out_at else edit.state


def case_in(state, moderator):
    page, author = PracticeFactory(title="Tea for all", cost="Nothing"), UserFactory()
    if state in ("unchecked", "taken out"):
        make_trusted(author)
    made = draft_of(page, writer(author), cost="A pound")
    edit = made if state == "draft" else services.send_proposal(proposal=made, by=writer(author))
    case = Case(page, edit, author, moderator)
    way = {"changes asked": "ask", "accepted": "accept", "taken out": "take out", "rejected": "reject",
           "withdrawn": "let go"}.get(state)  # fmt: skip
    if way:
        STEPS[way](case)
    edit.refresh_from_db()
    return case


def again(case):
    """The same change as the database has it."""
    page, author = PracticePage.objects.get(pk=case.page.pk), User.objects.get(pk=case.author.pk)
    return Case(page, ProposedEdit.objects.get(pk=case.edit.pk), author, User.objects.get(pk=case.moderator.pk))


@pytest.mark.parametrize("state", TABLE)
def test_each_step_from_each_state(library, moderator, state):
    with time_machine.travel(BEGIN, tick=False):
        made = case_in(state, moderator)
        for step in STEPS:
            with undone():
                try_step(again(made), state, step)


def try_step(case, state, step):
    before, events = state_of(case.edit), Event.objects.count()
    expected = TABLE[state].get(step, REFUSED)
    if expected is REFUSED:
        with pytest.raises(PermissionDenied), transaction.atomic():
            STEPS[step](case)
        assert (state_of(case.edit), Event.objects.count()) == (before, events), step
        return
    STEPS[step](case)
    assert state_of(case.edit) == expected, step
    if step not in ("save", "begin again") and (state, step) != ("draft", "let go"):
        assert Event.objects.count() > events, f"{step}: it does not stand in the log"


WALK = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 2), st.integers(0, 40), st.booleans()),
    min_size=5, max_size=25,
)  # fmt: skip


@given(walk=WALK)
@settings(max_examples=WALKS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_steps_in_any_order_keep_words_log_and_trust_together(library, moderator, walk):
    """Three changes of one author, with days passing: whatever is tried, all that is told of them agrees."""
    with transaction.atomic(), time_machine.travel(BEGIN, tick=False) as clock:
        pages = [PracticeFactory(title=f"Tea {number}", cost="Nothing") for number in range(3)]
        author = UserFactory()
        cases = [Case(page, draft_of(page, writer(author), cost="A pound"), author, moderator) for page in pages]
        trust, rule = Trust(), TrustRule()
        for step, number, days, is_held in walk:
            clock.shift(timedelta(days=days))
            case = cases[number]
            if is_held:
                reviewing.claim_next(by=moderator)
            before, last = state_of(case.edit), Event.objects.count()
            try:
                with transaction.atomic():
                    STEPS[step](case)
            except PermissionDenied:
                assert (state_of(case.edit), Event.objects.count()) == (before, last)
                continue
            except services.NothingChangedError:
                continue
            trust = follow(trust, Event.objects.order_by("pk")[last:], rule)
            case.edit.refresh_from_db()
            check(case, before, step)
        today = datetime.now(tz=UTC).date()
        assert is_trusted(standing_of(author)) == trust_after(trust, None, today, rule).is_trusted
        transaction.set_rollback(True)


FACTS = {"proposal.accepted": Fact.ACCEPTED, "proposal.published": Fact.ACCEPTED, "proposal.rejected": Fact.REJECTED,
         "proposal.taken_out": Fact.TAKEN_OUT}  # fmt: skip


def follow(trust, events, rule):
    """The rule, over what the log says."""
    for event in events:
        if event.what in FACTS:
            trust = trust_after(trust, FACTS[event.what], event.at.date(), rule)
    return trust


def check(case, before, step):
    edit = case.edit
    assert edit.changed["cost"].mine in ("A pound", "Two pounds"), "words are lost"
    after = TAKEN_OUT if edit.taken_out_at else edit.state
    name = {State.CHANGES_ASKED: "changes asked"}.get(before, before)
    names = ["unchecked", "accepted"] if name == State.ACCEPTED else [name]
    allowed = {TABLE[each].get(step) for each in names} | ({State.ACCEPTED} if step == "send" else set())
    assert after in allowed, (before, step, after)
    said = PracticePage.objects.get(pk=case.page.pk).cost
    assert (said != "Nothing") == (after == State.ACCEPTED), "the page and the change do not agree"
    assert ReviewClaim.objects.count() <= 1
    if after in (State.REJECTED, TAKEN_OUT):
        assert edit.reason and edit.next_step
    assert not Standing.objects.filter(person=case.author, first_accepted_on=None, accepted_edits=3).exists()
