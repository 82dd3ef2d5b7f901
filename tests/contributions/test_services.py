"""What becomes of a change: nothing typed is lost on any way, and nobody does what is not theirs to do."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import PageLogEntry

from contributions import reviewing, services
from contributions.applying import ConflictError, PageIsLockedError
from contributions.content import changes_between, content_of, empty_content
from contributions.models import Consent, ProposedEdit, State
from contributions.publishing import SeenAnotherError
from people.models import Event, Message, Standing
from people.services import close_account
from people.writers import Writer
from practices.models import PracticeCare, PracticePage, PracticeTotals
from tests.factories.contributions import draft_of, left_as, make_trusted, trusted_person, waiting_of, writer
from tests.factories.people import UserFactory
from tests.factories.practices import OutcomeFactory, PracticeFactory, tried_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def page(library):
    return PracticeFactory(
        title="Tea for all", summary="Tea once a week.", what_it_is="We meet.\n\nWe talk.", steps=["Find a room"]
    )


def now(page):
    return PracticePage.objects.get(pk=page.pk).specific


class TestDrafts:
    def test_a_draft_holds_what_changed_and_nothing_else(self, page):
        draft = draft_of(page, cost="Nothing")
        assert draft.changes == {"cost": ["", "Nothing"]}
        assert (draft.content()["cost"], draft.content()["title"], now(page).cost) == ("Nothing", "Tea for all", "")

    def test_saving_again_in_the_same_browser_follows_what_was_typed_last(self, page):
        author = writer(UserFactory())
        draft = draft_of(page, author, cost="Nothing", place="Leeds")
        saved = services.save_draft(proposal=draft, changes=left_as(page, cost="Little"), by=author, seen=1)
        assert (saved.version, saved.changed["cost"].mine, "place" in saved.changes) == (2, "Little", False)

    def test_the_same_form_sent_again_is_followed_also_in_what_it_took_out(self, page):
        """Somebody went back a page: the form knew of no version, and is the one that was saved."""
        author = writer(UserFactory())
        draft = draft_of(page, author, cost="Mary paid", place="Leeds")
        saved = services.save_draft(proposal=draft, changes=left_as(page, place="Leeds"), by=author, seen=0)
        assert (saved.pk, set(saved.changed)) == (draft.pk, {"place"})

    def test_a_save_that_comes_late_takes_nothing_from_a_later_one(self, page):
        person = UserFactory()
        late, last = Writer(person, "b", "form", turn=1), Writer(person, "b", "form", turn=2)
        draft = draft_of(page, last, cost="One. Two. Three.")
        services.save_draft(proposal=draft, changes=left_as(page, cost="One."), by=late, seen=0)
        draft.refresh_from_db()
        assert draft.changed["cost"].mine == "One. Two. Three."

    def test_who_said_yes_to_other_words_is_asked_again(self, page):
        told = "One man of 61 from the harbour flats told the council."
        draft = draft_of(page, by := writer(UserFactory()), local_form=told)
        services.note_draft(proposal=draft, by=by, note="", consent=Consent.YES)
        more = left_as(page, local_form=f"{told} So did a woman of 42.")
        services.save_draft(proposal=draft, changes=more, by=by, seen=1)
        with pytest.raises(services.ConsentNeededError):
            services.send_proposal(proposal=draft, by=by)

    def test_two_devices_are_put_together(self, page):
        person = UserFactory()
        draft = draft_of(page, writer(person, "phone"), what_it_is="We meet on Mondays.\n\nWe talk.")
        other = left_as(page, what_it_is="We meet.\n\nWe sing.", cost="Nothing")
        saved = services.save_draft(proposal=draft, changes=other, by=writer(person, "desk"), seen=0)
        assert saved.pk == draft.pk
        assert saved.changed["what_it_is"].mine == "We meet on Mondays.\n\nWe sing."
        assert saved.changed["cost"].mine == "Nothing"

    def test_what_two_devices_wrote_in_one_place_becomes_two_drafts(self, page):
        person = UserFactory()
        draft = draft_of(page, writer(person, "phone"), summary="Tea daily.")
        other = left_as(page, summary="Tea at noon.")
        saved = services.save_draft(proposal=draft, changes=other, by=writer(person, "desk"), seen=0)
        assert saved.pk != draft.pk
        kept = {each.changed["summary"].mine for each in ProposedEdit.objects.filter(author=person)}
        assert kept == {"Tea daily.", "Tea at noon."}

    def test_a_draft_keeps_what_is_not_valid_yet(self, page):
        draft = draft_of(page, summary="x" * 400, since="long ago")
        draft.refresh_from_db()
        assert (len(draft.content()["summary"]), draft.content()["since"]) == (400, "long ago")

    def test_nobody_writes_on_the_draft_of_another(self, page):
        draft = draft_of(page, cost="Nothing")
        for other in (writer(UserFactory()), writer(), writer(None, "")):
            with pytest.raises(PermissionDenied):
                services.save_draft(proposal=draft, changes=left_as(page, cost="All"), by=other, seen=1)
        draft.refresh_from_db()
        assert draft.changed["cost"].mine == "Nothing"

    def test_what_was_typed_without_an_account_is_ones_own_after_signing_in(self, page):
        draft = draft_of(page, writer(), cost="Nothing")
        other = draft_of(page, writer(None, "another browser"), cost="Little")
        person = UserFactory()
        assert services.adopt_drafts(visitor="a browser", person=person) == 1
        draft.refresh_from_db(), other.refresh_from_db()
        assert (draft.author, draft.visitor, other.author) == (person, "", None)

    def test_nobody_adopts_what_belongs_to_no_visitor(self, page):
        draft = draft_of(page, cost="Nothing")
        assert services.adopt_drafts(visitor="", person=UserFactory()) == 0
        draft.refresh_from_db()
        assert draft.author is not None

    def test_drafts_that_nobody_reaches_any_more_are_forgotten_and_others_are_not(self, page):
        mine, theirs, fresh = (
            draft_of(page, cost="A"), draft_of(page, writer(), cost="B"), draft_of(page, writer(None, "c"), cost="C"),
        )  # fmt: skip
        old = timezone.now() - timedelta(days=16)
        ProposedEdit.objects.filter(pk__in=[mine.pk, theirs.pk]).update(saved_at=old)
        assert services.forget_unreachable_drafts() == 1
        assert set(ProposedEdit.objects.all()) == {mine, fresh}

    def test_of_who_left_nothing_is_kept_that_was_never_taken(self, page, moderator):
        draft_of(page, writer(person := UserFactory()), cost="A")
        taken = waiting_of(page, person, place="B")
        reviewing.accept_proposal(proposal=taken, by=moderator)
        other = draft_of(page, writer(UserFactory()), cost="C")
        close_account(person=person)
        services.forget_unreachable_drafts()
        assert set(ProposedEdit.objects.all()) == {taken, other}

    def test_what_was_thrown_away_unsent_is_gone_after_a_month(self, page):
        by = writer(UserFactory())
        thrown = services.withdraw_proposal(proposal=draft_of(page, by, cost="C"), by=by)
        services.forget_unreachable_drafts()
        assert ProposedEdit.objects.filter(pk=thrown.pk).exists()
        ProposedEdit.objects.update(decided_at=timezone.now() - timedelta(days=31))
        services.forget_unreachable_drafts()
        assert not ProposedEdit.objects.exists()


class TestSending:
    def test_what_a_newcomer_sends_waits(self, page):
        sent = waiting_of(page, cost="Nothing")
        assert (sent.state, now(page).cost) == (State.WAITING, "")
        assert sent.sent_at

    def test_what_somebody_trusted_sends_is_on_the_page_at_once(self, page):
        person = trusted_person()
        sent = waiting_of(page, person, cost="Nothing")
        assert (sent.state, sent.reviewer, now(page).cost) == (State.ACCEPTED, None, "Nothing")
        assert (sent.revision.user, sent.revision_id) == (person, now(page).latest_revision_id)

    def test_what_may_show_who_somebody_is_is_looked_at_whoever_sends_it(self, page):
        person = trusted_person()
        draft = draft_of(page, writer(person), cost="Nothing")
        services.note_draft(proposal=draft, by=writer(person), note="", consent=Consent.UNSURE)
        assert services.send_proposal(proposal=draft, by=writer(person)).state == State.WAITING

    def test_who_is_paused_keeps_the_draft_and_sends_nothing(self, page):
        person = trusted_person()
        Standing.objects.update(paused_until=timezone.localdate(), pause_reason="A rest")
        with pytest.raises(services.PausedError):
            waiting_of(page, person, cost="Nothing")
        assert (ProposedEdit.objects.get().state, now(page).cost) == (State.DRAFT, "")

    def test_a_pause_that_is_over_is_none(self, page):
        person = trusted_person()
        Standing.objects.update(paused_until=timezone.localdate() - timedelta(days=1), pause_reason="A rest")
        assert waiting_of(page, person, cost="Nothing").state == State.ACCEPTED

    def test_without_an_account_nothing_is_sent(self, page):
        draft = draft_of(page, writer(), cost="Nothing")
        with pytest.raises(PermissionDenied):
            services.send_proposal(proposal=draft, by=writer())

    def test_nothing_changed_is_not_sent(self, page):
        with pytest.raises(services.NothingChangedError):
            waiting_of(page)

    @pytest.mark.parametrize(
        "fields", [{"title": ""}, {"summary": "x" * 301}, {"since": "soon"}, {"website": "nowhere"}]
    )
    def test_what_is_not_valid_stays_a_draft(self, page, fields):
        with pytest.raises(ValidationError):
            waiting_of(page, cost="Nothing", **fields)
        assert ProposedEdit.objects.get().state == State.DRAFT

    def test_a_row_that_is_too_long_is_told_and_not_stored(self, page):
        steps = [{**content_of(now(page))["steps"][0], "text": "x" * 501}]
        for person in (UserFactory(), trusted_person()):
            with pytest.raises(ValidationError):
                waiting_of(page, person, steps=steps)

    def test_a_conflict_is_told_at_once_and_the_draft_stays(self, page):
        person = UserFactory()
        draft = draft_of(page, writer(person), summary="Tea daily.")
        waiting_of(page, trusted_person(), summary="Tea at noon.")
        with pytest.raises(ConflictError):
            services.send_proposal(proposal=draft, by=writer(person))
        draft.refresh_from_db()
        assert (draft.state, draft.changed["summary"].mine) == (State.DRAFT, "Tea daily.")

    def test_a_page_that_is_locked_takes_nothing(self, page):
        draft = draft_of(page, by := writer(trusted_person()), cost="Nothing")
        PracticePage.objects.filter(pk=page.pk).update(locked=True)
        with pytest.raises(PageIsLockedError):
            services.send_proposal(proposal=draft, by=by)

    def test_a_page_that_was_taken_down_is_not_put_up_by_a_change(self, page):
        draft = draft_of(page, by := writer(trusted_person()), cost="Nothing")
        PracticePage.objects.get(pk=page.pk).unpublish()
        with pytest.raises(PageIsLockedError):
            services.send_proposal(proposal=draft, by=by)
        assert not now(page).live

    def test_a_term_that_is_no_more_is_told_and_the_others_stay(self, page):
        from contributions.applying import apply_changes
        from contributions.content import Change

        kept = OutcomeFactory()
        with pytest.raises(ValidationError):
            apply_changes(page=page, changes={"outcomes": Change([], [kept.pk, 999_999])}, by=UserFactory())

    def test_it_is_sent_once(self, page):
        sent = waiting_of(page, by := UserFactory(), cost="Nothing")
        with pytest.raises(PermissionDenied):
            services.send_proposal(proposal=sent, by=writer(by))


class TestAnswers:
    def test_what_is_accepted_is_on_the_page_in_the_authors_name_and_both_are_in_the_log(self, page, moderator):
        sent = waiting_of(page, author := UserFactory(), cost="Nothing")
        accepted = reviewing.accept_proposal(proposal=sent, by=moderator)
        assert (accepted.state, accepted.reviewer, now(page).cost) == (State.ACCEPTED, moderator, "Nothing")
        assert accepted.revision.user == author
        assert ("wagtail.publish", author.pk) in PageLogEntry.objects.filter(page=page.pk).values_list("action", "user")
        logged = Event.objects.about("proposal", accepted.pk).values_list("what", "who", "whose")
        assert list(logged) == [
            ("proposal.accepted", moderator.pk, author.pk), ("proposal.sent", author.pk, author.pk),
        ]  # fmt: skip
        assert Message.objects.get().person == author

    def test_many_are_open_on_one_page_and_those_that_fit_are_all_taken(self, page, moderator):
        sent = [
            waiting_of(page, cost="Nothing"),
            waiting_of(page, place="Leeds"),
            waiting_of(page, what_it_is="We meet.\n\nWe sing."),
        ]
        for each in sent:
            reviewing.accept_proposal(proposal=each, by=moderator)
        assert (now(page).cost, now(page).place, now(page).what_it_is) == ("Nothing", "Leeds", "We meet.\n\nWe sing.")

    def test_what_does_not_fit_any_more_is_not_taken_and_goes_on_waiting(self, page, moderator):
        one, other = waiting_of(page, summary="Tea daily."), waiting_of(page, summary="Tea at noon.")
        reviewing.accept_proposal(proposal=one, by=moderator)
        with pytest.raises(ConflictError):
            reviewing.accept_proposal(proposal=other, by=moderator)
        other.refresh_from_db()
        assert (other.state, other.changed["summary"].mine, now(page).summary) == (
            State.WAITING,
            "Tea at noon.",
            "Tea daily.",
        )

    def test_sent_back_it_is_changed_and_sent_again(self, page, moderator):
        sent = waiting_of(page, author := UserFactory(), cost="Nothing")
        asked = reviewing.ask_for_changes(proposal=sent, by=moderator, reason="How much is that?")
        assert (asked.state, asked.reason, asked.changed["cost"].mine) == (
            State.CHANGES_ASKED,
            "How much is that?",
            "Nothing",
        )
        assert "How much is that?" in Message.objects.get().body
        by = writer(author)
        services.save_draft(proposal=asked, changes=left_as(page, cost="£5"), by=by, seen=asked.version)
        assert services.send_proposal(proposal=asked, by=by).state == State.WAITING
        assert reviewing.accept_proposal(proposal=asked, by=moderator).state == State.ACCEPTED
        assert now(page).cost == "£5"

    def test_what_a_moderator_asked_about_is_looked_at_again_whoever_sends_it(self, page, moderator):
        author = UserFactory()
        asked = reviewing.ask_for_changes(proposal=waiting_of(page, author, cost="A"), by=moderator, reason="Whose?")
        make_trusted(author)
        assert services.send_proposal(proposal=asked, by=writer(author)).state == State.WAITING

    def test_what_changed_since_it_was_shown_is_not_accepted(self, page, moderator):
        sent = waiting_of(page, author := UserFactory(), cost="Nothing")
        seen, by = sent.version, writer(author)
        back = services.take_back(proposal=sent, by=by)
        services.save_draft(proposal=back, changes=left_as(page, cost="Vandalism"), by=by, seen=back.version)
        services.send_proposal(proposal=back, by=by)
        with pytest.raises(SeenAnotherError):
            reviewing.accept_proposal(proposal=sent, by=moderator, seen=seen)
        assert now(page).cost == ""

    def test_rejected_it_says_why_and_what_next_and_the_words_can_be_taken_up(self, page, moderator):
        sent = waiting_of(page, author := UserFactory(), cost="Nothing")
        rejected = reviewing.reject_proposal(proposal=sent, by=moderator, reason="Not here", next_step="Try there")
        assert (rejected.state, now(page).cost) == (State.REJECTED, "")
        assert "Not here" in (body := Message.objects.get().body) and "Try there" in body
        again = services.take_up_again(proposal=rejected, by=writer(author))
        assert (again.state, again.changed["cost"].mine) == (State.DRAFT, "Nothing")

    def test_a_no_without_reason_or_next_step_is_refused_by_the_database(self, page, moderator):
        sent = waiting_of(page, cost="Nothing")
        for words in ({"reason": "", "next_step": "x"}, {"reason": "x", "next_step": ""}):
            with pytest.raises(IntegrityError), transaction.atomic():
                reviewing.reject_proposal(proposal=sent, by=moderator, **words)

    def test_nobody_reviews_their_own_work(self, page, moderator):
        sent = waiting_of(page, moderator, cost="Nothing")
        for answer in (
            lambda: reviewing.accept_proposal(proposal=sent, by=moderator),
            lambda: reviewing.ask_for_changes(proposal=sent, by=moderator, reason="x"),
            lambda: reviewing.reject_proposal(proposal=sent, by=moderator, reason="x", next_step="y"),
        ):
            with pytest.raises(PermissionDenied):
                answer()
        with pytest.raises(IntegrityError), transaction.atomic():
            ProposedEdit.objects.filter(pk=sent.pk).update(reviewer=moderator)

    def test_who_is_no_moderator_answers_nothing(self, page):
        sent = waiting_of(page, cost="Nothing")
        for person in (UserFactory(), trusted_person()):
            with pytest.raises(PermissionDenied):
                reviewing.accept_proposal(proposal=sent, by=person)

    def test_it_is_answered_once(self, page, moderator):
        sent = waiting_of(page, cost="Nothing")
        reviewing.accept_proposal(proposal=sent, by=moderator)
        with pytest.raises(PermissionDenied):
            reviewing.reject_proposal(proposal=sent, by=moderator, reason="x", next_step="y")

    def test_taken_back_nobody_answers_it(self, page, moderator):
        sent = waiting_of(page, author := UserFactory(), cost="Nothing")
        services.take_back(proposal=sent, by=writer(author))
        with pytest.raises(PermissionDenied):
            reviewing.accept_proposal(proposal=sent, by=moderator)
        assert services.withdraw_proposal(proposal=sent, by=writer(author)).state == State.WITHDRAWN

    def test_what_a_page_keeps_beside_its_text_survives(self, page, moderator):
        tried_in(page, helped=3)
        PracticeCare.objects.create(page_id=page.pk, keeper=moderator)
        reviewing.accept_proposal(proposal=waiting_of(page, cost="Nothing"), by=moderator)
        assert PracticeTotals.objects.get(page_id=page.pk).places == 3
        assert PracticeCare.objects.get(page_id=page.pk).keeper == moderator

    def test_of_somebody_who_left_the_words_stay(self, page, moderator):
        sent = waiting_of(page, author := UserFactory(), cost="Nothing")
        close_account(person=author)
        accepted = reviewing.accept_proposal(proposal=sent, by=moderator)
        assert (now(page).cost, accepted.author.public_name) == ("Nothing", "a former member")
        assert not Message.objects.exists()


class TestNewPages:
    def begun(self, person, kind="other", **fields):
        from practices.models import kind_model

        before = empty_content(kind_model(kind))
        changes = changes_between(before, before | {"title": "Walks", "summary": "We walk."} | fields)
        return services.begin_draft(by=writer(person), changes=changes, kind=kind)

    @pytest.mark.parametrize("kind", ["other", "poverty-truth-commission", "self-reliant-group", "community-connector"])
    def test_accepted_it_stands_in_the_library_in_its_authors_name(self, library, moderator, kind):
        author = UserFactory()
        sent = services.send_proposal(proposal=self.begun(author, kind), by=writer(author))
        accepted = reviewing.accept_proposal(proposal=sent, by=moderator)
        made = PracticePage.objects.visible().get(slug="walks").specific
        assert (made.kind, made.live, accepted.page_id) == (kind, True, made.pk)
        assert (made.latest_revision.user, made.latest_revision_id) == (author, made.live_revision_id)
        assert PracticeTotals.objects.filter(page_id=made.pk).exists()

    def test_two_of_one_name_get_two_addresses(self, library):
        person = trusted_person()
        for _ in range(2):
            services.send_proposal(proposal=self.begun(person), by=writer(person))
        assert set(PracticePage.objects.values_list("slug", flat=True)) == {"walks", "walks-2"}

    def test_one_called_new_gets_an_address_of_its_own(self, library):
        person = trusted_person()
        sent = services.send_proposal(proposal=self.begun(person, title="New"), by=writer(person))
        assert sent.page.slug != "new"

    def test_a_local_version_names_its_original(self, page):
        person = trusted_person()
        draft = self.begun(person)
        ProposedEdit.objects.filter(pk=draft.pk).update(adapted_from=page)
        sent = services.send_proposal(proposal=draft, by=writer(person))
        assert PracticePage.objects.get(pk=sent.page_id).adapted_from_id == page.pk

    def test_without_a_name_it_stays_a_draft(self, library):
        person = UserFactory()
        with pytest.raises(ValidationError):
            services.send_proposal(proposal=self.begun(person, title=""), by=writer(person))


def test_the_database_refuses_what_no_service_does(page):
    draft = draft_of(page, cost="Nothing")
    for broken in ({"state": "lost"}, {"kind": "club"}, {"visitor": "x"}, {"state": "waiting"}, {"page": None},
                   {"state": "changes_asked", "sent_at": timezone.now()}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            ProposedEdit.objects.filter(pk=draft.pk).update(**broken)
