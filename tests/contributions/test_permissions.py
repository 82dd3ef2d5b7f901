"""Every address and every action, by everybody there is."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from contributions.models import ProposedEdit, State
from contributions.reviewing import reject_proposal
from people.models import Standing
from practices.models import PracticePage
from tests.factories.contributions import draft_of, trusted_person, waiting_of, writer
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
from tests.undone import undone

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "new", "trusted", "paused", "moderator", "administrator")
# What each role is answered, in their order. 302 leads whoever is not signed in to the way in.
EVERYBODY = (200,) * 6
NOBODY = (404,) * 6
AT_THE_DESK = (302, 403, 403, 403, 200, 200)
READING = {
    "/practices/tea/edit/": EVERYBODY,
    "/practices/tea/edit/?field=cost": EVERYBODY,
    "/practices/new/": EVERYBODY,
    "/practices/tea/adapt/": EVERYBODY,
    "/practices/tea/history/": EVERYBODY,
    "/practices/tea/history/{revision}/": EVERYBODY,
    "/practices/tea/history/{revision}/restore/": EVERYBODY,
    "/practices/tea/history/{revision}/undo/": NOBODY,  # nothing came before it
    "/practices/tea/compare/{revision}/{revision}/": EVERYBODY,
    "/proposals/": EVERYBODY,
    # Somebody else's draft is for nobody else's eyes.
    "/proposals/{draft}/": NOBODY,
    "/proposals/{draft}/write/": NOBODY,
    "/proposals/{draft}/preview/": NOBODY,
    "/proposals/{draft}/conflict/": NOBODY,
    "/proposals/{visitors}/": NOBODY,
    "/proposals/{visitors}/write/": NOBODY,
    "/proposals/{visitors}/preview/": NOBODY,
    "/review/{draft}/": (302, 403, 403, 403, 404, 404),
    # What they sent is for moderators as well.
    "/proposals/{waiting}/": (404, 404, 404, 404, 302, 302),
    "/proposals/{waiting}/write/": (404, 404, 404, 404, 302, 302),
    "/proposals/{waiting}/preview/": (404, 404, 404, 404, 200, 200),
    "/proposals/{waiting}/conflict/": (404, 404, 404, 404, 302, 302),
    "/review/": (302, 403, 403, 403, 200, 200),
    "/review/{waiting}/": (302, 403, 403, 403, 200, 200),
    "/review/{rejected}/": (302, 403, 403, 403, 200, 200),
    "/review/?only=unchecked": AT_THE_DESK,
    "/review/five/": AT_THE_DESK,
    "/review/next/": (302, 403, 403, 403, 302, 302),
    "/review/{waiting}/correct/": AT_THE_DESK,
    "/review/{draft}/correct/": (302, 403, 403, 403, 404, 404),
    "/review/{rejected}/correct/": (302, 403, 403, 403, 302, 302),
    "/review/{published}/": AT_THE_DESK,
    "/review/{published}/take-out/": AT_THE_DESK,
    "/review/{waiting}/take-out/": (302, 403, 403, 403, 404, 404),
    "/review/log/": AT_THE_DESK,
    "/review/upkeep/": AT_THE_DESK,
    "/review/figures/": AT_THE_DESK,
    "/review/reports/": AT_THE_DESK,
    "/review/erase/": (302, 403, 403, 403, 403, 200),
    # Nothing of newcomer's is on a page: for others there is nobody.
    "/people/newcomer/": (404, 404, 404, 404, 200, 200),
    "/people/known/": EVERYBODY,
    "/people/newcomer/pause/": AT_THE_DESK,
    "/people/newcomer/undo/": AT_THE_DESK,
    "/people/newcomer/erase/": (302, 403, 403, 403, 403, 200),
    # Those who look after the site cannot be paused or undone.
    "/people/another-moderator/pause/": (302, 403, 403, 403, 403, 403),
    "/people/another-moderator/undo/": (302, 403, 403, 403, 403, 403),
    "/changes/": EVERYBODY,
    "/changes/feed/": EVERYBODY,
    "/practices/tea/feed/": EVERYBODY,
    "/practices/tea/flag/": EVERYBODY,
    # Without a proven address the account's own pages lead to where it is proven.
    "/messages/": (302,) * 6,
    "/watching/": (302,) * 6,
    "/practices/tea/watch/": (302,) * 6,
}
# What somebody does to what is another's. Whatever they are answered, nothing comes of it but what stands here.
DOING = {
    ("/proposals/{draft}/", "send"): (404,) * 6,
    ("/proposals/{draft}/", "drop"): (404,) * 6,
    ("/proposals/{visitors}/", "drop"): (404,) * 6,
    ("/proposals/{waiting}/", "back"): (404,) * 6,
    ("/proposals/{waiting}/", "drop"): (404,) * 6,
    ("/proposals/{rejected}/", "again"): (404,) * 6,
    # What they typed is kept as their own, or given back: never put into the other's draft.
    ("/proposals/{draft}/write/", "save"): (302,) * 6,
    ("/proposals/{draft}/conflict/", ""): (409,) * 6,
    ("/review/{waiting}/", "accept"): (302, 403, 403, 403, 302, 302),
    ("/review/{waiting}/", "ask"): (302, 403, 403, 403, 302, 302),
    ("/review/{waiting}/", "reject"): (302, 403, 403, 403, 302, 302),
    ("/review/{draft}/", "accept"): (302, 403, 403, 403, 404, 404),
    ("/review/{draft}/correct/", ""): (302, 403, 403, 403, 404, 404),
    ("/review/{waiting}/", "check"): (302, 403, 403, 403, 200, 200),
    ("/review/{waiting}/take-out/", "take-out"): (302, 403, 403, 403, 404, 404),
    ("/review/five/", "begin"): (302, 403, 403, 403, 302, 302),
    ("/review/ticked/", ""): AT_THE_DESK,
    ("/people/another-moderator/undo/", ""): (302, 403, 403, 403, 403, 403),
    ("/people/another-moderator/pause/", ""): (302, 403, 403, 403, 403, 403),
    ("/people/newcomer/erase/", ""): (302, 403, 403, 403, 403, 200),
    ("/review/erase/", "erase"): (302, 403, 403, 403, 403, 200),
}
ANSWERED = {"accept": State.ACCEPTED, "ask": State.CHANGES_ASKED, "reject": State.REJECTED}
WORDS = {"note": "x", "words": "x", "reason": "x", "next_step": "x", "consent": "nobody"}


@pytest.fixture
def things(library, moderator):
    page = PracticeFactory(title="Tea", slug="tea")
    author = UserFactory()
    UserFactory(username="newcomer"), trusted_person(username="known")
    UserFactory(username="another-moderator").groups.set(moderator.groups.all())
    rejected = waiting_of(page, author, place="Leeds")
    reject_proposal(proposal=rejected, by=moderator, reason="x", next_step="y")
    return {
        "revision": page.latest_revision_id,
        "draft": draft_of(page, writer(author), cost="Nothing").pk,
        "visitors": draft_of(page, writer(None, "somebody's browser"), cost="Nothing").pk,
        "waiting": waiting_of(page, author, cost="Nothing").pk,
        "rejected": rejected.pk,
        "published": waiting_of(page, trusted_person(), what_it_is="We meet, and drink tea.").pk,
    }


def somebody(role, moderator):
    client = Client()
    if role == "anonymous":
        return client
    person = {"moderator": lambda: moderator, "administrator": lambda: UserFactory(administrator=True)}.get(
        role, trusted_person if role in ("trusted", "paused") else UserFactory
    )()
    if role == "paused":
        Standing.objects.filter(person=person).update(paused_until=timezone.localdate(), pause_reason="A rest")
    client.force_login(person)
    return client


def states():
    return dict(ProposedEdit.objects.values_list("pk", "state"))


@pytest.mark.parametrize("role", ROLES)
def test_reading(things, moderator, role):
    before, client = states(), somebody(role, moderator)
    answers = {}
    for address in READING:
        # Or the mails that three of them send are soon too many.
        cache.clear()
        answers[address] = client.get(address.format(**things)).status_code
    assert answers == {address: expected[ROLES.index(role)] for address, expected in READING.items()}
    assert states() == before


@pytest.mark.parametrize("role", ROLES)
def test_doing(things, moderator, role):
    before, title = states(), PracticePage.objects.get().cost
    for (address, do), expected in DOING.items():
        with undone():
            answer = somebody(role, moderator).post(address.format(**things), {"do": do, **WORDS})
            assert answer.status_code == expected[ROLES.index(role)], (address, do)
            if address == "/review/{waiting}/" and do in ANSWERED and role in ("moderator", "administrator"):
                assert states() == before | {things["waiting"]: ANSWERED[do]}, (address, do)
            else:
                assert states() == before and PracticePage.objects.get().cost == title, (address, do)


@pytest.mark.parametrize("role", ROLES)
def test_what_somebody_sends_themselves(things, moderator, role):
    """New people wait, trusted ones do not, paused ones keep theirs; a moderator is trusted only if they are."""
    client = somebody(role, moderator)
    client.post("/practices/tea/edit/", {"asked": "cost", "cost": "Five pounds", "do": "check"})
    draft = ProposedEdit.objects.latest("pk")
    client.post(f"/proposals/{draft.pk}/", {"do": "send", "note": "x"})
    draft.refresh_from_db()
    expected = {"anonymous": State.DRAFT, "trusted": State.ACCEPTED, "paused": State.DRAFT}
    assert draft.state == expected.get(role, State.WAITING)
    if draft.state == State.WAITING and role in ("moderator", "administrator"):
        client.post(f"/review/{draft.pk}/", {"do": "accept"})
        draft.refresh_from_db()
        assert draft.state == State.WAITING, "they accepted their own"


WITHOUT_TOKEN = (
    "/practices/tea/edit/", "/practices/new/", "/practices/tea/adapt/", "/practices/tea/history/{revision}/restore/",
    "/proposals/{own}/", "/proposals/{own}/write/", "/proposals/{own}/conflict/", "/review/{waiting}/",
    "/review/{waiting}/correct/", "/review/{published}/", "/review/{published}/take-out/", "/review/five/",
    "/review/ticked/", "/people/known/undo/", "/people/known/pause/", "/review/erase/", "/practices/tea/watch/",
)  # fmt: skip


def test_without_its_token_no_form_changes_anything(things, moderator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    own = draft_of(PracticePage.objects.get(), writer(moderator), place="York")
    before, content = states(), own.changes
    for address in WITHOUT_TOKEN:
        for do in ("save", "check", "autosave", "send", "drop", "accept"):
            data = {
                "do": do,
                "asked": ["cost", "boxes"],
                "cost": "Stolen",
                "did": "Stolen",
                "seen": "1",
                "title": "T",
                **WORDS,
            }
            answer = client.post(address.format(**things, own=own.pk), data)
            assert answer.status_code in (200, 302, 403), (address, do)
        own.refresh_from_db()
        assert states() == before and own.changes == content and own.note == "", address
