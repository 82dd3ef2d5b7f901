"""The front door, and the pages that staff write: about, help, accessibility, privacy, cookies."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from .blocks import StaffTextBlock


class HomePage(Page):
    """The front door. What it shows of the library is found by a view; staff add words of their own below."""

    body = StreamField(StaffTextBlock(), blank=True, verbose_name=_("below the shelves"))

    max_count = 1
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["practices.PracticeIndexPage", "home.StaffPage"]
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("front door")
        verbose_name_plural = _("front door")


class StaffPage(Page):
    """A page that staff write, such as help or privacy."""

    lede = models.CharField(_("in one sentence"), max_length=300, blank=True)
    body = StreamField(StaffTextBlock(), blank=True, verbose_name=_("text"))

    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar = []
    template = "home/staff_page.html"
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lede"), FieldPanel("body")]

    class Meta:
        verbose_name = _("page by staff")
        verbose_name_plural = _("pages by staff")
