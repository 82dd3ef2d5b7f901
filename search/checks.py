"""What is looked at at the start: that the settings of search are sound, and that the index is the one we make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError


def check_settings() -> None:
    """Refuse to start with an engine that there is not, or with servers that would be asked in the clear.

    Raises:
        ImproperlyConfigured: the message says which setting, and what it should be.
    """
    from .engines import ENGINES

    if settings.SEARCH_ENGINE not in ENGINES:
        raise ImproperlyConfigured(f"SEARCH_ENGINE is one of {', '.join(ENGINES)}.")
    if settings.SEARCH_ENGINE == "elasticsearch":
        from .engines.elasticsearch.connection import check_addresses

        check_addresses(settings.ELASTICSEARCH_URL, allows_http=settings.ELASTICSEARCH_ALLOW_HTTP)


@register(Tags.database)
def check_mapping(app_configs: Sequence[AppConfig] | None, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Whether the index is there and has the mapping that this version of the product makes.

    It asks servers, and so belongs to the checks that are made before migrating, or by `check --database default`.
    """
    if settings.SEARCH_ENGINE != "elasticsearch" or not databases:
        return []
    from .engines import get_engine

    try:
        health = get_engine().health()
    except DatabaseError:
        # Nothing has been migrated yet.
        return []
    if health.usable:
        return []
    hint = "`manage.py index` builds it anew beside the live one; until then readers are answered from the database."
    return [Warning(f"The search index cannot be used: {health.reason}.", hint=hint, id="search.W001")]
