"""The front door, the pages that staff write (about, help, privacy and such), and who watches which practice."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from practices.models.pages import PracticePage, StandingPage

from .blocks import StaffTextBlock


class HomePage(StandingPage):
    """The front door. front_door.py finds what it shows of the library; staff add words of their own below."""

    body = StreamField(StaffTextBlock(), blank=True, verbose_name=_("below the shelves"))

    max_count = 1
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    subpage_types: ClassVar = ["practices.PracticeIndexPage", "home.StaffPage"]
    template = "home/front_door.html"
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("front door")
        verbose_name_plural = _("front door")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the shelves, so that a preview in the admin shows the page that readers see."""
        from .front_door import open_front_door

        return {**super().get_context(request, *args, **kwargs), "door": open_front_door()}


class StaffPage(Page):
    """A page that staff write, such as help or privacy."""

    lede = models.CharField(_("in one sentence"), max_length=300, blank=True)
    body = StreamField(StaffTextBlock(), blank=True, verbose_name=_("text"))

    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    template = "home/staff_page.html"
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("lede"), FieldPanel("body")]

    class Meta:
        verbose_name = _("page by staff")
        verbose_name_plural = _("pages by staff")


class StaffPageFile(models.Model):
    """What was made of a file in home/pages. The loader may update the page only while `revision` is its latest.

    The row outlives the page: a page that staff took away is not brought back by the next start.
    """

    slug = models.SlugField(_("slug"), primary_key=True)
    page = models.OneToOneField(StaffPage, models.SET_NULL, null=True, related_name="made_from", verbose_name=_("page"))
    revision = models.ForeignKey(
        "wagtailcore.Revision", models.SET_NULL, null=True, related_name="+", verbose_name=_("the loader’s revision")
    )
    digest = models.CharField(_("digest of the file"), max_length=64)

    class Meta:
        verbose_name = _("file of a page by staff")
        verbose_name_plural = _("files of pages by staff")

    def __str__(self) -> str:
        return self.slug


class Watch(models.Model):
    """Somebody wants to hear when a page changes. `watching.py` alone writes it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    page = models.ForeignKey(PracticePage, models.CASCADE, related_name="watches")
    since = models.DateTimeField(default=timezone.now)
    # What changed up to this moment they were told, or it was their own.
    told_until = models.DateTimeField(default=timezone.now)

    # The desk shows what points to a page. Who watches it is nobody's business.
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "page"], name="home_watch_once")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.page_id}"


class Erasure(models.Model):
    """That something was erased: the index and the database's file are written anew afterwards, behind everybody.

    It says neither what nor whose; the log has who did it to what.
    """

    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(finished_at=None), name="home_erasure_unfinished")
        ]

    def __str__(self) -> str:
        return str(self.asked_at)
