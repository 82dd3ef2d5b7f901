"""What people sent is checked, and they hear of it: by thumb, by keyboard, without JavaScript, with others."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .axe import RULES_OF_COLOUR, assert_nothing_found, hand_axe_over
from .conftest import HEIGHT, NARROW, PHONE, WIDE, Reader, assert_sound
from .test_writing import KNOWN, THANKS, TOO_LONG, Thumb, as_it_is, button, press, refused, tab_to

# Of whom the pages are looked at; each walk below has people of its own.
AUTHOR, TRUSTED, MODERATOR, SECOND, HOLDER = "maple-lane", "rowan-bridge", "cedar-gate", "birch-ferry", "alder-quay"
NEWCOMER, PAUSED, ANSWERED, UNDO, UNDONE, QUIET = (
    "clover-hill", "reed-shore", "moss-mill", "bramble-path", "dock-leaf", "thyme-yard",
)  # fmt: skip
MODERATORS = (
    MODERATOR, SECOND, HOLDER, "thumb-mod", "keys-mod", "plain-mod", "here-mod", "there-mod", "slip-mod", "tally-mod",
    "first-mod", "last-mod", "first-plain", "last-plain",
)  # fmt: skip
WRITERS = (
    AUTHOR, TRUSTED, NEWCOMER, PAUSED, ANSWERED, UNDO, UNDONE, QUIET, "fern-bank", "slip-one", "asked-one",
    "harm-mod", "harm-plain",
)  # fmt: skip
# What is given out to moderators who have five minutes: the walks answer some of it.
IN_TURN = (
    "999-club-wellbeing-space", "advantaged-thinking", "arts-based-research-bristol", "b-corporations",
    "blending-online-and-face-to-face", "camden-families-supporting-families", "cash-for-rough-sleepers",
    "checklists-not-tick-boxes", "community-sentences", "connecting-the-connectors",
)  # fmt: skip
WROTE = "We meet on tuesday mornings, and nobody has to sign up."
RIGHT = "We meet on Tuesday mornings, and nobody has to sign up."
SHOP = "People pay nothing. The room is let to us for tea: https://tea.example/rooms"
REASON = "Thank you for the page. The second step could scald a child: say that the urn stands high."


def plant() -> None:
    """Make people, and something in every state that they can meet. Imported by a process of its own."""
    from django.conf import settings
    from django.core.signing import Signer

    people = _people()
    stages = _changes(people) | _pages_of_others(people) | _reports(people)
    planted = {
        "stages": stages,
        "sessions": {handle: _signed_in(person) for handle, person in people.items()},
        # A form that was opened some time ago: nobody reads and answers it at once.
        "opened": Signer(salt="people.open_forms").sign(f"{time.time() - 60:.1f}"),
    }
    (Path(settings.DATA_DIR) / "planted.json").write_text(json.dumps(planted), encoding="utf-8")


def _people() -> dict[str, Any]:
    from django.utils import timezone

    from home.roles import make_moderators
    from people.models import Standing, User
    from practices.models import PracticeIndexPage
    from tests.factories.contributions import make_trusted

    people = {handle: User.objects.create_proven(f"{handle}@example.org", handle) for handle in (*MODERATORS, *WRITERS)}
    group = make_moderators(PracticeIndexPage.objects.get())
    group.user_set.add(*(people[handle] for handle in MODERATORS))
    make_trusted(people[TRUSTED])
    for handle in ("fern-bank", "slip-one", UNDO):
        Standing.objects.update_or_create(person=people[handle], defaults={"first_accepted_on": timezone.localdate()})
    return people


def _signed_in(person: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.save()
    return str(session.session_key)


def _page(slug: str) -> Any:
    from practices.models import PracticePage

    return PracticePage.objects.get(slug=slug)


def _changes(people: dict[str, Any]) -> dict[str, Any]:
    """Changes in every state, by their names in PAGES."""
    from contributions import reviewing, services
    from contributions.content import changes_between, empty_content
    from contributions.review_page import review_page
    from practices.models import PracticePage, kind_model
    from tests.factories.contributions import draft_of, waiting_of, writer

    author, moderator = people[AUTHOR], people[MODERATOR]

    def sent(slug: str, by: str = AUTHOR, **fields: Any) -> Any:
        return waiting_of(_page(slug), people[by], **fields)

    def accepted(slug: str, by: str = AUTHOR, **fields: Any) -> Any:
        return reviewing.accept_proposal(proposal=sent(slug, by, **fields), by=moderator)

    done = {
        "draft": draft_of(_page("backr"), writer(author), cost="A room, and tea."),
        "accepted": accepted("operation-wifi", cost="Each phone came as a gift."),
        "asked": sent("easement-function", cost="Nothing."),
        "rejected": sent("big-society", cost="Nothing."),
        "right": sent("tower-hamlets-together", cost="We pay nothing for the room, and tea is a pound."),
        "out": accepted("wigan-asset-based-council", cost="Buy it of me at https://sell.example."),
        "unchecked": sent("makerble", TRUSTED, cost="A room, and tea."),
        "unchecked, long": sent("circle", TRUSTED, what_it_is=TOO_LONG, cost="A room, and tea."),
    }
    reviewing.ask_for_changes(proposal=done["asked"], by=moderator, reason="Thank you. Who paid for the room?")
    reviewing.reject_proposal(
        proposal=done["rejected"], by=moderator, reason="It is about another.", next_step="Begin a page."
    )
    review = review_page(done["right"])
    right = review.then | {"cost": "We pay nothing for the room. Tea is a pound."}
    reviewing.accept_proposal(
        proposal=done["right"],
        by=moderator,
        correction=reviewing.Correction(
            instead=changes_between(review.now, right), right=changes_between(review.then, right)
        ),
    )
    reviewing.take_out(proposal=done["out"], by=moderator, reason="It sells something.", next_step="Say what helped.")

    for number, slug in enumerate(IN_TURN):
        risky = (
            {"local_form": KNOWN} if number == 1 else {"cost": SHOP} if number == 2 else {"cost": "Tea, and a room."}
        )
        sent(slug, "fern-bank", **risky)
    _wait_longer()
    # What waits for the pages comes last, so that nobody who has five minutes is given it.
    title, did = "A shed that is always open", "We left the shed open, and people came."
    empty = empty_content(kind_model("other"))
    begun = changes_between(empty, empty | {"title": title, "summary": did, "what_it_is": did})
    new = services.begin_draft(by=writer(people[NEWCOMER]), changes=begun, kind="other")
    done |= {
        "waiting": sent("restorative-justice", summary="People who were hurt say what would put it right."),
        "new": services.send_proposal(proposal=new, by=writer(people[NEWCOMER])),
        "first": sent("three-levels-of-conversation", NEWCOMER, cost="Tea, and a room."),
        "own": sent("relational-leadership", MODERATOR, cost="A day of training each year."),
        "slip": sent("cornerstone-self-managed-teams", "slip-one", cost=WROTE),
        "back": sent("council-as-enabler", "asked-one", cost="A hall for nothing."),
        "shut": sent("rightsnet", cost="Nothing."),
    }
    PracticePage.objects.filter(slug="rightsnet").update(locked=True)
    reviewing.ask_for_changes(proposal=done["back"], by=moderator, reason="Thank you. Whose hall was it?")
    return {name: each.pk for name, each in done.items()} | _held(people)


def _wait_longer() -> None:
    """What waits so far has waited for days."""
    from datetime import timedelta

    from django.db.models import F

    from contributions.models import ProposedEdit, State

    waiting = ProposedEdit.objects.filter(state=State.WAITING)
    waiting.update(sent_at=F("sent_at") - timedelta(days=2, hours=3))


def _held(people: dict[str, Any]) -> dict[str, int]:
    """What a moderator looks at just now, for as long as the tests take; of the first, that is whoever looks at it."""
    from datetime import timedelta

    from django.utils import timezone

    from contributions.models import ReviewClaim
    from tests.factories.contributions import waiting_of

    telling = waiting_of(
        _page("poverty-truth-commissions"), people[AUTHOR], local_form=KNOWN, cost=SHOP, time_needed="Six months."
    )
    held = waiting_of(_page("mutual-aid-groups"), people[AUTHOR], summary="Neighbours look after each other.")
    until = timezone.now() + timedelta(days=1)
    for proposal, handle in ((telling, MODERATOR), (held, HOLDER)):
        ReviewClaim.objects.create(proposal=proposal, moderator=people[handle], until=until)
    return {"telling": telling.pk, "held": held.pk}


def _pages_of_others(people: dict[str, Any]) -> dict[str, Any]:
    """Whoever is paused, or has done much that is to be undone; what is watched; where mail is stopped."""
    from datetime import timedelta

    from django.utils import timezone

    from contributions import reviewing
    from home.watching import watch_page
    from people.messages import stop_address
    from people.models import Message
    from people.standing import pause_person
    from tests.factories.contributions import waiting_of

    moderator = people[MODERATOR]
    on = {
        UNDO: ("groundswell-peer-support", "health-creating-practices"),
        UNDONE: ("pact-relationship-framework", "plymouth-alliance"),
        "harm-mod": ("refugee-legal-group",),
        "harm-plain": ("relationships-observatory",),
        PAUSED: ("named-relationship-roles",),
    }
    for handle, slugs in on.items():
        for slug in slugs:
            sent = waiting_of(_page(slug), people[handle], cost="Buy it at our shop.")
            reviewing.accept_proposal(proposal=sent, by=moderator)
    # For the walks begins what they are told with what comes of them.
    Message.objects.filter(person__username__in=("harm-mod", "harm-plain")).update(read_at=timezone.now())
    until, why = timezone.localdate() + timedelta(days=7), "Three changes that sold something."
    for handle in (PAUSED, ANSWERED):
        pause_person(person=people[handle], by=moderator, until=until, reason=why)
    for slug in ("self-reliant-groups", "operation-wifi"):
        watch_page(person=people[AUTHOR], page=_page(slug))
    return {"stop": re.sub(r"^https?://[^/]+", "", stop_address(people[AUTHOR]))}


def _reports(people: dict[str, Any]) -> dict[str, Any]:
    from contributions.models import ProposedEdit
    from feedback.models import Reason
    from feedback.services import answer_pause, appeal_decision, decide_appeal
    from tests.factories.feedback import reported, upheld

    moderator, second = people[MODERATOR], people[SECOND]
    hurts = _page("family-drug-and-alcohol-court")
    for number in range(3):
        open_one = reported(hurts, visitor=f"10.0.0.{number}", words="The third step could hurt a child.\n\nAsk Gran.")
    of_work = ProposedEdit.objects.filter(author=people[AUTHOR], state="accepted").order_by("pk")
    told, again, last = (reported(each, by=people["fern-bank"], reason=Reason.NAMES) for each in of_work[:3])
    upheld(told, moderator)
    appeal_decision(concern=upheld(again, moderator), by=people[AUTHOR], words="She has said yes since.")
    appeal_decision(concern=upheld(last, moderator), by=people[AUTHOR], words="It is my own name.")
    decide_appeal(concern=last, by=second, is_changed=True, reason="Thank you. You are right.")
    of_person = reported(people[UNDO], reason=Reason.SELLS, words="")
    paused = answer_pause(by=people[ANSWERED], words="It was a mistake. I ask first the next time.")
    reports = {"open": open_one, "told": told, "again": again, "last": last, "person": of_person, "pause": paused}
    return {f"report {name}": each.pk for name, each in reports.items()}


@pytest.fixture(scope="session")
def planted(reviewing_data: Path) -> dict[str, Any]:
    """What `plant` made: the numbers of the changes and reports, and a session of each person."""
    return dict(json.loads((reviewing_data / "planted.json").read_text(encoding="utf-8")))


@pytest.fixture
def somebody(reader: Callable[..., Reader], reviewing_site: str, planted: dict[str, Any]) -> Callable[..., Reader]:
    """Make readers of the site that may be written to, signed in if a handle is given."""

    def make(handle: str = "", width: int = WIDE, **options: Any) -> Reader:
        one = reader(width, site="reviewing_site", **options)
        one.opened_a_form = True
        if handle:
            session = planted["sessions"][handle]
            one.context.add_cookies([{"name": "sessionid", "value": session, "url": reviewing_site}])
        return one

    return make


# Of all that can be pressed, typed into or followed: what is out of the screen, and what no thumb would hit.
OUT_OF_REACH = """() => [...document.querySelectorAll('a, button, summary, input, select, textarea')]
  .filter(one => one.getClientRects().length && !one.closest('.skip, .unseen, .vh'))
  .map(one => [one, one.getBoundingClientRect(), one.closest('.tick')])
  .filter(([one, box, tick]) => box.left < 0 || box.right > innerWidth
    || (one.matches('button, .btn, .tap, summary, select, textarea, input') && !one.matches('[type=hidden]')
        && (tick ? tick.getBoundingClientRect() : box).height < 44))
  .map(([one, box]) => one.outerHTML.slice(0, 90) + ' ' + Math.round(box.width) + ' x ' + Math.round(box.height))"""


def assert_in_reach(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE, "scrolls sideways"
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate(OUT_OF_REACH) == []
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = false")


def number_of_change(page: Page) -> str:
    return page.url.rstrip("/").rsplit("/", 1)[1]


def assert_tally(page: Page) -> None:
    """One was accepted, one sent back, one left: the last is no answer."""
    expect(page.locator("h1")).to_have_text("Your five minutes")
    expect(page.locator("main .lede")).to_contain_text("You looked at 2")
    told = ["On the page: 1", "Sent back with a question: 1", "Left for somebody else: 1"]
    expect(page.locator("main .ways li")).to_have_text(told)
    expect(button(page, "Five more minutes")).to_be_visible()


def test_five_minutes_by_thumb_in_few_taps(somebody: Callable[..., Reader]) -> None:
    one = somebody("thumb-mod", PHONE, has_touch=True)
    page, thumb = one.page, Thumb(one.page)
    one.open("/")
    thumb.go(page.locator(".for-you").get_by_role("link", name=re.compile("to be checked")))
    assert_in_reach(page)
    thumb.press("I have five minutes")
    accepted = number_of_change(page)
    assert_in_reach(page)
    thumb.press("Accept and publish")
    expect(page.locator("main .note[role=status]")).to_have_text("It is on the page, in its author’s name.")
    asked = number_of_change(page)
    thumb.write(page.get_by_label("Your words to the author"), "Thank you. Who paid for the room?")
    thumb.press("Ask for changes")
    left = number_of_change(page)
    thumb.press("Leave it for someone else")
    expect(page.locator("main")).to_contain_text("2 done.")
    assert len({accepted, asked, left, number_of_change(page)}) == 4
    thumb.press("Stop here")
    assert_tally(page)
    assert_in_reach(page)
    print(f"taps and fields, five minutes: {thumb.count}")
    assert thumb.count <= 7


def test_five_minutes_by_keyboard_alone(somebody: Callable[..., Reader]) -> None:
    """On a desk the buttons stay in view at the foot: whatever has the focus is never behind them."""
    one = somebody("keys-mod")
    page = one.page

    def go(name: str, key: str) -> None:
        tab_to(page, button(page, name))
        with page.expect_navigation():
            page.keyboard.press(key)

    one.open("/review/")
    go("I have five minutes", "Enter")
    assert page.locator(".bar").evaluate("bar => getComputedStyle(bar).position") == "sticky"
    go("Accept and publish", "Space")
    tab_to(page, page.get_by_label("Your words to the author"))
    page.keyboard.type("Thank you. Who paid for the room?")
    tab_to(page, page.get_by_text("Reject it", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("What can they do next?"))
    tab_to(page, page.get_by_text("Reject it", exact=True), "Shift+Tab")
    page.keyboard.press("Space")
    go("Ask for changes", "Enter")
    go("Leave it for someone else", "Space")
    go("Stop here", "Enter")
    assert_tally(page)


def test_five_minutes_without_javascript(somebody: Callable[..., Reader]) -> None:
    one = somebody("plain-mod", PHONE, java_script_enabled=False)
    page = one.page
    one.open("/review/")
    press(page, "I have five minutes")
    press(page, "Accept and publish")
    press(page, "Ask for changes")
    expect(page.locator(".note.bad")).to_be_focused()
    expect(page.locator(".note.bad")).to_contain_text("Write what you would like to know, or to be changed")
    page.get_by_label("Your words to the author").fill("Thank you. Who paid for the room?")
    press(page, "Ask for changes")
    press(page, "Leave it for someone else")
    press(page, "Stop here")
    assert_tally(page)


def test_two_moderators_are_given_different_changes(somebody: Callable[..., Reader]) -> None:
    here, there = somebody("here-mod"), somebody("there-mod", PHONE)
    for one in (here, there):
        one.open("/review/")
        press(one.page, "I have five minutes")
    held, other = number_of_change(here.page), number_of_change(there.page)
    assert held != other
    there.open(f"/review/{held}/")
    expect(there.page.locator("main .note").first).to_contain_text("here-mod looks at this just now.")
    assert there.page.locator("article button, article textarea, article a[href$='/correct/']").count() == 0
    there.open("/review/")
    row = there.page.locator(".queue > li").filter(has=there.page.locator(f"a[href='/review/{held}/']"))
    expect(row).to_contain_text("here-mod looks at it now")
    press(here.page, "Stop here")
    there.open(f"/review/{held}/")
    expect(button(there.page, "Accept and publish")).to_be_visible()
    press(there.page, "Stop here")


def test_author_sees_what_was_put_right(somebody: Callable[..., Reader], planted: dict[str, Any]) -> None:
    number = planted["stages"]["slip"]
    moderator, author = somebody("slip-mod", PHONE), somebody("slip-one", PHONE)
    page = moderator.page
    moderator.open(f"/review/{number}/")
    press(page, "Put something small right")
    box = page.locator("form [name=cost]")
    expect(box).to_have_value(WROTE)
    box.fill(RIGHT)
    press(page, "Accept with what I put right")
    expect(page.locator("main .note[role=status]")).to_contain_text("They are told what you put right.")

    page = author.page
    author.open("/")
    page.locator(".for-you").get_by_role("link", name="One thing to tell you", exact=True).click()
    expect(page.locator(".report")).to_contain_text("put something small right")
    page.get_by_role("link", name="See what is on the page, and what was put right").click()
    expect(page).to_have_url(re.compile(f"/proposals/{number}/$"))
    right = page.get_by_role("region", name="What was put right on the way")
    expect(right.locator(".diff del")).to_contain_text("tuesday")
    expect(right.locator(".diff ins")).to_contain_text("Tuesday")
    author.open("/")
    expect(page.locator(".for-you")).to_have_count(0)
    author.open("/practices/cornerstone-self-managed-teams/")
    expect(page.locator("main")).to_contain_text(RIGHT)


def test_author_answers_a_question_and_sends_it_again_in_few_taps(
    somebody: Callable[..., Reader], planted: dict[str, Any]
) -> None:
    one = somebody("asked-one", PHONE, has_touch=True)
    page, thumb = one.page, Thumb(one.page)
    one.open("/")
    thumb.go(page.locator(".for-you").get_by_role("link", name="One thing to tell you", exact=True))
    expect(page.locator(".report")).to_contain_text("Whose hall was it?")
    thumb.go(page.locator(".report").get_by_role("link", name="Answer, and send it again"))
    expect(page.locator("main .note").first).to_contain_text("Whose hall was it?")
    expect(page.locator(".diff")).to_contain_text("A hall for nothing.")
    assert_in_reach(page)
    thumb.go(page.get_by_role("link", name="Change it"))
    thumb.write(page.locator("#edit [name=cost]"), " It was the council’s.")
    thumb.press("Check and send")
    thumb.write(page.get_by_label("What did you change, and why?"), "Said whose hall it was.")
    thumb.press("Send it again")
    expect(page.locator("h1")).to_have_text(THANKS)
    expect(page.locator(".diff")).to_contain_text("It was the council’s.")
    print(f"taps and fields, sent again: {thumb.count}")
    assert thumb.count <= 7

    moderator = somebody(SECOND, PHONE)
    moderator.open(f"/review/{planted['stages']['back']}/")
    expect(moderator.page.locator("main")).to_contain_text("Asked before: Thank you. Whose hall was it?")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_report_of_harm_is_decided_and_looked_at_again_by_another(
    somebody: Callable[..., Reader], planted: dict[str, Any], javascript: bool
) -> None:
    kind, slug = ("mod", "refugee-legal-group") if javascript else ("plain", "relationships-observatory")
    visitor, first, person, last = (
        somebody(handle, PHONE, java_script_enabled=javascript)
        for handle in ("", f"first-{kind}", f"harm-{kind}", f"last-{kind}")
    )
    title = report(visitor, slug, planted["opened"])
    page = first.page
    first.open("/review/reports/")
    page.locator(".queue").get_by_role("link", name=title).click()
    expect(page.locator("main")).to_contain_text("The second step could scald a child.")
    decide(page, "Yes, something has to change", REASON, "Decide, and tell them")

    page = person.page
    told(person)
    page.get_by_role("link", name="Read it, or ask for a second look").first.click()
    expect(page.locator("main")).to_contain_text(REASON)
    page.get_by_label("How do you see it?").fill("The urn hangs on the wall, and nobody can reach it.")
    press(page, "Ask for a second look")
    expect(page.locator("main")).to_contain_text("Somebody else looks at all of it again, and tells you.")
    assert page.locator("main textarea").count() == 0

    first.open("/review/reports/?show=again")
    assert first.page.locator(".queue").get_by_role("link", name=title).count() == 0
    page = last.page
    last.open("/review/reports/?show=again")
    page.locator(".queue").get_by_role("link", name=title).click()
    expect(page.locator("main")).to_contain_text("The urn hangs on the wall")
    decide(page, "Change it: it is not upheld any more", "Thank you. You are right.", "Decide for good")
    told(person)
    expect(person.page.locator(".report").first).to_contain_text("Thank you. You are right.")


def report(visitor: Reader, slug: str, opened: str) -> str:
    """Report a practice as somebody without an account who takes their time; returns its title."""
    page = visitor.page
    visitor.open(f"/practices/{slug}/")
    title = page.locator("h1").inner_text()
    page.get_by_role("link", name="Report harm").click()
    page.get_by_label("It could hurt somebody who follows it").check()
    page.get_by_label("What should we know?").fill("The second step could scald a child.")
    page.locator("[name=opened]").evaluate("(one, opened) => { one.value = opened }", opened)
    press(page, "Send the report")
    expect(page.locator("h1")).to_have_text("Thank you: a moderator reads it")
    return title


def decide(page: Page, outcome: str, reason: str, name: str) -> None:
    page.get_by_label(outcome).check()
    page.get_by_label("Why?").fill(reason)
    press(page, name)
    expect(page.locator("main .note[role=status]")).to_contain_text(
        "It is decided, and those who have to know are told."
    )


def told(one: Reader) -> None:
    """Open what there is to tell somebody, from any page."""
    one.open("/help/")
    one.page.locator(".for-you").get_by_role("link", name="One thing to tell you", exact=True).click()
    expect(one.page.locator("h1")).to_have_text("Messages")


def test_room_that_is_left_is_told_while_typing_and_nothing_is_cut(
    somebody: Callable[..., Reader], planted: dict[str, Any]
) -> None:
    one = somebody(AUTHOR, PHONE)
    page = one.page
    one.open("/proposals/{draft}/".format(**planted["stages"]))
    note = page.get_by_label("What did you change, and why?")
    room = page.locator("[data-room-told]")
    note.focus()
    page.keyboard.insert_text("a" * 100)
    expect(room).to_have_count(0)
    page.keyboard.insert_text("b" * 180)
    expect(room).to_have_text("Room for 20 more letters")
    page.keyboard.insert_text("c" * 60)
    expect(room).to_have_text("40 letters too many")
    expect(note).to_have_value("a" * 100 + "b" * 180 + "c" * 60)
    assert room.get_attribute("role") == "status"
    with page.expect_navigation():
        button(page, "Send to be checked").click()
    expect(page.locator(".note.bad")).to_be_focused()
    expect(note).to_have_value("a" * 100 + "b" * 180 + "c" * 60)
    expect(room).to_have_text("40 letters too many")
    note.fill("Said what the room costs.")
    expect(room).to_have_text("")


def says(*words: str) -> Callable[[Page], None]:
    """Nothing is done on it; it says what only this state of it says."""

    def do(page: Page) -> None:
        for each in words:
            expect(page.locator("main")).to_contain_text(each)

    return do


def without_buttons(words: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        says(words)(page)
        assert page.locator("main button").count() == 0

    return do


def rejected_without_reason(page: Page) -> None:
    page.get_by_text("Reject it", exact=True).click()
    refused("Reject, and keep their words for them")(page)


def corrected_to_what_is_too_long(page: Page) -> None:
    refused("Accept with what I put right", summary=TOO_LONG)(page)


def after_five_minutes(page: Page) -> None:
    press(page, "I have five minutes")
    press(page, "Leave it for someone else")
    press(page, "Accept and publish")
    press(page, "Stop here")
    says("You looked at one.", "Left for somebody else: 1")(page)


def undone(page: Page) -> None:
    page.get_by_label("It sells something").check()
    press(page, "Undo all of these, and tell them why")
    says("2 changes are taken out.")(page)


def refused_undone(page: Page) -> None:
    refused("Undo all of these, and tell them why")(page)


def mail_is_stopped(page: Page) -> None:
    press(page, "Stop this mail")
    says("You can choose again there.")(page)


# Who looks, at which page, and what they do there first.
PAGES: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "review": (MODERATOR, "/review/", says("alder-quay looks at it now")),
    "review, first changes": (MODERATOR, "/review/?only=first", says("First change by clover-hill")),
    "review, known people": (MODERATOR, "/review/?only=known", as_it_is),
    "review, new pages": (MODERATOR, "/review/?only=new", says("New page: A shed that is always open")),
    "review, left": (MODERATOR, "/review/?only=aside", as_it_is),
    "review, unchecked": (MODERATOR, "/review/?only=unchecked", says("On the page for")),
    "nothing ticked": (MODERATOR, "/review/?only=first", lambda page: press(page, "Do not take them")),
    "one that waits": (MODERATOR, "/review/{waiting}/", says("Accept and publish")),
    "one with risks": (MODERATOR, "/review/{telling}/", says("Web addresses it adds", "harbour flats")),
    "one that begins a page": (MODERATOR, "/review/{new}/", says("First change here")),
    "one on a locked page": (MODERATOR, "/review/{shut}/", says("The page is locked, or taken down.")),
    "one that is held": (MODERATOR, "/review/{held}/", without_buttons("alder-quay looks at this just now")),
    "one of one’s own": (MODERATOR, "/review/{own}/", without_buttons("This is your own")),
    "one on the page, unchecked": (MODERATOR, "/review/{unchecked}/", says("It is fine: mark it as looked at")),
    "one on the page, checked": (MODERATOR, "/review/{accepted}/", says("Take it out again")),
    "one taken out": (MODERATOR, "/review/{out}/", without_buttons("Taken out again")),
    "one to ask about, refused": (MODERATOR, "/review/{waiting}/", refused("Ask for changes")),
    "one to reject, refused": (MODERATOR, "/review/{waiting}/", rejected_without_reason),
    "correct": (MODERATOR, "/review/{telling}/correct/", says("A slip of the pen")),
    "correct, refused": (MODERATOR, "/review/{waiting}/correct/", corrected_to_what_is_too_long),
    "correct on a locked page": (MODERATOR, "/review/{shut}/correct/", without_buttons("The page is locked")),
    "take out": (MODERATOR, "/review/{unchecked}/take-out/", says("What came later stays.")),
    "take out, refused": (MODERATOR, "/review/{accepted}/take-out/", refused("Take it out, and tell them why")),
    "five minutes": ("tally-mod", "/review/five/", says("held for you alone")),
    "five minutes, after": ("tally-mod", "/review/five/", after_five_minutes),
    "reports": (MODERATOR, "/review/reports/", says("Reported by 3 people.", "An answer to a pause")),
    "reports, second looks": (SECOND, "/review/reports/?show=again", says("Asked")),
    "reports, decided": (MODERATOR, "/review/reports/?show=decided", says("The decision is changed")),
    "report": (MODERATOR, "/review/reports/{report open}/", says("Decide, and tell them")),
    "report, refused": (MODERATOR, "/review/reports/{report open}/", refused("Decide, and tell them")),
    "report about somebody": (MODERATOR, "/review/reports/{report person}/", says("Pause them")),
    "report, answer to a pause": (SECOND, "/review/reports/{report pause}/", says("The pause ends now")),
    "report, second look": (SECOND, "/review/reports/{report again}/", says("Decide for good")),
    "report, decided by oneself": (MODERATOR, "/review/reports/{report again}/", without_buttons("Another moderator")),
    "report, decided for good": (MODERATOR, "/review/reports/{report last}/", without_buttons("decision is changed")),
    "what was decided": (AUTHOR, "/reports/{report told}/", says("Ask for a second look")),
    "what was decided, refused": (AUTHOR, "/reports/{report told}/", refused("Ask for a second look")),
    "what was decided, asked again": (AUTHOR, "/reports/{report again}/", without_buttons("looks at all of it again")),
    "what was decided for good": (AUTHOR, "/reports/{report last}/", without_buttons("This is the last word")),
    "what came of a report": ("fern-bank", "/reports/{report told}/", says("Thank you.")),
    "sent back": (AUTHOR, "/proposals/{asked}/", says("Who paid for the room?")),
    "put right": (AUTHOR, "/proposals/{right}/", says("What was put right on the way")),
    "taken out": (AUTHOR, "/proposals/{out}/", says("It sells something.")),
    "messages": (AUTHOR, "/messages/", says("It is on the page")),
    "messages, none": (QUIET, "/messages/", says("Nothing yet.")),
    "messages, paused": (PAUSED, "/messages/", says("you can write, and send nothing", "Answer this")),
    "answer": (PAUSED, "/messages/answer/", says("You can answer once.")),
    "answer, refused": (PAUSED, "/messages/answer/", refused("Send your answer")),
    "answer, given": (ANSWERED, "/messages/answer/", without_buttons("It waits for a moderator.")),
    "stop mail": ("", "{stop}", says("Stop this mail")),
    "mail is stopped": ("", "{stop}", mail_is_stopped),
    "profile": ("", f"/people/{AUTHOR}/", says("Writes here since")),
    "profile, for a moderator": (MODERATOR, f"/people/{AUTHOR}/", says("Undo what they did")),
    "profile, paused": (MODERATOR, f"/people/{PAUSED}/", says("End or change the pause")),
    "profile that only oneself sees": (QUIET, f"/people/{QUIET}/", says("Others see no such page yet")),
    "pause": (MODERATOR, f"/people/{AUTHOR}/pause/", says("A week is often enough.")),
    "pause, refused": (MODERATOR, f"/people/{AUTHOR}/pause/", refused("Pause")),
    "pause that goes on": (MODERATOR, f"/people/{PAUSED}/pause/", says("End the pause now")),
    "undo": (MODERATOR, f"/people/{UNDO}/undo/", says("2 changes since")),
    "undo, refused": (MODERATOR, f"/people/{UNDO}/undo/", refused_undone),
    "undone": (MODERATOR, f"/people/{UNDONE}/undo/", undone),
    "upkeep": (MODERATOR, "/review/upkeep/", says("Missing:")),
    "figures": (MODERATOR, "/review/figures/", as_it_is),
    "log": (MODERATOR, "/review/log/", says("accepted")),
    "log of one change": (MODERATOR, "/review/log/?kind=proposal&target={out}", says("took out again")),
    "log of nobody": (MODERATOR, "/review/log/?person=nobody-here", says("Nobody has this handle.")),
    "changes": ("", "/changes/", says("Not looked at yet")),
    "changes, chosen": ("", f"/changes/?person={AUTHOR}&kind=other&from=2026-01-01", says("Choose what to see")),
    "changes, unchecked": ("", "/changes/?unchecked=yes", says("Nobody has looked at it yet.")),
    "changes, not understood": ("", "/changes/?from=soon&person=nobody-here", says("could not be understood")),
    "watching": (AUTHOR, "/watching/", says("Self-reliant groups")),
    "watching nothing": (QUIET, "/watching/", says("Nothing yet.")),
    "watch": (QUIET, "/practices/backr/watch/", says("Watch this page")),
    "watch, watched": (AUTHOR, "/practices/operation-wifi/watch/", says("You watch this page")),
    "report a page": ("", "/practices/operation-wifi/flag/", says("You need no account.")),
    "report a page, refused": ("", "/practices/operation-wifi/flag/", refused("Send the report")),
    "report a change": (AUTHOR, "/proposals/{waiting}/flag/", says("Send the report")),
    "report somebody": ("", f"/people/{AUTHOR}/flag/", says("Send the report")),
    "reported": (QUIET, "/reports/sent/", says("You are told here")),
}  # fmt: skip


@pytest.mark.parametrize(("handle", "path", "do"), PAGES.values(), ids=PAGES.keys())
def test_page_of_reviewing(
    somebody: Callable[..., Reader], planted: dict[str, Any], handle: str, path: str, do: Callable[[Page], None]
) -> None:
    """It can be read and used narrow and wide, in light and in dark, by eye and by ear."""
    one = somebody(handle, NARROW)
    page = one.page
    address = path.format(**planted["stages"])
    assert one.open(address) == 200
    expect(page).to_have_url(f"{one.site}{address}")
    do(page)
    assert_sound(page)
    hand_axe_over(page)
    page.emulate_media(color_scheme="light")
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways"
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways when opened"
        assert_nothing_found(page)
    page.emulate_media(color_scheme="dark")
    assert_nothing_found(page, RULES_OF_COLOUR)
