import pytest

from practices.models import PracticePage, PracticeTotals
from tests.factories.practices import OutcomeFactory, PracticeFactory, PrincipleFactory

pytestmark = pytest.mark.django_db


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
