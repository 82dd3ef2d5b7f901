"""Wagtail's forms for accounts, by the rules that hold for accounts everywhere."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.users.forms import UserCreationForm as WagtailUserCreationForm
from wagtail.users.forms import UserEditForm as WagtailUserEditForm

from .handles import check_handle
from .models import User
from .services import change_address, change_handle


class ByOurRules:
    """Addresses in small letters, handles that nobody had before, and no names, which our accounts do not have."""

    instance: User
    cleaned_data: dict[str, Any]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean_username(self) -> str:
        return check_handle(self.cleaned_data["username"], but_for=self.instance if self.instance.pk else None)


class UserCreationForm(ByOurRules, WagtailUserCreationForm):
    first_name = None
    last_name = None

    class Meta(WagtailUserCreationForm.Meta):
        model = User
        fields = {"email", "username", "is_superuser", "groups"}


class UserEditForm(ByOurRules, WagtailUserEditForm):
    first_name = None
    last_name = None

    class Meta(WagtailUserEditForm.Meta):
        model = User
        fields = {"email", "username", "is_active", "is_superuser", "groups"}

    def clean(self) -> dict[str, Any]:
        if self.instance.closed_at:
            raise ValidationError(_("This account was closed by the person who had it, and stays closed."))
        return super().clean()

    def save(self, commit: bool = True) -> User:
        """The old address is no way in any more, and the old handle is given to nobody else."""
        if "username" in self.changed_data:
            change_handle(person=self.instance, handle=self.cleaned_data["username"])
        person = super().save(commit=commit)
        if "email" in self.changed_data:
            change_address(person=person, email=person.email)
        return person
