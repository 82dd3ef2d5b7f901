"""Changes put into a page: whole or not at all, in the author's name, and nobody's words lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from wagtail.models import PageLogEntry, Revision

from contributions.applying import ConflictError, PageIsLockedError, apply_changes
from contributions.content import Change, changes_between, content_of, merges_of, put_content
from practices.models import PracticePage, PracticeTotals
from practices.services import merge_terms
from tests.factories.people import UserFactory
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    CommunityConnectorFactory,
    OutcomeFactory,
    PovertyTruthCommissionFactory,
    PracticeFactory,
    PrincipleFactory,
    SelfReliantGroupFactory,
    tried_in,
)

pytestmark = pytest.mark.database

KINDS = [PracticeFactory, PovertyTruthCommissionFactory, SelfReliantGroupFactory, CommunityConnectorFactory]


@pytest.fixture
def page(library):
    return PracticeFactory(
        title="Tea for all",
        summary="Tea once a week.",
        what_it_is="We meet.\n\nWe talk.",
        steps=["Find a room", "Ask people in"],
        outcomes=[OutcomeFactory()],
        principles=[PrincipleFactory()],
        changes=[{"claim": "More talk", "outcome": OutcomeFactory()}],
        nations=["wales", "england"],
        latitude="51.50000",
        longitude="-0.1",
    )


def left_as(page: PracticePage, **fields) -> dict[str, Change]:
    """What somebody changed who read the page as it is."""
    before = content_of(page.specific)
    return changes_between(before, before | fields)


def now(page: PracticePage) -> PracticePage:
    return PracticePage.objects.get(pk=page.pk).specific


@pytest.mark.django_db
class TestContent:
    @pytest.mark.parametrize("factory", KINDS)
    def test_a_page_of_each_kind_goes_into_values_and_back(self, library, factory):
        page = factory(steps=["One", "Two"], outcomes=[OutcomeFactory()], principles=[PrincipleFactory()]).specific
        said = content_of(page)
        other = type(page)(title="Other")
        put_content(other, said)
        assert content_of(other) == said

    def test_it_holds_all_that_a_page_says(self, page):
        """A field that is new has to be told how it is merged, or an edit would leave it out."""
        model = PracticePage
        not_said = {"photo", "adapted_from", "sort_title", "page_ptr"}
        fields = {field.name for field in model._meta.get_fields() if field.model is model and field.concrete}
        rows = {relation.related_name for relation in model._meta.related_objects if hasattr(relation, "related_model")
                and issubclass(relation.related_model, model.steps.rel.related_model.__mro__[1])}  # fmt: skip
        assert (fields - not_said) | rows | {"title"} == set(merges_of(model))

    def test_values_that_json_holds(self, page):
        import json

        said = content_of(now(page))
        assert json.loads(json.dumps(said)) == said
        assert said["latitude"] == "51.5"

    def test_blanks_at_the_end_are_no_change(self, page):
        assert left_as(page, what_it_is="We meet.\r\n\r\nWe talk. \n") == {}


@pytest.mark.django_db
class TestApplying:
    def test_it_is_published_in_the_authors_name(self, page):
        author = UserFactory()
        revision = apply_changes(page=page, changes=left_as(page, cost="Nothing"), by=author)
        assert now(page).cost == "Nothing"
        assert (revision.user, now(page).latest_revision_id, now(page).live_revision_id) == (
            author,
            revision.pk,
            revision.pk,
        )
        assert PageLogEntry.objects.filter(page=page, user=author, action="wagtail.publish").exists()

    def test_two_who_began_from_the_same_page_both_keep_their_words(self, page):
        before = content_of(now(page))
        steps = before["steps"]
        mine = changes_between(before, before | {"what_it_is": "We meet on Mondays.\n\nWe talk.", "steps": steps[::-1]})
        new = {**steps[0], "key": "5ac4b7d8-0000-4000-8000-000000000001", "text": "Bake"}
        theirs = changes_between(before, before | {"what_it_is": "We meet.\n\nWe sing.", "steps": [*steps, new]})
        apply_changes(page=page, changes=theirs, by=UserFactory())
        apply_changes(page=page, changes=mine, by=UserFactory())
        assert now(page).what_it_is == "We meet on Mondays.\n\nWe sing."
        assert [step.text for step in now(page).steps.all()] == ["Ask people in", "Bake", "Find a room"]

    def test_rows_keep_their_keys(self, page):
        before = content_of(now(page))
        steps = [{**step, "text": step["text"] + "!"} for step in before["steps"]]
        apply_changes(page=page, changes=changes_between(before, before | {"steps": steps}), by=UserFactory())
        assert [step["key"] for step in content_of(now(page))["steps"]] == [step["key"] for step in before["steps"]]

    def test_the_same_words_changed_by_two_are_a_conflict_and_nothing_is_written(self, page):
        mine = left_as(page, summary="Tea twice a week.", cost="Little")
        apply_changes(page=page, changes=left_as(page, summary="Tea daily."), by=UserFactory())
        revisions = Revision.objects.count()
        with pytest.raises(ConflictError) as refused:
            apply_changes(page=page, changes=mine, by=UserFactory())
        (conflict,) = refused.value.merged.conflicts["summary"]
        assert (conflict.mine, conflict.theirs) == ("Tea twice a week.", "Tea daily.")
        assert (now(page).cost, Revision.objects.count()) == ("", revisions)

    def test_what_is_there_already_makes_no_revision(self, page):
        mine = left_as(page, summary="Tea daily.")
        apply_changes(page=page, changes=mine, by=UserFactory())
        assert apply_changes(page=page, changes=mine, by=UserFactory()) is None

    def test_a_locked_page_is_left_alone(self, page):
        changes = left_as(page, cost="Nothing")
        PracticePage.objects.filter(pk=page.pk).update(locked=True)
        with pytest.raises(PageIsLockedError):
            apply_changes(page=page, changes=changes, by=UserFactory())

    @pytest.mark.parametrize(
        "fields", [{"title": ""}, {"status": "nowhere"}, {"nations": ["france"]}, {"since": "soon"}, {"latitude": None}]
    )
    def test_what_is_not_valid_is_refused_whole(self, page, fields):
        with pytest.raises(ValidationError):
            apply_changes(page=page, changes=left_as(page, cost="Nothing", **fields), by=UserFactory())
        assert now(page).cost == ""

    def test_a_term_that_was_merged_since_becomes_its_target(self, page):
        old, target = BeneficiaryGroupFactory(), BeneficiaryGroupFactory()
        changes = left_as(page, beneficiary_groups=[old.pk])
        merge_terms(source=old, target=target)
        apply_changes(page=page, changes=changes, by=UserFactory())
        assert list(now(page).beneficiary_groups.all()) == [target]

    def test_fields_that_the_kind_does_not_have_are_left_out(self, page):
        changes = left_as(page, cost="Nothing") | {"locked": Change(False, True), "size": Change("", "ten")}
        apply_changes(page=page, changes=changes, by=UserFactory())
        assert (now(page).cost, now(page).locked) == ("Nothing", False)

    def test_totals_written_in_between_stay(self, page):
        tried_in(page, helped=3)
        apply_changes(page=page, changes=left_as(page, cost="Nothing"), by=UserFactory())
        assert PracticeTotals.objects.get(page_id=page.pk).places == 3

    def test_an_odd_change_of_another_shape_is_refused_and_not_a_crash(self, page):
        steps = Change([], [{"key": "no uuid", "text": "x"}])
        with pytest.raises(ValidationError):
            apply_changes(page=page, changes={"steps": steps}, by=UserFactory())


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_nothing(page):
    before = content_of(now(page))
    author = UserFactory()

    def add(number: int) -> None:
        row = {**before["steps"][0], "key": f"5ac4b7d8-0000-4000-8000-{number:012}", "text": f"Step {number}"}
        try:
            changes = changes_between(before, before | {"steps": [*before["steps"], row]})
            apply_changes(page=page, changes=changes, by=author)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(12)))
    texts = [step.text for step in now(page).steps.all()]
    assert sorted(texts) == sorted(["Find a room", "Ask people in", *(f"Step {number}" for number in range(12))])
    assert Revision.objects.for_instance(page).count() >= 12
