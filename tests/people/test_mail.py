"""Mail goes out surely, once, and keeps nobody waiting."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from smtplib import SMTPServerDisconnected

import pytest
from aiosmtpd.controller import Controller
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from people.mail import WAITS, deliver_mail, forget_old_files, post_mail
from people.models import OutgoingMail
from tests.servers import free_port

pytestmark = pytest.mark.database

LETTER = {"to": "sam@example.org", "subject": "A word", "body": "It is done.\n"}


@pytest.fixture
def down(monkeypatch):
    """A server for mail that does not answer."""

    def send(self, fail_silently=False):
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr("people.mail.EmailMessage.send", send)


@pytest.mark.django_db(transaction=True)
def test_it_goes_out_with_the_transaction_and_not_without(mailoutbox):
    class Halt(Exception):
        pass

    with pytest.raises(Halt), transaction.atomic():
        post_mail(**LETTER)
        raise Halt
    assert mailoutbox == []
    with transaction.atomic():
        post_mail(**LETTER)
        assert mailoutbox == []
    assert [letter.subject for letter in mailoutbox] == ["A word"]
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
def test_a_server_that_is_down_costs_nothing_but_time(down, monkeypatch, mailoutbox, time_machine):
    time_machine.move_to("2026-03-02 09:30", tick=False)
    post_mail(**LETTER)
    assert deliver_mail() == 0
    assert deliver_mail() == 0
    waiting = OutgoingMail.objects.get()
    assert waiting.attempts == 1 and waiting.not_before == timezone.now() + WAITS[0]
    monkeypatch.undo()
    time_machine.shift(61)
    assert deliver_mail() == 1
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_after_two_days_it_is_given_up_and_the_log_says_so(down, time_machine, caplog):
    time_machine.move_to("2026-03-02 09:30", tick=False)
    post_mail(**LETTER)
    for _ in range(len(WAITS) + 1):
        deliver_mail()
        time_machine.shift(timedelta(days=1, minutes=1))
    assert not OutgoingMail.objects.exists()
    assert "given up" in caplog.text and "sam@example.org" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_send_once(mailoutbox):
    OutgoingMail.objects.bulk_create(OutgoingMail(**LETTER | {"subject": f"No {number}"}) for number in range(20))

    def deliver(_number: int) -> int:
        try:
            return deliver_mail()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(deliver, range(4))) == 20
    assert sorted(letter.subject for letter in mailoutbox) == sorted(f"No {number}" for number in range(20))


@pytest.mark.django_db
def test_one_that_died_while_sending_leaves_it_to_the_next(mailoutbox, monkeypatch, time_machine):
    time_machine.move_to("2026-03-02 09:30", tick=False)
    post_mail(**LETTER)

    def die(self, fail_silently=False):
        raise KeyboardInterrupt

    monkeypatch.setattr("people.mail.EmailMessage.send", die)
    with pytest.raises(KeyboardInterrupt):
        deliver_mail()
    monkeypatch.undo()
    assert deliver_mail() == 0
    time_machine.shift(301)
    assert deliver_mail() == 1


@pytest.mark.django_db
def test_one_that_cannot_be_written_keeps_no_other_waiting(mailoutbox, monkeypatch):
    post_mail(**LETTER)
    post_mail(**LETTER | {"subject": "Another"})
    send = mail.EmailMessage.send

    def stumble(self, fail_silently=False):
        if self.subject != "Another":
            raise LookupError
        return send(self)

    monkeypatch.setattr("people.mail.EmailMessage.send", stumble)
    assert deliver_mail() == 1
    assert OutgoingMail.objects.get().attempts == 1


@pytest.mark.django_db
def test_a_real_server_gets_what_was_written(settings):
    got = []

    class Keep:
        async def handle_DATA(self, server, session, envelope):
            got.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
            return "250 OK"

    controller = Controller(Keep(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
        post_mail(to="sam@example.org", subject="A word\nBcc: all@example.org", body="Ü: a heron")
        assert deliver_mail() == 1
    finally:
        controller.stop()
    ((to, letter),) = got
    assert to == ["sam@example.org"]
    assert letter["Subject"] == "A word Bcc: all@example.org"
    assert letter.get_payload(decode=True).decode().strip() == "Ü: a heron"


class TestOnOneMachine:
    @pytest.fixture
    def folder(self, settings, tmp_path):
        settings.MAIL_FOLDER = settings.EMAIL_FILE_PATH = str(tmp_path)
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        mail.outbox = []
        return tmp_path

    @pytest.mark.django_db
    def test_whoever_sits_at_it_reads_the_mail_on_a_page(self, client, library, folder):
        post_mail(**LETTER | {"body": "<b>Your code</b>\n"})
        deliver_mail()
        html = client.get("/mail/").content.decode()
        assert "A word" in html and "&lt;b&gt;Your code" in html and "-----" not in html

    @pytest.mark.django_db
    def test_nobody_else_does(self, client, library, folder):
        assert client.get("/mail/", REMOTE_ADDR="192.0.2.7").status_code == 404
        assert client.get("/mail/", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404

    @pytest.mark.django_db
    def test_it_is_kept_for_a_day(self, folder):
        post_mail(**LETTER)
        deliver_mail()
        assert forget_old_files() == 0
        (file,) = folder.glob("*.log")
        os.utime(file, (0, 0))
        assert forget_old_files() == 1

    @pytest.mark.django_db
    def test_with_a_server_for_mail_there_is_no_such_page(self, client, library, settings):
        settings.MAIL_FOLDER = ""
        assert client.get("/mail/").status_code == 404
