"""Signing up, signing in, and what belongs to an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from people.handles import RESERVED, suggest_handle
from people.mail import deliver_mail, post_mail
from people.models import FormerHandle, OutgoingMail, User
from people.services import (
    LastAdministratorError,
    change_handle,
    close_account,
    forget_ended_sessions,
    forget_unproven_accounts,
)

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    cache.clear()


@pytest.fixture
def person():
    return User.objects.create_proven("sam@example.org", "maple-lane", PASSWORD)


@pytest.fixture
def letters(mailoutbox):
    """Send what waits, and give it back."""

    def letters() -> list:
        deliver_mail()
        return mailoutbox

    return letters


@pytest.fixture
def sign_up(client, time_machine, library):
    time_machine.move_to("2026-03-02 09:30", tick=False)

    def sign_up(browser: Client = client, **typed: str):
        form = browser.get("/account/signup/").context["form"]
        time_machine.shift(20)
        data = {"username": form["username"].value(), "opened": form["opened"].value(), "homepage": ""}
        data |= {"email": "robin@example.org", "password1": "four plain words here"}
        return browser.post("/account/signup/", data | typed)

    return sign_up


def code_in(text: str) -> str:
    return re.search(r"^ {4}(\S+)$", text, re.MULTILINE).group(1)


def sign_in(browser: Client, email: str = "sam@example.org", password: str = PASSWORD, **more: str):
    return browser.post("/account/login/", {"login": email, "password": password, **more})


def is_signed_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def add_second_factor(person: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def totp(secret: str) -> str:
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


class TestSigningUp:
    def test_three_things_and_a_code_make_an_account(self, sign_up, client, letters):
        response = sign_up()
        assert response.url == "/account/confirm-email/"
        assert not is_signed_in(client)
        (letter,) = letters()
        assert letter.to == ["robin@example.org"]
        response = client.post(response.url, {"code": code_in(letter.body)})
        assert response.url == "/"
        assert is_signed_in(client)
        made = User.objects.get()
        assert re.fullmatch(r"[a-z]+-[a-z]+(-\d+)?", made.username)
        assert "robin" not in made.username
        assert not OutgoingMail.objects.exists()

    def test_the_code_works_in_the_same_browser_only(self, sign_up, letters):
        sign_up()
        stranger = Client()
        assert stranger.post("/account/confirm-email/", {"code": code_in(letters()[0].body)}).status_code != 200
        assert not is_signed_in(stranger)
        assert not EmailAddress.objects.filter(verified=True).exists()

    def test_wrong_codes_end_it(self, sign_up, client, letters):
        sign_up()
        for _ in range(3):
            client.post("/account/confirm-email/", {"code": "AAAA-AAAA"})
        client.post("/account/confirm-email/", {"code": code_in(letters()[0].body)})
        assert not is_signed_in(client)

    def test_a_known_address_is_answered_as_an_unknown_one(self, sign_up, person, letters):
        known, unknown = Client(), Client()
        answers = [sign_up(known, email="SAM@example.org"), sign_up(unknown)]
        assert {(answer.status_code, answer.url) for answer in answers} == {(302, "/account/confirm-email/")}
        pages = [browser.get("/account/confirm-email/").content.decode() for browser in (known, unknown)]
        pages = [re.sub(r'\S+@example.org|name="csrfmiddlewaretoken" value="\S+"', "", page) for page in pages]
        assert pages[0] == pages[1]
        assert {letter.subject for letter in letters()} == {
            "You have an account already",
            "Your code for Social Wiki",
        }
        assert User.objects.count() == 2

    @pytest.mark.parametrize(
        ("typed", "told"),
        [
            ({"username": "MAPLE-lane"}, "Somebody has or had this handle"),
            ({"username": "first-love"}, "Somebody has or had this handle"),
            ({"username": "moderator"}, "kept for the site itself"),
            ({"username": "former-member-3"}, "kept for the site itself"),
            ({"username": "<b>me</b>"}, "Use small letters"),
            ({"username": "sam@example.org"}, "Use small letters"),
            ({"password1": "short"}, "too short"),
            ({"password1": "password12"}, "too common"),
            ({"email": "robin"}, "valid email address"),
            ({"homepage": "https://buy.example"}, "people cannot see"),
            ({"opened": ""}, "press the button once more"),
        ],
    )
    def test_what_is_not_right_is_told_and_kept(self, sign_up, person, typed, told):
        FormerHandle.objects.create(handle="first-love", person=person)
        response = sign_up(**typed)
        assert response.status_code == 200
        assert told in response.content.decode()
        assert response.context["form"]["email"].value() == typed.get("email", "robin@example.org")
        assert User.objects.count() == 1

    def test_suggested_handles_are_free_and_allowed(self, person):
        suggested = {suggest_handle() for _ in range(50)}
        assert len(suggested) > 30
        assert not suggested & (RESERVED | {"maple-lane"})


class TestSigningIn:
    def test_by_address_however_it_is_written(self, client, person, library):
        assert sign_in(client, "Sam@Example.ORG").url == "/"
        assert is_signed_in(client)

    def test_it_leads_back_and_to_no_other_site(self, client, person, library):
        assert client.get("/account/handle/").url == "/account/login/?next=/account/handle/"
        assert sign_in(client, next="/account/handle/").url == "/account/handle/"
        client.logout()
        assert sign_in(client, next="https://evil.example/").url == "/"

    def test_guessing_is_stopped_whichever_process_is_asked(self, client, person, library):
        for number in range(10):
            # Each process has a memory of its own, and the next guess may reach another.
            cache.clear()
            sign_in(client, password=f"guess {number}")
        cache.clear()
        response = sign_in(client)
        assert "Too many failed login attempts" in response.content.decode()
        assert not is_signed_in(client)

    def test_one_place_that_guesses_shuts_nobody_out_elsewhere(self, client, person, library):
        for number in range(40):
            cache.clear()
            client.post("/account/login/", {"login": person.email, "password": f"x{number}"}, REMOTE_ADDR="10.9.9.9")
        cache.clear()
        sign_in(client)
        assert is_signed_in(client)

    def test_an_address_that_is_none_leads_nowhere(self, client, person, library):
        for path in ("login", "signup", "password/reset"):
            assert client.get(f"/account/{path}/?next=http://[").status_code == 200
        assert sign_in(client, next="http://[").url == "/"

    def test_wagtails_own_ways_in_are_shut(self, client, person, library):
        person.is_superuser = True
        person.save()
        for path in ("/admin/login/", "/admin/password_reset/", "/_util/login/"):
            response = client.post(path, {"username": person.email, "password": PASSWORD, "email": person.email})
            assert response.status_code == 302 and response.url.startswith("/account/")
        assert not is_signed_in(client)
        assert client.get("/admin/").url == "/account/login/?next=/admin/"

    def test_an_administrator_made_at_the_machine_can_sign_in(self, client, library):
        User.objects.create_superuser("root@example.org", "first-gate", PASSWORD)
        sign_in(client, "root@example.org")
        assert client.get("/admin/").status_code == 200

    def test_a_forgotten_password_is_chosen_anew_by_a_code(self, client, person, library, letters):
        response = client.post("/account/password/reset/", {"email": person.email})
        response = client.post(response.url, {"code": code_in(letters()[0].body)})
        response = client.post(response.url, {"password1": "five other words to keep"})
        assert response.status_code == 302
        person.refresh_from_db()
        assert person.check_password("five other words to keep")

    def test_a_forgotten_password_tells_nobody_who_has_an_account(self, person, library, letters):
        answers = [
            Client().post("/account/password/reset/", {"email": email}) for email in (person.email, "no@example.org")
        ]
        assert len({(answer.status_code, answer.url) for answer in answers}) == 1
        assert [letter.to for letter in letters()] == [[person.email]]


class TestSecondFactor:
    def test_a_password_alone_does_not_get_in(self, client, person, library):
        secret = add_second_factor(person)
        response = sign_in(client)
        assert response.url == "/account/2fa/authenticate/"
        assert not is_signed_in(client)
        assert "Incorrect code" in client.post(response.url, {"code": "000000"}).content.decode()
        assert not is_signed_in(client)
        client.post(response.url, {"code": totp(secret)})
        assert is_signed_in(client)

    def test_it_is_set_up_with_the_password_and_ends_other_sessions(
        self, client, person, library, django_capture_on_commit_callbacks
    ):
        elsewhere = Client()
        sign_in(elsewhere)
        sign_in(client)
        assert client.get("/account/2fa/totp/activate/").url.startswith("/account/reauthenticate/")
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        page = client.get("/account/2fa/totp/activate/")
        secret = page.context["form"].secret
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post("/account/2fa/totp/activate/", {"code": totp(secret)}).status_code == 302
        assert is_signed_in(client) and not is_signed_in(elsewhere)
        codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]
        assert len(codes) == 10
        client.logout()
        sign_in(client)
        client.post("/account/2fa/authenticate/", {"code": codes[0]})
        assert is_signed_in(client)

    def test_whoever_looks_after_the_site_needs_one_in_production(self, client, moderator, settings):
        settings.SECOND_FACTOR_REQUIRED = True
        client.force_login(moderator)
        assert client.get("/admin/").url == "/account/2fa/"
        secret = add_second_factor(moderator)
        # A session that did not prove it is asked for it, however it began.
        again = client.get("/admin/").url
        assert again == "/account/2fa/reauthenticate/?next=%2Fadmin%2F"
        assert client.post(again, {"code": totp(secret)}).url == "/admin/"
        assert client.get("/admin/").status_code == 200

    @pytest.mark.parametrize("address", ["/review/", "/review/log/", "/people/maple-lane/pause/",
                                         "/people/maple-lane/undo/", "/people/maple-lane/erase/"])  # fmt: skip
    def test_so_do_the_steps_that_stand_elsewhere(self, client, moderator, settings, address):
        settings.SECOND_FACTOR_REQUIRED = True
        moderator.is_superuser = True
        moderator.save()
        client.force_login(moderator)
        assert client.get(address).url == "/account/2fa/" == client.post(address).url

    def test_codes_cannot_be_guessed_and_are_good_once_whichever_process_is_asked(self, client, person, library):
        secret = add_second_factor(person)
        code = totp(secret)
        sign_in(client)
        client.post("/account/2fa/authenticate/", {"code": code})
        assert is_signed_in(client)
        thief = Client()
        cache.clear()
        sign_in(thief)
        assert "used already" in thief.post("/account/2fa/authenticate/", {"code": code}).content.decode()
        for number in range(8):
            cache.clear()
            thief.post("/account/2fa/authenticate/", {"code": f"00000{number}"})
        cache.clear()
        assert "Too many codes" in thief.post("/account/2fa/authenticate/", {"code": "123456"}).content.decode()

    def test_nobody_else_is_asked_for_one(self, client, person, library, settings):
        settings.SECOND_FACTOR_REQUIRED = True
        client.force_login(person)
        assert client.get("/account/").status_code == 200
        assert client.get("/admin/").url != "/account/2fa/"


class TestHandle:
    def test_an_old_one_stays_ones_own(self, client, person, library):
        client.force_login(person)
        assert client.post("/account/handle/", {"username": "cedar-gate"}).url == "/account/"
        assert "You are known as cedar-gate now." in client.get("/account/").content.decode()
        other = User.objects.create_proven("other@example.org", "first-brook", PASSWORD)
        client.force_login(other)
        assert "Somebody has or had" in client.post("/account/handle/", {"username": "maple-lane"}).content.decode()
        person.refresh_from_db()
        change_handle(person=person, handle="maple-lane")
        assert person.username == "maple-lane"
        assert list(FormerHandle.objects.values_list("handle", flat=True)) == ["cedar-gate"]


class TestLeaving:
    def test_nothing_is_left_that_tells_who_it_was(self, client, person, library):
        elsewhere = Client()
        sign_in(elsewhere)
        sign_in(client)
        assert client.get("/account/leave/").url.startswith("/account/reauthenticate/")
        client.post("/account/reauthenticate/", {"password": "wrong"})
        assert client.post("/account/leave/").url.startswith("/account/reauthenticate/")
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        post_mail(to=person.email, subject="A word", body="x")
        assert client.post("/account/leave/").url == "/account/left/"
        assert not is_signed_in(client) and not is_signed_in(elsewhere)
        left = User.objects.get(pk=person.pk)
        assert (left.email, left.public_name, left.is_active) == (None, "a former member", False)
        assert not EmailAddress.objects.filter(user=left).exists()
        kept = FormerHandle.objects.get()
        assert (kept.handle, kept.person) == ("maple-lane", None)
        assert not OutgoingMail.objects.exists()
        sign_in(client)
        assert not is_signed_in(client)

    def test_the_handle_of_somebody_who_left_is_given_to_nobody(self, person, sign_up):
        close_account(person=person)
        assert "Somebody has or had this handle" in sign_up(username="maple-lane").content.decode()
        assert User.objects.get().closed_at

    def test_the_last_administrator_stays(self, client, library):
        last = User.objects.create_superuser("root@example.org", "first-gate", PASSWORD)
        with pytest.raises(LastAdministratorError):
            close_account(person=last)
        sign_in(client, last.email)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        assert "last administrator" in client.post("/account/leave/").content.decode()
        User.objects.create_superuser("next@example.org", "second-gate", PASSWORD)
        close_account(person=last)


class TestWhereOneIsSignedIn:
    def test_other_browsers_can_be_signed_out(self, client, person, library):
        elsewhere = Client(HTTP_USER_AGENT="<script>Other</script>")
        sign_in(elsewhere)
        sign_in(client)
        html = client.get("/account/sessions/").content.decode()
        assert "&lt;script&gt;Other" in html and "This browser" in html
        client.post("/account/sessions/")
        assert is_signed_in(client) and not is_signed_in(elsewhere)


@pytest.mark.parametrize(
    "path",
    ["", "handle/", "leave/", "email/", "password/change/", "sessions/", "2fa/", "2fa/totp/activate/"],
)
def test_an_account_is_for_whoever_is_signed_in(client, library, path):
    response = client.get(f"/account/{path}")
    assert response.status_code == 302
    assert response.url.startswith("/account/login/?next=")


@pytest.mark.parametrize(
    "path", ["login/", "signup/", "password/reset/", "handle/", "leave/", "logout/", "reauthenticate/"]
)
def test_another_site_cannot_send_a_form(person, library, path):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    assert browser.post(f"/account/{path}", {"username": "x"}).status_code == 403


class TestAtTheDesk:
    """Accounts that an administrator changes keep to the same rules."""

    @pytest.fixture
    def desk(self, client, library):
        client.force_login(User.objects.create_superuser("root@example.org", "first-gate", PASSWORD))
        return client

    def edit(self, desk, person, **fields):
        data = {"email": person.email, "username": person.username, "is_active": "on", **fields}
        return desk.post(reverse("wagtailusers_users:edit", args=[person.pk]), data)

    def test_the_old_address_is_no_way_in_any_more(self, desk, person):
        assert self.edit(desk, person, email="New@Example.org").status_code == 302
        browser = Client()
        sign_in(browser)
        assert not is_signed_in(browser)
        assert list(EmailAddress.objects.filter(user=person).values_list("email", "verified")) == [
            ("new@example.org", False)
        ]

    def test_handles_keep_to_the_rules(self, desk, person):
        assert self.edit(desk, person, username="cedar-gate").status_code == 302
        assert FormerHandle.objects.get().handle == "maple-lane"
        other = User.objects.create_proven("other@example.org", "first-brook", PASSWORD)
        for taken in ("maple-lane", "moderator", "former-member-9"):
            assert self.edit(desk, other, username=taken).status_code == 200

    def test_nobody_is_deleted_and_a_closed_account_stays_closed(self, desk, person):
        desk.post(reverse("wagtailusers_users:delete", args=[person.pk]))
        left = User.objects.get(pk=person.pk)
        assert left.closed_at
        assert "stays closed" in self.edit(desk, left, email="x@example.org").content.decode()
        other = User.objects.create_proven("other@example.org", "first-brook", PASSWORD)
        for action in ("delete", "set_active_state"):
            path = reverse("wagtail_bulk_action", args=["people", "user", action])
            response = desk.post(f"{path}?id={left.pk}&id={other.pk}", {"mark_as_active": "True"})
            assert response.status_code == 302
        assert User.objects.filter(closed_at=None).count() == 2

    def test_a_row_that_is_deleted_all_the_same_leaves_its_handle(self, person):
        person.delete()
        assert FormerHandle.objects.get().handle == "maple-lane"


class TestForgetting:
    def test_accounts_that_nobody_proved_go_and_their_handles_are_free(self, sign_up, person, time_machine):
        sign_up(username="rowan-bridge")
        assert forget_unproven_accounts() == 0
        time_machine.shift(4 * 24 * 3600)
        assert forget_unproven_accounts() == 1
        assert list(User.objects.all()) == [person]
        assert not FormerHandle.objects.exists()

    def test_what_is_kept_of_a_session_goes_with_it(self, client, person, library):
        sign_in(client)
        assert forget_ended_sessions() == 0
        client.logout()
        assert forget_ended_sessions() == 1
        assert not UserSession.objects.exists()

    def test_no_copy_of_an_account_page_is_kept(self, client, person, library):
        client.force_login(person)
        assert "no-store" in client.get("/account/sessions/")["Cache-Control"]


class TestLimits:
    def test_sign_ups_and_codes_from_one_place_end(self, sign_up, library):
        for number in range(20):
            cache.clear()
            sign_up(Client(), email=f"p{number}@example.org")
        cache.clear()
        assert "very often" in sign_up(Client(), email="more@example.org").content.decode()
        assert User.objects.count() == 20

    def test_nobody_can_be_flooded_with_mail(self, person, library, letters):
        for number in range(25):
            cache.clear()
            Client().post("/account/password/reset/", {"email": person.email}, REMOTE_ADDR=f"10.0.0.{number}")
        letters()
        assert len(letters()) == 20

    def test_two_who_take_one_handle_at_once_get_an_answer(self, sign_up, person, monkeypatch):
        monkeypatch.setattr("people.adapter.check_handle", lambda handle: handle)
        response = sign_up(username="maple-lane")
        assert response.status_code == 200
        assert "Somebody has or had this handle" in response.content.decode()


def test_people_to_try_the_site_as(library, settings, capsys, client):
    call_command("demo")
    call_command("demo")
    assert "The password of all" in capsys.readouterr().out
    assert User.objects.get(username="cedar-gate").has_perm("wagtailadmin.access_admin")
    assert User.objects.get(username="rowan-bridge").standing.trusted_since
    assert not hasattr(User.objects.get(username="hazel-brook"), "standing")
    settings.SECOND_FACTOR_REQUIRED = True
    with pytest.raises(CommandError, match="one machine"):
        call_command("demo")


def test_before_the_first_start_nobody_can_be_made_and_it_says_what_to_do(library):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE practices_practiceindexpage RENAME TO not_there_yet")
    with pytest.raises(CommandError, match="There is no library yet: make run, once"):
        call_command("demo")


def test_an_account_is_asked_for_what_needs_one_and_a_handle_shown_where_it_is_shown(client, library):
    shown = client.get("/account/login/?next=/practices/tea/rate/").content.decode()
    assert "You need no account to read, or to tell how something went." in shown
    shown = client.get("/account/signup/").content.decode()
    assert "What you write on pages is free" in shown and "no reader sees that it was you" in shown
