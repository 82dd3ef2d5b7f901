"""What publishing leaves beside a page: its first revision, the log, and what it points to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision

from .tables import Table


class History:
    """The rows of revisions, log and reference index for the pages of one batch."""

    def __init__(self, by: Any, now: datetime) -> None:
        context = get_active_log_context()
        self.person = getattr(by or context.user, "pk", None)
        self.page_type = ContentType.objects.get_for_model(Page).pk
        # Only what something names needs a key beforehand.
        self.revision = Table(Revision)
        self.log = Table(PageLogEntry, numbered=True)
        self.reference = Table(ReferenceIndex, numbered=True)
        self.now = self.revision.prepare["created_at"](now)
        self.encode = self.revision.prepare["content"]
        self.entry = {
            "user": self.person,
            "uuid": self.log.prepare["uuid"](context.uuid),
            "data": self.log.prepare["data"]({}),
            "timestamp": self.now,
            "content_changed": True,
            "deleted": False,
        }
        self.revisions: list[dict[str, Any]] = []
        self.references: list[dict[str, Any]] = []

    def add_revision(self, pk: int, content_type: int, content: dict[str, Any], page_id: int) -> None:
        """Keep what the page says as a revision with the key `pk`."""
        self.revisions.append(
            {
                "id": pk,
                "content_type": content_type,
                "base_content_type": self.page_type,
                "object_id": str(page_id),
                "created_at": self.now,
                "user": self.person,
                "object_str": content["title"],
                "content": self.encode(content),
                "approved_go_live_at": None,
            }
        )

    def add_reference(self, page_id: int, source_type: int, target: tuple[int, int], path: tuple[str, str]) -> None:
        """Note that a page points to something.

        Args:
            target: content type and key of what is pointed to.
            path: the field that points there, in the model and in this page.
        """
        self.references.append(
            {
                "content_type": source_type,
                "base_content_type": self.page_type,
                "object_id": str(page_id),
                "to_content_type": target[0],
                "to_object_id": str(target[1]),
                "model_path": path[0],
                "content_path": path[1],
                "content_path_hash": self.reference.prepare["content_path_hash"](
                    ReferenceIndex._get_content_path_hash(path[1])
                ),
            }
        )

    def _entries(self) -> Iterator[dict[str, Any]]:
        """Two entries of the log for each page: it was made, and it was published."""
        for revision in self.revisions:
            about = {
                **self.entry,
                "page": int(revision["object_id"]),
                "content_type": revision["content_type"],
                "label": revision["object_str"],
            }
            yield {**about, "action": "wagtail.create", "revision": None}
            yield {**about, "action": "wagtail.publish", "revision": revision["id"]}

    def insert_revisions(self) -> None:
        """Write the revisions: before the pages, which name them."""
        self.revision.insert(self.revisions)

    def insert_rest(self) -> None:
        """Write log and references."""
        self.log.insert(self._entries())
        self.reference.insert(self.references)
