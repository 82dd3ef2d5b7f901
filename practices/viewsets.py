"""How Wagtail's admin treats a practice: every save is a publish, and nothing cuts its history."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.views.pages.convert_alias import ConvertAliasView
from wagtail.admin.views.pages.copy import CopyView
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.delete import DeleteView
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.move import MoveChooseDestinationView, MoveConfirmView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from .forms import PracticePageForm
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


@lru_cache(maxsize=16)
def desk_handler(model: Any) -> Any:
    """The panels for a practice that people can read: what only moderators decide.

    What it says is not among them: a save here would overwrite what was accepted since the form was opened.
    """
    panels = [FieldPanel("photo"), FieldPanel("adapted_from")]
    return ObjectList(panels, base_form_class=PracticePageForm).bind_to_model(model)


class PracticeEditView(PublishOnly, EditView):
    page: PracticePage
    page_class: Any

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs: Any) -> HttpResponse:
        """Held from before it is read, so that what is accepted meanwhile is not saved over."""
        if request.method == "POST":
            Page.objects.select_for_update().filter(pk=page_id).first()
        return super().dispatch(request, page_id, **kwargs)

    _edit_handler: Any

    @property
    def edit_handler(self) -> Any:
        return self._edit_handler

    @edit_handler.setter
    def edit_handler(self, whole: Any) -> None:
        self._edit_handler = desk_handler(self.page_class) if self.page.live else whole

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
