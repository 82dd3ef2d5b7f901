"""How Wagtail's admin treats a practice: every save is a publish, and nothing cuts its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from wagtail.admin.views.pages.convert_alias import ConvertAliasView
from wagtail.admin.views.pages.copy import CopyView
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.delete import DeleteView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.move import MoveChooseDestinationView, MoveConfirmView
from wagtail.admin.viewsets.pages import PageViewSet

from .models import PracticePage


class PublishOnly:
    """A draft would leave words that the next accepted proposal publishes, so there are none.

    Menus can hide "Save draft", but a form sent without its button would still save one.
    """

    expects_json_response = False
    may_publish: Callable[[], bool]

    @property
    def action_name_and_method(self) -> tuple[str, Callable[[], HttpResponse]]:
        if not self.may_publish():
            raise PermissionDenied
        return ("publish", self.publish_action)  # type: ignore[attr-defined]  # of the view beside it


class PracticeCreateView(PublishOnly, CreateView):
    def may_publish(self) -> bool:
        return self.parent_page_perms.can_publish_subpage()


class PracticeEditView(PublishOnly, EditView):
    def may_publish(self) -> bool:
        return self.page_perms.can_publish()


class Refused:
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise PermissionDenied


class PracticeDeleteView(Refused, DeleteView):
    pass


class PracticeCopyView(Refused, CopyView):
    pass


class PracticeMoveView(Refused, MoveChooseDestinationView):
    pass


class PracticeMoveConfirmView(Refused, MoveConfirmView):
    pass


class PracticeConvertAliasView(Refused, ConvertAliasView):
    pass


class PracticeViewSet(PageViewSet):
    """Serves all practice page types: a viewset of a class serves those derived from it."""

    model = PracticePage
    add_view_class = PracticeCreateView
    edit_view_class = PracticeEditView
    delete_view_class = PracticeDeleteView
    copy_view_class = PracticeCopyView
    move_view_class = PracticeMoveView
    move_confirm_view_class = PracticeMoveConfirmView
    convert_alias_view_class = PracticeConvertAliasView


practice_viewset = PracticeViewSet()
