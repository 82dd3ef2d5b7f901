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
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as MFAReauthenticateForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .handles import check_handle, suggest_handle
from .limits import Limit, count_towards
from .models import MailChoice, User
from .open_forms import OpenForm
from .room import tell_room
from .services import change_handle
from .visitors import address_of

CODES_TRIED = Limit("second factor", most=10, every=timedelta(minutes=15))
CODE_USED = Limit("code of a second factor", most=1, every=timedelta(minutes=5))
HANDLES_CHANGED = Limit("change of handle", most=5, every=timedelta(days=1))
TOO_OFTEN = _("This was done very often from where you are. Please try again in an hour.")
HANDLE_HELP = _(
    "Others know you by it. It need not be your name, and it is best if it tells nothing about you, such as maple-lane."
)
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


class LimitedByPlace(forms.Form):
    """A form that may be sent so often from one place."""

    limit: ClassVar[Limit]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not count_towards(self.limit, address_of(context.request)):
            raise forms.ValidationError(TOO_OFTEN)
        return cleaned


class SignInForm(InOurWords, LoginForm):
    labels: ClassVar = {"login": _("E-mail address")}
    hints: ClassVar = {"password": ""}


class SignUpForm(LimitedByPlace, OpenForm, InOurWords, SignupForm):
    """E-mail, a public handle and a password. The handle comes with a suggestion that tells nothing."""

    limit: ClassVar = Limit("sign up", most=20, every=timedelta(hours=1))
    labels: ClassVar = {"email": _("E-mail address"), "username": _("Handle")}
    hints: ClassVar = {
        "email": _("For signing in and for what you want to hear of. Never shown."),
        "username": HANDLE_HELP,
        "password1": PASSWORD_HELP,
    }

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        self.fields["username"].initial = suggest_handle()

    def try_save(self, request: HttpRequest) -> Any:
        """Keep the password of a known address as slowly as a new one, or the time would tell which it is."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            # Somebody took the handle, or the address, between the look and this moment.
            self.add_error("username", _("Somebody has or had this handle. Please choose another."))
            page = render(request, "account/signup.html", {"form": self, "login_url": reverse("account_login")})
            raise ImmediateHttpResponse(page) from None


class AddressForm(InOurWords, AddEmailForm):
    labels: ClassVar = {"email": _("New e-mail address")}


class PasswordForm(InOurWords, ChangePasswordForm):
    labels: ClassVar = {"oldpassword": _("Current password"), "password1": _("New password")}
    hints: ClassVar = {"password1": PASSWORD_HELP}


class ForgottenForm(LimitedByPlace, InOurWords, ResetPasswordForm):
    limit: ClassVar = Limit("forgotten password", most=20, every=timedelta(hours=1))
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


class CountedCodeForm(InOurWords):
    """A code of the second factor: counted for all processes together, and good once."""

    def clean_code(self) -> str:
        person = self.user.pk  # type: ignore[attr-defined]
        if not count_towards(CODES_TRIED, str(person)):
            raise forms.ValidationError(_("Too many codes were tried. Please try again in a quarter of an hour."))
        code: str = super().clean_code()  # type: ignore[misc]
        if not count_towards(CODE_USED, f"{person} {code}"):
            raise forms.ValidationError(_("This code was used already. Please wait for the next one."))
        return code


class SecondFactorForm(CountedCodeForm, AuthenticateForm):
    pass


class SecondFactorAgainForm(CountedCodeForm, MFAReauthenticateForm):
    pass


class HandleForm(forms.Form):
    username = forms.CharField(label=_("Handle"), max_length=40, help_text=HANDLE_HELP)

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, initial={"username": person.username})
        self.person = person

    def clean_username(self) -> str:
        handle = check_handle(self.cleaned_data["username"], but_for=self.person)
        if handle != self.person.username and not count_towards(HANDLES_CHANGED, str(self.person.pk)):
            raise forms.ValidationError(_("You changed it often today. Please try again tomorrow."))
        return handle

    def save(self) -> None:
        change_handle(person=self.person, handle=self.cleaned_data["username"])


class MailChoiceForm(forms.Form):
    """How much mail somebody wants about what became of their work."""

    mail = forms.ChoiceField(label=_("Tell me by email"), choices=MailChoice, widget=forms.RadioSelect)


class PauseForm(forms.Form):
    """For how long somebody shall not send, and why."""

    until = forms.DateField(
        label=_("The last day of the pause"), widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("A week is often enough."),
        error_messages={"required": _("Choose a day"), "invalid": _("Write the day such as 2027-01-31")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why, in words for them"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They read this. Begin with what you want to keep. For example: your page on tea mornings is"
                    " good; five others name people who were not asked."),
        error_messages={"required": _("Say why: they read it")},
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)
        tell_room(self.fields["reason"])
