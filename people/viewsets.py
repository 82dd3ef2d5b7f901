from typing import Any

from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from .forms import UserCreationForm, UserEditForm


class UserViewSet(WagtailUserViewSet):
    create_template_name = "people/users/create.html"
    edit_template_name = "people/users/edit.html"

    def get_form_class(self, for_update: bool = False) -> Any:
        return UserEditForm if for_update else UserCreationForm
