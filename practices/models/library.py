"""The library as a whole: its identity, its version, and which pages the starter loader still owns."""

from __future__ import annotations

import uuid

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class LibraryManager(models.Manager["Library"]):
    def current(self) -> Library:
        """The one row; made on first use. Asked for by every page, so by a statement that is worked out once."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT uuid, version FROM practices_library WHERE id = 1")
            found = cursor.fetchone()
        if found is None:
            return self.get_or_create(pk=1)[0]
        # SQLite has no type for it and gives its letters.
        identity = found[0] if isinstance(found[0], uuid.UUID) else uuid.UUID(found[0])
        return Library.from_db(connection.alias, ("id", "uuid", "version"), (1, identity, found[1]))

    def bump_version(self) -> None:
        """Say, in the transaction of a change, that something readers can see has changed."""
        if not self.filter(pk=1).update(version=models.F("version") + 1):
            self.current()


class Library(models.Model):
    """One row. The uuid names this library's index folder: a restored copy takes a new one."""

    uuid = models.UUIDField(_("identity"), default=uuid.uuid4, editable=False)
    version = models.PositiveBigIntegerField(_("version"), default=1)

    objects = LibraryManager()

    class Meta:
        verbose_name = _("library")
        verbose_name_plural = _("libraries")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="practices_library_one_row")]

    def __str__(self) -> str:
        return f"{self.uuid} at version {self.version}"


class StarterEntry(models.Model):
    """A page that the starter loader made. It may update the page only while `revision` is its latest."""

    page = models.OneToOneField(
        "practices.PracticePage", models.CASCADE, primary_key=True, related_name="starter_entry"
    )
    revision = models.ForeignKey(
        "wagtailcore.Revision", models.SET_NULL, null=True, related_name="+", verbose_name=_("the loader’s revision")
    )
    digest = models.CharField(_("digest of the file"), max_length=64)

    class Meta:
        verbose_name = _("starter entry")
        verbose_name_plural = _("starter entries")

    def __str__(self) -> str:
        return str(self.page_id)
