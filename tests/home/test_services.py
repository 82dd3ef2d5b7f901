"""The tree the site stands on, and the pages by staff."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Page, PageLogEntry, Revision, Site

from home.blocks import AddressBlock
from home.models import HomePage, StaffPage, StaffPageFile
from home.page_files import PageFileError
from home.services import WELCOME_TITLE, load_staff_pages, make_site_tree
from practices.models import PracticeIndexPage

pytestmark = pytest.mark.django_db

HELP = """
title = "{title}"
[[body]]
type = "section"
heading = "Find something"
text = "Write as you would tell a colleague."
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "help.toml").write_text(HELP.format(title="Help"))
    return tmp_path


def change_file(folder, title):
    (folder / "help.toml").write_text(HELP.format(title=title))


def with_wagtails_welcome():
    """The tree as Wagtail's own migrations leave it."""
    Site.objects.all().delete()
    Page.get_first_root_node().get_children().delete()
    root = Page.objects.get(depth=1)
    welcome = root.add_child(instance=Page(title=WELCOME_TITLE, slug="home"))
    Site.objects.create(hostname="localhost", root_page=welcome, is_default_site=True)
    return welcome


def test_tree_takes_the_place_of_wagtails_welcome_page():
    with_wagtails_welcome()
    index = make_site_tree()
    front_door = HomePage.objects.get()
    assert (front_door.slug, front_door.url) == ("home", "/")
    assert (index.slug, index.get_parent().specific) == ("practices", front_door)
    assert Site.objects.get().root_page_id == front_door.pk
    assert not Page.objects.filter(title=WELCOME_TITLE).exists()
    assert not Page.find_problems()[0]


def test_tree_is_made_once():
    with_wagtails_welcome()
    first = make_site_tree()
    assert make_site_tree() == first
    assert (HomePage.objects.count(), PracticeIndexPage.objects.count(), Site.objects.count()) == (1, 1, 1)


def test_tree_is_made_where_there_is_no_page_at_all():
    Site.objects.all().delete()
    Page.objects.all().delete()
    assert make_site_tree().url == "/practices/"


def test_welcome_page_that_somebody_has_made_theirs_stays():
    welcome = with_wagtails_welcome()
    welcome.title = "Our old page"
    welcome.save_revision().publish()
    make_site_tree()
    assert Page.objects.get(pk=welcome.pk).slug == "home"
    assert HomePage.objects.get().slug == "front-door"
    assert Site.objects.get().root_page.specific_class is HomePage


def test_staff_pages_are_made_once(library, folder):
    assert load_staff_pages(library, folder) == 1
    assert load_staff_pages(library, folder) == 0
    page = StaffPage.objects.get()
    assert (page.title, page.url, page.live) == ("Help", "/help/", True)
    assert Revision.objects.for_instance(page).count() == 1


def test_changed_file_changes_a_page_that_nobody_has_touched(library, folder):
    load_staff_pages(library, folder)
    change_file(folder, "How to help")
    assert load_staff_pages(library, folder) == 1
    assert StaffPage.objects.get().title == "How to help"
    change_file(folder, "How else to help")
    assert load_staff_pages(library, folder) == 1


def test_page_that_staff_have_edited_is_never_overwritten(library, folder):
    load_staff_pages(library, folder)
    page = StaffPage.objects.get()
    page.title = "Our own words"
    page.save_revision().publish()
    change_file(folder, "How to help")
    assert load_staff_pages(library, folder) == 0
    assert StaffPage.objects.get().title == "Our own words"


def test_draft_by_staff_is_not_published_by_the_loader(library, folder):
    load_staff_pages(library, folder)
    page = StaffPage.objects.get()
    page.title = "Half a thought"
    page.save_revision()
    change_file(folder, "How to help")
    assert load_staff_pages(library, folder) == 0
    assert StaffPage.objects.get().title == "Help"


def test_page_that_staff_took_offline_or_away_does_not_come_back(library, folder):
    load_staff_pages(library, folder)
    StaffPage.objects.get().unpublish()
    change_file(folder, "How to help")
    assert load_staff_pages(library, folder) == 0
    assert not StaffPage.objects.get().live
    StaffPage.objects.get().delete()
    assert load_staff_pages(library, folder) == 0
    assert StaffPageFile.objects.get().page is None


def test_page_that_staff_made_themselves_at_the_same_address_stays_theirs(library, folder):
    front_door = HomePage.objects.get()
    front_door.add_child(instance=StaffPage(title="Ours", slug="help"))
    assert load_staff_pages(front_door, folder) == 0
    assert StaffPage.objects.get().title == "Ours"


def test_one_bad_file_changes_nothing(library, folder):
    (folder / "zebra.toml").write_text(HELP.format(title="x" * 300))
    with pytest.raises(PageFileError, match=r"zebra\.toml: title"):
        load_staff_pages(library, folder)
    assert not StaffPage.objects.exists()


def test_what_a_block_refuses_is_named_with_file_and_key(library, folder):
    text = HELP.format(title="Help").replace("Find something", "x" * 200)
    (folder / "help.toml").write_text(text)
    with pytest.raises(PageFileError, match=r"help.toml: body\[0\]: heading"):
        load_staff_pages(library, folder)


def test_loader_needs_no_person(library, folder):
    load_staff_pages(library, folder)
    assert not PageLogEntry.objects.filter(page__slug="help").exclude(user=None).exists()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//elsewhere.example", "data:text/html,x", "help", ""])
def test_link_takes_no_address_that_could_run_or_mislead(address):
    with pytest.raises(ValidationError):
        AddressBlock().clean(address)


@pytest.mark.parametrize("address", ["/help/", "https://example.org/", "http://example.org/"])
def test_link_takes_addresses_here_and_on_the_web(address):
    assert AddressBlock().clean(address) == address
