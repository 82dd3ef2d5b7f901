"""Somebody tries one thing, others tell how it went, and the page knows more: by thumb, by keyboard, with no script."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from practices.models import Sure

from .axe import assert_nothing_found, hand_axe_over
from .conftest import HEIGHT, NARROW, PHONE, WIDE, Reader, assert_sound, manage
from .test_reviewing import OUT_OF_REACH, assert_in_reach, says, without_buttons
from .test_writing import PASSWORD, Thumb, button, press, refused, tab_to, type_account

# Of whom the pages are looked at; each walk below has people of its own.
AUTHOR, MODERATOR, QUIET = "maple-lane", "cedar-gate", "thyme-yard"
MODERATORS = (MODERATOR, "thumb-mod", "plain-mod")
ADAPTERS = ("thumb-adapter", "plain-adapter")
TELLERS = (AUTHOR, QUIET, "thumb-member", "plain-member")
# What has been told of much, and what nobody has told of.
TOLD, UNTOLD = "/practices/self-reliant-groups/", "/practices/three-levels-of-conversation/"
TITLE = "Self-reliant groups"
LONG_WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 2
KNOWN = "Mrs Begum, 61, of 14 Rose Street told the council."


def plant() -> None:
    """Make people, reports in every state, and what people try. Imported by a process of its own."""
    from django.conf import settings
    from django.contrib.auth.hashers import make_password
    from django.core.signing import Signer

    from home.roles import make_moderators
    from people.models import User
    from practices.models import PracticeIndexPage
    from tests.factories.contributions import make_trusted

    from .test_reviewing import _signed_in

    handles = (*MODERATORS, *ADAPTERS, *TELLERS)
    for handle in handles:
        User.objects.create_proven(f"{handle}@example.org", handle)
    User.objects.filter(username__in=handles).update(password=make_password(PASSWORD))
    people = {person.username: person for person in User.objects.filter(username__in=handles)}
    make_moderators(PracticeIndexPage.objects.get()).user_set.add(*(people[handle] for handle in MODERATORS))
    for handle in ADAPTERS:
        make_trusted(people[handle])
    planted = {
        "stages": _told_of_much() | _of_one(people[AUTHOR], people[MODERATOR]) | _tried(people[AUTHOR]),
        "sessions": {handle: _signed_in(person) for handle, person in people.items()},
        # A form that was opened some time ago: nobody reads and answers it at once.
        "opened": Signer(salt="people.open_forms").sign(f"{time.time() - 60:.1f}"),
    }
    (Path(settings.DATA_DIR) / "planted.json").write_text(json.dumps(planted), encoding="utf-8")


def _told_of_much() -> dict[str, Any]:
    """A page of which all was told that can be: reports of each kind, ratings, reasons against, a family."""
    from feedback.models import Teller, Verdict, WhyNot
    from feedback.opinions.services import rate_page, rule_out
    from practices.models import AdaptedEssential
    from tests.factories.people import UserFactory
    from tests.factories.practices import SelfReliantGroupFactory
    from tests.factories.tried import sent, shown

    from .test_reviewing import _page

    page = _page("self-reliant-groups")
    essentials, outcomes = list(page.essentials.values_list("key", flat=True)), list(page.outcomes.all())
    tellers = [each for each in Teller if each != Teller.NOT_SAID]
    for number, verdict in enumerate((*Verdict, *Verdict)):
        shown(page, teller=tellers[number % 4], place=f"Town {number}", verdict=verdict, on_paper=number == 3)
    shown(page, teller=Teller.TOOK_PART, place=LONG_WORD, verdict=Verdict.IN_PART, sentence=LONG_WORD * 3)
    whole = shown(
        page, teller=Teller.TOOK_PART, place="A harbour", nation="wales", setting="centre", with_whom="Nine women",
        tried_when="two winters", added="Tea.", cost="£40 a month.", how_long="A year.", advice="Eat first.\n\nTalk.",
        who_decided="All of us.", people_say="We said it.", people_agreed=True, organisation="Harbour House",
        outcomes=outcomes[:2],
        essentials=dict(zip(essentials, [("kept", "at once"), "kept", "changed", "left-out"], strict=True)),
    )  # fmt: skip
    for stars in (5, 5, 4, 3, 1):
        rate_page(page=page, by=UserFactory(), stars=stars)
    for why in WhyNot.values[:3]:
        rule_out(page=page, why=why, by=UserFactory())
    for title in ("Groups by the harbour", "Groups on the hill"):
        version = SelfReliantGroupFactory(title=title, slug=title.lower().replace(" ", "-"), adapted_from=page)
        version.adaptation = [AdaptedEssential(essential=key, taken="kept") for key in essentials[:2]]
        version.save_revision().publish()
    return {"whole": whole.pk, "telling": sent(page, visitor="x" * 32, place="A hill", sentence=KNOWN).pk}


def _of_one(author: Any, moderator: Any) -> dict[str, Any]:
    """What one person told, in every state."""
    from feedback.tried.services import return_report, withdraw_report
    from people.writers import Writer
    from tests.factories.tried import sent, shown

    from .test_reviewing import _page

    hidden = {"organisation": "Hidden House", "organisation_is_hidden": True}
    told = {
        "waiting": sent(_page("backr"), author, verdict="did-not-help", **hidden),
        "shown": shown(_page("circle"), author, teller="took-part", verdict="too-early"),
        "returned": sent(_page("rightsnet"), author, verdict="in-part"),
        "taken back": sent(_page("makerble"), author),
        "draft": sent(_page("big-society"), author, send=False, sentence="", verdict=""),
    }
    returned = told["returned"]
    reason = "Thank you for telling. Which room was it?"
    return_report(report=returned, by=moderator, version=returned.version, reason=reason)
    withdraw_report(report=told["taken back"], by=Writer(author, ""))
    return {name: each.pk for name, each in told.items()}


def _tried(person: Any) -> dict[str, Any]:
    """What somebody tries, and the links in mails to somebody without an account."""
    from django.utils import timezone

    from feedback.models import Pledge
    from feedback.pledges import links, services

    from .test_reviewing import _page

    page, asked = _page("mencap-newham-early-years"), {"state": "asked", "asked": 1, "asked_at": timezone.now()}

    def wanted(email: str = "", **said: str) -> Any:
        wish = services.Wish("Invite five neighbours to tea.", None, "two-weeks", **said)
        return services.pledge(page=page, wish=wish, by=None if email else person, email=email)

    def asked_of(email: str, **said: str) -> Any:
        pledge = services.prove_pledge(pledge=wanted(email, **said))
        Pledge.objects.filter(pk=pledge.pk).update(**asked)
        return Pledge.objects.get(pk=pledge.pk)

    wanted()
    new, proven = wanted("new@example.org", place="A hill"), services.prove_pledge(pledge=wanted("yes@example.org"))
    first, known, over = asked_of("one@example.org"), asked_of("two@example.org"), asked_of("done@example.org")
    paths = {
        "prove": links.prove_address(new), "proven": links.prove_address(proven), "stop": links.stop_path(proven),
        "answer": links.answer_path(first), "answer known": links.answer_path(known), "over": links.answer_path(over),
        "give": links.answer_path(asked_of("three@example.org", teller="took-part", place="A town")),
        "stop now": links.stop_path(asked_of("four@example.org")),
    }  # fmt: skip
    services.answer_pledge(pledge=over, answer="helped")
    return {name: path_of(address) for name, address in paths.items()}


def path_of(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


@pytest.fixture(scope="session")
def planted(telling_data: Path) -> dict[str, Any]:
    """What `plant` made: the numbers of reports, links in mails, and a session of each person."""
    return dict(json.loads((telling_data / "planted.json").read_text(encoding="utf-8")))


@pytest.fixture
def somebody(reader: Callable[..., Reader], telling_site: str, planted: dict[str, Any]) -> Callable[..., Reader]:
    """Make readers of the site that may be written to, signed in if a handle is given."""

    def make(handle: str = "", width: int = PHONE, **options: Any) -> Reader:
        one = reader(width, site="telling_site", **options)
        one.opened_a_form = True
        if handle:
            session = planted["sessions"][handle]
            one.context.add_cookies([{"name": "sessionid", "value": session, "url": telling_site}])
        return one

    return make


def take_time(page: Page, opened: str) -> None:
    """As if the form of a page, if it has one, had been open for a while."""
    page.evaluate("opened => document.getElementsByName('opened').forEach(one => { one.value = opened })", opened)


def mailed(data: Path, email: str, part: str) -> str:
    """Where the link of the mail to an address leads that has such a part, once it is there."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        for file in (data / "mail").glob("*.log"):
            mail = file.read_text(encoding="utf-8")
            if f"To: {email}" in mail and (link := re.search(rf"^http\S+/try/{part}/\S+$", mail, re.MULTILINE)):
                return path_of(link[0])
        time.sleep(0.1)
    raise AssertionError(f"no mail to {email}")


@dataclass(frozen=True)
class Walk:
    """Who walks, on which page. Nobody has told of it, and it tells of no change.

    Args:
        kind: with which their handles and addresses begin.
        slug: of the page.
        title: of the page.
        opened: what a form carries that was opened a while ago.
    """

    kind: str
    slug: str
    title: str
    opened: str

    @property
    def path(self) -> str:
        return f"/practices/{self.slug}/"

    @property
    def worker(self) -> str:
        return f"{self.kind}-worker@example.org"

    @property
    def version(self) -> str:
        """What the local version is called."""
        return f"The {self.kind} way by the river"


WALKS = [
    ("thumb", "relational-leadership", "Leading through relationships"),
    ("plain", "standing-behind-trusted-organisations", "Standing behind the organisations people trust"),
]
IDS = ["with JavaScript", "without JavaScript"]
WORKER_SAYS = "Nobody came a second time, and we do not know why."
MEMBER_SAYS = "I was asked first, and then they did what we said."


@pytest.mark.parametrize(("kind", "slug", "title"), WALKS, ids=IDS)
def test_what_two_people_tell_and_a_third_makes_of_it_changes_the_page(
    somebody: Callable[..., Reader], telling_data: Path, planted: dict[str, Any], kind: str, slug: str, title: str
) -> None:
    walk = Walk(kind, slug, title, planted["opened"])
    options = {"has_touch": True, "java_script_enabled": kind == "thumb"}
    worker, moderator, member, adapter, reader = (
        somebody(handle, **options) for handle in ("", f"{kind}-mod", "", f"{kind}-adapter", "")
    )
    nobody_has_told(walk, reader)
    try_one_thing(walk, worker, telling_data)
    time_passes(telling_data, walk.worker)
    answer_the_mail(walk, worker, telling_data)
    put_on_the_page(walk, moderator, "By somebody without an account", WORKER_SAYS)
    see_that_it_did_not_help(walk, reader)
    tell_without_an_account(walk, member)
    find_it_after_signing_in(walk, member)
    put_on_the_page(walk, moderator, f"By {kind}-member", MEMBER_SAYS)
    begin_a_local_version(walk, adapter)
    see_that_the_page_knows_more(walk, reader)
    find_it_by_what_was_told(walk, reader)


def nobody_has_told(walk: Walk, one: Reader) -> None:
    page = one.page
    one.open(walk.path)
    expect(page.locator("h1")).to_have_text(walk.title)
    expect(page.locator("header .tally")).to_have_text("Nobody has told us yet how it went.")
    expect(page.locator("header .note")).to_contain_text(f"How sure can we be? {Sure.HOPES.label}.")
    expect(page.locator(".kept > li")).to_contain_text(["Nobody has told us yet."] * 2)
    expect(page.locator("dl.said div").filter(has_text="Hoped for")).to_contain_text("Power shared with people")
    expect(page.locator("main")).to_contain_text("Nobody has told us of a local version yet")


def try_one_thing(walk: Walk, one: Reader, data: Path) -> None:
    """Choose a step and a day, give an address, and say by the mail to it that it is one’s own."""
    page, thumb = one.page, Thumb(one.page)
    one.open(walk.path)
    thumb.go(page.get_by_role("link", name="Try one thing"))
    assert_in_reach(page)
    thumb.tap(page.locator("label", has=page.locator("[name=step]")).first)
    thumb.tap(page.get_by_text("In two weeks"))
    thumb.fill("Your email address", walk.worker)
    take_time(page, walk.opened)
    thumb.press("I’ll try it. Ask me")
    expect(page.locator("h1")).to_have_text("Now look at your mail")
    one.open(mailed(data, walk.worker, "prove"))
    expect(page.locator("h1")).to_have_text("Shall we ask you how it went?")
    thumb.press("Yes, ask me")
    expect(page.locator("h1")).to_have_text("Good luck with it")
    print(f"taps and fields, one thing to try: {thumb.count}")
    assert thumb.count <= 6


def time_passes(data: Path, email: str) -> None:
    """Two weeks later; what is due by then is done."""
    manage(
        data,
        "shell",
        "-v0",
        "-c",
        "from datetime import date; from feedback.models import Pledge; from feedback.pledges.services import "
        "ask_due_pledges; from people.mail import deliver_mail; "
        f"assert Pledge.objects.filter(email='{email}', state='open').update(ask_on=date.today()) == 1; "
        "ask_due_pledges(); deliver_mail()",
    )


def answer_the_mail(walk: Walk, one: Reader, data: Path) -> None:
    """By one tap, and a sentence if they like. To open the link does nothing, however often."""
    page, thumb = one.page, Thumb(one.page)
    link = mailed(data, walk.worker, "answer")
    for _again in range(2):
        one.open(link)
        expect(page.locator("h1")).to_have_text("How did it go?")
    assert_in_reach(page)
    sizes = page.locator(".answers .btn").evaluate_all("all => all.map(one => [one.offsetWidth, one.offsetHeight])")
    assert len(sizes) == 5
    assert len({width for width, _height in sizes}) == 1, sizes
    thumb.write(page.get_by_label("What happened, in a sentence?"), WORKER_SAYS)
    before = thumb.count
    thumb.press("It did not help")
    assert thumb.count == before + 1, "one tap is an answer"
    expect(page.locator("h1")).to_have_text("Thank you for telling us")
    expect(page.locator("main")).to_contain_text("A moderator reads it")
    assert one.open(link) == 410
    expect(page.locator("h1")).to_have_text("You answered this already")
    one.complaints[:] = [each for each in one.complaints if "status of 410" not in each]


def put_on_the_page(walk: Walk, one: Reader, author: str, words: str) -> None:
    page = one.page
    one.open("/review/tried/")
    page.locator(".queue > li").filter(has_text=author).get_by_role("link", name=walk.title).click()
    expect(page.locator(".report")).to_contain_text(words)
    press(page, "Put it on the page")
    expect(page.locator("main .note[role=status]")).to_contain_text("It is on the page")


def see_that_it_did_not_help(walk: Walk, one: Reader) -> None:
    page = one.page
    one.open(walk.path)
    expect(page.locator("header .tally")).to_contain_text("Tried by 1 place: 1 did not help.")
    expect(page.locator("header .note")).to_contain_text(str(Sure.FIRST.label))
    report = page.locator(".report").filter(has_text=WORKER_SAYS)
    expect(report.locator(".stamp")).to_have_text("Did not help")
    expect(page.locator("#tried ~ .note")).to_contain_text("No one who took part has spoken yet.")


def tell_without_an_account(walk: Walk, one: Reader) -> None:
    """Four questions by thumb; then more, for who likes."""
    page, thumb = one.page, Thumb(one.page)
    one.open(walk.path)
    thumb.go(page.locator("header").get_by_role("link", name="Tell us how it went"))
    assert_in_reach(page)
    thumb.tap(page.get_by_text("I took part"))
    thumb.write(page.get_by_label("As roughly as you like"), "A market town")
    thumb.tap(page.get_by_text("It helped", exact=True))
    thumb.write(page.get_by_label("One is enough"), MEMBER_SAYS)
    print(f"taps and fields, told: {thumb.count + 1}")
    assert thumb.count + 1 <= 6
    thumb.tap(page.locator("summary"))
    for number, taken in enumerate(("Kept", "Changed")):
        thumb.tap(essential(page, number).get_by_text(taken, exact=True))
    thumb.tap(page.get_by_text("Power shared with people"))
    take_time(page, walk.opened)
    thumb.press("Send it with this")
    expect(page.locator("h1")).to_have_text("Thank you. It waits for a moderator")
    expect(page.locator(".report")).to_contain_text(MEMBER_SAYS)


def essential(page: Page, number: int) -> Locator:
    """What the form asks of one essential."""
    return page.locator("details fieldset", has=page.locator(".choices")).nth(number)


def find_it_after_signing_in(walk: Walk, one: Reader) -> None:
    page = one.page
    one.open("/account/login/")
    with page.expect_navigation():
        type_account(page, f"{walk.kind}-member@example.org")
    one.open("/tried/")
    row = page.locator(".queue > li").filter(has_text=walk.title)
    expect(row).to_contain_text("Waits for a moderator.")
    row.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("You are told here")
    expect(page.locator(".report .stamp")).to_have_text("It helped")


def begin_a_local_version(walk: Walk, one: Reader) -> None:
    """A trusted person keeps the first essential, and leaves out the second."""
    page = one.page
    one.open(walk.path)
    with page.expect_navigation():
        page.get_by_role("link", name="Start your own local version").click()
    page.locator("#edit [name=title]").fill(walk.version)
    page.locator("#edit [name=summary]").fill("We eat together, and then we talk about what to do.")
    page.locator("#edit [name=place]").fill("A town by the river")
    for number, taken in enumerate(("kept", "left-out")):
        page.locator("#edit select[name$=-taken]").nth(number).select_option(taken)
    press(page, "Check and send")
    page.get_by_label("What did you change, and why?").fill("How we do it where we are.")
    press(page, "Put it on the page")
    expect(page.locator("h1")).to_have_text("It is on the page")


def see_that_the_page_knows_more(walk: Walk, one: Reader) -> None:
    """The tally, how sure we can be, what became of the essentials, what was seen, and the family."""
    page = one.page
    one.open(walk.path)
    expect(page.locator("header .tally")).to_contain_text("Tried by 2 places: 1 helped, 1 did not help.")
    sure = page.locator("header .note")
    expect(sure).to_contain_text("Tried in two places, and told by somebody who took part in one of them.")
    expect(sure).to_contain_text("One place says it did not help.")
    expect(page.locator(".kept > li").nth(0)).to_contain_text(
        "Kept in the one place where it helped and in one local version that has not yet told us how it went."
    )
    expect(page.locator(".kept > li").nth(1)).to_contain_text(
        "Changed in one place where it helped. Left out in one local version that has not yet told us how it went."
    )
    said = page.locator("dl.said div")
    expect(said.filter(has_text="Reported")).to_contain_text("Power shared with people")
    expect(said.filter(has_text="Hoped for")).not_to_contain_text("Power shared with people")
    expect(page.locator(".report h3")).to_have_text(["A market town", "A place that is not named"])
    kept, left_out = page.locator(".kept > li b").all_inner_texts()
    version = page.locator(".tree li li").filter(has_text=walk.version)
    expect(version).to_contain_text(f"Kept: {kept}")
    expect(version).to_contain_text(f"Left out: {left_out}")
    page.locator(".tree").get_by_role("link", name=walk.version).click()
    expect(page.locator("h1")).to_have_text(walk.version)


def find_it_by_what_was_told(walk: Walk, one: Reader) -> None:
    """On the card as well, and by both filters; once the index knows."""
    page, words = one.page, walk.title.lower().replace(" ", "+")
    card = page.locator(f".hit[data-practice={walk.slug}]")
    for filters in ("", "&sure=first", "&evidence=reports"):
        until = time.monotonic() + 15
        one.open(f"/search/?q={words}{filters}")
        while not card.get_by_text("Tried by 2 places").count() and time.monotonic() < until:
            page.wait_for_timeout(200)
            page.reload()
        expect(card.locator(".tally").first).to_contain_text("Tried by 2 places: 1 helped, 1 did not help.")
        expect(card.locator(".sure")).to_contain_text(str(Sure.FIRST.label))
    one.open(f"/search/?q={words}&sure=hopes")
    expect(card).to_have_count(0)


def test_whole_report_by_keyboard_alone(somebody: Callable[..., Reader], planted: dict[str, Any]) -> None:
    """What is left out is said first, and the focus is there."""
    page = (one := somebody("", WIDE)).page
    one.open(f"{UNTOLD}tried/")
    tab_to(page, button(page, "Send it"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    summary = page.locator(".note.bad")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error:")
    tab_to(page, summary.get_by_role("link", name="Choose who is telling"))
    page.keyboard.press("Enter")
    expect(page.locator("#id_teller")).to_be_focused()
    tab_to(page, page.locator("[name=teller]").first)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("We did it together")).to_be_checked()
    tab_to(page, page.get_by_label("As roughly as you like"))
    page.keyboard.type("A valley")
    tab_to(page, page.locator("[name=verdict]").first)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("One is enough"))
    page.keyboard.type("People came, and came again.")
    tab_to(page, page.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, essential(page, 0).get_by_label("I cannot say"))
    page.keyboard.press("ArrowLeft")
    take_time(page, planted["opened"])
    tab_to(page, button(page, "Send it with this"))
    with page.expect_navigation():
        page.keyboard.press("Space")
    expect(page.locator("h1")).to_have_text("Thank you. It waits for a moderator")
    expect(page.locator(".report")).to_contain_text("A valley")
    expect(page.locator(".report")).to_contain_text("Left out:")


def test_slip_of_paper_fits_one_side(somebody: Callable[..., Reader]) -> None:
    """Of the page with the most that must be kept."""
    page = (one := somebody("", WIDE)).page
    one.open("/practices/poverty-truth-commissions/tried/slip/")
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert len(sheets) == 1
    page.emulate_media(media="print")
    expect(page.locator(".boxes").first).to_be_visible()
    expect(page.locator("header.site-head")).to_be_hidden()


def alike(page: Page) -> None:
    """All four verdicts have the same size and weight, whatever they say."""
    stamps = page.locator(".report .stamp")
    said = {each.strip() for each in stamps.all_inner_texts()}
    assert said == {"It helped", "In part", "Did not help", "Too early to say"}
    looks = stamps.evaluate_all(
        "all => all.map(one => { const {font, border, color, background} = getComputedStyle(one);"
        "return [one.offsetWidth, one.offsetHeight, font, border, color, background].join() })"
    )
    assert len(set(looks)) == 1, set(looks)


def much_is_told(page: Page) -> None:
    says("The six places last told of, out of 10", "Rated 3.6 of 5 by 5 people")(page)
    assert page.locator(".reports .report").count() == 3
    assert page.locator(".numbers li").count() == 3
    assert page.locator(".drawn text").count() == 3


def risky(page: Page) -> None:
    """Words by which somebody could be known: the question stands there, and has the focus."""
    page.get_by_label("I took part").check()
    page.get_by_label("As roughly as you like").fill("A town")
    page.get_by_label("It did not help").check()
    page.get_by_label("One is enough").fill(KNOWN)
    press(page, "Send it")
    expect(page.locator("[aria-labelledby=known]")).to_be_focused()
    assert page.locator("mark").count() > 1


def ruled_out(page: Page) -> None:
    page.get_by_label("There is no money for it").check()
    press(page, "Send my reason")
    says("Why people ruled it out", "There is no money for it")(page)


def given(page: Page) -> None:
    press(page, "Too early to say")
    says("We ask you again on", "Say more, or change it")(page)


def answered_with_a_name(page: Page) -> None:
    page.get_by_label("What happened, in a sentence?").fill(KNOWN)
    press(page, "It helped")
    expect(page.locator("[aria-labelledby=known]")).to_be_focused()


def stopped(page: Page) -> None:
    press(page, "Ask me no more")
    says("We ask you no more")(page)


# Who looks, at which page, and what they do there first.
PAGES: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "practice with much told": ("", TOLD, much_is_told),
    "practice with nothing told": ("", UNTOLD, says("Be the first", "Nobody has told us yet.")),
    "front door": ("", "/", says("How it went, told by people who were there", "Yours?")),
    "results": ("", "/search/?evidence=reports", says(TITLE, "Tried by 10 places", "How sure can we be?")),
    "all that was told": ("", f"{TOLD}told/", alike),
    "nothing told": ("", f"{UNTOLD}told/", says("Be the first to tell")),
    "slip": ("", f"{TOLD}tried/slip/", says("Give this slip back to")),
    "tell": ("", f"{TOLD}tried/", says("If you have five minutes more")),
    "tell, refused": ("", f"{TOLD}tried/?went=helped", refused("Send it")),
    "tell, somebody known": ("", f"{TOLD}tried/", risky),
    "told, waiting": (AUTHOR, "/tried/{waiting}/", says("Your organisation is hidden.", "Did not help")),
    "told, shown": (AUTHOR, "/tried/{shown}/", says("Thank you. It is on the page", "Too early to say")),
    "told, returned": (AUTHOR, "/tried/{returned}/", says("Which room was it?")),
    "told, taken back": (AUTHOR, "/tried/{taken back}/", says("Take it up again")),
    "told, begun": (AUTHOR, "/tried/{draft}/", says("Begun, and not sent")),
    "told, mine": (AUTHOR, "/tried/", says("Waits for a moderator.", "What you try")),
    "told, nothing": (QUIET, "/tried/", says("Nothing yet.")),
    "change": (AUTHOR, "/tried/{shown}/change/", says("This is on the page now.", "Leave it as it is")),
    "change, returned": (AUTHOR, "/tried/{returned}/change/", says("Which room was it?")),
    "take back": (AUTHOR, "/tried/{shown}/withdraw/", says("Yes, take it back")),
    "rate": (QUIET, f"{TOLD}rate/", says("How useful was this page to you?")),
    "rate, refused": (QUIET, f"{TOLD}rate/", refused("Send my rating")),
    "not for us": ("", f"{TOLD}not-for-us/", refused("Send my reason")),
    "not for us, sent": (QUIET, f"{TOLD}not-for-us/", ruled_out),
    "try": ("", "/practices/mencap-newham-early-years/try/", says("A first conversation", "slow on purpose")),
    "try, refused": ("", "/practices/mencap-newham-early-years/try/", refused("I’ll try it. Ask me")),
    "try, noted": (AUTHOR, "/practices/mencap-newham-early-years/try/", says("This is what you want to try")),
    "try, sent": ("", "/practices/mencap-newham-early-years/try/sent/", says("Now look at your mail")),
    "prove": ("", "{prove}", says("Yes, ask me", "Where: A hill")),
    "proven": ("", "{proven}", says("Good luck with it")),
    "answer": ("", "{answer}", says("Press one, and it is sent")),
    "answer, somebody known": ("", "{answer known}", answered_with_a_name),
    "answer, given": ("", "{give}", given),
    "answer, over": ("", "{over}", says("You answered this already")),
    "answer, not whole": ("", "/try/answer/1/", without_buttons("This link is not whole")),
    "stop": ("", "{stop}", says("Shall we ask you no more?")),
    "stopped": ("", "{stop now}", stopped),
    "queue": (MODERATOR, "/review/tried/", says("May show who somebody is", f"By {AUTHOR}")),
    "check": (MODERATOR, "/review/tried/{telling}/", says("Have they read it and said yes?", "Ask for a change")),
    "check, refused": (MODERATOR, "/review/tried/{telling}/", refused("Ask for a change")),
    "check, shown": (MODERATOR, "/review/tried/{whole}/", says("Take it from the page")),
    "report one": ("", "/tried/{whole}/flag/", says("Send the report")),
}  # fmt: skip
# Which answer something else than 200, as they should.
OTHERWISE = {"answer, over": 410, "answer, not whole": 404}


@pytest.fixture(scope="module")
def at_hand(
    running_browser: Callable[[], Browser], telling_site: str, planted: dict[str, Any]
) -> Iterator[Callable[[str], Reader]]:
    """Gives the same reader again and again for one person: to begin anew takes as long as to look."""
    readers: dict[str, Reader] = {}

    def by(handle: str) -> Reader:
        browser = running_browser()
        if handle not in readers or readers[handle].context.browser is not browser:
            context = browser.new_context(viewport={"width": NARROW, "height": HEIGHT})
            if handle:
                session = planted["sessions"][handle]
                context.add_cookies([{"name": "sessionid", "value": session, "url": telling_site}])
            readers[handle] = Reader(context, context.new_page(), telling_site)
            readers[handle].watch()
        readers[handle].complaints.clear()
        return readers[handle]

    yield by
    for each in readers.values():
        each.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_of_telling(at_hand: Callable[[str], Reader], planted: dict[str, Any], name: str) -> None:
    """It can be read and used narrow and in light, wide and in dark, by eye and by ear."""
    handle, path, do = PAGES[name]
    one = at_hand(handle)
    page = one.page
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    page.emulate_media(color_scheme="light")
    status = OTHERWISE.get(name, 200)
    assert one.open(path.format(**planted["stages"])) == status
    take_time(page, planted["opened"])
    do(page)
    assert_sound(page)
    hand_axe_over(page)
    for width, scheme in ((NARROW, "light"), (WIDE, "dark")):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways"
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways when opened"
        assert page.evaluate(OUT_OF_REACH) == []
        assert_nothing_found(page)
    assert [each for each in one.complaints if f"status of {status}" not in each] == []
