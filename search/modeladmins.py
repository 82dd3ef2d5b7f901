"""Synonyms, help lines, the wanted list and what is searched for, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup
from wagtail_modeladmin.views import CreateView, EditView

from practices.admin_steps import StepAdmin, StepButtonHelper, StepView

from .forms import EverydayWordsForm, HelpLineForm, SynonymForm
from .help_lines import confirm_help_line
from .models import EverydayWords, HelpLine, Synonym, TypedSearch, WantedPractice, WantedState
from .trying import effects_of
from .wanted_forms import DecisionForm

WAYS_SHOWN = 6


class TryingFirst:
    """A form with a second button, which shows what saving would change and saves nothing."""

    def form_valid(self, form: Any) -> HttpResponse:
        if "try" in self.request.POST:  # type: ignore[attr-defined]
            effects = effects_of(form.instance.as_rule())
            return self.render_to_response(self.get_context_data(form=form, effects=effects))  # type: ignore[attr-defined]
        return super().form_valid(form)  # type: ignore[misc]


class CreateSynonymView(TryingFirst, CreateView):
    pass


class EditSynonymView(TryingFirst, EditView):
    pass


class SynonymAdmin(ModelAdmin):
    model = Synonym
    menu_icon = "openquote"
    list_display = ("__str__", "stands_for", "note", "changed_by", "changed_at")
    list_select_related = ("changed_by",)
    search_fields = ("says", "means", "words", "note")
    ordering = ("-changed_at", "pk")
    list_per_page = 50
    history_view_enabled = True
    create_view_class = CreateSynonymView
    edit_view_class = EditSynonymView
    create_template_name = "search/admin/create_synonym.html"
    edit_template_name = "search/admin/edit_synonym.html"
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("says", "means", "near", "words", "both_ways", "note")],
        base_form_class=SynonymForm,
    )

    def stands_for(self, synonym: Synonym) -> str:
        near = [_("near %(term)s") % {"term": each} for each in synonym.near]
        return ", ".join([*synonym.means, *near, *(f"“{each}”" for each in synonym.words)])

    stands_for.short_description = gettext_lazy("stands for")  # type: ignore[attr-defined]


class EverydayWordsAdmin(ModelAdmin):
    model = EverydayWords
    menu_icon = "comment"
    list_display = ("page", "ways", "changed_by", "changed_at")
    list_select_related = ("page", "changed_by")
    search_fields = ("page__title", "says")
    ordering = ("-changed_at", "pk")
    list_per_page = 50
    history_view_enabled = True
    edit_handler = ObjectList([FieldPanel("page"), FieldPanel("says")], base_form_class=EverydayWordsForm)

    def ways(self, words: EverydayWords) -> str:
        shown = ", ".join(words.says[:WAYS_SHOWN])
        more = len(words.says) - WAYS_SHOWN
        return _("%(shown)s, and %(number)s more") % {"shown": shown, "number": more} if more > 0 else shown

    ways.short_description = gettext_lazy("how people ask for it")  # type: ignore[attr-defined]


class HelpLineButtonHelper(StepButtonHelper):
    step = "confirm"
    label = gettext_lazy("Confirm")
    title = gettext_lazy("Say that the number is right today")


class ConfirmView(StepView):
    """Ask whether somebody rang the number or looked it up today, and note who did."""

    page_title = gettext_lazy("Confirm")
    template_name = "search/admin/confirm_help_line.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        confirm_help_line(line=self.instance, by=request.user)
        messages.success(request, _("%(line)s is confirmed.") % {"line": self.instance})
        return redirect(self.index_url)


class HelpLineAdmin(StepAdmin):
    model = HelpLine
    step_view_class = ConfirmView
    menu_icon = "warning"
    list_display = ("__str__", "what_for", "state", "confirmed_by", "shown_or_not")
    list_select_related = ("confirmed_by",)
    ordering = ("sort_order", "pk")
    button_helper_class = HelpLineButtonHelper
    history_view_enabled = True
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("name", "number", "what_for", "dangers", "shown", "sort_order")],
        base_form_class=HelpLineForm,
    )

    def state(self, line: HelpLine) -> str:
        if line.confirmed_on is None:
            return _("Not yet confirmed")
        if line.is_confirmed():
            return _("Confirmed on %(day)s") % {"day": line.confirmed_on}
        return _("Confirmed on %(day)s, more than three months ago") % {"day": line.confirmed_on}

    def shown_or_not(self, line: HelpLine) -> str:
        """In words: a tick would need a picture of django.contrib.admin, which is not installed."""
        return _("Shown") if line.shown else _("Not shown")

    shown_or_not.short_description = gettext_lazy("shown")  # type: ignore[attr-defined]


class WantedButtonHelper(StepButtonHelper):
    step = "decide"
    label = gettext_lazy("Decide")
    title = gettext_lazy("Show it, make it an invitation, merge it, or close it")


class DecideView(StepView):
    """What becomes of something that is wanted."""

    page_title = gettext_lazy("Decide")
    template_name = "search/admin/decide_wanted.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", DecisionForm(instance=self.instance))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DecisionForm(request.POST, instance=self.instance)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        form.decide(by=request.user)
        messages.success(
            request,
            _("“%(wanted)s” is now: %(state)s.")
            % {"wanted": self.instance, "state": self.instance.get_state_display()},
        )
        return redirect(self.index_url)


class WantedAdmin(StepAdmin):
    model = WantedPractice
    menu_label = gettext_lazy("Wanted list")
    menu_icon = "help"
    step_view_class = DecideView
    button_helper_class = WantedButtonHelper
    list_display = ("title", "state", "asked", "created_at", "becomes")
    list_filter = ("state",)
    list_select_related = ("answer", "merged_into")
    search_fields = ("title", "why")
    ordering = ("-is_waiting", "-asked", "sort_order", "pk")
    list_per_page = 50
    history_view_enabled = True
    edit_handler = ObjectList(
        [
            FieldPanel(name)
            for name in ("title", "why", "invitation", "source_title", "source_publisher", "source_date", "sort_order")
        ]
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[WantedPractice]:
        """With what waits for a moderator at the top."""
        is_waiting = Case(
            When(state=WantedState.WAITING, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        return WantedPractice.objects.annotate(is_waiting=is_waiting)

    def becomes(self, wanted: WantedPractice) -> str:
        return str(wanted.answer or wanted.merged_into or "")

    becomes.short_description = gettext_lazy("answered by, or the same as")  # type: ignore[attr-defined]


class OnlyLooking(PermissionHelper):
    """What people typed is read here and written by nobody. What tells of somebody after all can be taken out."""

    def user_can_create(self, user: Any) -> bool:
        return False

    def user_can_edit_obj(self, user: Any, obj: Any) -> bool:
        return False


class WhatWasFound(SimpleListFilter):
    title = gettext_lazy("what they found")
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("nothing", gettext_lazy("Nothing")), ("something", gettext_lazy("Something"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[TypedSearch]) -> QuerySet[TypedSearch]:
        match self.value():
            case "nothing":
                return queryset.filter(found=0)
            case "something":
                return queryset.filter(found__gt=0)
        return queryset


class TypedSearchAdmin(ModelAdmin):
    model = TypedSearch
    menu_label = gettext_lazy("What people search for")
    menu_icon = "search"
    list_display = ("words", "times", "found", "last_typed_on")
    list_filter = (WhatWasFound, "last_typed_on")
    search_fields = ("words",)
    ordering = ("-times", "words")
    list_per_page = 50
    permission_helper_class = OnlyLooking


class FindingGroup(ModelAdminGroup):
    menu_label = gettext_lazy("Finding")
    menu_icon = "search"
    menu_order = 260
    items = (WantedAdmin, SynonymAdmin, EverydayWordsAdmin, HelpLineAdmin, TypedSearchAdmin)
