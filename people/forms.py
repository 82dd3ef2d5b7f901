"""Wagtail's forms for accounts, without the names that our accounts do not have."""

from wagtail.users.forms import UserCreationForm as WagtailUserCreationForm
from wagtail.users.forms import UserEditForm as WagtailUserEditForm

from .models import User


class UserCreationForm(WagtailUserCreationForm):
    first_name = None
    last_name = None

    class Meta(WagtailUserCreationForm.Meta):
        model = User
        fields = {"email", "username", "is_superuser", "groups"}


class UserEditForm(WagtailUserEditForm):
    first_name = None
    last_name = None

    class Meta(WagtailUserEditForm.Meta):
        model = User
        fields = {"email", "username", "is_active", "is_superuser", "groups"}
