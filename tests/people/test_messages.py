"""What somebody is told: on the site, and in as few mails as can be."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from people.mail import deliver_mail
from people.messages import (
    choose_mail,
    forget_old_messages,
    mark_read,
    person_of_stop_address,
    post_due_messages,
    stop_address,
    tell,
    unread_count,
)
from people.models import MailChoice, Message, OutgoingMail
from people.services import close_account
from tests.factories.people import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.database]
START = "2026-05-04 09:00"


def told(person, title="It is on the page", **more):
    words = {"body": "Thank you.", "path": "/proposals/1/", "action": "Read it"} | more
    return tell(person, about=person, title=title, **words)


def after(**time):
    return time_machine.travel(timezone.datetime.fromisoformat(f"{START}+00:00") + timedelta(**time))


def test_the_first_thing_goes_at_once_and_all_of_the_next_hour_in_one_mail():
    person = UserFactory()
    with after():
        told(person, "First")
        assert post_due_messages() == 1
    with after(minutes=5):
        told(person, "Second")
    with after(minutes=50):
        told(person, "Third")
        assert post_due_messages() == 0
    with after(minutes=61):
        assert (post_due_messages(), post_due_messages()) == (1, 0)
    first, second = OutgoingMail.objects.order_by("pk")
    assert first.subject == "First" and "/proposals/1/" in first.body
    assert second.subject == "2 things to tell you: Second"
    assert "Second" in second.body and "Third" in second.body and "First" not in second.body


def test_many_things_at_once_are_one_mail():
    person = UserFactory()
    for number in range(40):
        told(person, f"Thing {number}")
    post_due_messages()
    sent = OutgoingMail.objects.get()
    assert "40 things" in sent.subject and "Thing 29" in sent.body and "Thing 30" not in sent.body
    assert "There is more" in sent.body


def test_what_was_read_here_does_not_go_by_mail():
    person = UserFactory()
    message = told(person)
    mark_read(person, [message])
    assert post_due_messages() == 0 and unread_count(person) == 0


def test_once_a_day_and_not_at_all():
    daily, none = UserFactory(mail_choice=MailChoice.DAILY), UserFactory(mail_choice=MailChoice.NONE)
    with after():
        told(daily), told(none)
        assert post_due_messages() == 1
    with after(hours=5):
        told(daily)
        assert post_due_messages() == 0
    with after(hours=25):
        assert post_due_messages() == 1
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {daily.email}
    assert unread_count(none) == 1


def test_turning_mail_off_holds_for_what_waits_as_well():
    person = UserFactory()
    told(person)
    choose_mail(person=person, choice=MailChoice.NONE)
    assert post_due_messages() == 0
    choose_mail(person=person, choice=MailChoice.SOON)
    assert post_due_messages() == 0, "what was not to be mailed is mailed after all"


def test_two_processes_write_one_mail():
    person = UserFactory()
    told(person)
    from people.messages import _post_to

    now = timezone.now()
    assert [_post_to(person.pk, now), _post_to(person.pk, now)] == [1, 0]


def test_the_mail_has_a_button_that_ends_it_and_the_same_number_each_time(settings):
    person = UserFactory()
    told(person)
    post_due_messages()
    deliver_mail()
    message = mail.outbox[-1].message()
    address = message["List-Unsubscribe"].strip("<>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and address in mail.outbox[-1].body
    assert message["Message-ID"].startswith("<")
    path = address.removeprefix(settings.WAGTAILADMIN_BASE_URL)
    browser = Client(enforce_csrf_checks=True)
    assert "Stop this mail" in browser.get(path).content.decode()
    person.refresh_from_db()
    assert person.mail_choice == MailChoice.SOON, "opening the link was enough"
    assert browser.post(path, {"do": "daily"}).status_code == 200
    person.refresh_from_db()
    assert person.mail_choice == MailChoice.DAILY
    assert browser.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    person.refresh_from_db()
    assert person.mail_choice == MailChoice.NONE


def test_an_address_that_was_not_ours_ends_nothing(client):
    person = UserFactory()
    signed = stop_address(person).rsplit("/", 2)[1]
    assert person_of_stop_address(signed) == person
    for wrong in (f"{person.pk}", f"{person.pk + 1}:{signed.partition(':')[2]}", "%00", "x" * 300):
        assert person_of_stop_address(wrong) is None
        assert client.post(f"/messages/stop/{wrong}/").status_code == 404


def test_the_page_shows_what_was_told_and_then_it_is_read(client):
    person = UserFactory()
    told(person, "<b>Bold</b>", body="Why:\n\nSee https://example.org/x and <script>alert(1)</script>")
    assert client.get("/messages/").status_code == 302
    client.force_login(person)
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    shown = client.get("/messages/").content.decode()
    assert "&lt;b&gt;Bold&lt;/b&gt;" in shown and "<script>alert" not in shown and "New" in shown
    assert unread_count(person) == 0
    client.post("/messages/mail/", {"mail": "none"})
    client.post("/messages/mail/", {"mail": "hourly"})
    person.refresh_from_db()
    assert person.mail_choice == MailChoice.NONE


def test_who_left_is_told_nothing_and_nothing_is_kept_of_it():
    person = UserFactory()
    told(person)
    close_account(person=person)
    assert told(person) is None
    assert not Message.objects.exists()


def test_what_was_read_a_year_ago_is_forgotten():
    person = UserFactory()
    old, unread = told(person), told(person)
    Message.objects.filter(pk=old.pk).update(read_at=timezone.now() - timedelta(days=366))
    assert forget_old_messages() == 1
    assert list(Message.objects.all()) == [unread]
