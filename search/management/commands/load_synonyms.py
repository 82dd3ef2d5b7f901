"""Load the first synonyms."""

from __future__ import annotations

from search.management.load_command import LoadListCommand
from search.starter_lists import SYNONYMS


class Command(LoadListCommand):
    help = "Loads what people type for the terms of the vocabularies. What an editor has changed stays as it is."
    starter = SYNONYMS
    told = "{added} synonyms added, {renewed} renewed."
