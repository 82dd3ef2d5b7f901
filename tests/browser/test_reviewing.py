"""What people sent is checked, and whoever sent it hears of it: by thumb, by keyboard, without JavaScript, with others."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import HEIGHT, NARROW, PHONE, WIDE, Reader
from .test_every_page import RULES_OF_COLOUR
from .test_writing import KNOWN, THANKS, TOO_LONG, VIOLATIONS, Thumb, as_it_is, button, press, refused, tab_to

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
    "harm-script", "harm-plain",
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

    people = {
        handle: User.objects.create_proven(f"{handle}@example.org", handle) for handle in (*MODERATORS, *WRITERS)
    }
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
    from contributions.correcting import corrected, correction_form
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
        "shut": sent("rightsnet", cost="Nothing."),
    }
    reviewing.ask_for_changes(proposal=done["asked"], by=moderator, reason="Thank you. Who paid for the room?")
    reviewing.reject_proposal(
        proposal=done["rejected"], by=moderator, reason="It is about another.", next_step="Begin a page."
    )
    form = correction_form(done["right"], review_page(done["right"]))
    form.content["cost"] = "We pay nothing for the room. Tea is a pound."
    corrected(done["right"], form, moderator, None)
    reviewing.take_out(proposal=done["out"], by=moderator, reason="It sells something.", next_step="Say what helped.")
    PracticePage.objects.filter(slug="rightsnet").update(locked=True)

    for number, slug in enumerate(IN_TURN):
        risky = {"local_form": KNOWN} if number == 1 else {"cost": SHOP} if number == 2 else {"cost": "Tea, and a room."}
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
    }
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
        "harm-script": ("refugee-legal-group",),
        "harm-plain": ("relationships-observatory",),
        PAUSED: ("named-relationship-roles",),
    }
    for handle, slugs in on.items():
        for slug in slugs:
            sent = waiting_of(_page(slug), people[handle], cost="Buy it at our shop.")
            reviewing.accept_proposal(proposal=sent, by=moderator)
    # For the walks begins what they are told with what comes of them.
    Message.objects.filter(person__username__in=("harm-script", "harm-plain")).update(read_at=timezone.now())
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
