"""The forms of an account, in the words of the rest of the site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    ConfirmEmailVerificationCodeForm,
    ConfirmPasswordResetCodeForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
)
from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .handles import check_handle, suggest_handle
from .limits import Limit, count_towards
from .models import User
from .open_forms import OpenForm
from .services import change_handle, close_account

PASSWORDS_TRIED = Limit("password before leaving", most=10, every=timedelta(minutes=15))
HANDLE_HELP = _("Others know you by it. It need not be your name, and better tells nothing of you: maple-lane.")
PASSWORD_HELP = _("At least 10 letters, figures or spaces. Three or four words that nobody would guess are good.")


class InOurWords(forms.Form):
    """A form of django-allauth with labels and hints of ours.

    It has no placeholders: one goes away as soon as somebody types, and is pale before that.
    """

    labels: ClassVar[dict[str, Promise]] = {}
    hints: ClassVar[dict[str, Promise | str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One box for a new password: browsers show what is typed, and keep it.
        self.fields.pop("password2", None)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        for name, label in self.labels.items():
            self.fields[name].label = str(label)
        for name, hint in self.hints.items():
            self.fields[name].help_text = str(hint)


class SignInForm(InOurWords, LoginForm):
    labels: ClassVar = {"login": _("E-mail address")}
    hints: ClassVar = {"password": ""}


class SignUpForm(OpenForm, InOurWords, SignupForm):
    """E-mail, a public handle and a password. The handle comes with a suggestion that tells nothing."""

    labels: ClassVar = {"email": _("E-mail address"), "username": _("Handle")}
    hints: ClassVar = {
        "email": _("For signing in and for what you want to hear of. Never shown."),
        "username": HANDLE_HELP,
        "password1": PASSWORD_HELP,
    }

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.fields["username"].initial = suggest_handle()


class AddressForm(InOurWords, AddEmailForm):
    labels: ClassVar = {"email": _("New e-mail address")}


class PasswordForm(InOurWords, ChangePasswordForm):
    labels: ClassVar = {"oldpassword": _("Password until now"), "password1": _("New password")}
    hints: ClassVar = {"password1": PASSWORD_HELP}


class ForgottenForm(InOurWords, ResetPasswordForm):
    labels: ClassVar = {"email": _("E-mail address")}


class NewPasswordForm(InOurWords, ResetPasswordKeyForm):
    labels: ClassVar = {"password1": _("New password")}
    hints: ClassVar = {"password1": PASSWORD_HELP}


class AskAgainForm(InOurWords, ReauthenticateForm):
    hints: ClassVar = {"password": ""}


class AddressCodeForm(InOurWords, ConfirmEmailVerificationCodeForm):
    pass


class ResetCodeForm(InOurWords, ConfirmPasswordResetCodeForm):
    pass


class HandleForm(forms.Form):
    username = forms.CharField(label=_("Handle"), max_length=40, help_text=HANDLE_HELP)

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, initial={"username": person.username})
        self.person = person

    def clean_username(self) -> str:
        return check_handle(self.cleaned_data["username"], but_for=self.person)

    def save(self) -> None:
        change_handle(person=self.person, handle=self.cleaned_data["username"])


class LeaveForm(forms.Form):
    password = forms.CharField(
        label=_("Your password, so that nobody else can do this"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        person, password = self.request.user, self.cleaned_data["password"]
        if not count_towards(PASSWORDS_TRIED, str(person.pk)):
            raise forms.ValidationError(_("That was tried too often. Please try again in a quarter of an hour."))
        if not person.check_password(password):
            raise forms.ValidationError(_("This is not your password"))
        return password

    def save(self) -> None:
        close_account(person=self.request.user)  # type: ignore[arg-type]
