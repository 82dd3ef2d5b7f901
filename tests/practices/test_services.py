import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision

from practices.models import (
    CommunityConnectorPage,
    FormerSlug,
    Outcome,
    PovertyTruthCommissionPage,
    PracticePage,
    Principle,
    SelfReliantGroupPage,
)
from practices.models.terms import TermInUseError
from practices.services import change_kind, merge_terms, pages_naming, save_term
from practices.signals import practice_changed
from tests.factories.people import UserFactory
from tests.factories.practices import (
    BeneficiaryGroupFactory,
    CommunityConnectorFactory,
    OutcomeFactory,
    PracticeFactory,
    PrincipleFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def heard():
    """The ids that practice_changed was sent with, a set for each time."""
    calls = []

    def receive(sender, ids, **kwargs):
        calls.append(ids)

    practice_changed.connect(receive)
    yield calls
    practice_changed.disconnect(receive)


def test_a_renamed_term_is_found_at_every_address_it_ever_had(library, heard):
    term = OutcomeFactory(slug="lonely")
    page = PracticeFactory(outcomes=[term])
    heard.clear()
    for slug in ("less-lonely", "less-loneliness"):
        term.slug = slug
        save_term(term=term)
    assert {slug: Outcome.objects.at_address(slug) for slug in ("lonely", "less-lonely", "less-loneliness", "joy")} == {
        "lonely": term,
        "less-lonely": term,
        "less-loneliness": term,
        "joy": None,
    }
    assert heard == [{page.pk}, {page.pk}]


def test_a_term_may_go_back_to_its_own_old_address_but_not_take_anothers(library):
    term = OutcomeFactory(slug="lonely")
    for slug in ("less-lonely", "lonely"):
        term.slug = slug
        save_term(term=term)
    assert set(FormerSlug.objects.values_list("slug", flat=True)) == {"less-lonely"}
    with pytest.raises(ValidationError, match="once the address of another term"):
        save_term(term=OutcomeFactory.build(label="Another", slug="less-lonely"))


def test_labels_are_unique_whatever_their_capitals(library):
    OutcomeFactory(label="Less loneliness")
    with pytest.raises(ValidationError, match="label already"):
        save_term(term=OutcomeFactory.build(label="LESS LONELINESS"))


def test_a_merge_moves_every_use_once_and_keeps_words_and_address(library, heard):
    source = OutcomeFactory(slug="lonely", label="Lonely", also=["alone", "isolated"])
    target = OutcomeFactory(slug="less-loneliness", also=["alone"])
    both = PracticeFactory(outcomes=[source, target])
    one = PracticeFactory(outcomes=[source], changes=[{"claim": "It changed.", "outcome": source}])
    heard.clear()
    merge_terms(source=source, target=target, by=UserFactory())
    for page in (both, one):
        assert list(PracticePage.objects.get(pk=page.pk).outcomes.all()) == [target]
    assert PracticePage.objects.get(pk=one.pk).changes.get().outcome == target
    target.refresh_from_db()
    assert target.also == ["alone", "Lonely", "isolated"]
    assert Outcome.objects.at_address("lonely") == target
    assert list(Outcome.objects.current()) == [target]
    assert heard == [{both.pk, one.pk}]


def test_a_merge_of_principles_leaves_each_page_with_the_target_once(library):
    source, target = PrincipleFactory(), PrincipleFactory()
    page = PracticeFactory(principles=[source, {"principle": target, "how": "It shows."}])
    merge_terms(source=source, target=target)
    rows = PracticePage.objects.get(pk=page.pk).principles.all()
    assert [(row.principle, row.how) for row in rows] == [(target, "It shows.")]


def test_terms_of_two_vocabularies_or_merged_ones_cannot_be_merged(library):
    outcome, other = OutcomeFactory(), OutcomeFactory()
    for source, target in ((outcome, outcome), (outcome, BeneficiaryGroupFactory())):
        with pytest.raises(ValidationError):
            merge_terms(source=source, target=target)
    merge_terms(source=outcome, target=other)
    with pytest.raises(ValidationError, match="merged already"):
        merge_terms(source=other, target=outcome)


def test_going_back_to_a_revision_from_before_a_merge_names_the_target(library):
    source, target = OutcomeFactory(), OutcomeFactory()
    old_principle, principle = PrincipleFactory(), PrincipleFactory()
    page = PracticeFactory(
        outcomes=[source], principles=[old_principle], changes=[{"claim": "It changed.", "outcome": source}]
    )
    before = page.latest_revision
    merge_terms(source=source, target=target)
    merge_terms(source=old_principle, target=principle)
    before.publish()
    page = PracticePage.objects.get(pk=page.pk)
    assert list(page.outcomes.all()) == [target]
    assert page.changes.get().outcome == target
    assert page.principles.get().principle == principle


def test_a_term_that_was_ever_named_is_never_deleted(library):
    term, unused = OutcomeFactory(), OutcomeFactory()
    page = PracticeFactory(outcomes=[term])
    page.outcomes = []
    page.save_revision().publish()
    assert pages_naming(term) == set()
    term.refresh_from_db()
    with pytest.raises(TermInUseError):
        term.delete()
    with pytest.raises(TermInUseError):
        Outcome.objects.all().delete()
    unused.delete()
    assert list(Outcome.objects.all()) == [term]


def test_a_retired_term_stays_on_its_pages_and_is_not_offered(library):
    term = PrincipleFactory()
    page = PracticeFactory(principles=[term])
    term.retired = True
    save_term(term=term, by=UserFactory())
    assert PracticePage.objects.get(pk=page.pk).principles.get().principle == term
    assert not Principle.objects.current().exists()


def test_what_a_term_was_called_goes_on_finding_it(library):
    term = OutcomeFactory(label="Older people", also=["elders"])
    term.label = "Elders"
    save_term(term=term)
    term.label = "People in later life"
    save_term(term=term)
    assert Outcome.objects.get().also == ["elders", "Older people"]


@pytest.mark.parametrize("kind", ["poverty-truth-commission", "self-reliant-group", "other"])
def test_a_changed_kind_keeps_address_rows_terms_totals_and_history(library, kind):
    outcome = OutcomeFactory()
    page = CommunityConnectorFactory(
        slug="the-kettle", title="The kettle", how_long="Three months", outcomes=[outcome], essentials=["Put it on."]
    )
    key = page.essentials.get().key
    page.totals.ratings, page.totals.rating_sum, page.totals.four_stars, page.totals.five_stars = 2, 9, 1, 1
    page.totals.save()
    path, revisions = page.path, Revision.objects.for_instance(page).count()

    new = change_kind(page=PracticePage.objects.get(pk=page.pk), kind=kind, by=UserFactory())

    assert new.kind == kind and new.slug == "the-kettle" and new.path == path and new.live
    assert Page.objects.get(pk=page.pk).specific == new
    assert [row.key for row in new.essentials.all()] == [key]
    assert list(new.outcomes.all()) == [outcome]
    assert new.totals.rating_sum == 9
    assert not CommunityConnectorPage.objects.exists()
    assert Revision.objects.for_instance(new).count() == revisions + 1
    assert new.latest_revision_id == new.live_revision_id
    assert list(PracticePage.objects.of_kind(kind)) == [PracticePage.objects.get()]
    assert PageLogEntry.objects.filter(page=page.pk, action="practices.change_kind").count() == 1


def test_what_a_practice_points_to_is_known_after_a_changed_kind_and_forgotten_with_the_row(library):
    outcome, original = OutcomeFactory(), PracticeFactory()
    page = CommunityConnectorFactory(changes=[{"claim": "x", "outcome": outcome}], adapted_from=original)
    new = change_kind(page=page, kind="self-reliant-group")
    for target in (outcome, original):
        assert ReferenceIndex.get_references_to(target).count() == 1
    new.changes = []
    new.save_revision().publish()
    assert not ReferenceIndex.get_references_to(outcome).exists()
    assert ReferenceIndex.get_references_to(original).count() == 1


def test_a_revision_from_before_a_changed_kind_can_be_read_and_gone_back_to(library):
    page = CommunityConnectorFactory(how_long="Three months", summary="Somebody walks with you.")
    before = page.latest_revision
    new = change_kind(page=page, kind="self-reliant-group")
    new.summary = "Something else."
    new.save_revision().publish()
    before = Revision.objects.get(pk=before.pk)
    assert before.as_object().summary == "Somebody walks with you."
    before.publish()
    restored = PracticePage.objects.get(pk=page.pk).specific
    assert isinstance(restored, SelfReliantGroupPage)
    assert restored.summary == "Somebody walks with you."


def test_a_kind_changed_there_and_back_has_one_row_of_its_own(library):
    page = PracticeFactory()
    for kind in ("poverty-truth-commission", "community-connector", "poverty-truth-commission"):
        page = change_kind(page=page, kind=kind)
    assert PovertyTruthCommissionPage.objects.count() == 1
    assert not CommunityConnectorPage.objects.exists()


def test_an_unknown_kind_is_refused_and_the_same_kind_changes_nothing(library):
    page = PracticeFactory()
    with pytest.raises(ValidationError):
        change_kind(page=page, kind="club")
    assert change_kind(page=page, kind="other").latest_revision_id == page.latest_revision_id


def test_a_practice_that_was_taken_down_stays_down_when_its_kind_changes(library):
    page = PracticeFactory()
    page.unpublish()
    new = change_kind(page=page, kind="self-reliant-group")
    assert not new.live and isinstance(PracticePage.objects.get(pk=page.pk).specific, SelfReliantGroupPage)


def test_saving_an_old_copy_of_a_term_forgets_neither_that_it_was_named_nor_a_merge(library):
    term, other = OutcomeFactory(), OutcomeFactory()
    old_copy = Outcome.objects.get(pk=term.pk)
    PracticeFactory(outcomes=[term])
    old_copy.description = "Anew."
    save_term(term=old_copy)
    assert Outcome.objects.get(pk=term.pk).named
    merge_terms(source=term, target=other)
    with pytest.raises(ValidationError, match="has been merged"):
        save_term(term=old_copy)


def test_two_merges_from_old_copies_cannot_make_a_ring(library):
    one, other = OutcomeFactory(), OutcomeFactory()
    old_one, old_other = Outcome.objects.get(pk=one.pk), Outcome.objects.get(pk=other.pk)
    merge_terms(source=one, target=other)
    with pytest.raises(ValidationError, match="merged already"):
        merge_terms(source=old_other, target=old_one)


def test_a_new_description_of_a_term_changes_no_practice_and_a_new_label_all_that_name_it(library, heard):
    term = OutcomeFactory()
    page = PracticeFactory(outcomes=[term])
    heard.clear()
    term.description = "What it means."
    save_term(term=term)
    assert heard == []
    term.label = "Said better"
    save_term(term=term)
    assert heard == [{page.pk}]
