"""The vocabularies in the admin: add, rename, retire and merge terms."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdminGroup

from .admin_steps import StepAdmin, StepButtonHelper, StepView
from .forms import MergeTermForm, TermForm
from .models import BeneficiaryGroup, Outcome, Principle, Term
from .services import merge_terms


class TermPermissionHelper(PermissionHelper):
    def user_can_delete_obj(self, user: Any, obj: Term) -> bool:
        """Only a term that no page has ever named can go: old revisions still name the others."""
        return not obj.named and not obj.merged_into_id and super().user_can_delete_obj(user, obj)

    def user_can_edit_obj(self, user: Any, obj: Term) -> bool:
        return not obj.merged_into_id and super().user_can_edit_obj(user, obj)


class TermButtonHelper(StepButtonHelper):
    step = "merge"
    label = gettext_lazy("Merge")
    title = gettext_lazy("Let another term stand for this one")


class MergeView(StepView):
    """Ask which term shall stand for this one, and merge."""

    page_title = gettext_lazy("Merge")
    template_name = "practices/admin/merge_term.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", MergeTermForm(source=self.instance))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = MergeTermForm(request.POST, source=self.instance)
        if form.is_valid():
            try:
                target = merge_terms(source=self.instance, target=form.cleaned_data["target"], by=request.user)
            except ValidationError as error:
                form.add_error("target", error)
            else:
                messages.success(
                    request, _("%(target)s now stands for %(source)s.") % {"target": target, "source": self.instance}
                )
                return redirect(self.index_url)
        return self.render_to_response(self.get_context_data(form=form))


class TermAdmin(StepAdmin):
    step_view_class = MergeView
    list_display = ("label", "slug", "state", "sort_order")
    list_filter = ("retired",)
    list_select_related = ("merged_into",)
    search_fields = ("label", "slug")
    ordering = ("sort_order", "label")
    permission_helper_class = TermPermissionHelper
    button_helper_class = TermButtonHelper
    history_view_enabled = True
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("label", "slug", "description", "also", "sort_order", "retired")],
        base_form_class=TermForm,
    )
    prepopulated_fields = {"slug": ("label",)}

    def state(self, term: Term) -> str:
        """In words: a tick would need a picture of django.contrib.admin, which is not installed."""
        if term.merged_into:
            return _("Merged into %(term)s") % {"term": term.merged_into}
        return _("Retired") if term.retired else _("In use")


class OutcomeAdmin(TermAdmin):
    model = Outcome
    menu_icon = "success"


class BeneficiaryGroupAdmin(TermAdmin):
    model = BeneficiaryGroup
    menu_icon = "group"


class PrincipleAdmin(TermAdmin):
    model = Principle
    menu_icon = "key"


class VocabulariesGroup(ModelAdminGroup):
    menu_label = gettext_lazy("Vocabularies")
    menu_icon = "tag"
    menu_order = 250
    items = (OutcomeAdmin, BeneficiaryGroupAdmin, PrincipleAdmin)
