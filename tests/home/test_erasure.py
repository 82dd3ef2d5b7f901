"""Erasure: afterwards no store holds it, whichever is searched."""

import sqlite3
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import caches
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.http import QueryDict
from django.test import Client

from contributions import reviewing, services
from contributions.models import ProposedEdit
from feedback.models import Pledge, Rating, RuledOut, TriedReport
from feedback.services import report_harm
from feedback.totals import check_totals
from feedback.tried.services import return_report
from home.erasure import (
    MARK,
    Passage,
    erase_passage,
    erase_person,
    find_passage,
    finish_erasures,
    searched_models,
    text_columns,
)
from people.handles import is_free
from people.messages import tell
from people.models import Event, FormerHandle, Message, OutgoingMail
from people.services import change_handle
from practices.models import Library, PracticePage, PracticeTotals
from search.models import TypedSearch, WantedPractice
from search.query import SearchQuery
from search.services import rebuild_index, search_library
from tests.factories.contributions import draft_of, trusted_person, waiting_of, writer
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory
from tests.factories.tried import checker, sent, shown
from tests.stores import everything_in_the_database

pytestmark = pytest.mark.django_db
NAME = "Zebedee O’Quill"
SENTENCE = f"One man of 61 called {NAME} from the harbour flats came."


@pytest.fixture
def administrator(library):
    return UserFactory(administrator=True)


@pytest.fixture
def page(library):
    return PracticeFactory(title="Tea for all", slug="tea", what_it_is="We meet.", essentials=["Listen."])


def files_holding(word, settings):
    """The files of this library's index in which a word stands; other tests left indexes of other libraries."""
    own = str(Library.objects.current().uuid)
    files = [path for path in Path(settings.SEARCH_INDEX_DIR).rglob("*") if path.is_file() and own in str(path)]
    assert files
    return [path for path in files if word in path.read_bytes()]


def stores(administrator):
    """Every answer of the site that could show it, as text."""
    browser = Client()
    browser.force_login(administrator)
    addresses = ["/", "/practices/", "/practices/tea/", "/practices/tea/history/", "/changes/?starter=yes", "/wanted/",
                 "/changes/feed/", "/practices/tea/feed/", "/review/", "/review/reports/", "/review/log/",
                 "/messages/", "/search/?q=tea", "/practices/tea/print/"]  # fmt: skip
    for proposal in ProposedEdit.objects.all():
        addresses += [f"/review/{proposal.pk}/", f"/proposals/{proposal.pk}/"]
    for revision in PracticePage.objects.get(slug="tea").revisions.all():
        addresses.append(f"/practices/tea/history/{revision.pk}/")
    return "\n".join(browser.get(address, follow=True).content.decode() for address in addresses)


@pytest.fixture
def everywhere(page, moderator, settings, tmp_path):
    """The sentence, wherever a sentence can stand."""
    author = trusted_person()
    draft = draft_of(page, writer(author), what_it_is=f"We meet.\n\n{SENTENCE}")
    services.note_draft(proposal=draft, by=writer(author), note=f"about {NAME}", consent="yes")
    services.send_proposal(proposal=draft, by=writer(author))
    waiting_of(page, UserFactory(), local_form=SENTENCE.replace(" O", "\n O"))
    asked = waiting_of(page, UserFactory(), essentials=[{"key": str(page.essentials.get().key), "text": SENTENCE}])
    reviewing.reject_proposal(proposal=asked, by=moderator, reason=f"{NAME} was not asked", next_step="Ask")
    page.refresh_from_db()
    page.title = f"Tea with {NAME}"
    page.save_revision(user=author).publish()
    shown(page, place=f"{NAME} at home", sentence=SENTENCE, essentials={page.essentials.get().key: ("kept", SENTENCE)})
    step = {"page": page, "person": author, "step": SENTENCE, "place": NAME, "ask_after": "two-weeks"}
    Pledge.objects.create(ask_on="2026-01-01", **step)
    report_harm(target=page, reason="names", words=f"It names {NAME}", by=None, visitor="203.0.113.4")
    tell(author, about=page, title=f"About {NAME}", body=SENTENCE, path="/", action="Read it")
    OutgoingMail.objects.create(to="a@example.org", subject="x", body=SENTENCE)
    WantedPractice.objects.create(title=f"What {NAME} does", state="open")
    TypedSearch.objects.create(words=NAME.lower(), first_typed_on="2026-01-01", last_typed_on="2026-01-01")
    settings.MAIL_FOLDER = str(tmp_path)
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", str(tmp_path)
    EmailMessage("x", SENTENCE, to=["a@example.org"]).send()
    (tmp_path / "2.log").write_bytes(b"Subject: y\nTo: b@example.org\n\nSomething else\n")
    rebuild_index()
    return page


def holds(text):
    return any(part in text for part in ("Zebedee", "zebedee", "Quill", "quill"))


@pytest.mark.database
class TestPassage:
    def test_no_store_holds_it_any_more(self, everywhere, administrator, settings):
        assert holds(everything_in_the_database()) and holds(stores(administrator))
        assert search_library(SearchQuery.parse(QueryDict("q=zebedee"))).total
        found = erase_passage(passage=Passage(NAME), by=administrator)
        assert found.pages == {everywhere.pk} and found.mails == 1
        left = everything_in_the_database()
        assert not holds(left), [line for line in left.split("\n") if holds(line)]
        shown = stores(administrator)
        assert not holds(shown) and MARK in shown
        assert not search_library(SearchQuery.parse(QueryDict("q=zebedee"))).total
        finish_erasures()
        assert not files_holding(b"ebedee", settings)
        assert [path.name for path in Path(settings.MAIL_FOLDER).iterdir()] == ["2.log"], (
            "the mail that says something else went as well"
        )
        assert Event.objects.filter(what="practice.erased", target_id=everywhere.pk, who=administrator).exists()
        assert find_passage(Passage(NAME)).count == 0

    def test_two_reports_whose_places_are_erased_are_still_of_two_places(self, page, administrator):
        person = trusted_person()
        for place in (f"{NAME}, Leeds", f"{NAME}, Hull", NAME):
            shown(page, person, place=place, sentence="People came.")
        erase_passage(passage=Passage(NAME), by=administrator)
        assert not holds(everything_in_the_database())
        assert page.totals.places == 3 and list(check_totals()) == []
        for report in TriedReport.objects.all():
            return_report(report=report, by=checker(), version=report.version, reason="Say roughly where it was.")
        assert PracticeTotals.objects.get(page=page).places == 0

    @pytest.mark.parametrize("what", ["sentence", "essential"])
    def test_every_process_makes_the_pages_anew_that_show_what_was_told(self, page, administrator, what):
        essentials = {page.essentials.get().key: ("changed", NAME)} if what == "essential" else {}
        shown(page, sentence=NAME if what == "sentence" else "People came.", essentials=essentials)
        before = Library.objects.current().version
        erase_passage(passage=Passage(NAME), by=administrator)
        assert Library.objects.current().version > before

    def test_nobody_is_asked_at_an_address_that_is_erased(self, page, administrator):
        for each in (page, PracticeFactory()):
            Pledge.objects.create(
                page=each, email="zebedee@quill.example", step="Ask", ask_after="two-weeks", ask_on="2026-01-01"
            )
        erase_passage(passage=Passage("zebedee@quill.example"), by=administrator)
        assert not holds(everything_in_the_database())
        assert set(Pledge.objects.values_list("state", "email")) == {("stopped", "")}

    def test_what_stood_around_it_stays(self, everywhere, administrator):
        versions = everywhere.revisions.count()
        erase_passage(passage=Passage(NAME), by=administrator)
        page = PracticePage.objects.get(pk=everywhere.pk)
        assert page.title == f"Tea with {MARK}" and page.slug == "tea" and page.url_path.endswith("/tea/")
        assert page.what_it_is == f"We meet.\n\nOne man of 61 called {MARK} from the harbour flats came."
        assert page.revisions.count() == versions, "the history is cut"
        assert page.latest_revision.content["title"] == page.title
        Client().get("/practices/tea/")

    def test_a_kept_page_does_not_show_it(self, everywhere, administrator, settings):
        reader = Client()
        assert holds(reader.get("/practices/tea/").content.decode())
        erase_passage(passage=Passage(NAME), by=administrator)
        assert not holds(reader.get("/practices/tea/").content.decode())
        assert not holds(str(getattr(caches["pages"], "_cache", "")))

    def test_looking_changes_nothing(self, everywhere):
        before = everything_in_the_database()
        found = find_passage(Passage(NAME))
        assert found.count > 8 and everything_in_the_database() == before

    def test_part_of_a_word_is_another_word(self, page, administrator):
        waiting_of(page, trusted_person(), what_it_is="Ann and Annette meet annually. ANN pours.")
        erase_passage(passage=Passage("ann"), by=administrator)
        assert PracticePage.objects.get(pk=page.pk).what_it_is == f"{MARK} and Annette meet annually. {MARK} pours."

    @pytest.mark.parametrize("text", ["", "ab", "  ab \n", "x" * 2_001])
    def test_too_little_or_too_much_is_refused(self, text):
        with pytest.raises(ValidationError):
            Passage(text)

    @pytest.mark.parametrize("text", ["(a+)+$", "%_%", "'; DROP TABLE", "\\", "日本語の名前", "[…]"])
    def test_signs_are_only_signs(self, page, administrator, text):
        waiting_of(page, trusted_person(), what_it_is=f"We meet {text} here.")
        try:
            passage = Passage(text)
        except ValidationError:
            return
        erase_passage(passage=passage, by=administrator)
        assert PracticePage.objects.get(pk=page.pk).what_it_is in (f"We meet {MARK} here.", f"We meet {text} here.")

    def test_only_an_administrator_erases(self, page, moderator):
        with pytest.raises(PermissionDenied):
            erase_passage(passage=Passage("We meet"), by=moderator)

    def test_every_table_of_ours_is_looked_through(self):
        """A new table or column with words in it is found without anybody thinking of it."""
        looked = {model._meta.label for model in searched_models() if text_columns(model)}
        for label in ("practices.PracticePage", "practices.Essential", "practices.CommunityConnectorPage",
                      "contributions.ProposedEdit", "people.Message", "people.OutgoingMail", "people.Standing",
                      "feedback.Flag", "feedback.Concern", "feedback.TriedReport", "feedback.TriedEssential",
                      "feedback.Pledge", "search.WantedPractice", "search.TypedSearch",
                      "wagtailcore.Revision", "wagtailcore.PageLogEntry", "practices.Photo"):  # fmt: skip
            assert label in looked, label
        ours = {model for app in ("practices", "people", "contributions", "feedback", "search", "home")
                for model in apps.get_app_config(app).get_models()}  # fmt: skip
        left_out = ours - set(searched_models())
        assert {model._meta.label for model in left_out} == {
            "people.User", "people.FormerHandle", "people.VisitorKey", "people.RateCount", "people.Event",
        }  # fmt: skip
        wide = {(model._meta.label, column.name) for model in left_out for column in model._meta.local_concrete_fields
                if isinstance(column, models.TextField | models.JSONField)}  # fmt: skip
        assert not wide


class TestPerson:
    def test_nothing_is_left_that_tells_who_it_was(self, page, administrator, moderator):
        person = trusted_person(username="zebedee-quill", email="zebedee@quill.example")
        change_handle(person=person, handle="zebedee-the-quill")
        taken = waiting_of(page, person, cost="A pound")
        draft_of(page, writer(person), place="Where zebedee lives")
        reviewing.take_out(proposal=taken, by=moderator, reason="x", next_step="y")
        again = waiting_of(page, UserFactory(), place="Leeds")
        ProposedEdit.objects.filter(pk=again.pk).update(note="took back the change of zebedee-quill")
        told, never_shown = shown(page, person), sent(page, person, place="Elsewhere")
        TriedReport.objects.filter(pk=never_shown.pk).update(state="returned", reason="A name")
        Pledge.objects.create(page=page, person=person, step="Ask", ask_after="two-weeks", ask_on="2026-01-01")
        Rating.objects.create(page=page, person=person, stars=1)
        RuledOut.objects.create(page=page, person=person, why="rural")
        erase_person(person=person, by=administrator)
        assert not holds(everything_in_the_database())
        person.refresh_from_db()
        assert person.closed_at and person.public_name == "a former member"
        assert page.revisions.filter(user=person).exists(), "what they wrote is still by somebody"
        assert list(TriedReport.objects.all()) == [told], "what was shown stays, and names nobody"
        assert not (Pledge.objects.exists() or Rating.objects.exists() or RuledOut.objects.exists())
        assert list(check_totals()) == []
        assert not ProposedEdit.objects.filter(author=person).exclude(state="accepted").exists()
        assert not Message.objects.filter(person=person).exists()
        assert Event.objects.filter(what="person.erased", whose=person).exists()

    def test_still_nobody_else_is_given_the_handle(self, library, administrator):
        person = UserFactory(username="zebedee-quill")
        change_handle(person=person, handle="quill-zebedee")
        erase_person(person=person, by=administrator)
        assert not is_free("zebedee-quill") and not is_free("Quill-Zebedee") and is_free("maple-lane")
        assert not any(holds(handle) for handle in FormerHandle.objects.values_list("handle", flat=True))

    def test_in_the_browser_the_handle_is_typed_once_more(self, client, library, administrator):
        person = UserFactory(username="zebedee-quill")
        client.force_login(administrator)
        assert "another handle" in client.post("/people/zebedee-quill/erase/", {"handle": "x"}).content.decode()
        person.refresh_from_db()
        assert person.closed_at is None
        client.post("/people/zebedee-quill/erase/", {"handle": "Zebedee-Quill "})
        person.refresh_from_db()
        assert person.closed_at
        own = client.post(f"/people/{administrator.username}/erase/", {"handle": administrator.username})
        assert "last administrator" in own.content.decode()


class TestAtTheDesk:
    def test_it_is_looked_at_first_and_then_erased(self, client, page, administrator):
        client.force_login(administrator)
        assert "Write the words" in client.post("/review/erase/", {"do": "erase"}).content.decode()
        shown = client.post("/review/erase/", {"passage": "We meet", "do": "look"}).content.decode()
        assert "Tea for all" in shown and PracticePage.objects.get().what_it_is == "We meet."
        done = client.post("/review/erase/", {"passage": "we meet", "do": "erase"}).content.decode()
        assert "Erased in" in done and PracticePage.objects.get().what_it_is == f"{MARK}."

    @pytest.mark.parametrize("address", ["/review/erase/", "/people/zebedee-quill/erase/"])
    def test_it_is_for_administrators(self, client, library, moderator, address):
        UserFactory(username="zebedee-quill")
        assert client.get(address).status_code == 302
        for person in (UserFactory(), moderator):
            client.force_login(person)
            assert client.get(address).status_code == 403 == client.post(address, {"passage": "x"}).status_code

    def test_the_command(self, page, administrator, capsys):
        call_command("erase", "We meet")
        assert "Found in" in capsys.readouterr().out
        for wrong in (["We meet", "--erase"], ["We meet", "--erase", "--by", "nobody@example.org"], ["x"]):
            with pytest.raises(CommandError):
                call_command("erase", *wrong)
        call_command("erase", "We meet", "--erase", "--by", administrator.email)
        assert PracticePage.objects.get().what_it_is == f"{MARK}."


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("sqlite" not in connection.vendor, reason="it looks into the file of SQLite")
def test_the_file_of_the_database_does_not_hold_it_either(library):
    """Deleted rows stay in the free space of a file until it is written anew."""
    administrator = UserFactory(administrator=True)
    page = PracticeFactory(title="Tea for all", slug="tea", what_it_is="We meet.")
    waiting_of(page, trusted_person(), what_it_is="We meet Zebedee Quill every week.")
    file = Path(connection.settings_dict["NAME"])
    erase_passage(passage=Passage("Zebedee Quill"), by=administrator)
    assert (finish_erasures(), finish_erasures()) == (1, 0)
    for each in (file, file.with_name(f"{file.name}-wal")):
        assert not each.exists() or b"Zebedee" not in each.read_bytes()
    with sqlite3.connect(file) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
