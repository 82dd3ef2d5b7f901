"""The engines, and which of them answers."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.conf import settings

from .base import SearchEngine

ENGINES = {
    "local": "search.engines.local.LocalEngine",
    "elasticsearch": "search.engines.elasticsearch.ElasticsearchEngine",
    "plain": "search.engines.plain.PlainEngine",
}


@cache
def engine_named(name: str) -> SearchEngine:
    """One engine object for the process; raises KeyError for an unknown name."""
    module, _, cls = ENGINES[name].rpartition(".")
    return getattr(import_module(module), cls)()


def get_engine() -> SearchEngine:
    """The engine that the settings name."""
    return engine_named(settings.SEARCH_ENGINE)
