"""A step of the admin that Wagtail does not know, such as merging a term: its button, its page and its address."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import re_path
from wagtail_modeladmin.helpers import ButtonHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import InstanceSpecificView


class StepButtonHelper(ButtonHelper):
    """With a button for the one step that Wagtail does not know, for those who may edit."""

    step = ""
    label: Any = ""
    title: Any = ""

    def get_buttons_for_obj(self, obj: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        buttons = super().get_buttons_for_obj(obj, *args, **kwargs)
        if self.permission_helper.user_can_edit_obj(self.request.user, obj):
            buttons.append(
                {
                    "url": self.url_helper.get_action_url(self.step, quote(obj.pk)),
                    "label": self.label,
                    "classname": self.finalise_classname(["button-secondary"]),
                    "title": self.title,
                }
            )
        return buttons


class StepView(InstanceSpecificView):
    """A page of the admin for one step, for those who may edit."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.permission_helper.user_can_edit_obj(request.user, self.instance):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class StepAdmin(ModelAdmin):
    """Has the address of that step."""

    button_helper_class: type[StepButtonHelper]
    step_view_class: type[StepView]

    def step_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return self.step_view_class.as_view(model_admin=self, instance_pk=instance_pk)(request)

    def get_admin_urls_for_registration(self) -> tuple[Any, ...]:
        step = self.button_helper_class.step
        address = re_path(
            self.url_helper.get_action_url_pattern(step),
            self.step_view,
            name=self.url_helper.get_action_url_name(step),
        )
        return (*super().get_admin_urls_for_registration(), address)
