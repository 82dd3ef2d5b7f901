"""Make the tree that the site stands on, and the pages that staff go on from."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from practices.models import PracticeIndexPage

from .models import HomePage, StaffPage, StaffPageFile
from .page_files import PAGES, PageFile, PageFileError, read_page_files

WELCOME_TITLE = "Welcome to your new Wagtail site!"


@transaction.atomic
def make_site_tree() -> PracticeIndexPage:
    """Make root, front door, default site and the whole library, as far as they are not there yet.

    Returns:
        The page that every practice stands below.
    """
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    front_door = HomePage.objects.first() or _make_front_door(root)
    _point_default_site_at(front_door)
    index = PracticeIndexPage.objects.first()
    if index is None:
        index = front_door.add_child(instance=PracticeIndexPage(title=_("The whole library"), slug="practices"))
    return index


def _make_front_door(root: Page) -> HomePage:
    """Put the front door where Wagtail's own welcome page stands, unless somebody has made that page theirs."""
    welcome = next((page for page in root.get_children() if _is_untouched_welcome(page)), None)
    if welcome:
        Page.objects.filter(pk=welcome.pk).update(slug="welcome-of-wagtail")
    taken = root.get_children().filter(slug="home").exists()
    root = Page.objects.get(pk=root.pk)
    front_door = root.add_child(
        instance=HomePage(title=settings.SITE_NAME, slug="front-door" if taken else "home", show_in_menus=False)
    )
    if welcome:
        for site in Site.objects.filter(root_page=welcome):
            site.root_page = front_door.page_ptr
            site.save()
        Page.objects.get(pk=welcome.pk).delete()
        front_door.refresh_from_db()
    return front_door


def _is_untouched_welcome(page: Page) -> bool:
    return (
        page.specific_class is Page
        and page.title == WELCOME_TITLE
        and page.latest_revision_id is None
        and page.numchild == 0
    )


def _point_default_site_at(front_door: HomePage) -> None:
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost", is_default_site=True)
    if site.root_page_id != front_door.pk:
        site.root_page = front_door.page_ptr
        site.site_name = site.site_name or settings.SITE_NAME
        site.save()


@transaction.atomic
def load_staff_pages(parent: Page, folder: Path = PAGES) -> int:
    """Make or update the pages of home/pages, and leave alone every page that staff have touched since.

    Args:
        parent: the front door, or any page beside which they stand (the whole library).
        folder: where the TOML files are.

    Returns:
        How many pages were made or updated.

    Raises:
        PageFileError: a file has an error; the message names the file and the key. Nothing is changed then.
    """
    front_door = HomePage.objects.ancestor_of(parent, inclusive=True).get()
    return sum(_load_staff_page(file, front_door) for file in read_page_files(folder))


def _load_staff_page(file: PageFile, front_door: HomePage) -> bool:
    made = StaffPageFile.objects.select_related("page").filter(slug=file.slug).first()
    if made is None:
        if front_door.get_children().filter(slug=file.slug).exists():
            return False
        page = StaffPage(slug=file.slug)
        made = StaffPageFile(slug=file.slug)
    elif made.digest == file.digest or made.page is None or _is_touched(made):
        return False
    else:
        page = made.page
    page.title, page.lede, page.body = file.title, file.lede, file.body
    _check_page(page, file)
    if page.pk is None:
        HomePage.objects.get(pk=front_door.pk).add_child(instance=page)
    revision = page.save_revision()
    revision.publish()
    made.page, made.revision, made.digest = page, revision, file.digest
    made.save()
    return True


def _is_touched(made: StaffPageFile) -> bool:
    """Whether staff edited the page or took it offline since the loader last wrote it."""
    page = made.page
    return page is not None and (not page.live or page.latest_revision_id != made.revision_id)


def _check_page(page: StaffPage, file: PageFile) -> None:
    """What the blocks themselves refuse, such as a heading that is too long."""
    try:
        page.clean_fields(exclude=[field.name for field in Page._meta.fields if field.name != "title"])
        page.body.stream_block.clean(page.body)
    except ValidationError as error:
        raise PageFileError(f"{file.slug}.toml: {_name_errors(error)}") from error


def _name_errors(error: ValidationError) -> str:
    blocks = getattr(error, "block_errors", None)
    if isinstance(blocks, dict):
        return "; ".join(f"{_key_of(key)}: {_name_errors(inner)}" for key, inner in blocks.items())
    if isinstance(blocks, list):
        return "; ".join(f"[{number}]: {_name_errors(inner)}" for number, inner in enumerate(blocks) if inner)
    if hasattr(error, "error_dict"):
        return "; ".join(f"{key}: {' '.join(messages)}" for key, messages in error.message_dict.items())
    return " ".join(error.messages)


def _key_of(key: object) -> str:
    return f"body[{key}]" if isinstance(key, int) else str(key)
