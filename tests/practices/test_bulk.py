"""Many practices at once: what is left behind is what publishing each of them leaves."""

import threading
import uuid
from datetime import UTC, datetime

import pytest
import time_machine
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.actions.revert_to_page_revision import RevertToPageRevisionAction
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision

from bench.library import made_practices
from bench.terms import made_terms
from contributions.applying import apply_changes
from contributions.content import Change
from practices.bulk import NewPractice, PracticeLoadError, load_practices
from practices.models import (
    BeneficiaryGroup,
    Library,
    Outcome,
    PracticeIndexPage,
    PracticePage,
    PracticeTotals,
    Principle,
    kind_model,
    practice_models,
)
from practices.models.rows import PracticeRow
from practices.services import merge_terms, save_term
from practices.signals import practice_changed
from practices.starter import VOCABULARIES, load_vocabularies
from search.documents import documents_for
from search.models import IndexQueue
from tests.factories.people import UserFactory
from tests.factories.practices import PracticeFactory

pytestmark = pytest.mark.django_db
SOURCE, ESSENTIAL = uuid.uuid4(), uuid.uuid4()
TABLES = [Page, *practice_models(), *PracticeRow.__subclasses__(), PracticeTotals, Revision, PageLogEntry]
TABLES += [PracticePage.outcomes.through, PracticePage.beneficiary_groups.through, ReferenceIndex]
# Numbers that nothing names come in whatever order the rows were written in.
UNNAMED = {ReferenceIndex, PracticePage.outcomes.through, PracticePage.beneficiary_groups.through}


@pytest.fixture
def terms(library):
    """The terms that the made-up library names."""
    load_vocabularies()
    for name, made in made_terms().items():
        VOCABULARIES[name].objects.bulk_create(
            VOCABULARIES[name](slug=term.slug, label=term.label, also=term.also, sort_order=100) for term in made
        )


def new(title="Tea at the gate", **given):
    """A practice with the least that is needed, and what a test adds."""
    fields = {"title": title, "summary": "People meet and listen.", **given.pop("fields", {})}
    return NewPractice(fields=fields, **given)


def full(**given):
    """A practice with something in every list."""
    rows = {
        "sources": [{"key": SOURCE, "title": "Notes", "url": "https://example.org/", "parts": ["steps", "changes"]}],
        "principles": [{"principle": "listening", "how": "Nobody hurries."}, {"principle": "prevention"}],
        "essentials": [{"key": ESSENTIAL, "text": "Stay."}, {"text": "Listen."}],
        "steps": [{"text": "Begin."}],
        "questions": [{"text": "Who is missing?"}],
        "changes": [
            {"claim": "Less alone.", "outcome": "less-loneliness", "basis": "counted", "figure": "9", "source": SOURCE},
            {"claim": "Somebody was glad.", "told_by": "took-part"},
        ],
        "voices": [{"quote": "I came back.", "said_by": "a neighbour", "source": SOURCE}],
    }
    fields = {"nations": ["wales", "england"], "latitude": "51.5", "longitude": "-3.25", "since": 2011}
    fields |= {
        "status": "active",
        "status_reported": "2024-05",
        "website": "https://example.org/tea",
        "cost": "£5 “each”",
    }
    return new(
        **{
            "fields": fields,
            "outcomes": ["mental-health", "less-loneliness"],
            "beneficiary_groups": ["older-people"],
            "rows": rows,
            **given,
        }
    )


def publish_ordinarily(given, by):
    """The page of a NewPractice, made the way the site makes one."""
    page = kind_model(given.kind)(slug=given.slug, live=False, owner=by, **given.fields)
    for name in ("outcomes", "beneficiary_groups"):
        model = VOCABULARIES[name]
        setattr(page, name, [model.objects.get(slug=slug) for slug in getattr(given, name)])
    for name, rows in given.rows.items():
        model = PracticePage._meta.get_field(name).related_model
        setattr(page, name, [model(sort_order=place, **row_values(row)) for place, row in enumerate(rows)])
    page.adapted_from = PracticePage.objects.get(slug=given.adapted_from) if given.adapted_from else None
    PracticeIndexPage.objects.get().add_child(instance=page)
    page.save_revision(user=by).publish(user=by)


def row_values(row):
    values = dict(row)
    if "principle" in row:
        values["principle"] = Principle.objects.get(slug=row["principle"])
    if row.get("outcome"):
        values["outcome"] = Outcome.objects.get(slug=row["outcome"])
    return values


def everything():
    """What stands in the tables of practices, without the random keys that nothing but the page itself names."""
    found = {}
    for model in TABLES:
        rows = list(model._base_manager.order_by("pk").values())
        for row in rows:
            for name in ("translation_key", "id" if model in UNNAMED else ""):
                row.pop(name, None)
            if model is Revision:
                row["content"].pop("translation_key")
        found[model.__name__] = sorted(rows, key=str) if model in UNNAMED else rows
    found["documents"] = list(documents_for(Page.objects.values_list("pk", flat=True)))
    found["queue"] = set(IndexQueue.objects.values_list("object_id", flat=True))
    found["named"] = {model.__name__: set(model.objects.filter(named=True)) for model in VOCABULARIES.values()}
    return found


def left_by(act):
    """What stands in the database after something, which is then undone, down to the next keys."""
    with transaction.atomic():
        # PostgreSQL takes no number back that it gave out in a transaction that was undone.
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(statement)
        act()
        found = everything()
        transaction.set_rollback(True)
    return found


KIND_FIELDS = {
    "other": {},
    "poverty-truth-commission": {"months_to_decide": 6, "facilitation": "Three who share it"},
    "self-reliant-group": {"size": "Eight", "how_they_save": "A pound a week"},
    "community-connector": {"how_people_come": "both", "first_question": "What makes a good day?"},
}


@pytest.mark.database
@pytest.mark.parametrize("kind", KIND_FIELDS)
def test_each_kind_is_left_as_publishing_it_leaves_it_table_by_table(terms, kind):
    given = full(kind=kind)
    given.fields.update(KIND_FIELDS[kind])
    assert_same([given], None)


def test_made_up_practices_with_their_local_versions_are_left_as_publishing_them_leaves_them(terms):
    made = list(made_practices(60))
    versions = [practice for practice in made if practice.adapted_from][:3]
    originals = {practice.adapted_from for practice in versions}
    chosen = [
        practice for practice in made if practice in made[:4] or practice.slug in originals or practice in versions
    ]
    assert versions and all(practice.rows["adaptation"] for practice in versions)
    assert_same([undated(practice) for practice in chosen], UserFactory(administrator=True))


def undated(practice):
    names = ("fields", "kind", "slug", "outcomes", "beneficiary_groups", "rows", "adapted_from")
    return NewPractice(**{name: getattr(practice, name) for name in names})


def assert_same(given, by):
    for practice in given:
        for rows in practice.rows.values():
            for row in rows:
                row.setdefault("key", uuid.uuid4())
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        ordinary = left_by(lambda: [publish_ordinarily(practice, by) for practice in given])
        bulk = left_by(lambda: load_practices(practices=given, by=by))
    for name, rows in ordinary.items():
        assert bulk[name] == rows, name
    assert len(bulk["PracticePage"]) == len(given)
    assert len(bulk["PageLogEntry"]) >= 2 * len(given)


@pytest.fixture
def heard():
    """The ids that practice_changed was sent with, and whether a transaction was open, for each time."""
    calls = []

    def receive(sender, ids, **kwargs):
        calls.append((ids, PracticePage.objects.filter(pk__in=ids).count()))

    practice_changed.connect(receive)
    yield calls
    practice_changed.disconnect(receive)


def test_the_change_is_told_once_a_batch_inside_its_transaction(terms, heard):
    before, told = Library.objects.current().version, []
    loaded = load_practices(practices=[new(f"Tea {n}") for n in range(7)], batch_size=3, progress=told.append)
    assert loaded == 7
    assert told == [3, 6, 7]
    assert [(len(ids), there) for ids, there in heard] == [(3, 3), (3, 3), (1, 1)]
    assert Library.objects.current().version == before + 3
    assert IndexQueue.objects.count() == 7


def test_the_number_of_queries_does_not_grow_with_the_batch(terms):
    def queries(practices):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            load_practices(practices=practices)
        return len(captured)

    load_practices(practices=[full(title="The first, which marks the terms")])
    few = queries([full(title=f"Few {n}") for n in range(2)])
    assert queries([full(title=f"Many {n}") for n in range(60)]) == few


def test_the_tree_stays_whole_between_pages_made_in_both_ways(terms):
    first = PracticeFactory(title="Made by hand")
    load_practices(practices=[new(f"Tea {n}") for n in range(40)], batch_size=15)
    last = PracticeFactory(title="Made by hand again")
    index = PracticeIndexPage.objects.get()
    assert Page.find_problems() == ([], [], [], [], [])
    assert index.numchild == index.get_children().count() == 42
    titles = [page.title for page in index.get_children()]
    assert titles == [first.title, *(f"Tea {n}" for n in range(40)), last.title]
    assert Page.objects.get(slug="tea-39").url_path == index.url_path + "tea-39/"


def test_addresses_are_made_from_titles_and_never_taken_twice(terms):
    PracticeFactory(title="Tea", slug="tea")
    titles = ["Tea", "Tea", "New", "茶", "茶", "Tea 2"]
    load_practices(practices=[new(title) for title in titles], batch_size=4)
    load_practices(practices=[new("Tea") for _ in range(20)])
    slugs = list(PracticePage.objects.order_by("path").values_list("slug", flat=True))
    assert slugs[:7] == ["tea", "tea-2", "tea-3", "new-2", "practice", "practice-2", "tea-2-2"]
    assert slugs[7:] == [f"tea-{n}" for n in range(4, 24)]


def test_an_address_that_is_asked_for_goes_before_one_made_from_a_title(terms):
    load_practices(practices=[new("Tea"), new("Something else", slug="tea")])
    assert set(PracticePage.objects.values_list("title", "slug")) == {("Tea", "tea-2"), ("Something else", "tea")}


def test_merged_and_renamed_terms_mean_the_term_of_today_and_nothing_stands_twice(terms):
    lonely, heard_of = Outcome.objects.get(slug="less-loneliness"), Outcome.objects.get(slug="mental-health")
    listening, prevention = Principle.objects.get(slug="listening"), Principle.objects.get(slug="prevention")
    merge_terms(source=lonely, target=heard_of)
    merge_terms(source=prevention, target=listening)
    group = BeneficiaryGroup.objects.get(slug="older-people")
    group.slug = "elders"
    save_term(term=group)
    load_practices(practices=[full()])
    page = PracticePage.objects.get()
    assert list(page.outcomes.all()) == [heard_of]
    assert list(page.beneficiary_groups.all()) == [group]
    assert [row.principle for row in page.principles.all()] == [listening]
    assert page.reported_outcome_ids == {heard_of.pk}
    content = page.latest_revision.content
    assert content["outcomes"] == [heard_of.pk]
    assert [row["principle"] for row in content["principles"]] == [listening.pk]
    assert Outcome.objects.get(pk=heard_of.pk).named and not Outcome.objects.get(slug="fewer-crises").named


def test_dates_from_elsewhere_are_kept_and_the_log_tells_when_it_was_loaded(terms):
    first, last = datetime(2016, 2, 3, tzinfo=UTC), datetime(2019, 4, 5, tzinfo=UTC)
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        load_practices(practices=[new("Old", first_published_at=first, last_published_at=last), new("Of today")])
        now = datetime.now(UTC)
    old, today = (PracticePage.objects.get(title=title) for title in ("Old", "Of today"))
    assert (old.first_published_at, old.last_published_at) == (first, last)
    assert (today.first_published_at, today.last_published_at) == (now, now)
    assert set(PageLogEntry.objects.filter(page=old).values_list("timestamp", flat=True)) == {now}
    assert old.latest_revision.created_at == now
    old.save_revision().publish()
    assert PracticePage.objects.get(title="Old").first_published_at == first


def test_a_loaded_page_is_edited_unpublished_and_reverted_like_any_other(client, terms):
    person = UserFactory(administrator=True)
    load_practices(practices=[full(kind="self-reliant-group", fields={"size": "Eight"})], by=person)
    page = PracticePage.objects.get().specific
    assert (page.kind, page.size, page.owner) == ("self-reliant-group", "Eight", person)
    client.force_login(person)
    apply_changes(page=page, changes={"title": Change(page.title, "Another title")}, by=person)
    edited = PracticePage.objects.get().specific
    assert (edited.title, edited.slug, edited.live) == ("Another title", page.slug, True)
    assert {row.key for row in edited.essentials.all()} == {row.key for row in page.essentials.all()}
    first = edited.revisions.order_by("pk").first()
    assert first == page.latest_revision
    RevertToPageRevisionAction(edited, first, user=person).execute().publish(user=person)
    assert PracticePage.objects.get().title == page.title
    assert client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk])).status_code == 302
    assert not PracticePage.objects.visible().exists()
    assert client.get(reverse("practices:practice", args=[page.slug])).status_code == 404


def test_local_versions_name_originals_of_this_batch_and_of_earlier_ones(terms):
    told = {"adaptation": [{"essential": ESSENTIAL, "taken": "kept"}, {"essential": ESSENTIAL, "taken": "changed"}]}
    versions = [new(f"Version {n}", adapted_from="tea-at-the-gate", rows=told) for n in range(2)]
    load_practices(practices=[full(slug="tea-at-the-gate"), *versions], batch_size=2)
    original = PracticePage.objects.get(slug="tea-at-the-gate")
    assert original.local_versions.count() == 2
    assert [row.taken for version in original.local_versions.all() for row in version.adaptation.all()] == ["kept"] * 2


ROW = {"essentials": [{"text": "Stay."}]}
WRONG = {
    "no title": (NewPractice(fields={"summary": "s"}), "title: A practice needs this."),
    "empty title": (new(""), "title: A practice needs this."),
    "no summary": (NewPractice(fields={"title": "Tea"}), "“Tea”): summary: A practice needs this."),
    "long summary": (new(fields={"summary": "s" * 301}), "summary: At most 300 characters: this has 301."),
    "number for text": (new(fields={"place": 3}), "place: This is not text."),
    "null character": (new(fields={"cost": "a\x00b"}), "cost: This holds a null character."),
    "unknown field": (new(fields={"colour": "red"}), "colour: There is no such part."),
    "field of another kind": (new(fields={"size": "Eight"}), "size: There is no such part."),
    "unknown kind": (new(kind="club"), "kind: Choose from: other, "),
    "unknown status": (new(fields={"status": "gone"}), "status: Choose from: proposed, active"),
    "list for status": (new(fields={"status": ["active"]}), "status: Choose from: "),
    "unknown nation": (new(fields={"nations": ["france"]}), "nations: Choose from: england"),
    "nations as text": (new(fields={"nations": "wales"}), "nations: Choose from: england"),
    "year": (new(fields={"since": 3000}), "since: Ensure this value is less than or equal to 2100"),
    "year that is true": (new(fields={"since": True}), "since: This is not of the right type."),
    "address of website": (new(fields={"website": "javascript:alert(1)"}), "website: Enter a valid URL."),
    "month": (new(fields={"status": "active", "status_reported": "2019-13"}), "status_reported: Write the year"),
    "report of nothing": (new(fields={"status_reported": "2019-07"}), "status: Say what was reported then."),
    "half a place": (new(fields={"latitude": "51.5"}), "latitude: Give both latitude and longitude, or neither."),
    "no such place": (new(fields={"latitude": "91", "longitude": "0"}), "latitude: There is no such place"),
    "reserved slug": (new(slug="new"), "slug: This is a word of the site’s own addresses."),
    "slug with spaces": (new(slug="a b"), "slug: Enter a valid “slug”"),
    "taken slug": (new(slug="taken"), "slug: The address “taken” is taken."),
    "unknown outcome": (new(outcomes=["joy"]), "outcomes: The vocabulary has no term “joy”."),
    "term that is no slug": (new(beneficiary_groups=[["a"]]), "beneficiary_groups: The vocabulary has no term"),
    "unknown list": (new(rows={"tips": []}), "tips: There is no such list."),
    "unknown field of a row": (new(rows={"steps": [{"words": "a"}]}), "steps, row 1, words: There is no such part."),
    "empty row": (new(rows={"steps": [{"text": "a"}, {}]}), "steps, row 2, text: A practice needs this."),
    "long row": (new(rows={"essentials": [{"text": "e" * 301}]}), "essentials, row 1, text: At most 300"),
    "row that is no row": (new(rows={"steps": ["Begin."]}), "steps, row 1: Write the fields of a row by their names."),
    "equal keys": (
        new(rows={"steps": [{"key": SOURCE, "text": "a"}, {"key": SOURCE, "text": "b"}]}),
        "steps, row 2, key: Another row of this list has the same.",
    ),
    "key as text": (new(rows={"steps": [{"key": "a", "text": "a"}]}), "steps, row 1, key: This is not a UUID."),
    "principle without term": (new(rows={"principles": [{"how": "a"}]}), "principles, row 1, principle: A practice"),
    "unknown principle": (
        new(rows={"principles": [{"principle": "x"}]}),
        "principles, principle: The vocabulary has no",
    ),
    "unknown outcome of a change": (
        new(rows={"changes": [{"claim": "c", "outcome": "joy"}]}),
        "changes, outcome: The vocabulary has no term “joy”.",
    ),
    "unknown source": (
        new(rows={"voices": [{"quote": "q", "source": SOURCE}]}),
        "voices, row 1, source: The list of sources has no such row.",
    ),
    "unknown original": (new(adapted_from="nowhere"), "adapted_from: There is no practice “nowhere” before this one."),
    "adaptation of nothing": (
        new(rows={"adaptation": [{"essential": SOURCE, "taken": "kept"}]}),
        "adaptation: These speak of an original",
    ),
    "unknown essential": (
        new(adapted_from="taken", rows={"adaptation": [{"essential": SOURCE, "taken": "kept"}]}),
        "adaptation, essential: The original has no such essential.",
    ),
    "no time zone": (new(first_published_at=datetime(2020, 1, 1)), "first_published_at: Say in which time zone."),
}


def test_what_is_wrong_is_told_with_the_practice_and_the_part_and_leaves_nothing(terms):
    PracticeFactory(title="Taken", slug="taken")
    before = everything()
    for name, (practice, message) in WRONG.items():
        with pytest.raises(PracticeLoadError) as caught:
            load_practices(practices=[new("Good"), full(title="Better"), practice])
        assert message in str(caught.value), name
        assert str(caught.value).startswith("Practice 3"), name
        assert (caught.value.number, caught.value.loaded) == (3, 0)
    assert everything() == before


@pytest.mark.database
def test_a_batch_that_fails_leaves_those_before_it_and_the_rest_can_be_tried_again(terms):
    practices = [new(f"Tea {n}") for n in range(8)]
    practices[5] = new("Tea 5", outcomes=["joy"])
    with pytest.raises(PracticeLoadError, match="Practice 6 ") as caught:
        load_practices(practices=practices, batch_size=2)
    assert caught.value.loaded == PracticePage.objects.count() == PracticeIndexPage.objects.get().numchild == 4
    practices[5] = new("Tea 5", outcomes=["less-loneliness"])
    assert load_practices(practices=practices[caught.value.loaded :], batch_size=2) == 4
    assert [page.title for page in PracticeIndexPage.objects.get().get_children()] == [f"Tea {n}" for n in range(8)]
    assert Page.find_problems() == ([], [], [], [], [])


def test_nothing_to_load_is_nothing_done(terms, heard):
    assert load_practices(practices=[]) == 0
    assert heard == []


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_and_somebody_at_the_desk_do_not_collide(terms):
    errors = []

    def run(act):
        try:
            act()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    def load():
        load_practices(practices=[full(title=f"Tea {n % 7}") for n in range(30)], batch_size=5)

    def by_hand():
        for _ in range(5):
            PracticeFactory(title="Tea 1", slug="")

    threads = [threading.Thread(target=run, args=(act,)) for act in (load, load, by_hand)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    pages = PracticePage.objects.all()
    assert pages.count() == PracticeIndexPage.objects.get().numchild == 65
    assert len(set(pages.values_list("slug", flat=True))) == len(set(pages.values_list("path", flat=True))) == 65
    assert Page.find_problems() == ([], [], [], [], [])
