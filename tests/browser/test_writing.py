"""Somebody who was only reading mends a sentence: by thumb, by keyboard, without JavaScript or network, with others."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .axe import RULES_OF_COLOUR, assert_nothing_found, hand_axe_over
from .conftest import HEIGHT, NARROW, PHONE, WIDE, Reader, assert_sound
from .test_walk import FOCUS

# Nothing is put onto the first of these, so that each test finds it as it was.
GROUPS = "/practices/self-reliant-groups/"
COMMISSIONS = "/practices/poverty-truth-commissions/"
PASSWORD = "harbour lamp seven pears"
AUTHOR, TRUSTED, MODERATOR = "maple-lane", "rowan-bridge", "cedar-gate"
# Each test has somebody of its own, so that no draft of another test is in the way.
WRITERS = (
    "thumb-one", "thumb-two", "keys-one", "plain-one", "saver-one", "cut-one", "cut-two", "cut-three", "gone-one",
    "gone-two", "back-one", "long-one", "second-one", "known-one", "sent-one", "left-one", "next-one", "row-one",
)  # fmt: skip
TOO_LONG = "Women save together, and learn from each other. " * 9
KNOWN = "One man of 61 from the harbour flats told the council."
# The browser tells a cut wire and a refusal as faults; a test that makes them says so.
NO_NETWORK = "ERR_INTERNET_DISCONNECTED"
REFUSED = "status of 403"
# What passed is not told: on a form of hundreds of fields that takes longer than to look.


def plant() -> None:
    """Make people, and one change in each state. Imported by a process of its own."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.hashers import make_password
    from django.contrib.sessions.backends.db import SessionStore

    from contributions import reviewing, services
    from contributions.content import changes_between, empty_content
    from home.roles import make_moderators
    from people.models import User
    from practices.models import PracticeIndexPage, PracticePage, kind_model
    from tests.factories.contributions import draft_of, make_trusted, waiting_of, writer

    password = make_password(PASSWORD)
    people = {
        handle: User.objects.create_proven(f"{handle}@example.org", handle)
        for handle in (AUTHOR, TRUSTED, MODERATOR, *WRITERS)
    }
    User.objects.filter(username__in=people).update(password=password)
    make_trusted(people[TRUSTED])
    people[MODERATOR].groups.add(make_moderators(PracticeIndexPage.objects.get()))
    author, moderator = people[AUTHOR], people[MODERATOR]

    def page(slug: str) -> Any:
        return PracticePage.objects.get(slug=slug)

    def mine(slug: str, **fields: Any) -> Any:
        return draft_of(page(slug), writer(author), **fields)

    def sent(slug: str, **fields: Any) -> Any:
        return waiting_of(page(slug), author, **fields)

    title, did = "A shed that is always open", "We left the shed open, and people came."
    empty = empty_content(kind_model("other"))
    begun = changes_between(empty, empty | {"title": title, "summary": did, "what_it_is": did})
    stages = {
        "draft": mine("backr", cost="A room, and tea.").pk,
        "known": mine("makerble", local_form=KNOWN).pk,
        "faulty": mine("circle", summary=TOO_LONG).pk,
        "new": services.begin_draft(by=writer(author), changes=begun, kind="other").pk,
        "waiting": sent("rightsnet", summary="People who give advice ask each other.").pk,
        "unsure": sent("restorative-justice", local_form=KNOWN).pk,
        "conflict": mine("mutual-aid-groups", summary="Neighbours look after each other.").pk,
    }
    services.send_proposal(
        proposal=draft_of(
            page("mutual-aid-groups"), writer(people[TRUSTED]), summary="Streets that look after people."
        ),
        by=writer(people[TRUSTED]),
    )
    asked, rejected = sent("easement-function", cost="Nothing."), sent("big-society", cost="Nothing.")
    reviewing.ask_for_changes(proposal=asked, by=moderator, reason="Thank you. Who paid for the room?")
    reviewing.reject_proposal(proposal=rejected, by=moderator, reason="It is about another.", next_step="Begin a page.")
    accepted = sent("operation-wifi", cost="Each phone came as a gift.")
    accepted = reviewing.accept_proposal(proposal=accepted, by=moderator)
    withdrawn = sent("tower-hamlets-together", cost="Nothing.")
    services.withdraw_proposal(proposal=withdrawn, by=writer(author))
    older, newer = accepted.page.revisions.order_by("pk").values_list("pk", flat=True)
    stages |= {"asked": asked.pk, "rejected": rejected.pk, "accepted": accepted.pk, "withdrawn": withdrawn.pk}
    stages |= {"older": older, "newer": newer}

    def signed_in(handle: str) -> str:
        person = User.objects.get(username=handle)
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.save()
        return str(session.session_key)

    planted = {"stages": stages, "sessions": {handle: [signed_in(handle), signed_in(handle)] for handle in people}}
    (Path(settings.DATA_DIR) / "planted.json").write_text(json.dumps(planted), encoding="utf-8")


@pytest.fixture(scope="session")
def planted(writing_data: Path) -> dict[str, Any]:
    """What `plant` made: the numbers of the changes, and for each person the sessions of two devices."""
    return dict(json.loads((writing_data / "planted.json").read_text(encoding="utf-8")))


@pytest.fixture
def somebody(reader: Callable[..., Reader], writing_site: str, planted: dict[str, Any]) -> Callable[..., Reader]:
    """Make readers of the site that may be written to, signed in if a handle is given."""

    def make(handle: str = "", width: int = WIDE, *, device: int = 0, **options: Any) -> Reader:
        one = reader(width, site="writing_site", **options)
        one.opened_a_form = True
        if handle:
            session = planted["sessions"][handle][device]
            one.context.add_cookies([{"name": "sessionid", "value": session, "url": writing_site}])
        return one

    return make


def type_account(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def forgive(one: Reader, told: str) -> None:
    """Forget what the browser complains of when a test itself breaks something; it must have complained."""
    others = [complaint for complaint in one.complaints if told not in complaint]
    assert len(others) < len(one.complaints)
    one.complaints[:] = others


def box(page: Page, name: str = "summary") -> Locator:
    return page.locator(f"#edit [name={name}]")


def button(page: Page, name: str) -> Locator:
    """A button by what is seen of it and what is only heard; the one that Enter presses unseen is none."""
    heard = re.compile("^" + r"\s?:".join(re.escape(part) for part in name.split(":", 1)) + "$")
    return page.get_by_role("button", name=heard).and_(page.locator(":not(.unseen)"))


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        button(page, name).click()


def code_for(data: Path, email: str) -> str:
    """The code in the mail to an address, once it is there."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        for file in (data / "mail").glob("*.log"):
            mail = file.read_text(encoding="utf-8")
            if f"To: {email}" in mail and (code := re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", mail)):
                return code[0]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {email}")


class Thumb:
    """Somebody on a phone, of whom every tap and every field is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.count = 0

    def tap(self, target: Locator) -> None:
        self.count += 1
        target.tap()

    def go(self, target: Locator) -> None:
        """Tap what leads to another page."""
        with self.page.expect_navigation():
            self.tap(target)

    def fill(self, label: str, text: str) -> None:
        self.count += 1
        self.page.get_by_label(label).fill(text)

    def press(self, name: str) -> None:
        self.go(button(self.page, name))

    def write(self, target: Locator, words: str) -> None:
        """Tap into a box and type; the words themselves are no work of the site's."""
        self.tap(target)
        expect(target).to_be_focused()
        self.page.keyboard.press("ControlOrMeta+End")
        self.page.keyboard.type(words)


ADDED = " They meet every week."
FIRST_STEP = "Invite five neighbours to tea."
THANKS = "Thank you. It waits to be checked"


def begin_by_thumb(thumb: Thumb, way_in: str) -> str:
    """From the practice page to the page that shows what was changed; returns the words that were typed."""
    if way_in == "edit":
        thumb.go(thumb.page.get_by_role("link", name="Edit this page"))
        thumb.write(box(thumb.page), ADDED)
        words = ADDED
    else:
        thumb.go(thumb.page.get_by_role("link", name=re.compile("Add it.*How do you start")))
        assert "field=steps" in thumb.page.url
        thumb.write(thumb.page.get_by_label("Step 1"), FIRST_STEP)
        words = FIRST_STEP
    thumb.press("Check and send")
    expect(thumb.page.locator("ins")).to_contain_text([words.strip()])
    return words.strip()


@pytest.mark.parametrize(("way_in", "handle"), [("edit", "thumb-one"), ("an empty part", "thumb-two")])
def test_whoever_is_signed_in_sends_a_correction_in_few_taps(
    somebody: Callable[..., Reader], way_in: str, handle: str
) -> None:
    one = somebody(handle, PHONE, has_touch=True)
    one.open(GROUPS)
    thumb = Thumb(one.page)
    words = begin_by_thumb(thumb, way_in)
    thumb.write(one.page.get_by_label("What did you change, and why?"), "We run three of them.")
    thumb.press("Send to be checked")
    expect(one.page.locator("h1")).to_have_text(THANKS)
    expect(one.page.locator(".diff")).to_contain_text([words])
    print(f"taps and fields, signed in, {way_in}: {thumb.count}")
    assert thumb.count <= 8


@pytest.mark.parametrize("way_in", ["edit", "an empty part"])
def test_newcomer_signs_up_on_the_way_and_sends_what_they_typed_before(
    somebody: Callable[..., Reader], writing_data: Path, way_in: str
) -> None:
    one = somebody("", PHONE, has_touch=True)
    one.open(GROUPS)
    page, thumb = one.page, Thumb(one.page)
    words = begin_by_thumb(thumb, way_in)
    thumb.write(page.get_by_label("What did you change, and why?"), "We run three of them.")
    thumb.press("Sign up and send")
    expect(page.locator("h1")).to_have_text("Sign up")
    email = f"new-{way_in[:2]}@example.org"
    thumb.fill("E-mail address", email)
    thumb.fill("Password", PASSWORD)
    page.wait_for_timeout(2100)
    thumb.press("Sign up")
    thumb.fill("Code", code_for(writing_data, email))
    thumb.press("Go on")
    expect(page.locator(".diff")).to_contain_text([words])
    expect(page.get_by_label("What did you change, and why?")).to_have_value("We run three of them.")
    thumb.press("Send to be checked")
    expect(page.locator("h1")).to_have_text(THANKS)
    expect(page.locator(".diff")).to_contain_text([words])
    print(f"taps and fields, newcomer, {way_in}: {thumb.count}")
    assert thumb.count <= 16


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until the focus is there; on all the way it is in clear view."""
    wanted = target.element_handle()
    for _ in range(400):
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS)
        assert not focus["isPage"], "the end of the page comes before it"
        assert focus["ring"], focus
        assert focus["inView"], focus
        assert focus["uncovered"], focus
        if page.evaluate("one => one === document.activeElement", wanted):
            return
    raise AssertionError("not reached by Tab")


def see_the_caret(page: Page) -> None:
    focus = page.evaluate(FOCUS)
    assert focus["inView"], focus
    assert focus["uncovered"], focus


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_whole_edit_by_keyboard_alone(somebody: Callable[..., Reader], width: int) -> None:
    """Rows are moved as well, and the question about somebody who could be recognised is answered."""
    one = somebody("keys-one" if width == WIDE else "known-one", width)
    page = one.page
    one.open(GROUPS)
    tab_to(page, page.get_by_role("link", name="Edit this page"))
    with page.expect_navigation():
        page.keyboard.press("Enter")

    tab_to(page, box(page))
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(ADDED)
    see_the_caret(page)
    first = page.locator("[id=essentials] textarea").first.input_value()
    tab_to(page, button(page, "Move down: Essential 1"))
    with page.expect_navigation():
        page.keyboard.press("Space")
    assert page.locator("[id=essentials] textarea").nth(1).input_value() == first
    expect(box(page)).to_have_value(re.compile(re.escape(ADDED)))

    tab_to(page, box(page, "local_form"))
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.press("Enter")
    page.keyboard.type(KNOWN)
    see_the_caret(page)
    check = page.locator(".bar button[value=check]")
    tab_to(page, check)
    page.keyboard.press("Tab")
    tab_to(page, check, "Shift+Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Check and send")
    tab_to(page, page.locator("[name=consent]").first)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("What did you change, and why?"))
    page.keyboard.type("What we learnt.")
    tab_to(page, page.get_by_role("button", name="Send to be checked"))
    with page.expect_navigation():
        page.keyboard.press("Space")
    expect(page.locator("h1")).to_have_text(THANKS)
    assert page.locator(".diff").filter(has_text=KNOWN).count()


def essentials(page: Page) -> list[str]:
    typed = page.locator("[id=essentials] textarea").evaluate_all("all => all.map(one => one.value)")
    return typed[:-1]


def move_rows_about(page: Page) -> list[str]:
    """Move a row down and up, take one out and put it back, add one; returns what they are then."""
    first, second, *rest = essentials(page)

    press(page, "Move down: Essential 1")
    assert essentials(page) == [second, first, *rest]
    assert page.url.endswith("#essentials")
    press(page, "Move up: Essential 2")
    assert essentials(page) == [first, second, *rest]
    press(page, "Move down: Essential 1")
    press(page, "Take out: Essential 2")
    assert essentials(page) == [second, *rest]
    with page.expect_navigation():
        page.locator("button[value^='back:essentials']").click()
    assert sorted(essentials(page)) == sorted([first, second, *rest])
    before = essentials(page)
    page.locator("[id=essentials] textarea").last.fill("Eat together first.")
    press(page, "Add it, and open another: What must be kept?")
    assert essentials(page) == [*before, "Eat together first."]
    press(page, "Take out: Essential 2")
    assert essentials(page) == [before[0], *before[2:], "Eat together first."]
    return essentials(page)


def test_whole_edit_without_javascript(somebody: Callable[..., Reader]) -> None:
    one = somebody("plain-one", PHONE, java_script_enabled=False)
    page = one.page
    one.open(COMMISSIONS)
    page.get_by_role("link", name="Edit this page").click()
    summary = box(page).input_value() + ADDED
    box(page).fill(summary)
    now = move_rows_about(page)
    assert box(page).input_value() == summary

    page.locator(".bar").get_by_role("button", name="Save for later").click()
    expect(page.locator("#saved")).to_contain_text("Your draft is safe.")
    one.open(COMMISSIONS)
    page.get_by_role("link", name="Edit this page").click()
    assert box(page).input_value() == summary
    assert essentials(page) == now
    press(page, "Check and send")
    page.get_by_label("What did you change, and why?").fill("Eating comes first.")
    press(page, "Save for later")
    expect(page.get_by_label("What did you change, and why?")).to_have_value("Eating comes first.")
    press(page, "Send to be checked")
    expect(page.locator("h1")).to_have_text(THANKS)
    number = page.url.rstrip("/").rsplit("/", 1)[1]

    other = somebody(MODERATOR, PHONE, java_script_enabled=False)
    other.open("/review/")
    other.page.locator(f"a[href='/review/{number}/']").first.click()
    expect(other.page.locator("main")).to_contain_text("Eating comes first.")
    press(other.page, "Accept and publish")
    expect(other.page.locator("main")).to_contain_text("It is on the page, in its author’s name.")
    reading = somebody("", PHONE, java_script_enabled=False)
    reading.open(COMMISSIONS)
    expect(reading.page.locator(".lede").first).to_have_text(summary)
    expect(reading.page.locator("main")).to_contain_text("Eat together first.")
    one.open(f"/proposals/{number}/")
    expect(page.locator("h1")).to_have_text("It is on the page")


def test_what_is_typed_is_saved_by_itself_and_is_there_on_another_device(somebody: Callable[..., Reader]) -> None:
    one = somebody("saver-one")
    one.open(f"{GROUPS}edit/")
    box(one.page).press("ControlOrMeta+End")
    box(one.page).press_sequentially(ADDED)
    expect(one.page.locator("#saved")).to_contain_text(re.compile(r"Saved at \d\d:\d\d"))
    one.page.reload()
    expect(box(one.page)).to_have_value(re.compile(re.escape(ADDED)))
    other = somebody("saver-one", PHONE, device=1)
    other.open(f"{GROUPS}edit/")
    expect(box(other.page)).to_have_value(re.compile(re.escape(ADDED)))


@pytest.mark.parametrize("saved_before", [False, True], ids=["never saved before", "saved before"])
def test_typing_goes_on_without_network_and_comes_back_from_the_device(
    somebody: Callable[..., Reader], saved_before: bool
) -> None:
    one = somebody("cut-one" if saved_before else "cut-two")
    page = one.page
    one.open(f"{GROUPS}edit/")
    box(page).press("ControlOrMeta+End")
    if saved_before:
        box(page).press_sequentially(ADDED)
        expect(page.locator("#saved")).to_contain_text("Saved at")
    one.context.set_offline(True)
    box(page).press_sequentially(" On a train.")
    expect(page.locator("#saved")).to_contain_text(
        "It could not be saved just now. What you type is kept on this device."
    )
    box(page).press_sequentially(" In a tunnel.")
    typed = box(page).input_value()
    one.context.set_offline(False)
    page.reload()
    expect(box(page)).to_have_value(typed)
    expect(page.locator("#saved")).to_contain_text("is back in the form")
    expect(page.locator("#saved")).to_contain_text("Saved at")
    other = somebody("cut-one" if saved_before else "cut-two", device=1)
    other.open(f"{GROUPS}edit/")
    expect(box(other.page)).to_have_value(typed)
    forgive(one, NO_NETWORK)


def test_sending_without_network_loses_nothing(somebody: Callable[..., Reader]) -> None:
    one = somebody("cut-three")
    page = one.page
    one.open(f"{GROUPS}edit/")
    box(page).press("ControlOrMeta+End")
    box(page).press_sequentially(" Before the hills.")
    typed = box(page).input_value()
    one.context.set_offline(True)
    page.get_by_role("button", name="Check and send").click()
    page.wait_for_url("chrome-error:**")
    one.context.set_offline(False)
    one.open(GROUPS)
    page.get_by_role("link", name="Edit this page").click()
    expect(box(page)).to_have_value(typed)
    press(page, "Check and send")
    expect(page.locator("ins")).to_contain_text(["Before the hills."])
    forgive(one, NO_NETWORK)


def test_row_that_was_typed_without_network_comes_back_as_well(somebody: Callable[..., Reader]) -> None:
    one = somebody("row-one", PHONE)
    page = one.page
    one.open(f"{GROUPS}edit/?field=steps")
    one.context.set_offline(True)
    page.get_by_label("Step 1").press_sequentially(FIRST_STEP)
    expect(page.locator("#saved")).to_contain_text("It could not be saved just now.")
    one.context.set_offline(False)
    forgive(one, NO_NETWORK)
    page.reload()
    expect(page.get_by_label("Step 1")).to_have_value(FIRST_STEP)


def test_what_was_sent_does_not_come_back_from_the_device(somebody: Callable[..., Reader]) -> None:
    one = somebody("sent-one")
    page = one.page
    one.open(f"{GROUPS}edit/?field=summary")
    before = box(page).input_value()
    box(page).fill(before + ADDED)
    press(page, "Check and send")
    page.get_by_label("What did you change, and why?").fill("We run three of them.")
    press(page, "Send to be checked")
    expect(page.locator("h1")).to_have_text(THANKS)
    one.open(f"{GROUPS}edit/?field=summary")
    expect(box(page)).to_have_value(before)
    expect(page.locator("#saved")).to_be_hidden()


def test_next_person_at_a_shared_device_does_not_see_what_was_typed(somebody: Callable[..., Reader]) -> None:
    one = somebody("left-one")
    page = one.page
    one.open(f"{GROUPS}edit/?field=summary")
    before = box(page).input_value()
    box(page).fill(before + ADDED)
    press(page, "Check and send")
    one.open("/account/logout/")
    press(page, "Sign out")
    one.open("/account/login/")
    with page.expect_navigation():
        type_account(page, "next-one@example.org")
    one.open(f"{GROUPS}edit/?field=summary")
    expect(box(page)).to_have_value(before)


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_session_that_ended_meanwhile_takes_nothing_with_it(somebody: Callable[..., Reader], javascript: bool) -> None:
    handle = "gone-one" if javascript else "gone-two"
    one = somebody(handle, java_script_enabled=javascript)
    page = one.page
    one.open(f"{GROUPS}edit/")
    box(page).fill(box(page).input_value() + ADDED)
    one.context.clear_cookies(name="sessionid")
    press(page, "Check and send")
    expect(page.locator("ins")).to_contain_text([ADDED.strip()])
    page.get_by_label("What did you change, and why?").fill("We run three of them.")
    press(page, "I have an account")
    with page.expect_navigation():
        type_account(page, f"{handle}@example.org")
    expect(page.locator("ins")).to_contain_text([ADDED.strip()])
    press(page, "Send to be checked")
    expect(page.locator("h1")).to_have_text(THANKS)


def test_form_that_was_open_while_somebody_signed_in_elsewhere_keeps_what_was_typed(
    somebody: Callable[..., Reader],
) -> None:
    one = somebody("")
    page = one.page
    one.open("/practices/red-cross-community-connectors/edit/")
    typed = box(page).input_value() + " Ask for one."
    box(page).fill(typed)
    expect(page.locator("#saved")).to_contain_text("Saved at")
    beside = one.context.new_page()
    beside.goto(f"{one.site}/account/login/")
    with beside.expect_navigation():
        type_account(beside, "back-one@example.org")
    typed += " Or two."
    box(page).fill(typed)
    press(page, "Check and send")
    expect(page.locator("main")).to_contain_text("You signed in or out since this page was opened.")
    expect(box(page)).to_have_value(typed)
    forgive(one, REFUSED)
    press(page, "Check and send")
    expect(page.locator("ins")).to_contain_text(["Or two."])


def test_back_after_check_and_send_shows_what_was_typed(somebody: Callable[..., Reader]) -> None:
    one = somebody("back-one")
    page = one.page
    one.open(f"{GROUPS}edit/")
    typed = box(page).input_value() + ADDED
    box(page).fill(typed)
    press(page, "Check and send")
    expect(page.locator("h1")).to_have_text("Check and send")
    page.go_back()
    expect(box(page)).to_have_value(typed)
    box(page).fill(f"{typed} Always.")
    box(page, "cost").fill("Nothing but the tea.")
    press(page, "Check and send")
    expect(page.locator("main")).to_contain_text("Always.")
    expect(page.locator("main")).to_contain_text("Nothing but the tea.")
    assert page.locator("ins").filter(has_text="They meet every week.").count()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_refused_form_keeps_all_and_leads_to_what_is_to_be_put_right(
    somebody: Callable[..., Reader], javascript: bool
) -> None:
    one = somebody("long-one", PHONE, java_script_enabled=javascript)
    page = one.page
    one.open(f"{GROUPS}edit/")
    box(page).fill(TOO_LONG)
    box(page, "cost").fill("Nothing but the tea.")
    page.get_by_label("Step 1").fill(FIRST_STEP)
    press(page, "Check and send")
    summary = page.locator(".note.bad")
    expect(summary).to_contain_text("One thing to put right")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    assert page.title().startswith("Error:")
    expect(box(page)).to_have_value(TOO_LONG)
    expect(box(page, "cost")).to_have_value("Nothing but the tea.")
    expect(page.get_by_label("Step 1", exact=True)).to_have_value(FIRST_STEP)
    summary.get_by_role("link").first.click()
    expect(box(page)).to_be_focused()
    box(page).fill("Women save together.")
    press(page, "Check and send")
    expect(page.locator("h1")).to_have_text("Check and send")
    assert page.locator("ins").filter(has_text=FIRST_STEP).count()


def test_two_change_the_same_sentence_and_the_second_chooses_the_words(somebody: Callable[..., Reader]) -> None:
    path = "/practices/leeds-neighbourhood-networks/"
    first, second = somebody(TRUSTED), somebody("second-one", PHONE)
    for one, words in ((first, "Older people decide what happens."), (second, "Older people run it.")):
        one.open(f"{path}edit/")
        box(one.page).fill(words)
    for one, send in ((first, "Put it on the page"), (second, "Send to be checked")):
        press(one.page, "Check and send")
        one.page.get_by_label("What did you change, and why?").fill("Shorter.")
        press(one.page, send)
    expect(first.page.locator("h1")).to_have_text("It is on the page")
    first.open(path)
    expect(first.page.locator(".lede").first).to_have_text("Older people decide what happens.")

    page = second.page
    expect(page.locator("h1")).to_have_text("Somebody changed the same words")
    expect(page.locator(".pair .card").nth(0)).to_contain_text("run it")
    expect(page.locator(".pair .card").nth(1)).to_contain_text("decide what happens")
    expect(page.get_by_label("The words to keep")).to_have_value("Older people run it.")
    page.get_by_label("The words to keep").fill("Older people run it, and decide what happens.")
    press(page, "Keep these words, and go on")
    expect(page.get_by_label("What did you change, and why?")).to_have_value("Shorter.")
    press(page, "Send to be checked")
    expect(page.locator("h1")).to_have_text(THANKS)
    expect(page.locator(".diff")).to_contain_text("run it")


def fill_and_press(name: str, **fields: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        for field, text in fields.items():
            page.locator(f"[name={field}]").fill(text)
        press(page, name)

    return do


def as_it_is(page: Page) -> None:
    """Nothing is done on it."""


def refused(name: str, **fields: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        fill_and_press(name, **fields)(page)
        expect(page.locator(".note.bad")).to_be_focused()

    return do


def asks_about_somebody(page: Page) -> None:
    assert page.locator("mark").count() > 1
    assert page.locator("[name=consent]").count() == 4


# Who looks, at which page, and what they do there first.
PAGES: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "edit": (AUTHOR, "/practices/poverty-truth-commissions/edit/", as_it_is),
    "edit, saved": (AUTHOR, "/practices/backr/edit/", as_it_is),
    "edit, with something to put right": (AUTHOR, "/practices/circle/edit/", refused("Check and send")),
    "edit a local version": (AUTHOR, "/practices/bcp-poverty-truth-commission/edit/", as_it_is),
    "one question": (AUTHOR, f"{GROUPS}edit/?field=steps", as_it_is),
    "one part": (AUTHOR, f"{GROUPS}edit/?field=takes", as_it_is),
    "check and send": (AUTHOR, "/proposals/{draft}/", as_it_is),
    "check and send, refused": (AUTHOR, "/proposals/{known}/", refused("Send to be checked", note="")),
    "check and send, somebody known": (AUTHOR, "/proposals/{known}/", asks_about_somebody),
    "check and send, a new page": (AUTHOR, "/proposals/{new}/", as_it_is),
    "check and send, without an account": (
        "", f"{GROUPS}edit/?field=cost", fill_and_press("Check and send", cost="A room."),
    ),
    "all questions of a new page": (AUTHOR, "/proposals/{new}/write/", as_it_is),
    "preview": (AUTHOR, "/proposals/{draft}/preview/", as_it_is),
    "waiting": (AUTHOR, "/proposals/{waiting}/", as_it_is),
    "sent back": (AUTHOR, "/proposals/{asked}/", as_it_is),
    "accepted": (AUTHOR, "/proposals/{accepted}/", as_it_is),
    "rejected": (AUTHOR, "/proposals/{rejected}/", as_it_is),
    "taken back": (AUTHOR, "/proposals/{withdrawn}/", as_it_is),
    "conflict": (AUTHOR, "/proposals/{conflict}/conflict/", as_it_is),
    "mine": (AUTHOR, "/proposals/", as_it_is),
    "nothing of mine": ("", "/proposals/", as_it_is),
    "new": ("", "/practices/new/", as_it_is),
    "new, saved": (AUTHOR, "/practices/new/", as_it_is),
    "new, with something to put right": ("", "/practices/new/", refused("Check and send", did="")),
    "adapt": ("", "/practices/poverty-truth-commissions/adapt/", as_it_is),
    "history": ("", "/practices/operation-wifi/history/", as_it_is),
    "a version": ("", "/practices/operation-wifi/history/{older}/", as_it_is),
    "compare": ("", "/practices/operation-wifi/compare/{older}/{newer}/", as_it_is),
    "restore": ("", "/practices/operation-wifi/history/{older}/restore/", as_it_is),
    "undo": ("", "/practices/operation-wifi/history/{newer}/undo/", as_it_is),
    "review": (MODERATOR, "/review/", as_it_is),
    "review one": (MODERATOR, "/review/{waiting}/", as_it_is),
    "review one, somebody known": (MODERATOR, "/review/{unsure}/", as_it_is),
    "review one, refused": (MODERATOR, "/review/{waiting}/", refused("Ask for changes")),
    "review one, answered": (MODERATOR, "/review/{rejected}/", as_it_is),
}  # fmt: skip


@pytest.mark.parametrize(("handle", "path", "do"), PAGES.values(), ids=PAGES.keys())
def test_page_of_writing(
    somebody: Callable[..., Reader],
    planted: dict[str, Any],
    handle: str,
    path: str,
    do: Callable[[Page], None],
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
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways"
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways when opened"
        page.emulate_media(color_scheme="light")
        assert_nothing_found(page)
        page.emulate_media(color_scheme="dark")
        assert_nothing_found(page, RULES_OF_COLOUR)
