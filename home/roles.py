"""The roles that the admin knows. Contributors have none: they never see the admin."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from practices.models import PracticeIndexPage

MODERATORS = "moderators"
PAGE_PERMISSIONS = ("change_page", "publish_page", "lock_page", "unlock_page")
PHOTO_PERMISSIONS = ("add_image", "change_image", "choose_image")
VOCABULARIES = ("outcome", "beneficiarygroup", "principle")
TYPED = ("view_typedsearch", "delete_typedsearch")
PROMOTING = tuple(f"{action}_searchpromotion" for action in ("add", "change", "delete"))
FINDING = ("synonym", "everydaywords", "helpline", "wantedpractice")


def make_moderators(index: PracticeIndexPage) -> Group:
    """Make the group of moderators, or give it what it lacks: the admin, practices, terms, finding, promotions, photos.

    Wagtail's own groups, which may edit every page, are removed unless somebody is in them.
    """
    Group.objects.filter(name__in=("Editors", "Moderators"), user=None).delete()
    group, _made = Group.objects.get_or_create(name=MODERATORS)
    codenames = [f"{action}_{model}" for model in (*VOCABULARIES, *FINDING) for action in ("add", "change", "delete")]
    group.permissions.add(
        Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"),
        *Permission.objects.filter(content_type__app_label__in=("practices", "search"), codename__in=codenames),
        *Permission.objects.filter(content_type__app_label="search", codename__in=TYPED),
        *Permission.objects.filter(content_type__app_label="wagtailsearchpromotions", codename__in=PROMOTING),
    )
    for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS):
        GroupPagePermission.objects.get_or_create(group=group, page=index, permission=permission)
    root = Collection.get_first_root_node()
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailimages", codename__in=PHOTO_PERMISSIONS
    ):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
    return group
