"""Much at once: all of one person's changes undone, and a flood that leaves room for everybody else."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from contributions import reviewing
from contributions.models import ProposedEdit, State
from contributions.undoing import undo_recent_changes
from people.models import Event, Standing, User
from people.standing import is_trusted, standing_of
from practices.models import PracticePage
from tests.factories.contributions import trusted_person, waiting_of
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db
WHY = {"reason": "It sells something.", "next_step": "Say what helped."}
SPAM = 1_000
# So many of them are sent as anybody sends; to send all took half a minute, and the rest are like these.
SENT = 50


@pytest.fixture
def page(library):
    return PracticeFactory(title="Tea for all", slug="tea", what_it_is="We meet.", cost="Nothing")


def now(page):
    return PracticePage.objects.get(pk=page.pk).specific


def undo(person, by):
    return undo_recent_changes(person=person, by=by, since=timezone.now() - timedelta(days=7), **WHY)


def flood(spammers):
    """Let a change of each wait and stand in the log, just like the last one that was sent."""
    like, told = ProposedEdit.objects.latest("pk"), Event.objects.filter(what="proposal.sent").latest("pk")
    shared = {field.attname: getattr(like, field.attname) for field in like._meta.concrete_fields} | {"id": None}
    made = ProposedEdit.objects.bulk_create(
        ProposedEdit(**shared | {"author_id": spammer.pk, "changes": {"what_it_is": ["We meet.", advert(spammer)]}})
        for spammer in spammers
    )
    shared = {field.attname: getattr(told, field.attname) for field in told._meta.concrete_fields} | {"id": None}
    Event.objects.bulk_create(
        Event(**shared | {"target_id": edit.pk, "who_id": edit.author_id, "whose_id": edit.author_id}) for edit in made
    )


def advert(spammer):
    return f"We meet.\n\nBuy at https://spam.example/{spammer.pk}"


@pytest.mark.database
class TestUndoing:
    def test_everything_is_taken_out_the_last_first_and_what_others_wrote_stays(self, page, moderator):
        vandal, other = trusted_person(), trusted_person()
        second = PracticeFactory(title="Soup", cost="A pound")
        waiting_of(page, vandal, cost="Buy here"), waiting_of(page, other, place="Leeds")
        waiting_of(page, vandal, cost="Buy there"), waiting_of(second, vandal, cost="Buy all")
        undone = undo(vandal, moderator)
        assert (len(undone.taken_out), undone.left, undone.more) == (3, [], 0)
        assert (now(page).cost, now(page).place, now(second).cost) == ("Nothing", "Leeds", "A pound")
        assert not is_trusted(standing_of(vandal)) and is_trusted(standing_of(other))
        assert page.revisions.count() == 6, "nothing is cut from the history"
        assert Event.objects.get(what="person.undone").why == "undone 3 left 0"

    def test_what_cannot_be_undone_is_told_and_the_rest_is_undone(self, page, moderator):
        vandal = trusted_person()
        waiting_of(page, vandal, cost="Buy here"), waiting_of(page, vandal, place="Buyland")
        waiting_of(page, trusted_person(), cost="A pound, not a purchase")
        undone = undo(vandal, moderator)
        assert [change.changes for change, _why in undone.left] == [{"cost": ["Nothing", "Buy here"]}]
        assert (now(page).place, now(page).cost) == ("", "A pound, not a purchase")

    def test_what_waits_is_not_taken_and_older_changes_stay(self, page, moderator):
        vandal = trusted_person()
        old = waiting_of(page, vandal, cost="An old and good one")
        ProposedEdit.objects.filter(pk=old.pk).update(sent_at=timezone.now() - timedelta(days=30))
        Standing.objects.filter(person=vandal).update(accepted_edits=0, trusted_since=None)
        waits = waiting_of(page, vandal, place="Buyland")
        assert undo(vandal, moderator).rejected == [waits]
        waits.refresh_from_db()
        assert waits.state == State.REJECTED and now(page).cost == "An old and good one"

    def test_it_is_for_moderators_and_not_against_those_who_look_after_the_site(self, page, moderator):
        for by, person in ((trusted_person(), UserFactory()), (moderator, UserFactory(administrator=True))):
            with pytest.raises(PermissionDenied):
                undo(person, by)

    def test_in_the_browser_it_is_shown_before_it_is_done(self, desk, page):
        vandal = trusted_person()
        change = waiting_of(page, vandal, cost="Buy here")
        address = f"/people/{vandal.username}/undo/"
        shown = desk.get(address).content.decode()
        assert "One change since" in shown and f"/review/{change.pk}/" in shown
        day = timezone.localdate().isoformat()
        assert f'<input type="hidden" name="since" value="{timezone.localdate() - timedelta(days=7)}">' in shown
        assert "Choose why" in desk.post(address, {"since": day}).content.decode()
        assert now(page).cost == "Buy here"
        done = desk.post(address, {"since": day, "why": "selling"}).content.decode()
        assert "One change is taken out" in done and now(page).cost == "Nothing"
        assert desk.get(f"{address}?since=never").status_code == 200


@pytest.mark.database
class TestMany:
    def test_what_is_ticked_is_not_taken_for_one_reason(self, desk, page, moderator):
        spam = [waiting_of(page, place=f"Buyland {number}") for number in range(3)]
        good = waiting_of(page, place="Leeds")
        data = {"change": [each.pk for each in spam], "why": "selling"}
        told = desk.post("/review/ticked/", data, follow=True).content.decode()
        assert "3 were not taken" in told
        assert set(ProposedEdit.objects.waiting()) == {good}

    @pytest.mark.parametrize("data", [{}, {"why": ""}, {"change": "x", "why": "selling"}, {"change": "1"},
                                      {"change": "99999999999999999999", "why": "because"}])  # fmt: skip
    def test_nothing_ticked_or_no_reason_is_told(self, desk, page, data):
        good = waiting_of(page, place="Leeds")
        shown = desk.post("/review/ticked/", {"change": [good.pk]} | data).content.decode()
        is_ticked = f'name="change" value="{good.pk}" checked' in shown
        assert is_ticked == ("change" not in data or data["change"] == str(good.pk)), "what was ticked is lost"
        assert set(ProposedEdit.objects.waiting()) == {good}

    def test_known_peoples_changes_are_never_among_them(self, desk, page):
        known = UserFactory()
        Standing.objects.create(person=known, first_accepted_on=timezone.localdate())
        theirs = waiting_of(page, known, place="Leeds")
        desk.post("/review/ticked/", {"change": [theirs.pk], "why": "selling"})
        assert set(ProposedEdit.objects.waiting()) == {theirs}


class TestFlood:
    def test_one_place_makes_twenty_accounts_an_hour_and_others_go_on(self, library):
        def sign_up(number, place):
            client = Client(REMOTE_ADDR=place)
            form = client.get("/account/signup/").context["form"]
            data = {"email": f"s{number}@spam.example", "username": f"spam-{number}", "password1": "four plain words 1"}
            signed = form["opened"].value()
            with_time = {**data, "opened": signed, "homepage": ""}
            type(form).fastest = -1
            client.post("/account/signup/", with_time)

        from people.account_forms import SignUpForm

        fastest = SignUpForm.fastest
        try:
            for number in range(25):
                sign_up(number, "203.0.113.9")
            sign_up(99, "198.51.100.7")
        finally:
            SignUpForm.fastest = fastest
        made = set(User.objects.values_list("username", flat=True))
        assert len([name for name in made if name.startswith("spam-")]) == 21
        assert "spam-99" in made

    def test_a_thousand_accounts_and_a_thousand_changes_leave_known_peoples_work_flowing(
        self, page, moderator, desk, django_assert_max_num_queries
    ):
        """They come from a thousand places, so that no limit of a place stops them."""
        spammers = User.objects.bulk_create(
            User(username=f"spam-{number}", email=f"s{number}@spam.example") for number in range(SPAM)
        )
        for spammer in spammers[:SENT]:
            waiting_of(page, spammer, what_it_is=advert(spammer))
        flood(spammers[SENT:])
        assert ProposedEdit.objects.waiting().count() == SPAM
        known, trusted = UserFactory(), trusted_person()
        Standing.objects.create(person=known, first_accepted_on=timezone.localdate())
        theirs = waiting_of(page, known, place="Leeds")
        assert waiting_of(page, trusted, cost="A pound").state == State.ACCEPTED
        assert now(page).cost == "A pound"
        assert reviewing.claim_next(by=moderator) == theirs, "a known person waits behind the flood"
        reviewing.let_go(by=moderator)
        shown = desk.get("/review/?only=known").content.decode()
        assert f"/review/{theirs.pk}/" in shown and "spam" not in shown
        for address in ("/review/", "/review/?only=first", "/review/?only=first&page=10", "/review/?only=known"):
            with django_assert_max_num_queries(15):
                assert desk.get(address).status_code == 200
        reviewing.accept_proposal(proposal=theirs, by=moderator)
        assert now(page).place == "Leeds"
        first_page = desk.get("/review/?only=first").content.decode()
        ticked = [each.pk for each in ProposedEdit.objects.waiting()[:100]]
        assert f'value="{ticked[-1]}"' in first_page, "a hundred stand on a page"
        desk.post("/review/ticked/", {"change": ticked, "why": "selling"})
        assert ProposedEdit.objects.waiting().count() == SPAM - 100
        assert Client().get(f"/people/{spammers[0].username}/").status_code == 404
