import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from practices.models import PracticePage, PracticeTotals
from tests.factories.practices import OutcomeFactory, PracticeFactory, PrincipleFactory, tried_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_published_practice_has_its_rows_terms_and_totals(library):
    outcome = OutcomeFactory(label="Less loneliness")
    page = PracticeFactory(
        title="The Kettle",
        outcomes=[outcome],
        principles=[PrincipleFactory()],
        essentials=["Put the kettle on."],
        changes=[{"claim": "People stayed.", "outcome": outcome}],
    )
    page = PracticePage.objects.get(pk=page.pk)
    assert page.live
    assert page.sort_title == "kettle"
    assert [row.text for row in page.essentials.all()] == ["Put the kettle on."]
    assert page.reported_outcome_ids == {outcome.pk}
    assert PracticeTotals.objects.get(page=page).ratings == 0
    outcome.refresh_from_db()
    assert outcome.named


@pytest.mark.parametrize(
    ("title", "slug"), [("Café Ünïcode 日本", "cafe-unicode"), ("日本", "practice"), ("!!!", "practice")]
)
def test_every_title_gets_an_address_of_plain_letters(library, client, title, slug):
    page = library.add_child(instance=PracticePage(title=title, summary="Somebody puts the kettle on."))
    assert page.slug == slug
    assert client.get(page.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("title", ["New", "Feed", "Search"])
def test_a_title_that_is_a_word_of_our_addresses_gets_another_address(library, title):
    page = library.add_child(instance=PracticePage(title=title, summary="Somebody puts the kettle on."))
    assert page.slug == f"{title.lower()}-2"


def test_an_address_of_ours_is_refused(library):
    with pytest.raises(ValidationError, match="slug"):
        library.add_child(instance=PracticePage(title="A page", slug="new", summary="Somebody puts the kettle on."))


def test_the_same_principle_twice_is_kept_once_as_first_told(library):
    principle = PrincipleFactory()
    page = PracticeFactory(
        principles=[{"principle": principle, "how": "First."}, {"principle": principle, "how": "Second."}]
    )
    assert [row.how for row in PracticePage.objects.get(pk=page.pk).principles.all()] == ["First."]


def test_values_saved_by_code_are_in_order_and_each_once(library):
    page = PracticeFactory(nations=["wales", "england", "wales"])
    assert PracticePage.objects.get(pk=page.pk).nations == ["england", "wales"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "gone"},
        {"aim": "nothing"},
        {"cost_band": "cheap"},
        {"since": 99},
        {"latitude": 51},
        {"latitude": 91, "longitude": 0},
    ],
)
def test_the_database_itself_refuses_what_cannot_be(library, wrong):
    page = PracticeFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticePage.objects.filter(pk=page.pk).update(**wrong)


def test_two_rows_of_a_page_never_share_a_key_and_a_page_is_no_version_of_itself(library):
    page = PracticeFactory(essentials=["One.", "Two."])
    one, two = page.essentials.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(one).objects.filter(pk=two.pk).update(key=one.key)
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticePage.objects.filter(pk=page.pk).update(adapted_from=page)
    with pytest.raises(IntegrityError), transaction.atomic():
        PracticeTotals.objects.filter(page=page).update(ratings=1, rating_sum=6)


def test_rows_keep_their_keys_when_a_page_is_published_anew_reordered_and_reverted(library):
    page = PracticeFactory(essentials=["One.", "Two."])
    first = page.latest_revision
    keys = {row.text: row.key for row in page.essentials.all()}
    page.essentials = list(reversed(page.essentials.all()))
    for order, row in enumerate(page.essentials.all()):
        row.sort_order = order
    page.save_revision().publish()
    for _ in range(2):
        rows = PracticePage.objects.get(pk=page.pk).essentials.all()
        assert {row.text: row.key for row in rows} == keys
        first.refresh_from_db()
        first.publish()


def test_totals_survive_a_publish_and_a_return_to_an_old_revision(library):
    page = PracticeFactory()
    first = page.latest_revision
    PracticeTotals.objects.filter(page=page).update(ratings=2, rating_sum=9, four_stars=1, five_stars=1)
    tried_in(page, helped=3)
    page.summary = "Said anew."
    page.save_revision().publish()
    first.refresh_from_db()
    first.publish()
    totals = PracticeTotals.objects.get(page=page)
    assert (totals.ratings, totals.rating_sum, totals.places) == (2, 9, 3)
