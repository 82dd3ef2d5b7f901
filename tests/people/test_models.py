import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from people.models import User
from tests.factories.people import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.mark.parametrize("field", ["email", "username"])
def test_address_and_handle_are_unique_whatever_their_capitals(field):
    person = UserFactory(email="maple@example.org", username="maple-lane")
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(**{field: getattr(person, field).upper()})


def test_many_closed_accounts_have_no_address():
    UserFactory(email=None)
    UserFactory(email=None)
    assert User.objects.filter(email=None).count() == 2


def test_somebody_signs_in_however_they_write_their_address(client):
    UserFactory(email="maple@example.org", administrator=True)
    assert client.login(username="Maple@Example.ORG", password="a long enough password")


@pytest.mark.parametrize("handle", ["Maple Lane", "maple_lane", "-maple", "<script>", ""])
def test_a_handle_is_plain_words_and_hyphens(handle):
    with pytest.raises(ValidationError):
        UserFactory.build(username=handle).full_clean()


@pytest.mark.parametrize(("email", "username"), [("", "maple"), ("maple@example.org", "")])
def test_an_account_needs_an_address_and_a_handle(email, username):
    with pytest.raises(ValueError, match="needs"):
        User.objects.create_user(email=email, username=username)


def test_an_administrator_adds_and_changes_an_account_without_being_asked_for_names(client, library):
    client.force_login(UserFactory(administrator=True))
    add = reverse("wagtailusers_users:add")
    form = client.get(add).context["form"]
    assert {"first_name", "last_name"}.isdisjoint(form.fields)
    data = {
        "email": "new@example.org",
        "username": "new-road",
        "password1": "a long enough pass",
        "password2": "a long enough pass",
    }
    response = client.post(add, data)
    assert response.status_code == 302, response.context["form"].errors
    person = User.objects.get(username="new-road")
    edit = reverse("wagtailusers_users:edit", args=[person.pk])
    response = client.post(edit, {"email": "new@example.org", "username": "newer-road", "is_active": "on"})
    assert response.status_code == 302, response.context["form"].errors
    assert User.objects.get(pk=person.pk).username == "newer-road"


def test_nobody_is_asked_for_a_name_on_their_own_account_page(client, library):
    client.force_login(UserFactory(administrator=True))
    response = client.get(reverse("wagtailadmin_account"))
    assert response.status_code == 200
    assert b"First Name" not in response.content
