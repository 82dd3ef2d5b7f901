from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.users.views.users import DeleteView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from .forms import UserCreationForm, UserEditForm
from .services import close_account


class CloseView(DeleteView):
    """An account is closed and not deleted: what somebody wrote keeps its author."""

    page_title = _("Close account")
    success_message = _("The account of “%(object)s” is closed.")

    def delete_action(self) -> None:
        close_account(person=self.object)


class UserViewSet(WagtailUserViewSet):
    delete_view_class = CloseView
    create_template_name = "people/users/create.html"
    edit_template_name = "people/users/edit.html"

    def get_form_class(self, for_update: bool = False) -> Any:
        return UserEditForm if for_update else UserCreationForm
