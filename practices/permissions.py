"""What somebody may do to a practice in the admin."""

from typing import Any

from wagtail.models import Page, PagePermissionTester


class FixedPagePermissionTester(PagePermissionTester):
    """Wagtail's rules, for a page that stays where it is: others rest on its address."""

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_move_to(self, destination: Page) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_copy_to(self, destination: Page, recursive: bool = False) -> bool:
        return False

    def can_submit_for_moderation(self) -> bool:
        return False


class StandingPagePermissionTester(FixedPagePermissionTester):
    """The front door and the whole library. Moderators work on what stands below, not on these."""

    def can_edit(self) -> bool:
        return bool(self.user.is_superuser) and super().can_edit()

    def can_unpublish(self) -> bool:
        return False

    def can_set_view_restrictions(self) -> bool:
        return bool(self.user.is_superuser)


class PracticePermissionTester(FixedPagePermissionTester):
    """A practice is never deleted, moved or copied: it is unpublished, and its address stays its own.

    Its latest revision is the live one, so whoever may not publish may not edit here either.
    """

    def can_edit(self) -> bool:
        return super().can_edit() and (self.user.is_superuser or "publish" in self.permissions)


def can_change_kind(person: Any, page: Page) -> bool:
    """Moderators may: those who may publish the page."""
    tester = page.permissions_for_user(person)
    return tester.can_edit() and tester.can_publish()
