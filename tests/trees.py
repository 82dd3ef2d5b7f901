"""The pages that every test of the library stands on."""

from django.conf import settings
from wagtail.models import Collection, Locale, Page, Site

from home.models import HomePage
from practices.models import PracticeIndexPage


def make_tree() -> PracticeIndexPage:
    """Root, front door and the whole library, without a practice, in the place of whatever pages there are."""
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    Collection.get_first_root_node() or Collection.add_root(name="Root")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    Site.objects.all().delete()
    root.get_children().delete()
    root = Page.objects.get(pk=root.pk)
    front_door = root.add_child(instance=HomePage(title="Front door", slug="home"))
    Site.objects.create(hostname="localhost", root_page=front_door, is_default_site=True)
    return front_door.add_child(instance=PracticeIndexPage(title="The whole library", slug="practices"))
