"""Moderators: each holds one change, answers it, puts something right, looks afterwards, takes out again."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from contributions import reviewing, services
from contributions.content import Change, changes_between, content_of, empty_content
from contributions.harm import links_added
from contributions.models import Consent, Harm, ProposedEdit, ReviewClaim, State
from contributions.waits import in_words, share_within, waits_now
from home.roles import make_moderators
from people.models import Event, Message, Standing
from people.services import close_account
from people.standing import is_trusted, standing_of
from practices.models import PracticeIndexPage, PracticePage
from tests.factories.contributions import (
    draft_of,
    left_as,
    make_trusted,
    trusted_person,
    typed,
    waiting_of,
    writer,
)
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db
WHY = {"reason": "It is about something else.", "next_step": "Begin a page of its own."}


@pytest.fixture
def page(library):
    return PracticeFactory(title="Tea for all", slug="tea", what_it_is="We meet.\n\nWe talk.", cost="Nothing")


@pytest.fixture
def other(moderator):
    """A second moderator."""
    return another_moderator()


def another_moderator():
    person = UserFactory()
    person.groups.add(make_moderators(PracticeIndexPage.objects.get()))
    return person


def now(page):
    return PracticePage.objects.get(pk=page.pk).specific


def sent_ago(proposal, **ago):
    ProposedEdit.objects.filter(pk=proposal.pk).update(sent_at=timezone.now() - timedelta(**ago))
    return proposal


def shown_form(desk, proposal):
    """The form that corrects a change, as a browser would send it untouched."""
    answer = desk.get(f"/review/{proposal.pk}/correct/")
    data = typed(answer.context["form"])
    data["seen"], data["base"] = answer.context["seen"], answer.context["base"]
    return dict(data.lists())


def published(page, by=None, **fields):
    return waiting_of(page, by or trusted_person(), **fields)


class TestClaims:
    def test_harm_comes_first_and_then_whoever_waits_longest(self, page, moderator):
        late = sent_ago(waiting_of(page, place="Leeds"), hours=1)
        early = sent_ago(waiting_of(page, place="York"), days=2)
        harmful = waiting_of(page, local_form="One man of 61 from the harbour flats came.")
        given = [reviewing.claim_next(by=moderator, but_for=[])]
        given += [reviewing.claim_next(by=moderator, but_for=[one.pk for one in given]) for _time in range(1)]
        given.append(reviewing.claim_next(by=moderator, but_for=[one.pk for one in given]))
        assert given == [harmful, early, late]
        assert reviewing.claim_next(by=moderator, but_for=[one.pk for one in given]) is None

    def test_two_moderators_never_hold_the_same_one(self, page, moderator, other):
        waiting_of(page, place="Leeds"), waiting_of(page, place="York")
        first, second = reviewing.claim_next(by=moderator), reviewing.claim_next(by=other)
        assert first != second
        assert reviewing.claim_next(by=another_moderator()) is None
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewClaim.objects.create(proposal=second, moderator=another_moderator(), until=timezone.now())
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewClaim.objects.filter(moderator=other).update(moderator=moderator)

    def test_what_is_left_alone_is_free_again_after_ten_minutes(self, page, moderator, other):
        sent = waiting_of(page, place="Leeds")
        reviewing.claim_next(by=moderator)
        with time_machine.travel(timezone.now() + timedelta(minutes=9)):
            assert reviewing.claim_next(by=other) is None
        with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
            assert reviewing.held_by_another(sent, other) is None
            assert reviewing.claim_next(by=other) == sent

    def test_what_another_holds_is_not_answered(self, page, moderator, other):
        sent = waiting_of(page, place="Leeds")
        reviewing.claim_next(by=moderator)
        for answer in (
            lambda: reviewing.accept_proposal(proposal=sent, by=other),
            lambda: reviewing.ask_for_changes(proposal=sent, by=other, reason="x"),
            lambda: reviewing.reject_proposal(proposal=sent, by=other, **WHY),
            lambda: reviewing.set_aside(proposal=sent, by=other),
        ):
            with pytest.raises(reviewing.HeldError):
                answer()
        assert reviewing.accept_proposal(proposal=sent, by=moderator).state == State.ACCEPTED
        assert not ReviewClaim.objects.exists()

    def test_nobody_is_given_their_own_nor_what_they_left(self, page, moderator, other):
        own, left = waiting_of(page, moderator, place="Leeds"), waiting_of(page, place="York")
        assert reviewing.claim_next(by=moderator) == left
        reviewing.set_aside(proposal=left, by=moderator)
        assert reviewing.claim_next(by=moderator, but_for=[left.pk]) is None
        assert {reviewing.claim_next(by=other), reviewing.claim_next(by=other, but_for=[own.pk])} == {own, left}
        left.refresh_from_db()
        assert (left.set_aside, left.state) == (1, State.WAITING)

    def test_who_is_no_moderator_holds_nothing(self, page):
        waiting_of(page, place="Leeds")
        with pytest.raises(PermissionDenied):
            reviewing.claim_next(by=trusted_person())

    def test_an_author_who_takes_theirs_back_takes_it_out_of_the_hands_of_a_moderator(self, page, moderator):
        sent = waiting_of(page, author := UserFactory(), place="Leeds")
        reviewing.claim_next(by=moderator)
        services.take_back(proposal=sent, by=writer(author))
        assert not ReviewClaim.objects.exists()
        with pytest.raises(PermissionDenied):
            reviewing.accept_proposal(proposal=sent, by=moderator)

    def test_when_nothing_waits_what_is_unchecked_is_given(self, page, moderator):
        change = published(page, place="Leeds")
        assert reviewing.claim_next(by=moderator) == change
        reviewing.check_published(proposal=change, by=moderator)
        assert reviewing.claim_next(by=moderator) is None

    def test_behind_a_crowd_of_newcomers_known_people_are_not_lost(self, page, moderator, monkeypatch):
        monkeypatch.setattr(reviewing, "CROWD", 3)
        for number in range(4):
            sent_ago(waiting_of(page, place=f"Spam {number}"), days=3)
        known = UserFactory()
        Standing.objects.create(person=known, first_accepted_on=timezone.localdate())
        theirs = waiting_of(page, known, place="Leeds")
        assert reviewing.claim_next(by=moderator) == theirs


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_moderators_who_press_at_once_are_given_different_ones(library, moderator):
    page = PracticeFactory(title="Tea for all")
    for number in range(6):
        waiting_of(page, place=f"Place {number}")
    people = [moderator, *(another_moderator() for _number in range(5))]
    start, given = threading.Barrier(len(people)), []

    def press(person):
        start.wait()
        given.append(reviewing.claim_next(by=person).pk)
        connections.close_all()

    threads = [threading.Thread(target=press, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == len(set(given)) == 6


def put_right(page, **fields):
    """What a moderator makes of a change: all that is to change on the page, and what they put right in it."""
    before = content_of(now(page))

    def of(sent):
        then = before | {name: change.mine for name, change in sent.changed.items()}
        return reviewing.Correction(
            instead=changes_between(before, before | fields), right=changes_between(then, before | fields)
        )

    return of


class TestCorrections:
    def test_it_is_on_the_page_in_the_authors_name_with_what_was_put_right(self, page, moderator):
        sent = waiting_of(page, author := UserFactory(), cost="Nothnig", place="Leeds")
        correction = put_right(page, cost="Nothing at all", place="Leeds")(sent)
        accepted = reviewing.accept_proposal(proposal=sent, by=moderator, correction=correction)
        assert (now(page).cost, now(page).place) == ("Nothing at all", "Leeds")
        assert accepted.revision.user == author
        assert accepted.corrections == {"cost": ["Nothnig", "Nothing at all"]}
        assert accepted.changed["cost"].mine == "Nothnig", "what they wrote is theirs"
        assert Event.objects.filter(what="proposal.corrected", who=moderator, whose=author).exists()
        assert "put something small right" in Message.objects.get().body

    def test_a_part_that_was_put_back_is_a_correction_too(self, page, moderator):
        sent = waiting_of(page, cost="Rude", place="Leeds")
        correction = put_right(page, place="Leeds")(sent)
        accepted = reviewing.accept_proposal(proposal=sent, by=moderator, correction=correction)
        assert (now(page).cost, accepted.corrections) == ("Nothing", {"cost": ["Rude", "Nothing"]})

    def test_nothing_put_right_is_no_correction(self, page, moderator):
        sent = waiting_of(page, cost="Little")
        correction = put_right(page, cost="Little")(sent)
        accepted = reviewing.accept_proposal(proposal=sent, by=moderator, correction=correction)
        assert (accepted.corrections, now(page).cost) == ({}, "Little")

    def test_if_nothing_is_left_of_it_nothing_is_done(self, page, moderator):
        sent = waiting_of(page, cost="Rude")
        with pytest.raises(services.NothingChangedError):
            reviewing.accept_proposal(proposal=sent, by=moderator, correction=put_right(page)(sent))
        sent.refresh_from_db()
        assert sent.state == State.WAITING

    def test_nobody_puts_words_of_their_own_into_another_part(self, page, moderator):
        sent = waiting_of(page, cost="A pound")
        correction = put_right(page, cost="A pound", what_it_is="My own view.")(sent)
        with pytest.raises(PermissionDenied):
            reviewing.accept_proposal(proposal=sent, by=moderator, correction=correction)

    def test_what_others_wrote_in_the_same_part_is_no_correction(self, desk, page):
        sent = waiting_of(page, what_it_is="We meet.\n\nWe talk a lot.")
        published(page, what_it_is="We meet on Mondays.\n\nWe talk.")
        desk.post(f"/review/{sent.pk}/correct/", shown_form(desk, sent))
        sent.refresh_from_db()
        assert (sent.state, sent.corrections) == (State.ACCEPTED, {})
        assert now(page).what_it_is == "We meet on Mondays.\n\nWe talk a lot."

    def test_an_authors_newest_words_are_not_overwritten_however_often_it_is_pressed(self, desk, page):
        sent = waiting_of(page, author := UserFactory(), what_it_is="We meet.\n\nWe talk of Mary.")
        data = shown_form(desk, sent)
        back = services.take_back(proposal=sent, by=writer(author))
        newer = left_as(page, what_it_is="We meet.\n\nWe talk, and nobody is named.")
        services.save_draft(proposal=back, changes=newer, by=writer(author), seen=back.version)
        back.refresh_from_db()
        services.send_proposal(proposal=back, by=writer(author))
        for _time in range(2):
            told = desk.post(f"/review/{sent.pk}/correct/", data)
            assert told.status_code == 409 and "We talk of Mary." in told.content.decode()
        assert "Mary" not in now(page).what_it_is

    def test_moderators_see_what_is_on_the_page_and_not_what_was_put_right(self, desk, page, other):
        sent = waiting_of(page, cost="A pund")
        correction = put_right(page, cost="Two shillings")(sent)
        reviewing.accept_proposal(proposal=sent, by=other, correction=correction)
        assert "shillings" in desk.get(f"/review/{sent.pk}/").content.decode()

    def test_in_the_browser(self, desk, page):
        sent = waiting_of(page, author := UserFactory(), cost="Nothnig", steps=[])
        shown = desk.get(f"/review/{sent.pk}/correct/").content.decode()
        assert "Nothnig" in shown and "Move up" not in shown
        address = f"/review/{sent.pk}/correct/"
        kept = desk.post(address, {"asked": "cost", "cost": "x" * 501, "seen": sent.version}).content.decode()
        assert "x" * 501 in kept and "to put right" in kept and now(page).cost == "Nothing"
        desk.post(address, {"asked": "cost", "cost": "Nothing but time", "seen": sent.version})
        assert now(page).cost == "Nothing but time"
        client = Client()
        client.force_login(author)
        told = client.get(f"/proposals/{sent.pk}/").content.decode()
        assert "What was put right on the way" in told and "Nothnig" in told

    def test_what_others_wrote_while_it_was_corrected_is_not_overwritten(self, desk, page):
        sent = waiting_of(page, what_it_is="We meat.\n\nWe talk.")
        opened_on = page.latest_revision_id
        published(page, what_it_is="We meet.\n\nWe talk, and sing."), published(page, cost="A pound")
        data = {"asked": "what_it_is", "what_it_is": "We meet twice.\n\nWe talk.", "base": opened_on}
        desk.post(f"/review/{sent.pk}/correct/", data)
        assert now(page).what_it_is == "We meet twice.\n\nWe talk, and sing." and now(page).cost == "A pound"
        other = waiting_of(page, place="Leeds")
        opened_on = now(page).latest_revision_id
        published(page, place="York")
        data = {"asked": "place", "place": "Hull", "base": opened_on}
        kept = desk.post(f"/review/{other.pk}/correct/", data).content.decode()
        assert "changed in the same place" in kept and "Hull" in kept and now(page).place == "York"

    def test_a_form_of_another_version_corrects_nothing(self, desk, page):
        sent = waiting_of(page, cost="Nothnig")
        answer = desk.post(f"/review/{sent.pk}/correct/", {"asked": "cost", "cost": "Stale", "seen": "77"})
        assert answer.status_code == 409 and "changed it since" in answer.content.decode()
        assert "Stale" in answer.content.decode() and now(page).cost == "Nothing"


class TestUnchecked:
    def test_what_somebody_trusted_sends_is_on_the_page_and_waits_to_be_looked_at(self, page, moderator, other):
        change = published(page, place="Leeds")
        assert list(ProposedEdit.objects.unchecked()) == [change] and now(page).place == "Leeds"
        reviewing.check_published(proposal=change, by=moderator)
        assert not ProposedEdit.objects.unchecked().exists()
        with pytest.raises(PermissionDenied):
            reviewing.check_published(proposal=change, by=other)

    def test_what_another_holds_is_neither_checked_nor_taken_out(self, page, moderator, other):
        change = published(page, place="Leeds")
        reviewing.claim_next(by=moderator)
        for step in (
            lambda: reviewing.check_published(proposal=change, by=other),
            lambda: reviewing.take_out(proposal=change, by=other, **WHY),
        ):
            with pytest.raises(reviewing.HeldError):
                step()
        reviewing.check_published(proposal=change, by=moderator)
        assert not ReviewClaim.objects.exists()

    def test_nobody_looks_at_their_own(self, page, moderator):
        change = published(page, make_trusted(moderator), place="Leeds")
        with pytest.raises(PermissionDenied):
            reviewing.check_published(proposal=change, by=moderator)

    def test_it_can_be_taken_out_again_and_what_came_later_stays(self, page, moderator):
        change = published(page, author := trusted_person(), place="Leeds")
        later = published(page, cost="A pound")
        undoing = reviewing.take_out(proposal=change, by=moderator, **WHY)
        change.refresh_from_db()
        assert (now(page).place, now(page).cost) == ("", "A pound")
        assert (change.state, change.reviewer) == (State.ACCEPTED, moderator) and change.taken_out_at
        assert (undoing.author, undoing.undoes) == (moderator, change.revision)
        assert undoing in ProposedEdit.objects.unchecked(), "another moderator looks at what this one did"
        assert not is_trusted(standing_of(author))
        message = Message.objects.get(person=author)
        assert "It is about something else." in message.body and "Begin a page of its own." in message.body
        assert later in ProposedEdit.objects.unchecked()
        again = services.take_up_again(proposal=change, by=writer(author))
        assert again.changed["place"].mine == "Leeds"

    def test_a_page_that_began_with_it_is_taken_off_the_shelf(self, library, moderator):
        model, author = PracticePage, trusted_person()
        empty = empty_content(model)
        begun = changes_between(empty, empty | {"title": "Buy here", "summary": "Cheap", "what_it_is": "Cheap things"})
        draft = services.begin_draft(by=writer(author), changes=begun, kind="other")
        change = services.send_proposal(proposal=draft, by=writer(author))
        assert reviewing.take_out(proposal=change, by=moderator, **WHY) is None
        assert not PracticePage.objects.get(pk=change.page_id).live

    def new_page(self, author, moderator):
        empty = empty_content(PracticePage)
        begun = changes_between(empty, empty | {"title": "Walks", "summary": "We walk.", "what_it_is": "We walk."})
        draft = services.begin_draft(by=writer(author), changes=begun, kind="other")
        sent = services.send_proposal(proposal=draft, by=writer(author))
        return reviewing.accept_proposal(proposal=sent, by=moderator)

    def test_a_page_on_which_others_went_on_writing_stays_on_the_shelf(self, library, moderator):
        change = self.new_page(UserFactory(), moderator)
        published(PracticePage.objects.get(pk=change.page_id), cost="A pound")
        with pytest.raises(reviewing.OthersWroteError):
            reviewing.take_out(proposal=change, by=moderator, **WHY)
        assert PracticePage.objects.get(pk=change.page_id).live

    def test_whoever_began_a_page_that_was_taken_off_can_begin_it_again(self, library, moderator):
        change = self.new_page(author := UserFactory(), moderator)
        reviewing.take_out(proposal=change, by=moderator, **WHY)
        change.refresh_from_db()
        again = services.take_up_again(proposal=change, by=writer(author))
        assert (again.page, again.kind, again.changed["title"].mine) == (None, "other", "Walks")
        assert services.send_proposal(proposal=again, by=writer(author)).state == State.WAITING

    def test_whoever_has_nothing_on_a_page_any_more_is_as_new_as_before(self, page, moderator, client):
        author = UserFactory()
        change = reviewing.accept_proposal(proposal=waiting_of(page, author, cost="Buy pills"), by=moderator)
        assert client.get(author.get_absolute_url()).status_code == 200
        reviewing.take_out(proposal=change, by=moderator, **WHY)
        assert client.get(author.get_absolute_url()).status_code == 404

    def test_a_handle_does_not_stay_in_the_history_of_somebody_who_left(self, page, moderator, client):
        change = published(page, author := trusted_person(username="maple-lane"), place="Leeds")
        reviewing.take_out(proposal=change, by=moderator, **WHY)
        close_account(person=author)
        for address in ("/practices/tea/history/", "/changes/", "/changes/feed/"):
            assert "maple-lane" not in client.get(address).content.decode(), address

    def test_what_was_changed_again_since_is_told_and_nothing_is_done(self, page, moderator):
        change = published(page, author := trusted_person(), place="Leeds")
        published(page, place="York")
        with pytest.raises(reviewing.ChangedSinceError):
            reviewing.take_out(proposal=change, by=moderator, **WHY)
        change.refresh_from_db()
        assert change.taken_out_at is None and is_trusted(standing_of(author))

    def test_an_undoing_by_somebody_else_counts_once_a_moderator_let_it_pass(self, page, moderator):
        change = published(page, author := trusted_person(), place="Leeds")
        draft = draft_of(page, by := writer(UserFactory()), place="")
        ProposedEdit.objects.filter(pk=draft.pk).update(undoes=change.revision)
        draft.refresh_from_db()
        sent = services.send_proposal(proposal=draft, by=by)
        assert is_trusted(standing_of(author))
        reviewing.accept_proposal(proposal=sent, by=moderator)
        change.refresh_from_db()
        assert change.taken_out_at and not is_trusted(standing_of(author))

    def test_an_undoing_that_undoes_nothing_harms_nobody(self, page, moderator):
        """Somebody began to undo a change, and wrote something else."""
        change = published(page, author := trusted_person(), place="Leeds")
        draft = draft_of(page, by := writer(UserFactory()), cost="A pound")
        ProposedEdit.objects.filter(pk=draft.pk).update(undoes=change.revision)
        draft.refresh_from_db()
        reviewing.accept_proposal(proposal=services.send_proposal(proposal=draft, by=by), by=moderator)
        change.refresh_from_db()
        assert change.taken_out_at is None and is_trusted(standing_of(author))

    def test_an_undoing_that_comes_after_the_author_put_it_right_harms_nobody(self, page, moderator):
        change = published(page, author := trusted_person(), cost="A pound")
        by = writer(UserFactory())
        draft = services.begin_undoing(
            by=by, version=change.revision,
            draft={"changes": left_as(now(page), cost="Nothing"), "page": page, "base": now(page).latest_revision},
        )  # fmt: skip
        published(page, author, cost="Nothing")
        more = left_as(now(page), place="Hull")
        services.save_draft(proposal=draft, changes=draft.changed | more, by=by, seen=draft.version)
        draft.refresh_from_db()
        reviewing.accept_proposal(proposal=services.send_proposal(proposal=draft, by=by), by=moderator)
        change.refresh_from_db()
        assert change.taken_out_at is None and is_trusted(standing_of(author))

    def test_nobody_judges_what_would_take_out_their_own_change(self, desk, page, moderator):
        change = published(page, make_trusted(moderator), cost="My own view")
        by = writer(UserFactory())
        draft = services.begin_undoing(
            by=by, version=change.revision,
            draft={"changes": left_as(now(page), cost="Nothing"), "page": page, "base": now(page).latest_revision},
        )  # fmt: skip
        sent = services.send_proposal(proposal=draft, by=by)
        with pytest.raises(PermissionDenied):
            reviewing.reject_proposal(proposal=sent, by=moderator, **WHY)
        shown = desk.get(f"/review/{sent.pk}/").content.decode()
        assert "counts against their trust" in shown and "It takes back a change of yours" in shown
        assert reviewing.claim_next(by=moderator) is None, "they would be stuck with it"

    def test_what_was_taken_out_by_mistake_counts_again(self, page, moderator, other):
        change = published(page, author := trusted_person(), place="Leeds")
        undoing = reviewing.take_out(proposal=change, by=moderator, **WHY)
        assert not is_trusted(standing_of(author))
        reviewing.take_out(proposal=undoing, by=other, **WHY)
        change.refresh_from_db()
        assert (change.taken_out_at, now(page).place) == (None, "Leeds")
        assert is_trusted(standing_of(author)) and standing_of(author).first_accepted_on
        assert "We are sorry" in Message.objects.filter(person=author).latest("pk").body

    def test_taking_back_ones_own_costs_nothing(self, page, moderator):
        change = published(page, author := trusted_person(), place="Leeds")
        draft = draft_of(page, by := writer(author), place="")
        ProposedEdit.objects.filter(pk=draft.pk).update(undoes=change.revision)
        draft.refresh_from_db()
        undoing = services.send_proposal(proposal=draft, by=by)
        reviewing.check_published(proposal=undoing, by=moderator)
        assert is_trusted(standing_of(author))

    def test_in_the_browser(self, desk, page):
        change, other = published(page, place="Leeds"), published(page, cost="A pound")
        shown = desk.get("/review/?only=unchecked").content.decode()
        assert f"/review/{change.pk}/" in shown and "unchecked" in desk.get(f"/review/{change.pk}/").content.decode()
        desk.post(f"/review/{change.pk}/", {"do": "check"})
        address = f"/review/{other.pk}/take-out/"
        assert "Choose why" in desk.post(address, {"do": "take-out"}).content.decode()
        assert now(page).cost == "A pound"
        desk.post(address, {"do": "take-out", "why": "selling"})
        other.refresh_from_db()
        assert other.taken_out_at and other.reason.startswith("It sells something") and other.next_step
        assert now(page).cost == "Nothing"
        assert desk.get(address).status_code == 404


class TestTrust:
    def test_three_accepted_edits_and_the_next_one_is_on_the_page_at_once(self, page, moderator):
        author = UserFactory()
        for number in range(3):
            reviewing.accept_proposal(proposal=waiting_of(page, author, place=f"Leeds {number}"), by=moderator)
        assert waiting_of(page, author, cost="A pound").state == State.ACCEPTED

    def test_a_rejection_ends_it(self, page, moderator):
        author = trusted_person()
        draft = draft_of(page, by := writer(author), cost="A pound")
        services.note_draft(proposal=draft, by=by, note="", consent=Consent.UNSURE)
        reviewing.reject_proposal(proposal=services.send_proposal(proposal=draft, by=by), by=moderator, **WHY)
        assert waiting_of(page, author, place="York").state == State.WAITING

    def test_asking_for_changes_costs_nothing(self, page, moderator):
        author = trusted_person()
        draft = draft_of(page, by := writer(author), cost="A pound")
        services.note_draft(proposal=draft, by=by, note="", consent=Consent.UNSURE)
        reviewing.ask_for_changes(proposal=services.send_proposal(proposal=draft, by=by), by=moderator, reason="x")
        assert waiting_of(page, author, place="York").state == State.ACCEPTED

    def test_links_of_who_is_new_are_looked_at_first(self, page):
        """Three quick good edits and then a link: that is how link spam earns its way."""
        author = trusted_person()
        Standing.objects.filter(person=author).update(first_accepted_on=timezone.localdate() - timedelta(days=3))
        held = waiting_of(page, author, what_it_is="We meet.\n\nWe talk. See www.cheap.example for more.")
        assert (held.state, held.harm) == (State.WAITING, Harm.LINK)
        assert waiting_of(page, author, place="York").state == State.ACCEPTED
        assert waiting_of(page, trusted_person(), website="https://example.org/").state == State.ACCEPTED

    @pytest.mark.parametrize(
        "address",
        ["https://x:y@evil.example/", "http://93.184.216.34/", "http://[2001:db8::1]/", "ftp://evil.example/x",
         "https://пример.рф/"],
    )  # fmt: skip
    def test_however_the_address_is_written(self, page, address):
        author = trusted_person()
        Standing.objects.filter(person=author).update(first_accepted_on=timezone.localdate())
        assert waiting_of(page, author, website=address).state == State.WAITING

    def test_what_the_page_says_already_is_no_work_to_be_trusted_for(self, page, moderator):
        one, same = waiting_of(page, cost="A pound"), waiting_of(page, author := UserFactory(), cost="A pound")
        reviewing.accept_proposal(proposal=one, by=moderator)
        reviewing.accept_proposal(proposal=same, by=moderator)
        assert standing_of(author).first_accepted_on is None

    def test_a_question_is_not_got_rid_of_by_letting_go_and_beginning_again(self, page, moderator):
        author = trusted_person()
        draft = draft_of(page, by := writer(author), cost="A pound")
        services.note_draft(proposal=draft, by=by, note="", consent=Consent.UNSURE)
        sent = services.send_proposal(proposal=draft, by=by)
        asked = reviewing.ask_for_changes(proposal=sent, by=moderator, reason="Who is Mary?")
        let_go = services.withdraw_proposal(proposal=asked, by=by)
        again = services.take_up_again(proposal=let_go, by=by)
        assert services.send_proposal(proposal=again, by=by).state == State.WAITING

    def test_a_newcomer_has_five_waiting_at_most_and_keeps_the_sixth(self, page):
        author = UserFactory()
        for number in range(5):
            waiting_of(page, author, place=f"Leeds {number}")
        with pytest.raises(services.TooManyWaitingError):
            waiting_of(page, author, place="Leeds 6")
        assert ProposedEdit.objects.latest("pk").state == State.DRAFT


@pytest.mark.parametrize(
    ("base", "mine", "added"),
    [
        ("", "See https://a.example/x.", ["https://a.example/x"]),
        ("See https://a.example/x.", "See https://a.example/x, too.", []),
        ([{"key": "1", "url": ""}], [{"key": "1", "url": "https://b.example/"}], ["https://b.example/"]),
        ([1, 2], [2, 3], []),
        (None, None, []),
    ],
)
def test_which_addresses_are_added(base, mine, added):
    assert links_added({"x": Change(base, mine)}) == added


class TestWaits:
    def test_they_are_told_as_they_are(self, page, moderator):
        for hours in (1, 2, 3, 4, 30):
            sent = sent_ago(waiting_of(page, place=f"Leeds {hours}"), hours=hours)
            reviewing.ask_for_changes(proposal=sent, by=moderator, reason="x")
        sent_ago(waiting_of(page, place="York"), days=4)
        change = published(page, cost="A pound")
        reviewing.check_published(proposal=change, by=moderator)
        waits = waits_now()
        assert (waits.waiting, waits.answers.count, waits.unchecked) == (1, 5, 0)
        assert (in_words(waits.answers.median), in_words(waits.answers.ninth_decile)) == ("3 hours", "30 hours")
        assert "within 3 hours" in waits.answers.sentence

    @pytest.mark.skipif("sqlite" not in connection.vendor, reason="it reads plans of SQLite")
    def test_what_is_unchecked_is_found_by_its_index(self, db):
        assert "contributions_unchecked" in ProposedEdit.objects.unchecked().explain()

    @pytest.mark.parametrize(("count", "median", "ninth"), [(1, 1, 1), (2, 1, 2), (4, 2, 4), (10, 5, 9), (11, 6, 10)])
    def test_the_nearest_rank(self, count, median, ninth):
        waited = [timedelta(hours=number) for number in range(1, count + 1)]
        assert share_within(waited, 0.5) == timedelta(hours=median)
        assert share_within(waited, 0.9) == timedelta(hours=ninth)
        assert share_within([], 0.5) is None


class TestFiveMinutes:
    def test_one_after_the_other_and_a_tally(self, desk, page):
        one, two, three = (sent_ago(waiting_of(page, place=f"Leeds {n}"), hours=9 - n) for n in range(3))
        first = desk.post("/review/five/", follow=True)
        assert first.redirect_chain[-1][0] == f"/review/{one.pk}/" and "Your five minutes" in first.content.decode()
        second = desk.post(f"/review/{one.pk}/", {"do": "accept"}, follow=True)
        assert second.redirect_chain[-1][0] == f"/review/{two.pk}/"
        third = desk.post(f"/review/{two.pk}/", {"do": "leave"}, follow=True)
        assert third.redirect_chain[-1][0] == f"/review/{three.pk}/"
        last = desk.post(f"/review/{three.pk}/", {"do": "ask", "words": "Where?"}, follow=True).content.decode()
        assert "You looked at 2" in last and "On the page: 1" in last and "Left for somebody else: 1" in last
        assert "Nothing is left for you" in last
        assert not ReviewClaim.objects.exists()

    def test_what_is_unchecked_can_be_left_too(self, desk, page):
        one, other = published(page, place="Leeds"), published(page, cost="A pound")
        first = desk.post("/review/five/", follow=True)
        assert "Leave it for someone else" in first.content.decode()
        left = desk.post(f"/review/{one.pk}/", {"do": "leave"}, follow=True)
        assert left.redirect_chain[-1][0] == f"/review/{other.pk}/"

    def test_looking_ahead_takes_nothing_and_stopping_frees_it(self, desk, page):
        waiting_of(page, place="Leeds")
        desk.post("/review/five/")
        assert desk.head("/review/next/").status_code == 405 and not ReviewClaim.objects.exists()
        desk.get("/review/next/")
        desk.get("/review/five/")
        assert ReviewClaim.objects.exists(), "reading freed it"
        ended = desk.post("/review/five/", {"do": "stop"}, follow=True).content.decode()
        assert not ReviewClaim.objects.exists() and "Five more minutes" in ended

    def test_after_five_minutes_it_ends_with_the_answer_given_then(self, desk, page):
        one = sent_ago(waiting_of(page, place="Leeds"), hours=2)
        waiting_of(page, place="York")
        with time_machine.travel(timezone.now(), tick=False) as clock:
            desk.post("/review/five/", follow=True)
            clock.shift(timedelta(minutes=6))
            ended = desk.post(f"/review/{one.pk}/", {"do": "accept"}, follow=True)
        assert ended.redirect_chain[-1][0] == "/review/five/" and "You looked at one" in ended.content.decode()
        assert "Five more minutes" in ended.content.decode()

    def test_without_a_shift_an_answer_leads_back_to_the_queue(self, desk, page):
        sent = waiting_of(page, place="Leeds")
        assert desk.post(f"/review/{sent.pk}/", {"do": "accept"}).url == "/review/"
        assert desk.get("/review/next/").url == "/review/"

    def test_what_another_holds_shows_who_and_no_buttons(self, desk, page, other):
        sent = waiting_of(page, place="Leeds")
        reviewing.claim_next(by=other)
        shown = desk.get(f"/review/{sent.pk}/").content.decode()
        assert f"{other.username} looks at this just now" in shown and "Accept and publish" not in shown
        assert f"{other.username} looks at it now" in desk.get("/review/").content.decode()
        assert "looks at it just now" in desk.post(f"/review/{sent.pk}/", {"do": "accept"}).content.decode()


class TestQueue:
    def test_its_parts(self, desk, page, moderator):
        known = UserFactory()
        Standing.objects.create(person=known, first_accepted_on=timezone.localdate())
        theirs, first = waiting_of(page, known, place="Leeds"), waiting_of(page, place="York")
        reviewing.set_aside(proposal=first, by=moderator)
        change = published(page, cost="A pound")
        expected = {"": {theirs, first}, "known": {theirs}, "first": {first}, "new": set(), "aside": {first},
                    "unchecked": {change}, "%00": {theirs, first}}  # fmt: skip
        for only, there in expected.items():
            shown = desk.get(f"/review/?only={only}").content.decode()
            found = {each for each in (theirs, first, change) if f"/review/{each.pk}/" in shown}
            assert found == there, only

    def test_five_hundred_waiting_are_read_page_by_page_with_few_questions(
        self, desk, page, django_assert_max_num_queries
    ):
        people = [UserFactory() for _number in range(10)]
        base = page.latest_revision
        ProposedEdit.objects.bulk_create(
            ProposedEdit(page=page, base=base, author=people[number % 10], state=State.WAITING, harm=number % 4,
                         changes={"place": ["", f"Leeds {number}"]},
                         sent_at=timezone.now() - timedelta(minutes=number))
            for number in range(500)
        )  # fmt: skip
        desk.get("/review/")
        for address in ("/review/", "/review/?page=25", "/review/?only=first", "/review/?only=known&page=999"):
            with django_assert_max_num_queries(15):
                assert desk.get(address).status_code == 200
        with django_assert_max_num_queries(15):
            desk.get(f"/review/{ProposedEdit.objects.first().pk}/")

    def test_the_item_says_who_it_is_what_happened_since_and_what_to_mind(self, desk, page, moderator):
        author = UserFactory()
        reviewing.accept_proposal(proposal=waiting_of(page, author, place="York"), by=moderator)
        rejected = waiting_of(page, author, place="Hull")
        reviewing.reject_proposal(proposal=rejected, by=moderator, **WHY)
        sent = waiting_of(page, author, website="https://tea.example/")
        published(page, cost="A pound")
        shown = desk.get(f"/review/{sent.pk}/").content.decode()
        for words in ("1 accepted, 1 not taken", "One newer", "and it fits", "https://tea.example/", "We talk."):
            assert words in shown, words

    def test_a_reason_that_is_chosen_brings_its_next_step(self, desk, page):
        sent = waiting_of(page, place="York")
        desk.post(f"/review/{sent.pk}/", {"do": "reject", "why": "person", "reason": "The second line does."})
        sent.refresh_from_db()
        assert sent.reason.endswith("The second line does.") and "Ask them" in sent.next_step
        assert Event.objects.get(what="proposal.rejected").why == "person"

    def test_words_to_the_author_reach_them_whatever_is_decided(self, desk, page):
        words = {"words": "Lovely words, thank you."}
        accepted, rejected, corrected = (waiting_of(page, place=f"York {n}") for n in range(3))
        desk.post(f"/review/{accepted.pk}/", {"do": "accept"} | words)
        desk.post(f"/review/{rejected.pk}/", {"do": "reject", "why": "untrue"} | words)
        other = waiting_of(page, cost="A pund")
        shown = desk.post(f"/review/{other.pk}/correct/", {"do": "open"} | words).content.decode()
        assert "Lovely words" in shown
        desk.post(f"/review/{other.pk}/correct/", {"do": "correct", "asked": "cost", "cost": "A pound"} | words)
        told = Message.objects.filter(body__contains="Lovely words")
        assert {message.target_id for message in told} == {accepted.pk, rejected.pk, other.pk}
        left = desk.post(f"/review/{corrected.pk}/", {"do": "leave"} | words).content.decode()
        assert "Nobody would read this" in left and "Lovely words" in left

    @pytest.mark.parametrize("data", [{"do": "reject", "why": "nothing-we-know"}, {"do": "reject", "why": "other"},
                                      {"do": "explode"}, {"do": "ask", "words": "x" * 3000}, {}])  # fmt: skip
    def test_what_is_wrong_is_told_and_nothing_is_lost(self, desk, page, data):
        sent = waiting_of(page, place="York")
        typed = {"reason": "", "next_step": "Kept as typed"} | data
        answer = desk.post(f"/review/{sent.pk}/", typed)
        assert answer.status_code == 200 and "Kept as typed" in answer.content.decode()
        sent.refresh_from_db()
        assert sent.state == State.WAITING
