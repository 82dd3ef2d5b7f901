"""What events, messages and reports are about: a kind and a number. So no app has to know the models of another."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

# The word of the kind, as it stands in rows and in addresses, and its model.
MODELS = {
    "practice": "practices.PracticePage",
    "proposal": "contributions.ProposedEdit",
    "person": "people.User",
    "concern": "feedback.Concern",
    "report": "feedback.TriedReport",
}


def kind_of(thing: models.Model) -> str:
    """The word for what sort of thing it is.

    Raises:
        LookupError: nothing is said about such things.
    """
    for kind, label in MODELS.items():
        if isinstance(thing, apps.get_model(label)):
            return kind
    raise LookupError(f"{type(thing).__name__} has no word in people/targets.py")


def find_target(kind: str, number: int) -> Any:
    """The thing itself, or None if there is none by now."""
    if kind not in MODELS:
        return None
    return apps.get_model(MODELS[kind])._default_manager.filter(pk=number).first()


def find_targets(wanted: set[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """Many things at once, with one query for each kind of them."""
    found: dict[tuple[str, int], Any] = {}
    for kind in {kind for kind, _number in wanted} & set(MODELS):
        numbers = [number for each, number in wanted if each == kind]
        rows = apps.get_model(MODELS[kind])._default_manager.in_bulk(numbers)
        found |= {(kind, number): row for number, row in rows.items()}
    return found
