"""Every address of what people say, and every action, by everybody there is."""

import pytest
from django.test import Client

from feedback.models import Pledge, Rating, ReportState, RuledOut, TriedReport
from feedback.pledges.links import answer_path, stop_path
from feedback.tried.services import return_report
from people.writers import WRITES_AS
from practices.models import PracticeTotals
from tests.contributions.test_permissions import AT_THE_DESK, EVERYBODY, NOBODY, ROLES, somebody
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
from tests.factories.tried import checker, sent, shown
from tests.undone import undone

pytestmark = pytest.mark.django_db

READING = {
    "/practices/tea/tried/": EVERYBODY,
    "/practices/tea/tried/slip/": EVERYBODY,
    "/practices/tea/told/": EVERYBODY,
    "/practices/tea/not-for-us/": EVERYBODY,
    "/practices/tea/try/": EVERYBODY,
    "/practices/tea/rate/": (302, 200, 200, 200, 200, 200),
    "/practices/gone/tried/": NOBODY,
    "/practices/gone/tried/slip/": NOBODY,
    "/practices/gone/told/": NOBODY,
    "/practices/gone/not-for-us/": NOBODY,
    "/practices/gone/try/": NOBODY,
    "/practices/gone/rate/": (302, 404, 404, 404, 404, 404),
    "/tried/": EVERYBODY,
    # What is on the page is shown to everybody where it stands; the rest is its author's.
    "/tried/{shown}/": (302,) * 6,
    "/tried/{waiting}/": (404, 404, 404, 404, 302, 302),
    "/tried/{visitors}/": (404, 404, 404, 404, 302, 302),
    "/tried/{draft}/": NOBODY,
    "/tried/{returned}/": (404, 404, 404, 404, 302, 302),
    "/tried/{shown}/change/": NOBODY,
    "/tried/{waiting}/change/": NOBODY,
    "/tried/{visitors}/change/": NOBODY,
    "/tried/{draft}/withdraw/": NOBODY,
    "/tried/{shown}/withdraw/": NOBODY,
    "/tried/{shown}/flag/": EVERYBODY,
    "/tried/{waiting}/flag/": NOBODY,
    "/review/tried/": AT_THE_DESK,
    "/review/tried/{waiting}/": AT_THE_DESK,
    "/review/tried/{visitors}/": AT_THE_DESK,
    "/review/tried/{shown}/": AT_THE_DESK,
    "/review/tried/{draft}/": (302, 403, 403, 403, 404, 404),
    "{answer}": EVERYBODY,
    "{stop}": EVERYBODY,
    "/try/answer/forged/": NOBODY,
    "/try/prove/forged/": NOBODY,
    "/try/stop/forged/": NOBODY,
}
# What somebody does to what is another's: nothing comes of it but what a moderator answers.
DOING = {
    ("/tried/{shown}/change/", "send"): NOBODY,
    ("/tried/{waiting}/change/", "send"): NOBODY,
    ("/tried/{draft}/change/", "save"): NOBODY,
    ("/tried/{visitors}/change/", "send"): NOBODY,
    ("/tried/{shown}/withdraw/", ""): NOBODY,
    ("/tried/{visitors}/withdraw/", ""): NOBODY,
    ("/review/tried/{waiting}/", "show"): (302, 403, 403, 403, 302, 302),
    ("/review/tried/{waiting}/", "return"): (302, 403, 403, 403, 302, 302),
    ("/review/tried/{shown}/", "return"): (302, 403, 403, 403, 302, 302),
    ("/review/tried/{draft}/", "show"): (302, 403, 403, 403, 409, 409),
}
TOLD = {"teller": "ran-it", "place": "Elsewhere", "verdict": "helped", "sentence": "Not mine."}


@pytest.fixture
def things(library, moderator):
    page = PracticeFactory(title="Tea", slug="tea", steps=["Put the kettle on."])
    PracticeFactory(slug="gone", unpublished=True)
    author = UserFactory()
    returned = sent(page, author, place="Four")
    return_report(report=returned, by=checker(), version=returned.version, reason="A name")
    pledge = Pledge.objects.create(
        page=page, person=author, step="Ask", ask_after="two-weeks", ask_on="2026-01-01", state="asked", asked=1,
        asked_at=returned.sent_at,
    )  # fmt: skip
    return {
        "shown": shown(page, author, place="One").pk,
        "waiting": sent(page, author, place="Two").pk,
        "visitors": sent(page, visitor="somebody's browser").pk,
        "draft": sent(page, author, place="Three", send=False).pk,
        "returned": returned.pk,
        "answer": answer_path(pledge),
        "stop": stop_path(pledge),
    }


def states():
    reports = list(TriedReport.objects.order_by("pk").values_list("pk", "state", "sentence"))
    return reports, list(Pledge.objects.values_list("pk", "state")), Rating.objects.count(), RuledOut.objects.count()


@pytest.mark.parametrize("role", ROLES)
def test_reading(things, moderator, role):
    before, client = states(), somebody(role, moderator)
    answers = {address: client.get(address.format(**things)).status_code for address in READING}
    assert answers == {address: expected[ROLES.index(role)] for address, expected in READING.items()}
    assert states() == before, "a link that was opened did something"


@pytest.mark.parametrize("role", ROLES)
def test_doing(things, moderator, role):
    before = states()
    for (address, do), expected in DOING.items():
        report = TriedReport.objects.filter(
            pk=address.format(**things).split("/")[-2 if "review" in address else -3]
        ).first()
        data = {"do": do, "reason": "A name", "seen": report.version, **TOLD}
        with undone():
            answer = somebody(role, moderator).post(address.format(**things), data)
            assert answer.status_code == expected[ROLES.index(role)], (address, do)
            if answer.status_code == 302 and role in ("moderator", "administrator"):
                report.refresh_from_db()
                assert report.state == {"show": ReportState.SHOWN, "return": ReportState.RETURNED}[do], (address, do)
            else:
                assert states() == before, (address, do)


@pytest.mark.parametrize("role", ROLES)
def test_what_somebody_tells_themselves(things, moderator, role, monkeypatch):
    """New people and strangers wait, trusted people and moderators do not, paused ones keep theirs."""
    monkeypatch.setattr("people.open_forms.OpenForm.fastest", -1)
    client = somebody(role, moderator)
    form = client.get("/practices/tea/tried/").context["form"]
    hidden = {name: form[name].value() or "" for name in ("opened", "homepage") if name in form.fields}
    client.post("/practices/tea/tried/", {**hidden, **TOLD, "do": "send"})
    told = TriedReport.objects.filter(sentence="Not mine.").first()
    at_once = ("trusted", "moderator", "administrator")
    if role in at_once:
        assert told.state == ReportState.SHOWN
    elif role == "paused":
        assert told is None
    else:
        assert told is None or told.state == ReportState.WAITING
    assert PracticeTotals.objects.get(page__slug="tea").places == (2 if role in at_once else 1)


def test_another_browser_without_an_account_is_not_its_author(things):
    client = Client()
    session = client.session
    session[WRITES_AS] = "another browser"
    session.save()
    for path in ("", "change/", "withdraw/"):
        assert client.get(f"/tried/{things['visitors']}/{path}").status_code == 404


WITHOUT_TOKEN = (
    "/practices/tea/tried/", "/practices/tea/rate/", "/practices/tea/not-for-us/", "/practices/tea/try/",
    "/tried/{own}/change/", "/tried/{own}/withdraw/", "/tried/{shown}/flag/", "/review/tried/{waiting}/", "{answer}",
)  # fmt: skip


def test_without_its_token_no_form_changes_anything(things, moderator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    own = sent(TriedReport.objects.get(pk=things["shown"]).page, moderator, send=False)
    before = states()
    for address in WITHOUT_TOKEN:
        for do in ("", "send", "save", "show", "return", "helped"):
            data = {"do": do, "answer": do, "stars": "5", "why": "rural", "step": "first", "ask_after": "two-weeks"}
            data |= {"version": "1", "seen": "1", "reason": "hurts", **TOLD}
            answer = client.post(address.format(**things, own=own.pk), data)
            assert answer.status_code in (200, 302, 403), (address, do)
        assert states() == before, address
