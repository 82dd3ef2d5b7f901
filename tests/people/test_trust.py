"""The rule of trust: a pure function over days, and what writes it down."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from people.models import Event, Message, Standing
from people.standing import (
    end_pause,
    end_trust_of_the_idle,
    is_new,
    is_paused,
    is_trusted,
    note_what_became,
    pause_person,
    standing_of,
)
from people.trust import Fact, Trust, TrustRule, trust_after
from tests.factories.people import UserFactory

pytestmark = pytest.mark.database

RULE = TrustRule()
YES, NO, OUT, BACK = Fact.ACCEPTED, Fact.REJECTED, Fact.TAKEN_OUT, Fact.PUT_BACK
# What became of somebody's edits, each with the day; the day that is looked at; whether they are trusted then.
TABLE = {
    "nothing was ever sent": ([], 0, False),
    "two are not enough": ([(0, YES), (1, YES)], 1, False),
    "three are": ([(0, YES), (1, YES), (2, YES)], 2, True),
    "three in one day are": ([(0, YES), (0, YES), (0, YES)], 0, True),
    "a rejection among them makes it wait": ([(0, YES), (1, NO), (2, YES), (3, YES), (4, YES)], 30, False),
    "and then it comes by itself": ([(0, YES), (1, NO), (2, YES), (3, YES), (4, YES)], 31, True),
    "a rejection before the first takes nothing away": ([(0, NO), (1, YES), (2, YES), (3, YES)], 30, True),
    "a rejection ends it": ([(0, YES), (1, YES), (2, YES), (9, NO)], 9, False),
    "and thirty clean days alone do not bring it back": ([(0, YES), (1, YES), (2, YES), (9, NO)], 40, False),
    "one more accepted edit and thirty days do": ([(0, YES), (1, YES), (2, YES), (9, NO), (12, YES)], 39, True),
    "not a day before": ([(0, YES), (1, YES), (2, YES), (9, NO), (12, YES)], 38, False),
    "an edit that was taken out costs two": ([(0, YES), (1, YES), (2, YES), (9, OUT), (12, YES)], 60, False),
    "and two bring it back": ([(0, YES), (1, YES), (2, YES), (9, OUT), (12, YES), (13, YES)], 39, True),
    "many weigh no more than three": ([(0, YES)] * 50 + [(60, OUT), (61, YES)], 200, False),
    "one that was taken out by mistake costs nothing": ([(0, YES), (1, YES), (2, YES), (9, OUT), (10, BACK)], 10, True),
    "and makes nobody more than they were": ([(0, YES), (1, YES), (9, OUT), (10, BACK)], 10, False),
    "two rejections in a row take two away": ([(0, YES), (1, YES), (2, YES), (9, NO), (9, NO), (12, YES)], 60, False),
    "twelve months without an edit end it": ([(0, YES), (1, YES), (2, YES)], 368, False),
    "not a day before twelve months": ([(0, YES), (1, YES), (2, YES)], 367, True),
    "and what was counted before": ([(0, YES), (1, YES), (2, YES), (400, YES), (401, YES)], 401, False),
    "three more make it again": ([(0, YES), (1, YES), (2, YES), (400, YES), (401, YES), (402, YES)], 402, True),
}  # fmt: skip
BEGIN = date(2026, 1, 1)


def day(number):
    return BEGIN + timedelta(days=number)


@pytest.mark.parametrize(("facts", "looked_at", "expected"), TABLE.values(), ids=TABLE.keys())
def test_the_table(facts, looked_at, expected):
    trust = Trust()
    for number, fact in facts:
        trust = trust_after(trust, fact, day(number), RULE)
    assert trust_after(trust, None, day(looked_at), RULE).is_trusted is expected


def test_it_says_since_when():
    trust = Trust()
    for number in (0, 1, 2, 5):
        trust = trust_after(trust, YES, day(number), RULE)
    assert trust.since == day(2)


def test_the_figures_are_settings():
    quick = TrustRule(accepted_edits=1, clean_days=2, idle_days=3, rejection_costs=0, removal_costs=1)
    trust = trust_after(Trust(), YES, day(0), quick)
    assert trust.is_trusted
    assert not (lower := trust_after(trust, NO, day(1), quick)).is_trusted
    assert trust_after(lower, None, day(3), quick).is_trusted
    assert not trust_after(lower, None, day(4), quick).is_trusted


@given(st.lists(st.tuples(st.sampled_from([YES, NO, OUT, BACK]), st.integers(0, 200)), max_size=30))
def test_looking_changes_nothing_and_trust_always_has_its_reasons(steps):
    trust, today = Trust(), BEGIN
    for fact, days in steps:
        today += timedelta(days=days)
        trust = trust_after(trust, fact, today, RULE)
        again = trust_after(trust, None, today, RULE)
        assert again == trust
        assert 0 <= trust.accepted_edits <= RULE.accepted_edits
        if trust.is_trusted:
            assert trust.accepted_edits == RULE.accepted_edits
            assert trust.setback_on is None or today - trust.setback_on >= timedelta(days=30)


@pytest.mark.django_db
class TestStanding:
    def test_three_accepted_edits_are_written_down_and_logged(self):
        person = UserFactory()
        with time_machine.travel("2026-03-01"):
            for _time in range(3):
                note_what_became(person=person, fact=YES)
        standing = standing_of(person)
        assert (standing.first_accepted_on, standing.trusted_since) == (date(2026, 3, 1), date(2026, 3, 1))
        assert list(Event.objects.values_list("what", "who", "whose", "why")) == [
            ("person.trusted", None, person.pk, "accepted")
        ]

    def test_who_was_idle_for_a_year_is_not_trusted_whether_or_not_anything_ran(self):
        person = UserFactory()
        with time_machine.travel("2026-03-01"):
            for _time in range(3):
                note_what_became(person=person, fact=YES)
        with time_machine.travel("2027-03-01"):
            assert is_trusted(standing_of(person))
        with time_machine.travel("2027-03-03"):
            assert not is_trusted(standing_of(person))
            assert (end_trust_of_the_idle(), end_trust_of_the_idle()) == (1, 0)
            assert standing_of(person).trusted_since is None
            assert Event.objects.filter(what="person.trust_ended", why="time").count() == 1

    def test_trust_comes_back_by_time_alone_once_thirty_days_are_clean(self):
        person = UserFactory()
        with time_machine.travel("2026-03-01"):
            for fact in (YES, NO, YES, YES, YES):
                note_what_became(person=person, fact=fact)
            assert not is_trusted(standing_of(person))
        with time_machine.travel("2026-04-01"):
            assert is_trusted(standing_of(person))
            assert end_trust_of_the_idle() == 1

    def test_somebody_is_new_until_thirty_days_after_their_first_accepted_edit(self):
        person = UserFactory()
        assert is_new(standing_of(person))
        with time_machine.travel("2026-03-01"):
            note_what_became(person=person, fact=YES)
        with time_machine.travel("2026-03-30"):
            assert is_new(standing_of(person))
        with time_machine.travel("2026-03-31"):
            assert not is_new(standing_of(person))


@pytest.mark.django_db
class TestPauses:
    def pause(self, person, by, **words):
        pause_person(person=person, by=by, **{"until": timezone.localdate() + timedelta(days=7), "reason": "x"} | words)

    def test_a_pause_ends_by_itself_and_can_be_ended_sooner(self, moderator):
        person = UserFactory()
        self.pause(person, moderator)
        assert is_paused(standing_of(person)) and not is_trusted(standing_of(person))
        with time_machine.travel(timezone.now() + timedelta(days=9)):
            assert not is_paused(standing_of(person))
        end_pause(person=person, by=moderator)
        assert not is_paused(standing_of(person))
        assert set(Event.objects.values_list("what", flat=True)) == {"person.paused", "person.pause_ended"}
        first, last = Message.objects.filter(person=person).order_by("pk")
        assert "Why:\n\nx" in first.body and last.title == "Your pause is over"
        end_pause(person=person, by=moderator)
        assert Message.objects.count() == 2, "nothing ended"

    @pytest.mark.parametrize("words", [{"reason": " "}, {"until": date(2020, 1, 1)}, {"until": date(2999, 1, 1)}])
    def test_it_has_a_reason_and_a_day(self, moderator, words):
        with pytest.raises(ValidationError):
            self.pause(person := UserFactory(), moderator, **words)
        assert not Standing.objects.filter(person=person).exists()

    def test_nobody_pauses_themselves_nor_those_who_look_after_the_site(self, moderator):
        other, somebody = UserFactory(administrator=True), UserFactory()
        for by, person in ((moderator, moderator), (moderator, other), (somebody, UserFactory())):
            with pytest.raises(PermissionDenied):
                self.pause(person, by)

    def test_a_moderator_pauses_on_a_page_and_what_is_wrong_is_told(self, desk):
        person = UserFactory()
        address = f"/people/{person.username}/pause/"
        shown = desk.post(address, {"until": "soon", "reason": "Kept as typed"}).content.decode()
        assert "Write the day such as" in shown and "Kept as typed" in shown
        assert desk.post(address, {"until": "2001-01-01", "reason": "x"}).status_code == 200
        until = timezone.localdate() + timedelta(days=3)
        assert desk.post(address, {"until": until.isoformat(), "reason": "Five pages named people"}).status_code == 302
        assert standing_of(person).pause_reason == "Five pages named people"
        desk.post(address, {"do": "end"})
        assert not is_paused(standing_of(person))

    def test_nobody_else_gets_to_that_page(self, client, moderator):
        person = UserFactory()
        assert client.get(f"/people/{person.username}/pause/").status_code == 302
        client.force_login(UserFactory())
        assert client.get(f"/people/{person.username}/pause/").status_code == 403
        client.force_login(moderator)
        assert client.get(f"/people/{moderator.username}/pause/").status_code == 403
        assert client.get("/people/nobody-at-all/pause/").status_code == 404
