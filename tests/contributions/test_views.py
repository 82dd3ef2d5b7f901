"""Writing, sending and answering over HTTP: what each address does for whom, and that nothing typed is lost."""

import html
import re
from uuid import UUID, uuid5

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from contributions.content import ROWS, changes_between, content_of, empty_content
from contributions.edit_form import EditForm
from contributions.models import ProposedEdit, State
from contributions.questions import names_asked
from contributions.reviewing import accept_proposal, ask_for_changes
from contributions.services import begin_draft, note_draft, send_proposal
from people.models import RateCount, Standing
from practices.models import AdaptedEssential, PracticeCare, PracticePage, practice_models
from practices.services import change_kind
from tests.factories.contributions import draft_of, trusted_person, waiting_of, writer
from tests.factories.people import UserFactory
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    OutcomeFactory,
    PracticeFactory,
    PrincipleFactory,
    SelfReliantGroupFactory,
    tried_in,
)

pytestmark = pytest.mark.django_db
LONG = "x" * 400


@pytest.fixture
def page(library):
    return PracticeFactory(
        title="Tea for all", slug="tea", summary="Tea once a week.", what_it_is="We meet.\n\nWe talk.",
        steps=["Find a room", "Ask people in"], outcomes=[OutcomeFactory()], principles=[PrincipleFactory()],
        changes=[{"claim": "More talk", "outcome": OutcomeFactory()}], sources=[{"title": "A note"}],
        voices=[{"quote": "I came back"}],
    )  # fmt: skip


def form_at(client, url):
    """What a browser would send of the form at an address without touching anything: also what is hidden."""
    return boxes_in(client.get(url).content.decode())


def boxes_in(text):
    text = text[text.index('id="edit"') :]
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", text):
        parts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if parts.get("name") and (parts.get("type") not in ("checkbox", "radio") or " checked" in tag):
            data.setdefault(parts["name"], []).append(html.unescape(parts.get("value", "")))
    for name, value in re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', text, re.S):
        data[name] = [html.unescape(value)]
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        data[name] = [chosen.group(1)]
    return data


def names_in(shown):
    """The boxes of a conflict."""
    return re.findall(r'id="(keep-[^"]+)-h"', shown)


def adapted(essential):
    """What a local version did with an essential of its original, as a row."""
    return {"key": str(uuid5(UUID(essential), "adapted")), "essential": essential, "taken": "kept", "how": ""}


def local_version_of(original, taken=(), **fields):
    """A draft of one, by somebody with an account."""
    empty = empty_content(PracticePage)
    changes = changes_between(empty, empty | fields | {"adaptation": [adapted(each) for each in taken]})
    return begin_draft(by=writer(UserFactory()), changes=changes, kind="other", adapted_from=original)


def send(client, url, data, do, **more):
    return client.post(url, {**data, "do": do, **more})


class TestWriting:
    url = "/practices/tea/edit/"

    def test_the_form_sent_untouched_changes_nothing(self, client, page):
        answer = send(client, self.url, form_at(client, self.url), "check")
        assert "You have not changed anything yet" in answer.content.decode()
        assert not ProposedEdit.objects.exists()

    @pytest.mark.parametrize("factory", [PracticeFactory, SelfReliantGroupFactory])
    def test_the_form_of_a_full_page_sent_untouched_changes_nothing(self, client, library, factory):
        key = "5ac4b7d8-0000-4000-8000-000000000001"
        factory(
            slug="full", nations=["wales", "england"], latitude="51.5", longitude="-0.10000", since=1999,
            status="paused", status_reported="2019-07", website="https://example.org/", cost="£5\r\n a week",
            beneficiary_groups=[BeneficiaryGroupFactory(is_retired=True), BeneficiaryGroupFactory()],
            sources=[{"title": "A <b>note</b>", "key": key, "parts": ["steps", "cost" and "takes"]}],
            voices=[{"quote": "“So” it’s", "source": key}], questions=["Who?"], essentials=["Trust"],
            changes=[{"claim": "More", "source": key, "basis": "counted", "told_by": "ran-it", "date": "2020"}],
        )  # fmt: skip
        send(client, "/practices/full/edit/", form_at(client, "/practices/full/edit/"), "check")
        assert not ProposedEdit.objects.exists()

    def test_one_box_changed_is_one_change(self, client, page):
        answer = send(client, self.url, form_at(client, self.url), "check", time_needed="Two hours")
        draft = ProposedEdit.objects.get()
        assert (answer.url, draft.changes) == (f"/proposals/{draft.pk}/", {"time_needed": ["", "Two hours"]})
        shown = client.get(answer.url).content.decode()
        assert "Two hours" in shown and "1 part: 2 words added." in shown

    def test_one_question_asks_for_one_thing_and_leaves_the_rest(self, client, page):
        url = f"{self.url}?field=takes"
        data = form_at(client, url)
        assert "time_needed" in data and "summary" not in data
        send(client, url, data, "check", time_needed="Two hours")
        assert ProposedEdit.objects.get().changes == {"time_needed": ["", "Two hours"]}

    @pytest.mark.parametrize("kind", practice_models())
    def test_each_question_says_what_to_write(self, db, kind):
        content = empty_content(kind)
        form = EditForm(kind, content, content, names_asked(kind, "", adapted=True))
        asked = [*form.main, *(box for name in ROWS if (fresh := form.rows_of(name).fresh) for box in fresh.form)]
        assert [box.name for box in asked if not box.help_text] == []

    def test_an_unknown_question_asks_for_everything(self, client, page):
        assert "summary" in form_at(client, f"{self.url}?field=nonsense")

    def test_rows_are_moved_taken_out_put_back_and_added_without_a_script(self, client, page):
        def press(what, name="steps", key=""):
            answer = send(client, self.url, form_at(client, self.url), f"{what}:{name}:{key}")
            assert answer.status_code == 302 and answer.url.endswith(f"#{name}")
            return [row["text"] for row in ProposedEdit.objects.get().content()["steps"]]

        first, second = (str(step.key) for step in page.steps.all())
        assert press("up", key=second) == ["Ask people in", "Find a room"]
        assert press("down", key=second) == ["Find a room", "Ask people in"]
        assert press("remove", key=first) == ["Ask people in"]
        assert "Find a room" in client.get(self.url).content.decode()
        assert press("back", key=first) == ["Find a room", "Ask people in"]
        data = form_at(client, self.url)
        fresh = data["steps-key"][-1]
        send(client, self.url, data, "add:steps", **{f"steps-{fresh}-text": "Bake"})
        assert [row["text"] for row in ProposedEdit.objects.get().content()["steps"]] == [
            "Find a room", "Ask people in", "Bake",
        ]  # fmt: skip

    def test_a_row_left_empty_is_taken_out(self, client, page):
        first = page.steps.first().key
        send(client, self.url, form_at(client, self.url), "save", **{f"steps-{first}-text": " "})
        assert [row["text"] for row in ProposedEdit.objects.get().content()["steps"]] == ["Ask people in"]

    def test_what_cannot_be_sent_is_told_and_kept(self, client, page):
        answer = send(client, self.url, form_at(client, self.url), "check", summary=LONG, since="long ago", title="")
        shown = answer.content.decode()
        assert answer.status_code == 200
        for told in ("it has 400 characters", "Write a number in figures", "Fill this in", "3 things to put right"):
            assert told in shown, told
        assert LONG in shown and 'value="long ago"' in shown
        again = form_at(client, self.url)
        assert (again["summary"], again["since"], again["title"]) == ([LONG], ["long ago"], [""])

    def test_each_list_has_its_own_room_and_its_own_words(self, client, page):
        """Essentials, steps and questions are all one text: they are not one form."""
        first = page.steps.first().key
        answer = send(client, self.url, form_at(client, self.url), "check", **{f"steps-{first}-text": "x" * 450})
        assert answer.status_code == 302
        assert "What somebody does, and how long it takes" in client.get(self.url).content.decode()

    def test_a_fault_in_a_row_is_named_by_its_row(self, client, page):
        second = page.steps.last().key
        answer = send(client, self.url, form_at(client, self.url), "check", **{f"steps-{second}-text": "x" * 501})
        shown = answer.content.decode()
        assert "Step 2: Make it shorter" in shown and f'href="#id_steps-{second}-text"' in shown

    def test_half_a_form_takes_nothing_away(self, client, page):
        """A form that was cut off says of fewer fields that it asked for them."""
        send(client, self.url, {"title": "Tea for everybody", "asked": ["title"]}, "save")
        assert ProposedEdit.objects.get().changes == {"title": ["Tea for all", "Tea for everybody"]}

    @pytest.mark.parametrize(
        "data",
        [
            {"asked": ["steps"], "steps-key": ["no key", "'", "5ac4b7d8-0000-4000-8000-000000000001"]},
            {"asked": ["locked", "id", "path", "summary"], "summary": "\x00 odd"},
            {"asked": "outcomes", "outcomes": ["999", "x", "-1"]},
            {"asked": "changes", "changes-key": "5ac4b7d8-0000-4000-8000-000000000001",
             "changes-5ac4b7d8-0000-4000-8000-000000000001-claim": "x",
             "changes-5ac4b7d8-0000-4000-8000-000000000001-outcome_id": "999999999999999999999"},
            {"draft": "x", "version": "x", "base": "9" * 17, "do": "up:steps", "asked": "title", "title": "T"},
            {"do": "up:::::", "asked": "title", "title": "T"},
            {"asked": ["status", "aim", "cost_band"], "status": "x", "aim": "x", "cost_band": "x"},
            {"asked": "sources", "sources-key": "5ac4b7d8-0000-4000-8000-000000000001",
             "sources-5ac4b7d8-0000-4000-8000-000000000001-title": "x",
             "sources-5ac4b7d8-0000-4000-8000-000000000001-url": "javascript:alert(1)"},
            {"asked": "latitude", "latitude": "NaN"}, {"asked": "since", "since": "9" * 400},
            {"asked": "longitude", "longitude": "1e999"}, {"asked": "nations", "nations": ["france"]},
        ],
        ids=str,
    )  # fmt: skip
    def test_whatever_is_sent_is_no_crash(self, client, page, data):
        for do in ("save", "check", "autosave"):
            answer = client.post(self.url, {"do": do, **data})
            assert answer.status_code in (200, 302)
        client.get(self.url)
        for draft in ProposedEdit.objects.all():
            assert client.get(f"/proposals/{draft.pk}/").status_code == 200
            preview = client.get(f"/proposals/{draft.pk}/preview/")
            assert preview.status_code == 200 and "javascript:" not in preview.content.decode()

    def test_what_one_question_cannot_be_sent_for_is_put_right_in_the_whole_form(self, client, page):
        send(client, self.url, form_at(client, self.url), "save", summary=LONG)
        one = f"{self.url}?field=cost"
        shown = send(client, one, form_at(client, one), "check", cost="Nothing").content.decode()
        assert "it has 400 characters" in shown and f'action="{self.url}"' in shown
        send(client, self.url, boxes_in(shown), "check", summary="Tea daily.")
        assert ProposedEdit.objects.get().changed["summary"].mine == "Tea daily."

    def test_a_term_that_was_retired_meanwhile_takes_no_other_along(self, client, page):
        kept, retired = OutcomeFactory(), OutcomeFactory()
        data = form_at(client, self.url)
        type(retired).objects.filter(pk=retired.pk).update(retired=True)
        chosen = sorted([kept.pk, retired.pk])
        send(client, self.url, data, "save", outcomes=[str(pk) for pk in chosen])
        assert ProposedEdit.objects.get().changed["outcomes"].mine == chosen

    def test_a_page_that_was_taken_down_meanwhile_gives_the_words_back(self, client, page):
        data = form_at(client, self.url)
        page.unpublish()
        answer = send(client, self.url, data, "check", cost="My own words")
        assert answer.status_code == 409 and "My own words" in answer.content.decode()

    def test_lines_in_a_row_are_no_change(self, client, page):
        from contributions.applying import apply_changes
        from contributions.content import Change

        voice = content_of(page.specific)["voices"][0]
        apply_changes(
            page=page, changes={"voices": Change([voice], [{**voice, "quote": "I came.\r\nI saw."}])}, by=None
        )
        data = form_at(client, self.url)
        key = f"voices-{voice['key']}-quote"
        send(client, self.url, data, "save", **{key: data[key][0].replace("\n", "\r\n")})
        assert not ProposedEdit.objects.exists()

    def test_a_draft_is_opened_by_its_number_however_many_there_are(self, client, page):
        client.force_login(person := UserFactory())
        first = draft_of(page, writer(person), cost="The first")
        for number in range(6):
            draft_of(page, writer(person), cost=f"{number}")
        assert form_at(client, f"{self.url}?draft={first.pk}")["cost"] == ["The first"]

    def test_what_is_typed_is_saved_by_the_script(self, client, page):
        data = form_at(client, self.url)
        answer = send(client, self.url, data, "autosave", cost="Nothing").json()
        draft = ProposedEdit.objects.get()
        assert (answer["draft"], answer["version"]) == (draft.pk, 1) and answer["told"].startswith("Saved at")
        send(client, self.url, data | {"draft": draft.pk, "version": 1}, "autosave", cost="Nothing at all")
        draft.refresh_from_db()
        assert (draft.version, draft.changes) == (2, {"cost": ["", "Nothing at all"]})
        assert form_at(client, self.url)["cost"] == ["Nothing at all"]

    def test_what_another_device_wrote_is_not_overwritten_by_the_next_save_of_this_one(self, client, page):
        """What was put together is not what this page shows: its next save is put together with it again."""
        client.force_login(person := UserFactory())
        data = form_at(client, self.url)
        first = send(client, self.url, data, "autosave", what_it_is="We meet on Mondays.\n\nWe talk.").json()
        other = Client()
        other.force_login(person)
        there = form_at(other, self.url)
        phone = "We meet on Mondays.\n\nWe talk.\n\nFrom the phone."
        send(other, self.url, there, "autosave", what_it_is=phone)
        form = data | {"draft": first["draft"], "version": first["version"]}
        answer = send(client, self.url, form, "autosave", what_it_is="We meet on Mondays.\n\nWe talk a lot.").json()
        assert answer["version"] == first["version"] and "elsewhere" in answer["told"]
        send(client, self.url, form, "autosave", what_it_is="We meet on Mondays.\n\nWe talk a lot!")
        kept = str([draft.changes for draft in ProposedEdit.objects.all()])
        assert "From the phone." in kept and "We talk a lot!" in kept

    @pytest.mark.parametrize("address", ["/practices/tea/edit/", "/practices/new/", "/practices/tea/adapt/"])
    def test_what_another_site_sends_is_refused_and_begins_no_session(self, page, address):
        client = Client(enforce_csrf_checks=True)
        for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
            answer = client.post(address, {"asked": "cost", "cost": "Theirs", "did": "Theirs"}, headers=header)
            assert answer.status_code == 403 and "Theirs" not in answer.content.decode()
        client.post(address, {"asked": "cost", "cost": "Ours"})
        assert "sessionid" not in client.cookies

    def test_what_is_too_long_to_be_kept_is_told_and_stays_in_the_form(self, client, page):
        answer = send(client, self.url, form_at(client, self.url), "save", local_form="x" * 100_001)
        assert answer.status_code == 413 and "x" * 100_001 in answer.content.decode()
        assert not ProposedEdit.objects.exists()

    def test_more_rows_than_there_is_room_for_are_told(self, client, page):
        keys = [f"5ac4b7d8-0000-4000-8000-{number:012}" for number in range(215)]
        rows = {f"steps-{key}-text": "A step" for key in keys}
        answer = client.post(self.url, {"asked": "steps", "steps-key": keys, **rows, "do": "check"})
        assert "there is room for 200" in answer.content.decode()

    def test_drafts_do_not_pile_up(self, client, page, monkeypatch):
        monkeypatch.setattr("contributions.services.MOST_OPEN", 2)
        client.force_login(person := UserFactory())
        for number in range(2):
            draft_of(page, writer(person), cost=f"{number}")
        answer = send(client, self.url, form_at(client, self.url), "save", draft="new", cost="One more")
        assert answer.status_code == 429 and "One more" in answer.content.decode()
        assert client.post(f"/practices/tea/history/{page.latest_revision_id}/restore/").status_code == 200

    def test_nothing_typed_makes_no_draft(self, client, page):
        assert send(client, self.url, form_at(client, self.url), "autosave").json()["draft"] == ""
        assert not ProposedEdit.objects.exists()

    def test_reading_the_form_begins_no_session(self, client, page):
        client.get(self.url)
        assert set(client.cookies) <= {"csrftoken"}

    def test_after_a_session_is_over_the_text_is_still_there(self, client, page):
        """The form was open while the session ended: what is sent becomes a draft of the browser's own."""
        client.force_login(person := UserFactory())
        data = form_at(client, self.url)
        send(client, self.url, data, "autosave", cost="Nothing")
        draft = ProposedEdit.objects.get()
        client.logout()
        send(client, self.url, data | {"draft": draft.pk, "version": 1}, "check", cost="Nothing at all")
        client.force_login(person)
        kept = {each.changed["cost"].mine for each in ProposedEdit.objects.filter(author=person)}
        assert kept == {"Nothing", "Nothing at all"}

    def test_signing_in_keeps_what_was_typed_before(self, client, page):
        send(client, self.url, form_at(client, self.url), "save", cost="Nothing")
        assert ProposedEdit.objects.get().author is None
        client.force_login(person := UserFactory())
        assert ProposedEdit.objects.get().author == person
        assert form_at(client, self.url)["cost"] == ["Nothing"]

    def test_a_form_from_before_signing_in_is_shown_again_and_not_lost(self, page):
        client = Client(enforce_csrf_checks=True)
        data = form_at(client, self.url)
        answer = client.post(
            self.url, {**data, "csrfmiddlewaretoken": "x" * 64, "do": "check", "cost": "Nothing at all"}
        )
        assert answer.status_code == 403
        shown = boxes_in(answer.content.decode())
        assert shown["cost"] == ["Nothing at all"] and not ProposedEdit.objects.exists()
        assert client.post(self.url, {**shown, "do": "check"}).status_code == 302
        assert ProposedEdit.objects.get().changed["cost"].mine == "Nothing at all"

    def test_too_many_beginnings_from_one_place_are_stopped_and_the_text_stays(self, client, page):
        data = form_at(client, self.url)
        send(client, self.url, data, "save", cost="Nothing")
        RateCount.objects.update(count=60)
        other = Client()
        answer = send(other, self.url, data, "save", cost="My own words")
        assert answer.status_code == 429 and "My own words" in answer.content.decode()

    def test_a_page_that_nobody_can_read_cannot_be_written_on(self, client, library):
        PracticeFactory(slug="hidden", unpublished=True)
        for address in ("edit", "history", "adapt"):
            assert client.get(f"/practices/hidden/{address}/").status_code == 404

    def test_a_locked_page_says_so_and_keeps_the_draft(self, client, page):
        client.force_login(person := UserFactory())
        PracticePage.objects.filter(pk=page.pk).update(locked=True)
        assert "closed this page to changes" in client.get(self.url).content.decode()
        draft = draft_of(page, writer(person), cost="Nothing")
        answer = client.post(f"/proposals/{draft.pk}/", {"do": "send", "note": "why"})
        assert "closed this page to changes" in answer.content.decode()
        draft.refresh_from_db()
        assert (draft.state, draft.note) == (State.DRAFT, "why")

    def test_the_form_asks_few_questions_of_the_database(self, client, page):
        client.force_login(person := UserFactory())
        draft_of(page, writer(person), cost="Nothing")
        client.get(self.url)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(self.url)
        assert len(asked) <= 15, [each["sql"][:90] for each in asked]

    def test_saving_asks_few_questions_of_the_database(self, client, page):
        data = form_at(client, self.url)
        send(client, self.url, data, "autosave", cost="Nothing")
        data |= {"draft": ProposedEdit.objects.get().pk, "version": 1}
        with CaptureQueriesContext(connection) as asked:
            send(client, self.url, data, "autosave", cost="Nothing at all")
        assert len(asked) <= 20, [each["sql"][:90] for each in asked]


class TestSending:
    def test_a_reason_is_asked_for_and_nothing_is_lost_without_one(self, client, page):
        client.force_login(person := UserFactory())
        draft = draft_of(page, writer(person), cost="Nothing")
        answer = client.post(f"/proposals/{draft.pk}/", {"do": "send", "note": ""})
        assert "Say in a line what you changed" in answer.content.decode()
        answer = client.post(f"/proposals/{draft.pk}/", {"do": "send", "note": "we paid nothing"})
        draft.refresh_from_db()
        assert (draft.state, draft.note) == (State.WAITING, "we paid nothing")

    def test_who_could_be_recognised_is_asked_about(self, client, page):
        client.force_login(person := UserFactory())
        told = "One man of 61 from the harbour flats told the council."
        draft = draft_of(page, writer(person), local_form=told)
        url = f"/proposals/{draft.pk}/"
        shown = client.get(url).content.decode()
        assert (
            "<mark>harbour flats</mark>" in shown.replace("the harbour", "harbour") or "harbour flats</mark>" in shown
        )
        assert "Say whether those it tells of" in client.post(url, {"do": "send", "note": "x"}).content.decode()
        client.post(url, {"do": "send", "note": "x", "consent": "yet"})
        draft.refresh_from_db()
        assert (draft.state, draft.note) == (State.DRAFT, "x")
        client.post(url, {"do": "send", "note": "x", "consent": "unsure"})
        draft.refresh_from_db()
        assert (draft.state, draft.consent) == (State.WAITING, "unsure")

    def test_without_an_account_it_leads_to_sign_up_and_back(self, client, page):
        send(client, "/practices/tea/edit/", form_at(client, "/practices/tea/edit/"), "save", cost="Nothing")
        draft = ProposedEdit.objects.get()
        answer = client.post(f"/proposals/{draft.pk}/", {"do": "sign-up", "note": "why"})
        assert answer.url == f"/account/signup/?next=%2Fproposals%2F{draft.pk}%2F"
        answer = client.post(f"/proposals/{draft.pk}/", {"do": "sign-in", "note": "why"})
        assert answer.url.startswith("/account/login/?next=")
        client.force_login(UserFactory())
        assert 'value="why"' in client.get(f"/proposals/{draft.pk}/").content.decode()

    def test_who_is_trusted_sees_it_on_the_page(self, client, page):
        client.force_login(person := trusted_person())
        draft = draft_of(page, writer(person), cost="Nothing at all")
        assert (
            "It is on the page"
            in client.post(f"/proposals/{draft.pk}/", {"do": "send", "note": "x"}, follow=True).content.decode()
        )
        assert "Nothing at all" in Client().get("/practices/tea/").content.decode()

    def test_who_is_paused_is_told_and_keeps_the_words(self, client, page):
        client.force_login(person := UserFactory())
        Standing.objects.create(person=person, paused_until=timezone.localdate(), pause_reason="x")
        draft = draft_of(page, writer(person), cost="Nothing")
        answer = client.post(f"/proposals/{draft.pk}/", {"do": "send", "note": "x"})
        assert "You cannot send changes until after" in answer.content.decode()

    def test_every_state_has_its_page_and_its_steps(self, client, page, moderator):
        client.force_login(person := UserFactory())
        sent = waiting_of(page, person, cost="Nothing")
        url = f"/proposals/{sent.pk}/"
        assert "It waits to be checked" in client.get(url).content.decode()
        client.post(url, {"do": "back"})
        assert "Check and send" in client.get(url).content.decode()
        client.post(url, {"do": "drop"})
        assert "You took it back" in client.get(url).content.decode()
        again = client.post(url, {"do": "again"})
        assert again.url == f"/proposals/{ProposedEdit.objects.latest('pk').pk}/write/"
        assert client.get(again.url).url.startswith("/practices/tea/edit/?field=cost&draft=")

    def test_a_question_is_answered_to_the_moderator_alone(self, client, page, moderator):
        client.force_login(person := UserFactory())
        asked = ask_for_changes(proposal=waiting_of(page, person, cost="Nothing"), by=moderator, reason="Who says so?")
        url = f"/proposals/{asked.pk}/"
        assert "Who says so?" in client.get(client.get(f"{url}write/").url).content.decode()
        client.post(url, {"do": "send", "note": "what it costs", "answer": "My neighbour, and she said yes."})
        asked.refresh_from_db()
        assert (asked.state, asked.answer, asked.note) == (
            State.WAITING, "My neighbour, and she said yes.", "what it costs",
        )  # fmt: skip
        client.force_login(moderator)
        assert "she said yes" in client.get(f"/review/{asked.pk}/").content.decode()
        accept_proposal(proposal=asked, by=moderator)
        assert "she said yes" not in Client().get("/practices/tea/history/").content.decode()

    def test_who_is_trusted_is_told_that_it_is_there_at_once(self, client, page):
        client.force_login(person := trusted_person())
        draft = draft_of(page, writer(person), cost="Nothing")
        assert "Put it on the page" in client.get(f"/proposals/{draft.pk}/").content.decode()
        Standing.objects.filter(person=person).update(paused_until=timezone.localdate(), pause_reason="x")
        shown = client.get(f"/proposals/{draft.pk}/").content.decode()
        assert "Put it on the page" not in shown and "you can write, and send nothing" in shown

    def test_a_button_pressed_too_late_is_told(self, client, page, moderator):
        client.force_login(person := UserFactory())
        sent = waiting_of(page, person, cost="Nothing")
        accept_proposal(proposal=sent, by=moderator)
        answer = client.post(f"/proposals/{sent.pk}/", {"do": "back"}, follow=True)
        assert "This has changed since you opened it" in answer.content.decode()


class TestConflict:
    def conflicting(self, client, page, **fields):
        client.force_login(person := UserFactory())
        draft = draft_of(page, writer(person), **fields)
        return draft, f"/proposals/{draft.pk}/conflict/"

    def test_both_texts_are_shown_and_the_typed_one_is_kept_and_sent(self, client, page):
        draft, url = self.conflicting(client, page, summary="Tea twice a week.", cost="Nothing")
        waiting_of(page, trusted_person(), summary="Tea daily.")
        assert client.post(f"/proposals/{draft.pk}/", {"do": "send", "note": "x"}).url == url
        shown = client.get(url).content.decode()
        for told in (
            "Somebody changed the same words",
            "twice",
            "daily",
            "Nothing you typed is lost",
            "What does it cost",
        ):
            assert told in shown, told
        seen = re.search(r'name="seen" value="(\d+)"', shown).group(1)
        client.post(url, {"seen": seen, names_in(shown)[0]: "Tea twice a day."})
        client.post(f"/proposals/{draft.pk}/", {"do": "send", "note": "x"})
        draft.refresh_from_db()
        assert (draft.state, draft.changes["summary"], draft.changes["cost"]) == (
            State.WAITING, ["Tea daily.", "Tea twice a day."], ["", "Nothing"],
        )  # fmt: skip

    def test_the_words_of_the_page_can_be_taken_instead(self, client, page):
        draft, url = self.conflicting(client, page, summary="Tea twice a week.", cost="Nothing")
        waiting_of(page, trusted_person(), summary="Tea daily.")
        shown = client.get(url).content.decode()
        seen, (name,) = re.search(r'name="seen" value="(\d+)"', shown).group(1), names_in(shown)
        client.post(url, {"seen": seen, name: "Tea twice a week.", f"{name}-theirs": "theirs"})
        draft.refresh_from_db()
        assert draft.changes == {"cost": ["", "Nothing"]}

    def test_it_goes_on_if_the_page_changed_again_meanwhile(self, client, page):
        _draft, url = self.conflicting(client, page, summary="Tea twice a week.")
        waiting_of(page, trusted_person(), summary="Tea daily.")
        shown = client.get(url).content.decode()
        seen = re.search(r'name="seen" value="(\d+)"', shown).group(1)
        waiting_of(page, trusted_person(), summary="Tea hourly.")
        shown = client.post(url, {"seen": seen, names_in(shown)[0]: "My own words"}).content.decode()
        assert "The page changed again" in shown and "My own words" in shown and "hourly" in shown

    def test_a_paragraph_a_choice_and_a_row_can_be_chosen(self, client, page):
        first = str(page.steps.first().key)
        steps = content_of(page.specific)["steps"]
        mine = {
            "what_it_is": "We meet in rain.\n\nWe talk.",
            "status": "paused",
            "steps": [{**steps[0], "text": "Find two rooms"}, steps[1]],
        }
        draft, url = self.conflicting(client, page, **mine)
        waiting_of(page, trusted_person(), what_it_is="We meet in sun.\n\nWe talk.", status="active", steps=[steps[1]])
        shown = client.get(url).content.decode()
        seen = re.search(r'name="seen" value="(\d+)"', shown).group(1)
        names = names_in(shown)
        assert len(names) == 3
        answers = {name: "We meet in any weather." if f'<textarea id="{name}"' in shown else "theirs" for name in names}
        client.post(url, {"seen": seen, **answers})
        draft.refresh_from_db()
        content = draft.content()
        assert content["what_it_is"] == "We meet in any weather.\n\nWe talk."
        assert (content["status"], [row["key"] == first for row in content["steps"]]) == ("active", [False])

    def test_words_that_were_chosen_are_given_back_when_nothing_is_left_to_choose(self, client, page):
        draft, url = self.conflicting(client, page, summary="Tea twice a week.")
        waiting_of(page, trusted_person(), summary="Tea daily.")
        shown = client.get(url).content.decode()
        waiting_of(page, trusted_person(), summary="Tea once a week.")
        answer = client.post(url, {"seen": "1", names_in(shown)[0]: "Tea whenever"})
        assert "Tea whenever" in answer.content.decode()
        draft.refresh_from_db()
        assert draft.changed["summary"].mine == "Tea twice a week."

    def test_an_older_form_takes_nothing_back_that_others_wrote(self, client, page):
        """It was open in another window while its author saw and settled a conflict."""
        client.force_login(UserFactory())
        older = form_at(client, "/practices/tea/edit/")
        send(client, "/practices/tea/edit/", older, "check", summary="Tea twice a week.")
        draft = ProposedEdit.objects.get()
        waiting_of(page, trusted_person(), summary="Tea daily.", cost="Five pounds")
        shown = client.get(f"/proposals/{draft.pk}/conflict/").content.decode()
        seen = re.search(r'name="seen" value="(\d+)"', shown).group(1)
        client.post(f"/proposals/{draft.pk}/conflict/", {"seen": seen, names_in(shown)[0]: "Tea often."})
        send(client, "/practices/tea/edit/", {**older, "form": "another", "draft": draft.pk}, "check", place="Leeds")
        draft.refresh_from_db()
        assert set(draft.changes) == {"summary", "place"} and draft.changed["summary"].mine == "Tea often."

    def test_a_page_of_another_kind_by_now_keeps_what_it_has_no_place_for(self, client, library):
        group = SelfReliantGroupFactory(summary="Ten people save.", slug="savers")
        draft, url = self.conflicting(client, group, summary="Ten people save weekly.", size="Ten")
        change_kind(page=group, kind="other")
        waiting_of(PracticePage.objects.get(pk=group.pk), trusted_person(), summary="People save.")
        shown = client.get(url).content.decode()
        seen = re.search(r'name="seen" value="(\d+)"', shown).group(1)
        client.post(url, {"seen": seen, names_in(shown)[0]: "Ten people save weekly."})
        draft.refresh_from_db()
        assert (draft.changes["size"][1], draft.changes["summary"][1]) == ("Ten", "Ten people save weekly.")

    def test_of_two_paragraphs_that_are_alike_the_right_one_is_settled(self, client, page):
        draft, url = self.conflicting(client, page, what_it_is="Same line.\n\nSame line.")
        waiting_of(page, trusted_person(), what_it_is="We meet.\n\nWe sing.")
        shown = client.get(url).content.decode()
        seen = re.search(r'name="seen" value="(\d+)"', shown).group(1)
        client.post(url, {"seen": seen, names_in(shown)[0]: "Chosen."})
        draft.refresh_from_db()
        assert draft.content()["what_it_is"] == "Same line.\n\nChosen."

    def test_what_a_page_says_that_was_taken_down_is_not_shown(self, client, page):
        _draft, url = self.conflicting(client, page, summary="Tea twice a week.")
        waiting_of(page, trusted_person(), summary="A secret.")
        PracticePage.objects.get(pk=page.pk).unpublish()
        answer = client.get(url, follow=True)
        assert "A secret." not in answer.content.decode() and "taken this page down" in answer.content.decode()

    def test_without_a_conflict_it_leads_back(self, client, page):
        draft, url = self.conflicting(client, page, cost="Nothing")
        assert client.get(url).url == f"/proposals/{draft.pk}/"


class TestNewPages:
    boxes = {"did": "Every Thursday two of us walk with new dads and prams round the lake. Whoever comes, comes.",
             "with_whom": "Six to ten new fathers.", "happened": "They ring each other now."}  # fmt: skip

    def test_three_boxes_are_the_whole_page(self, client, library, moderator):
        client.force_login(UserFactory())
        answer = send(client, "/practices/new/", self.boxes, "check")
        draft = ProposedEdit.objects.get()
        assert answer.url == f"/proposals/{draft.pk}/"
        client.post(answer.url, {"do": "send", "note": "we did this", "consent": "nobody"})
        client.force_login(moderator)
        client.post(f"/review/{draft.pk}/", {"do": "accept"})
        made = PracticePage.objects.visible().get()
        assert made.title == "Every Thursday two of us walk with new dads and prams round"
        assert (made.what_it_is, made.people_needed, made.local_form) == tuple(self.boxes.values())
        assert made.summary == self.boxes["did"]
        assert client.get(made.get_absolute_url()).status_code == 200

    def test_what_stands_in_the_boxes_is_resumed(self, client, library):
        send(client, "/practices/new/", {**self.boxes, "kind": "community-connector"}, "save")
        text = client.get("/practices/new/").content.decode()
        assert all(value in text for value in self.boxes.values())
        assert ProposedEdit.objects.get().kind == "community-connector"
        assert "Every Thursday" not in client.get("/practices/new/?draft=new").content.decode()

    def test_another_page_is_another_draft(self, client, library):
        send(client, "/practices/new/", self.boxes, "save")
        send(client, "/practices/new/", {"did": "We bake.", "draft": "new", "asked": "boxes"}, "save")
        assert ProposedEdit.objects.count() == 2

    def test_an_empty_box_is_told_and_too_much_is_kept(self, client, library):
        answer = send(client, "/practices/new/", {"with_whom": "y" * 600}, "check")
        shown = answer.content.decode()
        assert "Say what you did" in shown and "y" * 600 in shown and "it has 600 characters" in shown
        assert "y" * 600 in client.get("/practices/new/").content.decode()

    def test_more_can_be_said_with_the_whole_form(self, client, library):
        client.force_login(UserFactory())
        send(client, "/practices/new/", self.boxes, "save")
        draft = ProposedEdit.objects.get()
        url = f"/proposals/{draft.pk}/write/"
        send(client, url, form_at(client, url), "check", why_it_works="Dads talk when they walk.")
        draft.refresh_from_db()
        assert draft.content()["why_it_works"] == "Dads talk when they walk."
        assert draft.content()["what_it_is"] == self.boxes["did"]

    def test_a_session_that_ended_meanwhile_loses_nothing_of_a_new_page(self, client, library):
        client.force_login(UserFactory())
        send(client, "/practices/new/", self.boxes, "save")
        url = f"/proposals/{ProposedEdit.objects.get().pk}/write/"
        data = form_at(client, url)
        client.logout()
        send(client, url, data, "check", why_it_works="Dads talk when they walk.")
        last = ProposedEdit.objects.latest("pk")
        assert (last.author, last.content()["why_it_works"]) == (None, "Dads talk when they walk.")

    def test_what_the_original_no_longer_has_stays_told(self, client, page):
        original = PracticeFactory(slug="walks", essentials=["Go slowly"])
        gone = "5ac4b7d8-0000-4000-8000-000000000001"
        version = PracticeFactory(slug="runs", adapted_from=original)
        row = AdaptedEssential(essential=gone, taken="kept", how="As ever")
        version.adaptation.add(row)
        version.save_revision().publish()
        send(client, "/practices/runs/edit/", form_at(client, "/practices/runs/edit/"), "save", cost="Nothing")
        assert set(ProposedEdit.objects.get().changes) == {"cost"}

    def test_a_local_version_goes_essential_by_essential(self, client, page, moderator):
        original = PracticeFactory(slug="walks", title="Walks", essentials=["Go slowly", "Nobody is sent"])
        client.force_login(UserFactory())
        data = form_at(client, "/practices/walks/adapt/")
        keys = data["adaptation-key"]
        assert len(keys) == 2
        filled = {f"adaptation-{keys[0]}-taken": "changed", f"adaptation-{keys[0]}-how": "We go fast"}
        answer = send(client, "/practices/walks/adapt/", data, "check", title="Runs", summary="We run.", **filled)
        client.post(answer.url, {"do": "send", "note": "ours"})
        draft = ProposedEdit.objects.get()
        client.force_login(moderator)
        client.post(f"/review/{draft.pk}/", {"do": "accept"})
        made = PracticePage.objects.get(slug="runs")
        assert made.adapted_from_id == original.pk
        row = made.adaptation.get()
        assert (row.essential, row.taken, row.how) == (original.essentials.first().key, "changed", "We go fast")

    def test_of_a_local_version_everybody_reads_which_essential_of_which_original(self, client, page, moderator):
        original = PracticeFactory(slug="walks", title="Walks", essentials=["Go slowly", "Nobody is sent"])
        first, second = (str(each.key) for each in original.essentials.all())
        draft = local_version_of(original, taken=[first], title="Runs", summary="We run.")
        client.force_login(draft.author)
        for _step in ("before it is sent", "while it waits"):
            shown = client.get(f"/proposals/{draft.pk}/").content.decode()
            assert "Go slowly" in shown and first not in shown
            client.post(f"/proposals/{draft.pk}/", {"do": "send", "note": "ours"})
        client.force_login(moderator)
        shown = client.get(f"/review/{draft.pk}/").content.decode()
        assert "Go slowly" in shown and first not in shown
        assert 'A local version of <a href="/practices/walks/">Walks</a>' in shown
        client.post(f"/review/{draft.pk}/", {"do": "accept"})
        runs = PracticePage.objects.get(slug="runs")
        was = runs.latest_revision_id
        waiting_of(runs, trusted_person(), adaptation=[adapted(second)])
        compared = f"/practices/runs/compare/{was}/{PracticePage.objects.get(pk=runs.pk).latest_revision_id}/"
        shown = client.get(compared).content.decode()
        assert "Go slowly" in shown and "Nobody is sent" in shown and second not in shown
        original.essentials.last().delete()
        shown = client.get(compared).content.decode()
        assert "an essential that is not there any more" in shown and second not in shown

    def test_two_who_took_an_essential_otherwise_read_which(self, client, page):
        original = PracticeFactory(slug="walks", essentials=["Go slowly", "Nobody is sent"])
        runs = PracticeFactory(slug="runs", adapted_from=original)
        key, other = (str(each.key) for each in original.essentials.all())
        runs.adaptation.add(AdaptedEssential(key=UUID(adapted(key)["key"]), essential=key, taken="kept"))
        runs.save_revision().publish()
        mine = draft_of(runs, adaptation=[adapted(key) | {"essential": other}])
        waiting_of(runs, trusted_person(), adaptation=[])
        client.force_login(mine.author)
        shown = client.get(f"/proposals/{mine.pk}/conflict/").content.decode()
        assert "Nobody is sent" in shown and f">{other}" not in shown and f" {other}" not in shown

    def test_a_local_version_is_not_asked_whether_it_is_like_its_original(self, client, page, settings):
        settings.SEARCH_ENGINE = "plain"
        original = PracticeFactory(slug="walks", title="Walks")
        draft = local_version_of(original, title="Walks", summary="We walk.")
        client.force_login(draft.author)
        assert "Is it like one of these?" not in client.get(f"/proposals/{draft.pk}/").content.decode()
        PracticeFactory(slug="night-walks", title="Night walks")
        shown = client.get(f"/proposals/{draft.pk}/").content.decode()
        assert "Is it like one of these?" in shown and "/practices/night-walks/adapt/" in shown
        assert "/practices/walks/adapt/" not in shown
        send(client, "/practices/new/", {"did": "Walks"}, "check")
        shown = client.get(f"/proposals/{ProposedEdit.objects.latest('pk').pk}/").content.decode()
        assert "/practices/walks/adapt/" in shown, "of a page of its own it is a question"


class TestHistory:
    def changed(self, page, **fields):
        return waiting_of(page, trusted_person(), **fields)

    def test_every_version_says_who_why_and_how_much(self, client, page, moderator):
        author = UserFactory(username="two-rivers")
        draft = draft_of(page, writer(author), cost="Nothing at all")
        note_draft(proposal=draft, by=writer(author), note="what we paid", consent="")
        accept_proposal(proposal=send_proposal(proposal=draft, by=writer(author)), by=moderator)
        shown = client.get("/practices/tea/history/").content.decode()
        for told in (
            "two-rivers",
            "what we paid",
            "1 part: 3 words added.",
            f"Checked by {moderator.username}",
            "The first version.",
        ):
            assert told in shown, told

    def test_any_two_are_compared_in_the_order_of_time(self, client, page):
        first = page.latest_revision_id
        self.changed(page, cost="Nothing")
        last = PracticePage.objects.get(pk=page.pk).latest_revision_id
        url = f"/practices/tea/compare/{first}/{last}/"
        assert client.get(f"/practices/tea/history/?from={last}&to={first}").url == url
        assert client.get(f"/practices/tea/compare/{last}/{first}/").url == url
        assert "Nothing" in client.get(url).content.decode()

    def test_a_version_of_another_page_is_not_found(self, client, page):
        other = PracticeFactory().latest_revision_id
        mine = page.latest_revision_id
        for address in (
            f"history/{other}",
            f"compare/{mine}/{other}",
            f"history/{other}/restore",
            f"history/{other}/undo",
            "history/999999",
        ):
            assert client.get(f"/practices/tea/{address}/").status_code == 404, address

    def test_a_version_is_read_as_it_was(self, client, page):
        first = page.latest_revision_id
        self.changed(page, summary="Tea daily.")
        shown = client.get(f"/practices/tea/history/{first}/").content.decode()
        assert "Tea once a week." in shown and "as it was on" in shown and "Tea daily." not in shown

    def test_going_back_is_a_change_like_any_other(self, client, page):
        first = page.latest_revision_id
        self.changed(page, summary="Tea daily.")
        tried_in(page, helped=3)
        PracticeCare.objects.create(page_id=page.pk, keeper=UserFactory())
        client.force_login(person := trusted_person())
        answer = client.post(f"/practices/tea/history/{first}/restore/")
        client.post(answer.url, {"do": "send", "note": "the people were gone from it"})
        made = PracticePage.objects.get(pk=page.pk)
        assert (made.summary, made.latest_revision.user) == ("Tea once a week.", person)
        assert made.revisions.count() == 3
        assert (made.totals.places, made.care.keeper is None) == (3, False), "what is no text went back as well"

    def test_one_change_in_the_middle_is_taken_back_and_the_later_stay(self, client, page):
        self.changed(page, summary="Tea daily.")
        middle = PracticePage.objects.get(pk=page.pk).latest_revision_id
        self.changed(page, cost="Nothing")
        client.force_login(trusted_person())
        answer = client.post(f"/practices/tea/history/{middle}/undo/")
        client.post(answer.url, {"do": "send", "note": "x"})
        made = PracticePage.objects.get(pk=page.pk)
        assert (made.summary, made.cost) == ("Tea once a week.", "Nothing")

    def test_what_was_changed_again_since_is_asked_about(self, client, page):
        self.changed(page, summary="Tea daily.")
        middle = PracticePage.objects.get(pk=page.pk).latest_revision_id
        self.changed(page, summary="Tea hourly.")
        client.force_login(trusted_person())
        answer = client.post(f"/practices/tea/history/{middle}/undo/")
        assert answer.url.endswith("/conflict/")
        assert "hourly" in client.get(answer.url).content.decode()
        assert PracticePage.objects.get(pk=page.pk).summary == "Tea hourly."

    def test_a_thousand_versions_are_read_page_by_page_with_few_questions(self, client, page):
        revision = page.latest_revision
        content = revision.content
        Revision.objects.bulk_create(
            Revision(
                content_type=revision.content_type, base_content_type=revision.base_content_type,
                object_id=revision.object_id, created_at=timezone.now(), user=None,
                content={**content, "cost": f"{number} pounds"}, object_str="x",
            )
            for number in range(1_000)
        )  # fmt: skip
        url = "/practices/tea/history/"
        client.force_login(UserFactory())
        client.get(url)
        for address in (url, f"{url}?page=25", f"{url}?page=51", f"{url}?page=nonsense"):
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(address)
            assert len(asked) <= 15, [each["sql"][:90] for each in asked]
            assert answer.content.count(b'class="report"') <= 20
        assert b"1001 versions" in answer.content
        ids = list(page.revisions.order_by("pk").values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/practices/tea/compare/{ids[3]}/{ids[4]}/").status_code == 200
        assert len(asked) <= 15, [each["sql"][:90] for each in asked]


class TestReview:
    def test_who_waits_longest_comes_first_and_ones_own_is_named(self, desk, page, moderator):
        first, own = waiting_of(page, cost="Nothing"), waiting_of(page, moderator, place="Leeds")
        text = desk.get("/review/").content.decode()
        assert text.index(f"/review/{first.pk}/") < text.index(f"/review/{own.pk}/")
        assert "Your own: somebody else checks it" in text

    def test_accepting_asking_and_rejecting(self, desk, page):
        one, two, three = (waiting_of(page, **{name: "Words"}) for name in ("cost", "place", "organisation"))
        desk.post(f"/review/{one.pk}/", {"do": "accept"})
        assert "Write what you would like" in desk.post(f"/review/{two.pk}/", {"do": "ask"}).content.decode()
        desk.post(f"/review/{two.pk}/", {"do": "ask", "words": "Where in it?"})
        answer = desk.post(f"/review/{three.pk}/", {"do": "reject", "reason": "Sells something"}).content.decode()
        assert "Say what they can do next" in answer and "Sells something" in answer
        desk.post(f"/review/{three.pk}/", {"do": "reject", "reason": "Sells something", "next_step": "Ask there"})
        states = [ProposedEdit.objects.get(pk=each.pk).state for each in (one, two, three)]
        assert states == [State.ACCEPTED, State.CHANGES_ASKED, State.REJECTED]
        assert PracticePage.objects.get(pk=page.pk).cost == "Words"

    def test_it_shows_what_would_change_on_the_page_as_it_is_now(self, desk, page):
        sent = waiting_of(page, cost="Nothing at all")
        waiting_of(page, trusted_person(), place="Leeds")
        shown = desk.get(f"/review/{sent.pk}/").content.decode()
        assert "One newer" in shown and "and it fits" in shown and "Nothing at all" in shown
        around = shown.index("The page around it")
        assert "Leeds" not in shown[:around] and "Leeds" in shown[around:]

    def test_what_does_not_fit_is_told_and_cannot_be_accepted(self, desk, page):
        sent = waiting_of(page, summary="Tea twice.")
        waiting_of(page, trusted_person(), summary="Tea daily.")
        shown = desk.get(f"/review/{sent.pk}/").content.decode()
        assert "Somebody changed the same since" in shown and 'value="accept"' not in shown
        assert "changed in the same place" in desk.post(f"/review/{sent.pk}/", {"do": "accept"}).content.decode()

    def test_one_change_asks_few_questions_of_the_database(self, desk, page):
        sent = waiting_of(page, cost="Nothing")
        desk.get(f"/review/{sent.pk}/")
        with CaptureQueriesContext(connection) as asked:
            desk.get(f"/review/{sent.pk}/")
        assert len(asked) <= 50, [each["sql"][:90] for each in asked]

    def test_the_list_asks_few_questions_however_long_it_is(self, desk, page):
        for number in range(12):
            waiting_of(page, cost=f"{number}")
        desk.get("/review/")
        with CaptureQueriesContext(connection) as asked:
            desk.get("/review/")
        assert len(asked) <= 12, [each["sql"][:90] for each in asked]

    def test_a_locked_page_takes_nothing(self, desk, page):
        sent = waiting_of(page, cost="Nothing")
        PracticePage.objects.filter(pk=page.pk).update(locked=True)
        assert "The page is locked" in desk.post(f"/review/{sent.pk}/", {"do": "accept"}).content.decode()


def test_hostile_words_come_out_as_text_everywhere(client, page, moderator):
    words = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    client.force_login(person := UserFactory())
    sent = waiting_of(page, person, what_it_is=words, title=words[:60])
    ProposedEdit.objects.filter(pk=sent.pk).update(note=words)
    addresses = [f"/proposals/{sent.pk}/", f"/proposals/{sent.pk}/preview/", "/proposals/"]
    for address in addresses:
        assert "<script>alert" not in client.get(address).content.decode()
    client.force_login(moderator)
    for address in ("/review/", f"/review/{sent.pk}/"):
        assert "<script>alert" not in client.get(address).content.decode()
    client.post(f"/review/{sent.pk}/", {"do": "accept"})
    for address in (
        "history/",
        f"compare/{page.latest_revision_id}/{PracticePage.objects.get(pk=page.pk).latest_revision_id}/",
    ):
        text = client.get(f"/practices/tea/{address}").content.decode()
        assert "<script>alert" not in text and "&lt;script&gt;" in text
    assert reverse("contributions:review") == "/review/"
