"""The indexes of one library: their names, the aliases by which they are read and written, and what is known of them.

<prefix>-<library>-v<schema>-read     what readers ask; points to one generation, and is moved in one step
<prefix>-<library>-v<schema>-write    what the queue writes to; the same generation
<prefix>-<library>-v<schema>-g<time>  a generation
<prefix>-<library>-v<schema>-state    two documents: up to which version of the library the live one holds every
                                      change, and when it was last compared with the database
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from elasticsearch import Elasticsearch, NotFoundError

from practices.models import Library
from search.engines.base import Check, EngineUnavailableError

from .mapping import SCHEMA_VERSION, mapping

SETTINGS = {"number_of_shards": 1, "refresh_interval": "30s"}
DRAINED, CHECKED = "drained", "checked"
A_DAY = 24 * 3600


class Indexes:
    """The indexes of a library, over a client that each step is given anew, since its time runs out."""

    def __init__(self, library: Library) -> None:
        self.library = str(library.uuid)
        self.family = f"{settings.ELASTICSEARCH_INDEX_PREFIX}-{self.library}"
        base = f"{self.family}-v{SCHEMA_VERSION}"
        self.read, self.write, self.state = f"{base}-read", f"{base}-write", f"{base}-state"
        self._base = base

    def live(self, client: Elasticsearch) -> str:
        """The name of the generation that readers ask.

        Raises:
            NotFoundError: there is none.
        """
        return str(next(iter(client.indices.get_alias(name=self.read).body)))

    def make_generation(self, client: Elasticsearch) -> str:
        """A new index that nobody reads yet; it has no copies until it is full."""
        copies = f"0-{settings.ELASTICSEARCH_REPLICAS}"
        client.options(ignore_status=400).indices.create(
            index=self.state,
            mappings={"dynamic": False},
            settings={"number_of_shards": 1, "auto_expand_replicas": copies},
        )
        name = f"{self._base}-g{time.time_ns():x}"
        client.indices.create(
            index=name, mappings=mapping(), settings={**SETTINGS, "refresh_interval": "-1", "number_of_replicas": 0}
        )
        return name

    def fill_is_over(self, client: Elasticsearch, name: str) -> None:
        """Let a new generation be read by many, and wait until its copies are there as far as there are servers."""
        client.indices.put_settings(
            index=name,
            settings={
                "refresh_interval": SETTINGS["refresh_interval"],
                "auto_expand_replicas": f"0-{settings.ELASTICSEARCH_REPLICAS}",
            },
        )
        client.indices.refresh(index=name)
        client.options(ignore_status=408).cluster.health(index=name, wait_for_status="green", timeout="20s")

    def go_live(self, client: Elasticsearch, name: str, version: int) -> None:
        """Put a generation in the place of the live one, in one step, and let go of all others of this version."""
        actions: list[dict[str, Any]] = [
            {"remove": {"index": f"{self._base}-g*", "alias": alias, "must_exist": False}}
            for alias in (self.read, self.write)
        ]
        actions += [{"add": {"index": name, "alias": alias}} for alias in (self.read, self.write)]
        client.indices.update_aliases(actions=actions)
        self.note_drained(client, version)
        self.remove(client, [other for other in self.generations(client) if other != name])

    def generations(self, client: Elasticsearch) -> list[str]:
        """All that were made by this version and are still there, live or not."""
        return sorted(client.indices.get(index=f"{self._base}-g*", features="settings").body)

    def clear_leftovers(self, client: Elasticsearch) -> None:
        """Remove, after a day, what a killed rebuild left behind and what other versions of the product had."""
        live = client.indices.get_alias(name=self.read).body
        made = client.indices.get(index=f"{self.family}-v*", features="settings").body
        yesterday = (time.time() - A_DAY) * 1000
        old = [
            name
            for name, told in made.items()
            if name not in live and name != self.state and int(told["settings"]["index"]["creation_date"]) < yesterday
        ]
        self.remove(client, old)

    @staticmethod
    def remove(client: Elasticsearch, names: list[str]) -> None:
        """By full names: a pattern is refused, and rightly."""
        for name in names:
            with suppress(NotFoundError):
                client.indices.delete(index=name)

    def drained(self, client: Elasticsearch) -> int:
        """Up to which version of the library the live generation is known to hold every change."""
        return int(self._note(client, DRAINED).get("version", 0))

    def note_drained(self, client: Elasticsearch, version: int) -> None:
        client.index(index=self.state, id=DRAINED, document={"version": version})

    def note_check(self, client: Elasticsearch, result: str) -> None:
        client.index(index=self.state, id=CHECKED, document={"at": int(time.time()), "result": result})

    def last_check(self, client: Elasticsearch) -> Check | None:
        told = self._note(client, CHECKED)
        return Check(datetime.fromtimestamp(int(told["at"]), UTC), str(told["result"])) if told else None

    def _note(self, client: Elasticsearch, name: str) -> dict[str, Any]:
        try:
            return client.get(index=self.state, id=name).body["_source"]
        except NotFoundError:
            return {}

    def check_mapping(self, client: Elasticsearch) -> None:
        """Let only an index be trusted whose mapping is the one that this version of the product makes.

        Raises:
            EngineUnavailableError: it is another.
        """
        for told in client.indices.get_mapping(index=self.read).body.values():
            if told["mappings"].get("_meta") != mapping()["_meta"]:
                raise EngineUnavailableError("the mapping of the index has drifted", heals=True)
